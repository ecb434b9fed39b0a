"""Bytes as hex and ASCII with what each is in colours: for the request's draft and for messages that came.

Only what is in sight is asked for and painted, so that 100 MB scroll as 100 bytes do.
"""

from itertools import groupby
from typing import Literal

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QAction,
    QContextMenuEvent,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QMenu, QToolTip, QWidget

from wirelens.engine.messages.wire.scanning import Span
from wirelens.presentation.amounts import count_text
from wirelens.presentation.wire import AnnotatedBytes
from wirelens.presentation.wire.byte_formats import ByteFormat
from wirelens.presentation.wire.byte_spans import ByteRole
from wirelens.widgets.controls.byte_copying import ByteCopying
from wirelens.widgets.controls.menus import new_menu
from wirelens.widgets.theme import Theme

Column = Literal["hex", "ascii"]
_COLUMNS: tuple[Column, Column] = ("hex", "ascii")

_WIDE, _NARROW = 16, 8  # bytes a row
_GROUP = 8  # bytes before the wider gap
_PAD = 12
_LINE_GAP = 5
# Words of a role and, where it has one, its ground.
_COLORS: dict[int, tuple[str, str]] = {
    ByteRole.UNREAD: ("muted", ""),
    ByteRole.TAG: ("syntax_key", ""),
    ByteRole.LENGTH: ("muted", ""),
    ByteRole.NUMBER: ("syntax_number", ""),
    ByteRole.TEXT: ("syntax_string", ""),
    ByteRole.BYTES: ("text", ""),
    ByteRole.WORD: ("syntax_keyword", ""),
    ByteRole.UNKNOWN: ("warn", "warn_ground"),
    ByteRole.MISTAKE: ("bad", "bad_ground"),
}


