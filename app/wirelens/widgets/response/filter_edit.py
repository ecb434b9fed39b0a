"""The line in which a filter expression is typed: completes it, and underlines the place of a mistake."""

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen, QPolygon
from PySide6.QtWidgets import QLineEdit, QWidget

from wirelens.engine.errors import FilterError
from wirelens.presentation.draft.json_completion import Entry
from wirelens.presentation.filter_completion import FilterCompleter, FilterCompletions
from wirelens.widgets.request.completion_list import CompletionList
from wirelens.widgets.theme import Theme

_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
_WAVE = 2  # px


class FilterEdit(QLineEdit):
    """Offers what fits while a word is typed. Tab accepts it; Enter only what the arrow keys have chosen, since Enter
    goes to the next match."""

    next_requested = Signal()
    previous_requested = Signal()
    escaped = Signal()  # Esc with no list open
    list_closed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._completer: FilterCompleter | None = None
        self._completions: FilterCompletions | None = None
        self._mistake: FilterError | None = None
        self._is_chosen = False  # by the arrow keys
        self._color = QColor()
        self.list = CompletionList(theme, self, "filterCompletions")
        self.list.accepted.connect(self._accept)
        self.setObjectName("timelineFilter")
        self.setAccessibleName("Filter messages")
        self.setPlaceholderText("Text, or field = value")
        self.setMinimumWidth(theme.px(80))
        theme.follow(self, self._dress)

    def set_completer_types(self, completer: FilterCompleter | None) -> None:
        """What answers for the types of the call that is shown."""
        self._completer = completer
        self._put_away()

    def set_mistake(self, mistake: FilterError | None) -> None:
        """Underline the place of a mistake, None for nothing."""
        self._mistake = mistake
        self.update()

    # -- Qt's events

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.ShortcutOverride and event.key() == Qt.Key.Key_Escape:
                event.accept()  # this line's Esc, not the call's
                return True
            if event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Tab and self._accepts_tab():
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        is_enter = key in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if key == Qt.Key.Key_Escape:
            self._put_away() if self.list.is_open else self.escaped.emit()
        elif self.list.is_open and key in _STEPS:
            # The first Down chooses what stands first.
            if self._is_chosen or key == Qt.Key.Key_Up:
                self.list.move_choice(_STEPS[key])
            self._is_chosen = True
        elif is_enter and self.list.is_open and self._is_chosen and self.list.chosen is not None:
            self._accept(self.list.chosen)
        elif is_enter:
            self._put_away()
            is_back = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            (self.previous_requested if is_back else self.next_requested).emit()
        elif key == Qt.Key.Key_Space and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._offer(asked=True)
        else:
            super().keyPressEvent(event)
            self._after(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._put_away()
        super().focusOutEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._mistake is None:
            return
        line = self._place(self._mistake.offset, self._mistake.offset + self._mistake.length)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(self.rect().adjusted(self._theme.px(8), 0, -self._theme.px(8), 0))
        painter.setPen(QPen(self._color, self._theme.px(1.5)))
        painter.drawPolyline(self._wave(line))

    # -- inside

    def _accepts_tab(self) -> bool:
        if not self.list.is_open or self.list.chosen is None:
            return False
        self._accept(self.list.chosen)
        return True

    def _after(self, event: QKeyEvent) -> None:
        """The list follows what is typed; moving the cursor closes it."""
        typed = event.text()
        if typed and (typed.isprintable() or event.key() in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete)):
            self._offer()
        elif event.key() not in (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt):
            self._put_away()

    def _offer(self, *, asked: bool = False) -> None:
        found = self._completer.completions(self.text(), self.cursorPosition()) if self._completer else None
        if found is None or not found.entries or not (asked or self._opens_by_itself(found)):
            self._put_away()
            return
        self._completions, self._is_chosen = found, False
        corner = self.mapToGlobal(QPoint(self._place(found.start, found.start).left(), 0))
        self.list.show_below(found.entries, QRect(corner, QSize(1, self.height())))

    def _opens_by_itself(self, found: FilterCompletions) -> bool:
        before = self.text()[: found.start]
        is_place = bool(found.typed) or before.endswith(".") or before.rstrip().endswith(("=", "direction:"))
        return is_place and found.entries[0].text.rstrip() != found.typed

    def _accept(self, entry: Entry) -> None:
        found = self._completions
        self._put_away()
        if found is None:
            return
        self.setSelection(found.start, found.end - found.start)
        self.insert(entry.text)
        self._offer()

    def _put_away(self) -> None:
        self._completions, self._is_chosen = None, False
        if self.list.is_open:
            self.list.put_away()
            self.list_closed.emit()

    def _place(self, start: int, end: int) -> QRect:
        """Where characters stand; the text may be scrolled sideways."""
        metrics = QFontMetrics(self.font())
        text = self.text()
        # The cursor's rectangle is wider than the cursor, which stands in its middle.
        origin = self.cursorRect().center().x() - metrics.horizontalAdvance(text[: self.cursorPosition()])
        left = origin + metrics.horizontalAdvance(text[:start])
        right = origin + metrics.horizontalAdvance(text[:end].ljust(end))
        return QRect(left, self.cursorRect().bottom(), max(right - left, metrics.averageCharWidth()), 1)

    def _wave(self, line: QRect) -> QPolygon:
        step = max(self._theme.px(_WAVE), 1)
        count = max(2, line.width() // step + 1)
        return QPolygon([QPoint(line.left() + step * at, line.top() - step * (at % 2)) for at in range(count)])

    def _dress(self) -> None:
        self._color = self._theme.color("bad")
        self.setFont(self._theme.data_font())
