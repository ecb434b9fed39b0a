"""Saving what a call has brought: the dialog that asks where to, progress that can be cancelled, what became of it."""

import re
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from wirelens.engine.calls.transcript_file import SUFFIX
from wirelens.engine.errors import WirelensError
from wirelens.presentation.amounts import count_text
from wirelens.presentation.call_session import CallSession
from wirelens.widgets.controls.inline_message import InlineMessage
from wirelens.widgets.controls.progress_line import ProgressLine

TRANSCRIPT_FILTERS = [f"Transcripts (*{SUFFIX})", "All files (*)"]


class TranscriptSaving(QObject):
    """Of one session's shown call; `saved` tells the path of a file that was written."""

    saved = Signal(object)

    def __init__(self, session: CallSession, message: InlineMessage, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self._message = message
        self._progress = ProgressLine(message, self)

    def choose_file(self) -> None:
        """Ask where to; the schema goes beside it. Without a call yet, say so."""
        session = self._session
        if session.transcript is None:
            self._message.show_message("info", "There is no call to save yet.", next_step="Make one with Send.")
            return
        owner = self.parent()
        assert isinstance(owner, QWidget)
        dialog = QFileDialog(owner.window(), "Save the transcript, its schema beside it")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters(TRANSCRIPT_FILTERS)
        dialog.setDefaultSuffix(SUFFIX.removeprefix("."))
        dialog.setDirectory(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation))
        dialog.selectFile(re.sub(r"[^\w.-]+", "_", session.method.name) + SUFFIX)
        dialog.filesSelected.connect(lambda names: self.save(Path(names[0])))
        dialog.open()

    def save(self, path: Path) -> None:
        """Write the shown call as far as it has come."""
        task = self._session.tasks.start("save the transcript", self._save(path))
        self._progress.begin(task, "Saving the transcript", path)

    async def _save(self, path: Path) -> None:
        session, tell = self._session, self._progress.tell
        transcript = session.transcript
        count = len(transcript) if transcript is not None else 0
        try:
            await session.save_transcript(path, on_progress=tell)
        except WirelensError as error:
            self._message.show_error(error)
        else:
            self._message.show_message(
                "good", f"Saved {count_text(count, 'event')}, the schema beside.", place=str(path)
            )
            self.saved.emit(path)
        finally:
            self._progress.end()
