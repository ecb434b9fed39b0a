"""The left edge of the JSON editor: line numbers, red where a mistake is, a triangle where a rule is broken, folds."""

from PySide6.QtCore import QEvent, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF, QTextBlock
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from wirelens.widgets.request.json_folding import JsonFolding
from wirelens.widgets.theme import Theme

_FOLD_COLUMN = 16
_WARN_COLUMN = 12


class JsonGutter(QWidget):
    """A press on a mark folds or unfolds the line's bracket."""

    def __init__(self, editor: QPlainTextEdit, folding: JsonFolding, theme: Theme) -> None:
        super().__init__(editor)
        self._editor = editor
        self._folding = folding
        self._theme = theme
        self._marked: set[int] = set()
        self._warned: set[int] = set()
        self._under_mouse = -1
        self.setMouseTracking(True)
        self.setObjectName("jsonGutter")
        self.setAccessibleName("Line numbers and folding")

    def mark_lines(self, lines: set[int]) -> None:
        """Say in which lines, 0-based, mistakes are."""
        if lines != self._marked:
            self._marked = lines
            self.update()

    def warn_lines(self, lines: set[int]) -> None:
        """Say in which lines, 0-based, rules are broken."""
        if lines != self._warned:
            self._warned = lines
            self.update()

    @property
    def marked_lines(self) -> set[int]:
        """The lines in red: those with mistakes, and those whose fold hides one."""
        return self._with_hiding(self._marked)

    @property
    def warned_lines(self) -> set[int]:
        """The same of broken rules."""
        return self._with_hiding(self._warned)

    def _with_hiding(self, lines: set[int]) -> set[int]:
        return lines | {line for line in self._folding.folded if self._folding.hidden_in(line, lines)}

    def fold_mark(self, line: int) -> QRect:
        """Where the mark of a line in sight is."""
        block = self._editor.document().findBlockByNumber(line)
        return self._mark_area(self._area(block))

    def on_update_request(self, area: QRect, dy: int) -> None:
        if dy:
            self.scroll(0, dy)
        else:
            self.update(0, area.y(), self.width(), area.height())

    def sizeHint(self) -> QSize:
        digits = max(2, len(str(self._editor.blockCount())))
        width = QFontMetrics(self._theme.data_font()).horizontalAdvance("0") * digits
        return QSize(width + self._theme.px(_WARN_COLUMN + 4 + _FOLD_COLUMN), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        painter = QPainter(self)
        painter.setFont(theme.data_font())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        marked, warned = self.marked_lines, self.warned_lines
        faint, bad, warn = theme.color("faint"), theme.color("bad"), theme.color("warn")
        space = theme.px(4 + _FOLD_COLUMN)
        block = self._editor.firstVisibleBlock()
        line = block.blockNumber()
        top = self._top() + self._editor.contentOffset().y() + self._editor.blockBoundingGeometry(block).top()
        line_height = QFontMetrics(theme.data_font()).lineSpacing()
        while block.isValid() and top <= event.rect().bottom():
            height = self._editor.blockBoundingRect(block).height()
            area = QRect(0, round(top), self.width(), min(round(height), line_height))
            top += height
            if block.isVisible():
                painter.setPen(bad if line in marked else warn if line in warned else faint)
                numbers = area.adjusted(0, 0, -space, 0)
                painter.drawText(numbers, Qt.AlignmentFlag.AlignRight, str(line + 1))
                if line in warned:
                    self._draw_warning(painter, area)
                last = self._folding.last_line(line)
                if last > line or self._folding.can_fold(line):
                    self._draw_mark(painter, self._mark_area(area), line, is_folded=last > line)
                if last > line:
                    line, block = last, self._editor.document().findBlockByNumber(last)
            line, block = line + 1, block.next()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        line = self._line_at(event.position().toPoint().y())
        if event.button() == Qt.MouseButton.LeftButton and line is not None:
            self._folding.toggle(line)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        line = self._line_at(event.position().toPoint().y())
        self._set_under_mouse(-1 if line is None else line)
        is_mark = line is not None and (self._folding.last_line(line) > line or self._folding.can_fold(line))
        self.setCursor(Qt.CursorShape.PointingHandCursor if is_mark else Qt.CursorShape.ArrowCursor)

    def leaveEvent(self, event: QEvent) -> None:
        self._set_under_mouse(-1)

    def _set_under_mouse(self, line: int) -> None:
        if line != self._under_mouse:
            self._under_mouse = line
            self.update()

    def _draw_warning(self, painter: QPainter, area: QRect) -> None:
        """A triangle, which is told from a mistake without colours too."""
        px = self._theme.px
        middle = QPointF(px(_WARN_COLUMN) / 2, area.center().y() + 0.5)
        half = px(3)
        corners = [QPointF(-half, half), QPointF(half, half), QPointF(0, -half)]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("warn"))
        painter.drawPolygon(QPolygonF([middle + corner for corner in corners]))
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _draw_mark(self, painter: QPainter, area: QRect, line: int, *, is_folded: bool) -> None:
        theme = self._theme
        is_strong = is_folded or line == self._under_mouse
        painter.setPen(
            QPen(
                theme.color("text" if is_strong else "handle_hover"),
                theme.px(1.5),
                Qt.PenStyle.SolidLine,
                Qt.PenCapStyle.RoundCap,
                Qt.PenJoinStyle.RoundJoin,
            )
        )
        middle = QPointF(area.center()) + QPointF(0.5, 0.5)
        long, short = theme.px(3.5), theme.px(2)
        if is_folded:
            points = [QPointF(-short, -long), QPointF(short, 0), QPointF(-short, long)]
        else:
            points = [QPointF(-long, -short), QPointF(0, short), QPointF(long, -short)]
        painter.drawPolyline(QPolygonF([middle + point for point in points]))

    def _area(self, block: QTextBlock) -> QRect:
        geometry = self._editor.blockBoundingGeometry(block).translated(self._editor.contentOffset())
        # the viewport begins below the padding of the editor, the gutter does not
        height = QFontMetrics(self._theme.data_font()).lineSpacing()  # the last line has the document's margin as well
        return QRect(0, round(geometry.top()) + self._top(), self.width(), min(round(geometry.height()), height))

    def _top(self) -> int:
        return self._editor.viewport().geometry().top() - self.geometry().top()

    def _mark_area(self, area: QRect) -> QRect:
        width = self._theme.px(_FOLD_COLUMN)
        return QRect(self.width() - width, area.top(), width, area.height())

    def _line_at(self, y: int) -> int | None:
        block = self._editor.firstVisibleBlock()
        while block.isValid():
            area = self._area(block)
            if area.top() > y:
                return None
            if block.isVisible() and area.top() <= y < area.bottom() + 1:
                return block.blockNumber()
            block = block.next()
        return None
