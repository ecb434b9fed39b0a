"""The pages of one draft: the form, the JSON, the bytes, and what joins them."""

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QMenu, QToolButton, QVBoxLayout, QWidget

from wirelens.presentation.draft import Draft
from wirelens.widgets.controls.clipboard import offers_text
from wirelens.widgets.controls.focus import tab_stops
from wirelens.widgets.controls.page_tabs import PageTabs
from wirelens.widgets.request.json_page import JsonPage
from wirelens.widgets.request.request_form import RequestForm
from wirelens.widgets.request.wire_page import WirePage
from wirelens.widgets.theme import Theme

_LEAST_HEIGHT = 80  # of the pages, with their bar


class Undoable(Protocol):
    """What a page edits, with the steps that led there."""

    def can_undo(self) -> bool: ...

    def can_redo(self) -> bool: ...

    def undo(self) -> None: ...

    def redo(self) -> None: ...


class RequestPages(QWidget):
    """The pages of one draft, with the menu to fill and clear it; other pages can join. Undo is of the page in front,
    so that it never changes what is not seen."""

    def __init__(self, draft: Draft, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._draft = draft
        self._seed = 0  # of the example that the draft was opened with
        self._edited: dict[QWidget, Undoable] = {}  # by page; the draft where none is given
        self.tabs = PageTabs(theme, self)
        self.form = RequestForm(draft, theme, self.tabs.pages)
        self.json_page = JsonPage(draft, theme, self.tabs.pages)
        self.tabs.setObjectName("requestPages")
        self.tabs.setAccessibleName("Request")
        self.tabs.tabBar().setAccessibleName("Pages of the request")
        self.tabs.addTab(self.form, "Form")
        self.wire_page = WirePage(draft, theme, self.tabs.pages)
        self.tabs.addTab(self.json_page, "JSON")
        self.tabs.addTab(self.wire_page, "Wire")
        self.wire_page.side.changed.connect(self._note_size)
        self.wire_page.mistake_wanted.connect(self._show_mistake)
        menu_button = self._menu_button(theme)
        self.tabs.setCornerWidget(menu_button, Qt.Corner.TopRightCorner)
        QWidget.setTabOrder(self.tabs.tabBar(), menu_button)
        # what is above keeps its height: a page scrolls
        theme.follow(self, lambda: self.tabs.setMinimumHeight(theme.px(_LEAST_HEIGHT)))
        self.form.json_wanted.connect(self._show_mistake)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.tabs, 1)
        for keys, act in (
            (QKeySequence.StandardKey.Undo, lambda: self._in_front().undo()),
            (QKeySequence.StandardKey.Redo, lambda: self._in_front().redo()),
        ):
            for sequence in QKeySequence.keyBindings(keys):
                self._add_key(sequence, act)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Whoever is sent here wants to type: into the page in front."""
        self.tabs.currentWidget().setFocus(event.reason())

    def add_page(self, page: QWidget, title: str, edited: Undoable) -> None:
        """Add a page behind the others; `edited` is what undo means while it is in front."""
        self._edited[page] = edited
        self.tabs.addTab(page, title)

    def put_above(self, widget: QWidget) -> None:
        """Show something above the pages; Tab comes to it first."""
        self._column.insertWidget(0, widget)
        QWidget.setTabOrder(tab_stops(widget)[-1], self.tabs)

    def set_note(self, page: QWidget, note: str) -> None:
        """Say beside a page's title how much is in it."""
        self.tabs.set_note(page, note)

    def fill_menu(self, menu: QMenu) -> None:
        """What can be done with the message as a whole."""
        draft, in_front = self._draft, self._in_front()
        menu.addAction("Example, another each time").triggered.connect(self._fill_example)
        menu.addAction("Minimal: what is required").triggered.connect(draft.fill_minimal)
        menu.addAction("Empty").triggered.connect(draft.clear)
        menu.addSeparator()
        undo = menu.addAction("Undo\tCtrl+Z")
        undo.setEnabled(in_front.can_undo())
        undo.triggered.connect(in_front.undo)
        redo = menu.addAction("Redo\tCtrl+Shift+Z")
        redo.setEnabled(in_front.can_redo())
        redo.triggered.connect(in_front.redo)
        menu.addSeparator()
        menu.addAction("Find a field\tCtrl+F").triggered.connect(self._find_field)
        only_set = menu.addAction("Show only set fields")
        only_set.setCheckable(True)
        only_set.setChecked(self.form.only_set)
        only_set.triggered.connect(self.form.tools.set_only_set)
        menu.addAction("Expand all fields").triggered.connect(self.form.expand_all)
        menu.addAction("Collapse all fields").triggered.connect(self.form.collapse_all)
        menu.addSeparator()
        copy = menu.addAction("Copy message as JSON")
        copy.triggered.connect(lambda: QGuiApplication.clipboard().setText(draft.strict_json()))
        paste = menu.addAction("Paste JSON over the message")
        paste.setEnabled(offers_text())
        paste.triggered.connect(lambda: draft.set_json_text(QGuiApplication.clipboard().text(), is_typing=False))

    def _in_front(self) -> Undoable:
        return self._edited.get(self.tabs.currentWidget(), self._draft)

    def _fill_example(self) -> None:
        """Another one than before."""
        self._seed += 1
        self._draft.fill_example(self._seed)

    def _note_size(self) -> None:
        self.set_note(self.wire_page, self.wire_page.side.note)

    def _find_field(self) -> None:
        self.tabs.setCurrentWidget(self.form)
        self.form.tools.open()

    def _show_mistake(self) -> None:
        if self._draft.wire_mistake is not None:
            self.tabs.setCurrentWidget(self.wire_page)
            self.wire_page.show_mistake()
            return
        self.tabs.setCurrentWidget(self.json_page)
        self.json_page.show_mistake()

    def _menu_button(self, theme: Theme) -> QToolButton:
        button = QToolButton()
        button.setText("Message")
        button.setProperty("role", "menu")
        button.setObjectName("messageMenu")
        button.setAccessibleName("Fill or clear the message")
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(button)
        menu.aboutToShow.connect(lambda: self._renew_menu(menu))
        button.setMenu(menu)
        return button

    def _renew_menu(self, menu: QMenu) -> None:
        menu.clear()
        self.fill_menu(menu)

    def _add_key(self, keys: QKeySequence, act: Callable[[], None]) -> None:
        shortcut = QShortcut(keys, self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(act)
