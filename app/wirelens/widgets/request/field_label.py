"""The name of a field and, fainter, its type, on one line where they fit and on two where they do not."""

import html
import re

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from wirelens.engine.messages.fields import FieldShape
from wirelens.engine.messages.rule_sentences import field_sentences, message_sentences
from wirelens.widgets.request.form_context import FormContext

_CONTROL = 28
_GAP = 6
_QUALIFIED = re.compile(r"(?:\w+\.)+(?=\w)")  # the types around a type: `Outer.` of `repeated Outer.Inner`
_TOGGLE = 22  # room at the right, for the presence toggle


class FieldLabel(QWidget):
    """Painted rather than put together of labels: a form may have a thousand of them."""

    def __init__(self, context: FormContext, name: str, type_name: str, level: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self._name = name
        self._type_name = _QUALIFIED.sub("", type_name)
        self._whole_type_name = type_name
        self._level = level
        self._is_deprecated = False
        self._shape: FieldShape | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        context.measured.connect(self._measure)
        self._measure()

    def describe(self, shape: FieldShape) -> None:
        """Say in the tool tip what the schema says of the field."""
        self._is_deprecated = shape.deprecated
        self._shape = shape

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and self._shape is not None and not self.toolTip():
            self.setToolTip(self._description(self._shape))
        return super().event(event)

    def sizeHint(self) -> QSize:
        height = self._context.theme.px(_CONTROL)
        if self._needs_two_lines():
            height = max(height, self._context.name_metrics.height() + self._context.type_metrics.height())
        return QSize(self._room(), height)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._context.theme
        painter = QPainter(self)
        name_metrics, type_metrics = self._context.name_metrics, self._context.type_metrics
        two_lines = self._needs_two_lines()
        name_height = name_metrics.height()
        top = 0 if two_lines else (theme.px(_CONTROL) - name_height) // 2
        font = QFont(self._context.name_font)
        font.setStrikeOut(self._is_deprecated)
        painter.setFont(font)
        name = name_metrics.elidedText(self._name, Qt.TextElideMode.ElideMiddle, self._room())
        is_muted = self._is_deprecated or not self.isEnabled()
        self._mark_match(painter, name, top, name_height)
        painter.setPen(theme.color("muted" if is_muted else "text"))
        painter.drawText(QRect(0, top, self._room(), name_height), Qt.AlignmentFlag.AlignLeft, name)
        painter.setFont(self._context.type_font)
        painter.setPen(theme.color("muted"))
        if two_lines:
            area = QRect(0, name_height, self._room(), type_metrics.height())
        else:
            left = name_metrics.horizontalAdvance(name) + theme.px(_GAP)
            baseline = top + name_metrics.ascent() - type_metrics.ascent()
            area = QRect(left, baseline, self._room() - left, type_metrics.height())
        kind = type_metrics.elidedText(self._type_name, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, Qt.AlignmentFlag.AlignLeft, kind)

    def _mark_match(self, painter: QPainter, name: str, top: int, height: int) -> None:
        """What the filter looks for stands on the ground of a selection."""
        wanted = self._context.draft.filter.text
        start = name.casefold().find(wanted) if wanted else -1
        if start >= 0:
            metrics = self._context.name_metrics
            left, right = (metrics.horizontalAdvance(name[:end]) for end in (start, start + len(wanted)))
            painter.fillRect(QRect(left, top, right - left, height), self._context.theme.color("selection"))

    def _description(self, shape: FieldShape) -> str:
        facts = [f"field {shape.number}"]
        if shape.is_required:
            facts.append("required")
        if shape.deprecated:
            facts.append("deprecated")
        if shape.descriptor.has_default_value:
            facts.append(f"default {shape.default!r}")
        if shape.integer_range is not None:
            facts.append("{} to {}".format(*shape.integer_range))
        lines = [
            f"<b>{html.escape(self._name)}</b> {html.escape(self._whole_type_name)}",
            html.escape(" · ".join(facts)),
        ]
        rules = [*field_sentences(shape.descriptor)]
        if shape.descriptor.message_type is not None and not shape.is_map:
            rules += message_sentences(shape.descriptor.message_type)
        if rules:
            lines.append(f"<b>Rules</b> {html.escape(' · '.join(rules))}")
        comment = self._context.comment(shape)
        if comment:
            lines.append(html.escape(comment.strip()).replace("\n", "<br>"))
        return f"<p style='white-space:pre-wrap'>{'<br>'.join(lines)}</p>"

    def _room(self) -> int:
        theme = self._context.theme
        return self._context.label_width(self._level) - theme.px(_TOGGLE)

    def _needs_two_lines(self) -> bool:
        needed = self._context.name_metrics.horizontalAdvance(self._name) + self._context.theme.px(_GAP)
        return needed + self._context.type_metrics.horizontalAdvance(self._type_name) > self._room()

    def _measure(self) -> None:
        self.setFixedSize(self.sizeHint())
        self.update()
