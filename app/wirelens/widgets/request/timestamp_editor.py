"""A Timestamp as ProtoJSON writes it (RFC 3339): stepped part by part, its day chosen, in another zone, set to now."""

from datetime import UTC, date

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QMenu, QToolButton, QWidget

from wirelens.engine.messages.fields import FieldShape
from wirelens.presentation.draft.paths import Path, is_row, path_text
from wirelens.presentation.draft.timestamp_text import moment_from, now, on_day, stepped
from wirelens.widgets.controls.calendar_popup import CalendarPopup
from wirelens.widgets.controls.focus import pass_focus_on
from wirelens.widgets.request.form_context import FormContext, name_editor
from wirelens.widgets.request.leaf_editors import LineEditor

_WIDE = 340  # px that a line of 30 characters and the buttons take beside each other
_STEPS = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_PageUp: 10, Qt.Key.Key_PageDown: -10}


class _MomentLine(LineEditor):
    """The arrow keys step the part that the cursor is in: year to second, and the zone."""

    calendar_wanted = Signal()

    def event(self, event: QEvent) -> bool:
        """What asks for the calendar asks for nothing else: a row of a list moves with Alt+Down, which stays so."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._opens(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._opens(event):
            self.calendar_wanted.emit()
            return
        steps = _STEPS.get(Qt.Key(event.key()))
        if steps is None or event.modifiers() & Qt.KeyboardModifier.AltModifier:
            super().keyPressEvent(event)
            return
        place = self.cursorPosition()
        text = stepped(self.text() or now().text, place, steps)
        if text != self.text():
            self.setText(text)
            self.setCursorPosition(place)
            self.textEdited.emit(text)

    def _opens(self, event: QKeyEvent) -> bool:
        is_alt_down = event.key() == Qt.Key.Key_Down and bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        return event.key() == Qt.Key.Key_F4 or (is_alt_down and not is_row(self._path))


class TimestampEditor(QWidget):
    """The line, a calendar, "Now", and the zones; what is typed is kept with its offset and its nanoseconds."""

    def __init__(self, context: FormContext, shape: FieldShape, path: Path, parent: QWidget) -> None:
        super().__init__(parent)
        self._context, self._path = context, path
        self._line = _MomentLine(context, shape, path, self)
        self._line.setToolTip(
            "Years 0001 to 9999, up to nanoseconds: 2026-01-31T12:30:00Z\n"
            "Up and Down step the part at the cursor, Page Up and Page Down ten at once"
        )
        keys = "F4" if is_row(path) else "Alt+Down"
        self._days = QToolButton(self)
        self._days.setProperty("role", "small")
        self._days.setToolTip(f"Choose the day ({keys})")
        name_editor(self._days, path, "calendar")
        context.theme.set_icon(self._days, "calendar")
        self._days.clicked.connect(self.open_calendar)
        self._line.calendar_wanted.connect(self.open_calendar)
        self._calendar: CalendarPopup | None = None
        self._now = QToolButton(self)
        self._now.setText("Now")
        self._now.setProperty("role", "menu")
        self._now.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self._now)
        self._menu.aboutToShow.connect(self._fill_menu)
        self._now.setMenu(self._menu)
        name_editor(self._now, path, "now")
        tools = QHBoxLayout()
        tools.setSpacing(context.theme.px(2))
        tools.addWidget(self._days)
        tools.addWidget(self._now)
        tools.addStretch()
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(context.theme.px(2))
        self._row.addWidget(self._line, 1)
        self._row.addLayout(tools)
        pass_focus_on(self, self._line)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where a moment with its nanoseconds would be cut, the buttons stand under it."""
        super().resizeEvent(event)
        direction = QBoxLayout.Direction
        fits = self.width() >= self._context.theme.px(_WIDE)
        self._row.setDirection(direction.LeftToRight if fits else direction.TopToBottom)

    def refresh(self) -> None:
        self._line.refresh()
        value = self._context.draft.value(self._path)
        moment = moment_from(value) if isinstance(value, str) else None
        if moment is None:
            self._now.setText("Now")
        else:
            self._now.setText("UTC" if moment.text.endswith("Z") else moment.text[-6:])

    def open_calendar(self) -> None:
        """Show the day in its month, today where there is none yet; the day that is chosen takes its place."""
        if self._calendar is None:
            self._calendar = CalendarPopup(
                self._context.theme, self._line, f"Day of {path_text(self._path) or 'message'}"
            )
            self._calendar.setObjectName(f"calendar:{path_text(self._path)}")
            self._calendar.chosen.connect(self._take_day)
        moment = moment_from(self._line.text())
        self._calendar.open_at(self._line, moment.time.date() if moment is not None else now().time.date())

    def set_now(self) -> None:
        """The present moment, in UTC."""
        self._replace(now().text)

    def set_zone(self, *, local: bool) -> None:
        """The same moment, written in local time or in UTC."""
        value = self._context.draft.value(self._path)
        moment = moment_from(value) if isinstance(value, str) else None
        if moment is not None:
            self._replace(moment.in_zone(None if local else UTC).text)

    def _take_day(self, day: date) -> None:
        self._replace(on_day(self._line.text(), day))

    def _replace(self, text: str) -> None:
        self._context.draft.replace(self._path, text)
        self.refresh()

    def _fill_menu(self) -> None:
        self._menu.clear()
        self._menu.addAction("Now").triggered.connect(self.set_now)
        self._menu.addSeparator()
        value = self._context.draft.value(self._path)
        is_moment = isinstance(value, str) and moment_from(value) is not None
        for words, local in (("Write in UTC", False), ("Write in local time", True)):
            action = self._menu.addAction(words)
            action.setEnabled(is_moment)
            action.triggered.connect(lambda _checked=False, chosen=local: self.set_zone(local=chosen))