class HexView(QAbstractScrollArea):
    """Shows an AnnotatedBytes. `selected` tells of what the person selects, `edited` of what is typed.

    Where it is editable, `edited(start, end, data)` asks for the bytes from `start` to before `end` to be replaced; the
    owner does so and shows the result. `paste_wanted` comes with Ctrl+V; `menu_opened` lets the owner add to the
    context menu.
    """

    selected = Signal(int, int)
    edited = Signal(int, int, bytes)
    paste_wanted = Signal()
    menu_opened = Signal(QMenu)

    def __init__(self, shown: AnnotatedBytes, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown, self._theme = shown, theme
        self._cursor = self._anchor = 0
        self._is_second_digit = False
        self._column: Column = "hex"
        self._inserts = False
        self._editable = False
        self._tint = Span(0, 0)
        self._placeholder = ""
        self.copying = ByteCopying(self)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Bytes of the message")
        self.viewport().setMouseTracking(True)
        self.viewport().setCursor(Qt.CursorShape.IBeamCursor)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        shown.changed.connect(self._on_changed)
        shown.annotated.connect(self._on_annotated)
        theme.follow(self, self._dress)

    # -- what there is

    @property
    def selection(self) -> Span:
        """The bytes that are selected; the one at the cursor where that is all."""
        first, last = sorted((self._anchor, self._cursor))
        return Span(first, min(last + 1, self._shown.size))

    @property
    def selected_bytes(self) -> memoryview:
        """The bytes of the selection, not copied."""
        return self._shown.view_between(*self.selection)

    @property
    def cursor_offset(self) -> int:
        """The byte that the cursor is on; the number of bytes where it stands behind them."""
        return self._cursor

    @property
    def bytes_per_row(self) -> int:
        return self._per_row

    @property
    def column(self) -> Column:
        """Where typing goes."""
        return self._column

    @property
    def inserts(self) -> bool:
        """Whether typing pushes the bytes behind on; else it replaces them. The Insert key changes it."""
        return self._inserts

    def set_editable(self, editable: bool) -> None:
        self._editable = editable
        self.viewport().update()

    def set_placeholder(self, text: str) -> None:
        """What stands here while there are no bytes."""
        self._placeholder = text
        self.viewport().update()

    def select(self, start: int, end: int) -> None:
        """Select bytes and bring them into sight; says nothing by `selected`."""
        size = self._shown.size
        self._anchor = max(0, min(start, size))
        self._cursor = max(self._anchor, min(end, size) - 1)
        self._is_second_digit = False
        self._follow_cursor(self._anchor)
        self._renew()

    def place_of(self, offset: int, column: Column = "hex") -> QPoint:
        """The middle of a byte in the viewport."""
        return self._cell(offset, column).center().toPoint()

    # -- moving

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copying.copy(self.selected_bytes, ByteFormat.HEX)
        elif event.matches(QKeySequence.StandardKey.Paste):
            self.paste_wanted.emit()
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self.select(0, self._shown.size)
            self.selected.emit(*self.selection)
        elif (target := self._target(event)) is not None:
            self._go(target, extends=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        elif not self._edit_by_key(event):
            super().keyPressEvent(event)
            return
        event.accept()

    def _target(self, event: QKeyEvent) -> int | None:
        """Where a key leads."""
        key, shown = event.key(), self._shown
        by_field = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        row_start = self._cursor - self._cursor % self._per_row
        page = self._per_row * max(self._rows_in_sight() - 1, 1)
        match key:
            case Qt.Key.Key_Left:
                return shown.field_before(self._cursor) if by_field else self._cursor - 1
            case Qt.Key.Key_Right:
                return shown.field_after(self._cursor) if by_field else self._cursor + 1
            case Qt.Key.Key_Up:
                return self._cursor - self._per_row
            case Qt.Key.Key_Down:
                return self._cursor + self._per_row
            case Qt.Key.Key_PageUp:
                return self._cursor - page
            case Qt.Key.Key_PageDown:
                return self._cursor + page
            case Qt.Key.Key_Home:
                return 0 if by_field else row_start
            case Qt.Key.Key_End:
                return shown.size if by_field else row_start + self._per_row - 1
        return None

    def _go(self, offset: int, *, extends: bool = False) -> None:
        last = self._shown.size if self._editable else self._shown.size - 1
        self._cursor = max(0, min(offset, last))
        if not extends:
            self._anchor = self._cursor
        self._is_second_digit = False
        self._follow_cursor(self._cursor)
        self._renew()
        self.selected.emit(*self.selection)

    def event(self, event: QEvent) -> bool:
        """Where it can be typed, Tab goes to the ASCII column before it leaves."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            is_tab = event.key() == Qt.Key.Key_Tab and not event.modifiers()
            if is_tab and self._editable and self._column == "hex":
                self._column = "ascii"
                self.viewport().update()
                return True
        return super().event(event)

    # -- editing

    def _edit_by_key(self, event: QKeyEvent) -> bool:
        if not self._editable:
            return False
        chosen = self.selection
        is_plain = self._anchor == self._cursor
        if event.key() == Qt.Key.Key_Delete:
            if chosen.size:
                self._replace(chosen, b"", chosen.start)
            return True
        if event.key() == Qt.Key.Key_Backspace:
            target = Span(self._cursor - 1, self._cursor) if is_plain else chosen
            if target.start >= 0:
                self._replace(target, b"", target.start)
            return True
        if event.key() == Qt.Key.Key_Insert and not event.modifiers():
            self._inserts = not self._inserts
            self.viewport().update()
            return True
        held = event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
        text = event.text()
        if held or len(text) != 1 or not text.isprintable():
            return False
        if self._column == "ascii":
            self._type_text(text.encode("utf-8", "replace"))
        elif text in "0123456789abcdefABCDEF":
            self._type_digit(int(text, 16))
        return True

    def _type_text(self, typed: bytes) -> None:
        chosen = self.selection if self._anchor != self._cursor else Span(self._cursor, self._cursor)
        if self._anchor == self._cursor and not self._inserts:
            chosen = Span(self._cursor, min(self._cursor + len(typed), self._shown.size))
        self._replace(chosen, typed, chosen.start + len(typed))

    def _type_digit(self, digit: int) -> None:
        """The first digit replaces the upper half of a byte, or begins a new one; the second is the lower half."""
        at = self.selection.start if self._anchor != self._cursor else self._cursor
        size = self._shown.size
        if self._is_second_digit and at < size:
            whole = self._shown.bytes_between(at, at + 1)[0] & 0xF0 | digit
            self._replace(Span(at, at + 1), bytes([whole]), at + 1)
            return
        if self._anchor != self._cursor:
            self._replace(self.selection, bytes([digit << 4]), at)
        elif self._inserts or at >= size:
            self._replace(Span(at, at), bytes([digit << 4]), at)
        else:
            low = self._shown.bytes_between(at, at + 1)[0] & 0x0F
            self._replace(Span(at, at + 1), bytes([digit << 4 | low]), at)
        self._is_second_digit = True
        self.viewport().update()

    def _replace(self, span: Span, data: bytes, then: int) -> None:
        self.edited.emit(*span, data)
        self._go(then)

    # -- mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and (hit := self._hit(event.position().toPoint())):
            offset, self._column = hit
            self._go(offset, extends=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton and (hit := self._hit(event.position().toPoint())):
            self._go(min(hit[0], max(self._shown.size - 1, 0)), extends=True)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()  # what was pressed here ends here

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Select all that the byte is a part of: a tag, a length, a value."""
        hit = self._hit(event.position().toPoint())
        span = self._shown.span_at(hit[0]) if hit else None
        if span is not None:
            self.select(span.start, span.end)
            self.selected.emit(*self.selection)

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            hit = self._hit(event.pos())
            text = self.words(hit[0]) if hit else ""
            area = self._cell(*hit).toRect() if hit else self.viewport().rect()
            QToolTip.showText(event.globalPos(), text, self.viewport(), area)
            return True
        return super().viewportEvent(event)

    def words(self, offset: int) -> str:
        """What the tool tip says of a byte."""
        words = self._shown.words_at(offset)
        return "\n".join(words.lines) if words is not None else ""

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = new_menu(self)
        self.copying.add_actions(menu, self.selected_bytes)
        everything = QAction("Select all\tCtrl+A", menu)
        everything.triggered.connect(lambda: self.select(0, self._shown.size))
        menu.addAction(everything)
        self.menu_opened.emit(menu)
        menu.popup(event.globalPos())

    # -- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.setFont(self._theme.data_font())
        first_row = self.verticalScrollBar().value()
        first = first_row * self._per_row
        last = min(first + (self._rows_in_sight() + 1) * self._per_row, self._shown.size)
        if first < last:
            data, roles = self._shown.bytes_between(first, last), self._shown.roles(first, last)
            for start in range(first, last, self._per_row):
                end = min(start + self._per_row, last)
                self._paint_row(painter, start, data[start - first : end - first], roles[start - first : end - first])
        elif self._placeholder and not self._shown.size:
            self._paint_placeholder(painter)
        self._paint_cursor(painter)

    def _paint_placeholder(self, painter: QPainter) -> None:
        left, top = self._cell(0, "hex").left() + 4 * self._em, self._cell(0, "hex").top()
        room = self.viewport().rect().adjusted(round(left), round(top), -self._x(_PAD), 0)
        painter.setFont(self._theme.label_font())
        painter.setPen(self._theme.color("muted"))
        painter.drawText(room, Qt.TextFlag.TextWordWrap, self._placeholder)

    def _paint_row(self, painter: QPainter, start: int, data: bytes, roles: bytearray) -> None:
        top = self._cell(start, "hex").top()
        color = self._theme.color
        painter.setPen(color("muted"))
        self._write(painter, self._x(_PAD), top, f"{start:0{self._offset_digits}x}")
        chosen = self.selection if self._anchor != self._cursor or self.hasFocus() else Span(0, 0)
        looks = [_look(offset, role, chosen, self._tint) for offset, role in enumerate(roles, start)]
        at = start
        for ground, run in groupby(ground for _, ground in looks):
            begin, at = at, at + len(list(run))
            for column in _COLUMNS if ground else ():
                area = self._cell(begin, column).united(self._cell(at - 1, column))
                painter.fillRect(area, color(ground))
        by_color: dict[str, list[int]] = {}
        for offset, (words, _) in enumerate(looks, start):
            by_color.setdefault(words, []).append(offset)
        left, right = self._cell(start, "hex").left() + self._em / 2, self._cell(start, "ascii").left()
        for words, offsets in by_color.items():  # one line of text a colour, blank where others are
            painter.setPen(color(words))
            self._write(painter, left, top, _hex_line(data, start, offsets))
            self._write(painter, right, top, _ascii_line(data, start, offsets))

    def _paint_cursor(self, painter: QPainter) -> None:
        if not self.hasFocus() and not self._shown.size:
            return
        for column in ("hex", "ascii"):
            cell = self._cell(self._cursor, column)
            is_here = column == self._column and self.hasFocus()
            painter.setPen(self._theme.color("accent" if is_here else "edge"))
            if is_here and self._editable and self._inserts:
                painter.drawLine(cell.topLeft(), cell.bottomLeft())
            elif is_here and self._is_second_digit:
                painter.drawRect(cell.adjusted(cell.width() / 2, 0, -1, -1))
            else:
                painter.drawRect(cell.adjusted(0, 0, -1, -1))

    def _write(self, painter: QPainter, x: float, top: float, text: str) -> None:
        painter.drawText(QPointF(x, top + self._baseline), text)

    # -- measures

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._measure()

    def _dress(self) -> None:
        metrics = QFontMetricsF(self._theme.data_font())
        self._em = metrics.horizontalAdvance("0" * 64) / 64
        self._row_height = round(metrics.height()) + self._theme.px(_LINE_GAP)
        self._baseline = round((self._row_height - metrics.height()) / 2 + metrics.ascent())
        self._measure()

    def _measure(self) -> None:
        self._offset_digits = max(4, len(f"{self._shown.size:x}"))
        room = self.viewport().width()
        self._per_row = _WIDE if self._width(_WIDE) <= room else _NARROW
        rows = self._shown.size // self._per_row + 1
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, rows - self._rows_in_sight()))
        bar.setPageStep(self._rows_in_sight())
        across = self.horizontalScrollBar()
        across.setRange(0, max(0, round(self._width(self._per_row)) - room))
        across.setPageStep(room)
        self.viewport().update()

    def _rows_in_sight(self) -> int:
        return max(1, (self.viewport().height() - self._x(_PAD)) // self._row_height)

    def _x(self, pixels: float) -> int:
        return self._theme.px(pixels)

    def _width(self, per_row: int) -> float:
        return self._column_left("ascii", per_row) + per_row * self._em + self._x(_PAD)

    def _column_left(self, column: Column, per_row: int) -> float:
        left = self._x(_PAD) + (self._offset_digits + 1.5) * self._em
        if column == "ascii":
            left += (3 * per_row + per_row // _GROUP) * self._em
        return left

    def _cell(self, offset: int, column: Column) -> QRectF:
        row, place = divmod(offset, self._per_row)
        wide = 3 if column == "hex" else 1
        left = self._column_left(column, self._per_row) + place * wide * self._em
        if column == "hex":
            left += place // _GROUP * self._em
        top = (row - self.verticalScrollBar().value()) * self._row_height + self._x(_PAD) / 2
        return QRectF(left - self.horizontalScrollBar().value(), top, wide * self._em, self._row_height)

    def _hit(self, place: QPoint) -> tuple[int, Column] | None:
        """The byte under a place, the nearest of its row; None where there are no rows."""
        row = (place.y() - self._x(_PAD) // 2) // self._row_height + self.verticalScrollBar().value()
        x = place.x() + self.horizontalScrollBar().value()
        column: Column = "ascii" if x >= self._column_left("ascii", self._per_row) - self._em else "hex"
        left = self._column_left(column, self._per_row)
        if column == "ascii":
            at = int((x - left) / self._em)
        else:
            at = int((x - left) / self._em / 3)
            if at >= _GROUP:
                at = max(int((x - left - self._em) / self._em / 3), _GROUP - 1)
        offset = row * self._per_row + max(0, min(at, self._per_row - 1))
        last = self._shown.size if self._editable else self._shown.size - 1
        return (min(offset, last), column) if offset >= 0 and last >= 0 else None

    def _follow_cursor(self, offset: int) -> None:
        row, bar = offset // self._per_row, self.verticalScrollBar()
        if row < bar.value():
            bar.setValue(row)
        elif row >= bar.value() + self._rows_in_sight():
            bar.setValue(row - self._rows_in_sight() + 1)

    # -- following

    def _on_changed(self) -> None:
        size = self._shown.size
        self._cursor, self._anchor = min(self._cursor, size), min(self._anchor, size)
        self._measure()
        self._renew()

    def _on_annotated(self) -> None:
        self._renew()

    def _renew(self) -> None:
        """Tint the field at the cursor, and say where that is."""
        span = self._shown.span_at(self._cursor) if self._shown.size else None
        self._tint = (
            Span(span.field.start, span.field.end) if span is not None and span.field is not None else Span(0, 0)
        )
        size, chosen = self._shown.size, self.selection
        where = (
            f"byte {self._cursor} of {size}"
            if chosen.size < 2
            else f"{count_text(chosen.size, 'byte')} from {chosen.start}"
        )
        words = self._shown.words_at(self._cursor)
        value = f"0x{self._shown.bytes_between(self._cursor, self._cursor + 1).hex()}, " if self._cursor < size else ""
        self.setAccessibleDescription(f"{where}: {value}{'; '.join(words.lines) if words is not None else 'the end'}")
        if QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.DescriptionChanged))
        self.viewport().update()


def _look(offset: int, role: int, chosen: Span, tint: Span) -> tuple[str, str]:
    """The colours of a byte and of its ground, which may have none."""
    if chosen.start <= offset < chosen.end:
        return "text", "text_selection"
    words, ground = _COLORS[role]
    return words, ground or ("hover" if tint.start <= offset < tint.end else "")


def _hex_line(data: bytes, start: int, offsets: list[int]) -> str:
    line = [" "] * (3 * len(data) + len(data) // _GROUP)
    for offset in offsets:
        at = offset - start
        place = 3 * at + at // _GROUP
        line[place : place + 2] = f"{data[at]:02x}"
    return "".join(line)


def _ascii_line(data: bytes, start: int, offsets: list[int]) -> str:
    line = [" "] * len(data)
    for offset in offsets:
        byte = data[offset - start]
        line[offset - start] = chr(byte) if 0x20 <= byte < 0x7F else "·"
    return "".join(line)
