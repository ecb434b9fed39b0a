"""The row of call tabs: one page for each open tab of the workspace, kept in step with it both ways."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QVBoxLayout, QWidget

from wirelens.presentation.tab import Tab
from wirelens.presentation.workspace import Workspace
from wirelens.widgets.controls.card_tabs import CardTabBar, CardTabs
from wirelens.widgets.controls.commands import Command, Commands, add_commands
from wirelens.widgets.controls.focus import pass_focus_on
from wirelens.widgets.controls.menus import new_menu
from wirelens.widgets.theme import Theme

if TYPE_CHECKING:
    from wirelens.widgets.call_tab import CallTab
    from wirelens.widgets.response.response_view import ResponseView


class CallTabs(CardTabs):
    """Shows the workspace's tabs; the pages are CallTab widgets, made when first shown."""

    new_tab_wanted = Signal()

    def __init__(self, workspace: Workspace, theme: Theme, parent: QWidget | None = None) -> None:
        bar = _TabBar(theme)
        super().__init__(theme, parent, bar=bar)
        self._workspace = workspace
        self.setObjectName("callTabs")
        self.setAccessibleName("Calls")
        self._new = QToolButton()
        self._new.setAutoRaise(True)
        self._new.setToolTip("Open another method (Ctrl+T)")
        self._new.setAccessibleName("Open another method")
        self._new.clicked.connect(self.new_tab_wanted)
        theme.set_icon(self._new, "plus")
        # The bar stands a little to the right of its place (the style sheet's `left`), over what is in the corner.
        self._corner = QWidget()
        row = QHBoxLayout(self._corner)
        row.addWidget(self._new)
        self.setCornerWidget(self._corner, Qt.Corner.TopRightCorner)

        bar.close_wanted.connect(lambda index: workspace.close_tab(self.tab_at(index)))
        bar.customContextMenuRequested.connect(self._show_menu)
        self.tabCloseRequested.connect(lambda index: workspace.close_tab(self.tab_at(index)))
        self.currentChanged.connect(self._on_current_changed)
        bar.tabMoved.connect(workspace.move_tab)
        workspace.tab_added.connect(self._add)
        workspace.tab_removed.connect(self._remove)
        workspace.current_tab_changed.connect(self._show_current)
        self._add_what_is_there()
        theme.follow(self, self._dress)

    def save_transcript(self) -> None:
        """Ask where the call that is shown in front is to be saved."""
        response = self._response()
        if response is not None:
            response.saving.choose_file()

    def tab_at(self, index: int) -> Tab:
        page = self.widget(index)
        assert isinstance(page, _Page)
        return page.tab

    def fill_messages_menu(self, menu: QMenu) -> None:
        """What can be done with the messages of the call in front."""
        response = self._response()
        nothing = [Command("There is no call", lambda: None, enabled=False)]
        add_commands(menu, nothing if response is None else response.messages.commands(), self._theme)

    def commands(self) -> dict[str, Commands]:
        """What can be done with the call in front, by what it is done to."""
        response = self._response()
        return {} if response is None else response.commands()

    def _response(self) -> "ResponseView | None":
        page = self.currentWidget()
        view = page.call_tab.call_view if isinstance(page, _Page) and page.call_tab is not None else None
        return None if view is None else view.response

    def _index_of(self, tab: Tab) -> int:
        return next((index for index in range(self.count()) if self.tab_at(index) is tab), -1)

    def _add(self, tab: Tab) -> None:
        page = _Page(tab, self._theme)
        self.insertTab(self._workspace.tabs.index(tab), page, "")
        self._show_title(tab)
        page.title_changed.connect(lambda: self._show_title(tab))

    def _add_what_is_there(self) -> None:
        """Tabs were restored before the window was made. Only the one in front is looked at: no other source wakes."""
        self.blockSignals(True)
        for tab in self._workspace.tabs:
            self._add(tab)
        self.blockSignals(False)
        if self._workspace.current_tab is not None:
            self._show_current(self._workspace.current_tab)
        elif self.count():
            self._on_current_changed(self.currentIndex())

    def _remove(self, tab: Tab) -> None:
        index = self._index_of(tab)
        page = self.widget(index)
        self.removeTab(index)
        if page is not None:
            page.deleteLater()

    def _show_title(self, tab: Tab) -> None:
        index = self._index_of(tab)
        if index < 0:
            return
        title = f"{tab.title} · {tab.file_name}" if tab.file_name else tab.title
        self.setTabText(index, title.replace("&", "&&"))
        self.setTabIcon(index, self._theme.pattern_icon(tab.pattern))
        where = f"from {tab.file_name}" if tab.file_name else tab.source.title
        self.setTabToolTip(index, f"{tab.method_name}\n{where}")

    def _show_current(self, tab: Tab | None) -> None:
        if tab is None:
            return
        index = self._index_of(tab)
        if index >= 0:
            self.setCurrentIndex(index)
            self._fill(index)

    def _on_current_changed(self, index: int) -> None:
        if index >= 0:
            self._fill(index)
            self._workspace.set_current_tab(self.tab_at(index))

    def _fill(self, index: int) -> None:
        page = self.widget(index)
        assert isinstance(page, _Page)
        page.fill(self._workspace)

    def _dress(self) -> None:
        row = self._corner.layout()
        assert row is not None
        row.setContentsMargins(self._theme.px(12), 0, self._theme.px(4), self._theme.px(4))
        for index in range(self.count()):
            self.setTabIcon(index, self._theme.pattern_icon(self.tab_at(index).pattern))

    def _show_menu(self, position: QPoint) -> None:
        index = self.tabBar().tabAt(position)
        if index < 0:
            return
        tab = self.tab_at(index)
        others = [other for other in self._workspace.tabs if other is not tab]
        menu = new_menu(self)
        menu.addAction("Duplicate", lambda: self._workspace.duplicate_tab(tab))
        menu.addAction("Copy method name", lambda: QGuiApplication.clipboard().setText(tab.method_name))
        menu.addSeparator()
        reopen = menu.addAction("Reopen the closed tab", self._workspace.reopen_tab)
        reopen.setEnabled(self._workspace.can_reopen_tab)
        menu.addAction("Close", lambda: self._workspace.close_tab(tab))
        close_others = menu.addAction("Close others", lambda: self._close(others))
        close_others.setEnabled(bool(others))
        menu.popup(self.tabBar().mapToGlobal(position))

    def _close(self, tabs: list[Tab]) -> None:
        for tab in tabs:
            self._workspace.close_tab(tab)


class _Page(QWidget):
    """The place of a CallTab, empty until it is looked at: a session with many tabs opens at once."""

    title_changed = Signal()

    def __init__(self, tab: Tab, theme: Theme) -> None:
        super().__init__()
        self.tab = tab
        self.call_tab: CallTab | None = None
        self._theme = theme
        tab.changed.connect(self.title_changed)

    def fill(self, workspace: Workspace) -> None:
        if self.call_tab is not None:
            return
        # grpc and protobuf come in with the first call tab, not with the window.
        from wirelens.widgets.call_tab import CallTab

        call_tab = self.call_tab = CallTab(self.tab, self._theme, self)
        call_tab.load_wanted.connect(lambda: workspace.reload(self.tab.source))
        call_tab.transcript_saved.connect(workspace.remember_transcript)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(call_tab)
        pass_focus_on(self, call_tab)


class _TabBar(CardTabBar):
    """Closes a tab with the middle button as well."""

    close_wanted = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setAccessibleName("Open calls")

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        index = self.tabAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.MiddleButton and index >= 0:
            self.close_wanted.emit(index)
            return
        super().mouseReleaseEvent(event)
