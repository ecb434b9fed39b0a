"""A Timestamp as ProtoJSON writes it (RFC 3339), with a button for the present moment."""

from datetime import UTC, datetime

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from wirelens.engine.messages.fields import FieldShape
from wirelens.presentation.draft.paths import Path
from wirelens.widgets.controls.focus import pass_focus_on
from wirelens.widgets.request.form_context import FormContext, name_editor
from wirelens.widgets.request.leaf_editors import LineEditor


class TimestampEditor(QWidget):
    """The line and the button."""

    def __init__(self, context: FormContext, shape: FieldShape, path: Path, parent: QWidget) -> None:
        super().__init__(parent)
        self._context, self._path = context, path
        self._line = LineEditor(context, shape, path, self)
        self._now = QPushButton("Now", self)
        self._now.setProperty("role", "quiet")
        self._now.setToolTip("Set the present moment")
        self._now.clicked.connect(self._on_now)
        name_editor(self._now, path, "now")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(context.theme.px(4))
        row.addWidget(self._line, 1)
        row.addWidget(self._now)
        pass_focus_on(self, self._line)

    def refresh(self) -> None:
        self._line.refresh()

    def _on_now(self) -> None:
        moment = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        self._context.draft.set_value(self._path, moment)
        self._line.refresh()
