"""The form of a request: every field of the message, live with the JSON text beside it."""

from google.protobuf.descriptor import Descriptor
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeySequence, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QVBoxLayout, QWidget

from wirelens.presentation.draft import Draft
from wirelens.presentation.draft.field_filter import foldable_places
from wirelens.presentation.draft.field_index import Structure, message_structure, whole_shape
from wirelens.widgets.controls.focus import tab_stops
from wirelens.widgets.controls.inline_message import InlineMessage
from wirelens.widgets.request.element_row import ElementRow
from wirelens.widgets.request.field_row import FieldRow
from wirelens.widgets.request.focused_row import FocusedRow
from wirelens.widgets.request.form_context import FormContext
from wirelens.widgets.request.form_tools import FormTools
from wirelens.widgets.request.message_form import MessageForm
from wirelens.widgets.theme import Theme

_CAN_BE_SENT = "A rule of the schema. The request can be sent all the same."
_MOST_UNFOLDED = 200  # places, by one press of "expand all"
_MOST_ROWS = 20  # of a list that has more, none is unfolded by it
_MEASURED_ANEW = (QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.LayoutRequest)
_LOOK_AHEAD = 800  # pixels: an ordinary form is built whole while nobody waits


class RequestForm(QScrollArea):
    """Follows the draft; greyed while the JSON text cannot be read, showing what it said before.

    `json_wanted` asks for the JSON or Wire page, where a mistake can be mended that has no place in the form.
    """

    json_wanted = Signal()
    arranged = Signal()  # the order of Tab follows the rows again

    def __init__(self, draft: Draft, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._draft, self._theme = draft, theme
        self.setObjectName("requestForm")
        self.setAccessibleName("Request form")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self._context = FormContext(draft, theme, self._is_in_sight, self)
        self._context.arranged.connect(self._order_tabs)
        self._context.noticed.connect(self.refresh)
        self._descriptor: Descriptor | None = None
        self._scale = theme.scale
        self._content: MessageForm | FieldRow | None = None
        self.tools = FormTools(self._context.draft.filter, theme, self)
        self.tools.expand_requested.connect(self.expand_all)
        self.tools.collapse_requested.connect(self.collapse_all)
        self.tools.closed.connect(lambda: self.setFocus(Qt.FocusReason.OtherFocusReason))
        self.tools.installEventFilter(self)
        self._context.draft.filter.changed.connect(self._on_filtered)
        self._page = QWidget()
        self._page.setProperty("role", "page")
        self.setWidget(self._page)
        self._message = InlineMessage(theme, self._page, can_dismiss=False)
        self._message.acted.connect(self.json_wanted)
        self._column = QVBoxLayout(self._page)
        self._column.addWidget(self._message)
        self._column.addStretch(1)
        self._add_row_keys()
        self._focused_row = FocusedRow(self, draft)
        self.verticalScrollBar().valueChanged.connect(self._context.look_again)
        self.verticalScrollBar().rangeChanged.connect(self._context.look_again)
        draft.changed.connect(self.refresh)
        theme.follow(self, self._dress)
        theme.changed.connect(self._on_theme_changed)
        self.refresh()

    @property
    def is_built(self) -> bool:
        """Whether all that is in sight is there; a long form is built over some turns of the event loop."""
        return not self._context.is_building

    def row(self, step: str | int) -> QWidget | None:
        """The row of a field of the message, built if it was not."""
        return None if self._content is None else self._content.row(step)

    def refresh(self) -> None:
        """Show what the draft has."""
        if self._descriptor is not self._draft.descriptor:
            self._build_anew()
        if self._content is not None:
            self._content.setEnabled(self._draft.form_is_current)
            self._content.refresh()
        self._show_message()

    @property
    def only_set(self) -> bool:
        """Whether only fields that are set are shown."""
        return self._context.draft.filter.only_set

    def expand_all(self) -> None:
        """Unfold what is set, and unset messages that do not lie within themselves, as far as is sensible."""
        places, is_more = foldable_places(self._draft.descriptor, self._draft.tree, _MOST_UNFOLDED, _MOST_ROWS)
        self._context.to_unfold = set(places)
        self.refresh()
        if is_more:
            self.tools.show()
            self.tools.say(f"Expanded {_MOST_UNFOLDED} places; what lies further in unfolds one by one.")

    def collapse_all(self) -> None:
        """Fold everything within the message."""
        self._context.to_unfold = set()
        self.tools.say("")
        for field in self._page.findChildren(FieldRow):
            if field.path:
                field.set_unfolded(False)
        for row in self._page.findChildren(ElementRow):
            row.set_unfolded(False)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The tools stand above what scrolls, and are as high as they need to be."""
        if watched is self.tools and event.type() in _MEASURED_ANEW:
            self._place_tools()
        return super().eventFilter(watched, event)

    def _place_tools(self) -> None:
        width = self.width()
        height = 0
        if not self.tools.isHidden():
            height = max(self.tools.heightForWidth(width), self.tools.minimumSizeHint().height())
        self.tools.setGeometry(0, 0, width, height)
        self.setViewportMargins(0, height, 0, 0)

    def _on_filtered(self) -> None:
        self.refresh()
        self._page.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_tools()
        self._context.measure(self.viewport().width() - 2 * self._theme.px(16))
        self._context.look_again()

    def _build_anew(self) -> None:
        if self._content is not None:
            self._column.removeWidget(self._content)
            self._content.hide()
            self._content.deleteLater()
        self._descriptor = self._draft.descriptor
        self._scale = self._theme.scale
        if message_structure(self._descriptor) is Structure.MESSAGE:
            self._content = MessageForm.of_type(self._context, self._descriptor, (), 0, self._page)
        else:
            self._content = FieldRow(self._context, whole_shape(self._descriptor), (), 0, self._page)
            self._context.rearranged()  # no rows that are built later need tell of it
        self._column.insertWidget(1, self._content)

    def _show_message(self) -> None:
        problem = self._draft.problem
        if problem is not None:
            self._message.show_message(
                "bad",
                f"The JSON has a mistake at {problem.line}:{problem.column}: {problem.message}",
                next_step="The fields show what it said before.",
                action="Show",
            )
            return
        mistake = self._draft.wire_mistake
        if mistake is not None:
            self._message.show_message(
                "bad",
                f"The bytes have a mistake at byte {mistake.start}: {mistake.sentence}",
                next_step="The fields show what they said before.",
                action="Show",
            )
            return
        if self._draft.is_reading:
            self._message.show_message("info", f"Reading the {'JSON' if self._draft.wire is None else 'bytes'}…")
            return
        stranger = self._draft.homeless_mistake
        rules = self._draft.rules
        if stranger is None and rules.homeless:
            self._message.show_message("warn", "; ".join(rules.homeless), next_step=_CAN_BE_SENT)
        elif stranger is None and rules.problem:
            self._message.show_message("info", rules.problem[:1].upper() + rules.problem[1:])
        elif stranger is None:
            self._message.clear()
        else:
            self._message.show_message(
                "warn", stranger.message, place=stranger.place, next_step=stranger.next_step, action="Show"
            )

    def _is_in_sight(self, widget: QWidget) -> bool:
        """Whether `widget` is within the viewport or would be after a little scrolling."""
        if not widget.isVisibleTo(self._page) or not self.isVisible():
            return False
        top = widget.mapTo(self.viewport(), QPoint(0, 0)).y()
        ahead = self._theme.px(_LOOK_AHEAD)
        seen = QRect(0, -ahead, 1, self.viewport().height() + 2 * ahead)
        return top <= seen.bottom() and top + widget.height() >= seen.top()

    def _add_row_keys(self) -> None:
        def on_row(keys: str, act: str) -> None:
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(lambda: self._act_on_row(act))

        for keys, act in {"Alt+Up": "up", "Alt+Down": "down", "Alt+Del": "remove"}.items():
            on_row(keys, act)
        find_key = QShortcut(QKeySequence.StandardKey.Find, self)
        find_key.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        find_key.activated.connect(self.tools.open)
        menu_key = QShortcut(QKeySequence("Shift+F10"), self)  # the Menu key is the platform's own
        menu_key.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        menu_key.activated.connect(self._show_menu)

    def _show_menu(self) -> None:
        """The menu of the field that has the focus, as the Menu key shows it."""
        widget = QApplication.focusWidget()
        if widget is None:
            return
        below = QPoint(0, widget.height())
        reason = QContextMenuEvent.Reason.Keyboard
        QApplication.sendEvent(widget, QContextMenuEvent(reason, below, widget.mapToGlobal(below)))

    def _act_on_row(self, act: str) -> None:
        widget: QObject | None = QApplication.focusWidget()
        while widget is not None and not isinstance(widget, ElementRow):
            widget = widget.parent()
        if widget is None:
            return
        panel, index = widget.panel, widget.index
        if act == "remove":
            panel.remove_row(index)
        else:
            panel.move_row(index, index - 1 if act == "up" else index + 1)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._context.look_again()

    def _order_tabs(self) -> None:
        """Tab goes through the rows as they are seen: Qt would put what was built last at the end."""
        before: QWidget = self
        for widget in [*tab_stops(self.tools), *tab_stops(self._page)]:
            QWidget.setTabOrder(before, widget)
            before = widget
        self.arranged.emit()

    def _on_theme_changed(self) -> None:
        """Rows are laid out in pixels of one scale: another scale needs new ones."""
        if self._theme.scale != self._scale:
            self._descriptor = None
        self.refresh()

    def _dress(self) -> None:
        px = self._theme.px
        self._column.setContentsMargins(px(16), px(12), px(16), px(16))
        self._column.setSpacing(px(8))
