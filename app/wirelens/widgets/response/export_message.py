"""What is being copied or saved, how far it is, and what came of it; in place, above the timeline."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from wirelens.engine.message_export.formats import MessageFormat
from wirelens.presentation.message_exporter import ExportState, MessageExporter
from wirelens.widgets.controls.clipboard import copy_utf8
from wirelens.widgets.controls.inline_message import InlineMessage
from wirelens.widgets.theme import Theme


class ExportMessage(InlineMessage):
    """Says nothing of a copy that went at once and as expected."""

    save_wanted = Signal(MessageFormat)  # what was too large for the clipboard is to go to a file

    def __init__(self, exporter: MessageExporter, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._exporter = exporter
        self._was_told = False
        self._is_closed = False  # what runs is to go on without being looked at
        self.setObjectName("exportMessage")
        exporter.changed.connect(self._show)
        exporter.text_ready.connect(copy_utf8)
        self.acted.connect(self._on_acted)
        self.dismissed.connect(self._on_dismissed)

    def _show(self) -> None:
        exporter = self._exporter
        match exporter.state:
            case ExportState.RUNNING:
                self._was_told = True
                if self._is_closed:
                    return
                words = f"Writing the messages as {exporter.wanted.value}: {exporter.progress:.0%}"
                self.show_message("info", words, action="Cancel")
                return
            case ExportState.TOO_LARGE if exporter.error is not None:
                self.show_error(exporter.error, action="Save to a file …")
            case ExportState.FAILED if exporter.error is not None:
                self.show_error(exporter.error)
            case ExportState.DONE if exporter.has_notes:
                self.show_message("warn", exporter.sentence)
            case ExportState.DONE if exporter.is_saved or self._was_told:
                self.show_message("good", exporter.sentence)
            case _:
                self.clear()
        self._was_told = self._is_closed = False

    def _on_acted(self) -> None:
        if self._exporter.state is ExportState.RUNNING:
            self._exporter.cancel()
        else:
            wanted = self._exporter.wanted
            self._exporter.dismiss()
            self.save_wanted.emit(wanted)

    def _on_dismissed(self) -> None:
        self._is_closed = self._exporter.state is ExportState.RUNNING
        self._exporter.dismiss()
