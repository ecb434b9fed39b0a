"""A calendar that opens at a field, to choose a day by mouse or keyboard."""

from datetime import date
from typing import TypeVar

from PySide6.QtCore import QDate, QEvent, QLocale, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QTextCharFormat
from PySide6.QtWidgets import QCalendarWidget, QFrame, QSpinBox, QTableView, QToolButton, QVBoxLayout, QWidget

from wirelens.widgets.theme import Theme, restyle

Part = TypeVar("Part", bound=QWidget)

_YEARS = 1, 9999
_YEAR_STEPS = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}


class CalendarPopup(QFrame):
    """Arrow keys go through the days, Page Up and Down through months, with Shift through years; Enter chooses.

    It closes on Esc and on a click beside it, which choose nothing, and gives the focus back to `owner`.
    """

    chosen = Signal(date)

    def __init__(self, theme: Theme, owner: QWidget, name: str) -> None:
        super().__init__(owner, Qt.WindowType.Popup)
        self._theme, self._owner = theme, owner
        self.setAttribute(Qt.WidgetAttribute.WA_NoMouseReplay)  # the press on its button that closes it is used up
        restyle(self, role="popup")
        self.setAccessibleName(name)
        self._calendar = QCalendarWidget(self)
        self._calendar.setAccessibleName(name)
        self._calendar.setLocale(QLocale(QLocale.Language.English, QLocale.system().territory()))
        self._calendar.setDateRange(QDate(_YEARS[0], 1, 1), QDate(_YEARS[1], 12, 31))
        self._calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        self._calendar.setHorizontalHeaderFormat(QCalendarWidget.HorizontalHeaderFormat.ShortDayNames)
        self._calendar.setDateEditEnabled(False)  # a field beside the calendar is where dates are typed
        self._calendar.clicked.connect(self._choose)
        self._calendar.activated.connect(self._choose)
        self._column = QVBoxLayout(self)
        self._column.addWidget(self._calendar)
        self._days = self._part(QTableView, "qt_calendar_calendarview", "Days")
        self._days.installEventFilter(self)
        self._earlier = self._part(QToolButton, "qt_calendar_prevmonth", "Earlier month")
        self._later = self._part(QToolButton, "qt_calendar_nextmonth", "Later month")
        self._part(QToolButton, "qt_calendar_monthbutton", "Month")
        self._part(QToolButton, "qt_calendar_yearbutton", "Year")
        self._part(QSpinBox, "qt_calendar_yearedit", "Year")
        theme.follow(self, self._dress)

    def open_at(self, anchor: QWidget, day: date) -> None:
        """Show the month of `day` below `anchor`, or above it where there is more room."""
        self._calendar.setSelectedDate(QDate(day.year, day.month, day.day))
        self._calendar.showSelectedDate()
        self.adjustSize()
        gap = self._theme.px(4)
        below = anchor.mapToGlobal(QPoint(0, anchor.height() + gap))
        screen = anchor.screen().availableGeometry()
        if below.y() + self.height() > screen.bottom():
            below.setY(max(screen.top(), anchor.mapToGlobal(QPoint(0, 0)).y() - gap - self.height()))
        below.setX(max(screen.left(), min(below.x(), screen.right() - self.width())))
        self.move(below)
        self.show()
        self._days.setFocus(Qt.FocusReason.PopupFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            steps = _YEAR_STEPS.get(Qt.Key(event.key()))
            if steps is not None and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self._calendar.setSelectedDate(self._calendar.selectedDate().addYears(steps))
                return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._close()
        else:
            super().keyPressEvent(event)

    def _choose(self, day: QDate) -> None:
        """A press of Enter is told of twice: as a day that is activated, and by the view within the calendar."""
        if self.isVisible():
            self._close()
            self.chosen.emit(date(day.year(), day.month(), day.day()))

    def _close(self) -> None:
        self.hide()
        self._owner.setFocus(Qt.FocusReason.PopupFocusReason)

    def _part(self, kind: type[Part], name: str, words: str) -> Part:
        """What Qt's calendar is made of, by Qt's own names."""
        found = self._calendar.findChild(kind, name)
        assert found is not None, f"Qt's calendar has no {name}"
        found.setAccessibleName(words)
        return found

    def _dress(self) -> None:
        theme = self._theme
        theme.set_icon(self._earlier, "chevron-left")
        theme.set_icon(self._later, "chevron-right")
        pad = theme.px(8)
        self._column.setContentsMargins(pad, pad, pad, pad)
        self._calendar.setFixedSize(theme.px(288), theme.px(244))
        names, today = QTextCharFormat(), QTextCharFormat()
        names.setForeground(theme.color("muted"))
        names.setFont(theme.label_font(size="small"))
        today.setForeground(theme.color("accent"))
        today.setFontWeight(600)
        for day in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):
            self._calendar.setWeekdayTextFormat(day, QTextCharFormat())  # Qt would have them red
        self._calendar.setHeaderTextFormat(names)
        self._calendar.setDateTextFormat(QDate(), QTextCharFormat())  # forget what was today
        self._calendar.setDateTextFormat(QDate.currentDate(), today)
