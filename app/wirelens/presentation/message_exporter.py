"""Copying and saving messages in the background: with progress, and to be cancelled."""

import asyncio
import enum
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QByteArray, QObject, QTimer, Signal

from wirelens.engine.calls.transcript import MESSAGE_KINDS, Transcript
from wirelens.engine.errors import WirelensError
from wirelens.engine.message_export.destinations import (
    Destination,
    FileDestination,
    FolderDestination,
    TextDestination,
    TooLargeForText,
)
from wirelens.engine.message_export.export import MessageExport
from wirelens.engine.message_export.formats import MessageFormat
from wirelens.presentation.amounts import count_text
from wirelens.presentation.message_decoding import MessageDecoder
from wirelens.presentation.thread_worker import ThreadWorker

LARGEST_TEXT = 64 * 2**20  # bytes of text for the clipboard
_SLICE = 0.003  # seconds of work between two turns of the window: both need the interpreter's lock
_AT_ONCE = 0.005  # seconds that a small copy may take of the window's own thread
_SMALL = 64 * 1024  # bytes of messages that are copied so
_PATIENCE_MS = 500
_FRAME_MS = 100


class ExportState(enum.Enum):
    """How the last export stands."""

    NONE = "none"
    RUNNING = "running"
    DONE = "done"
    TOO_LARGE = "too large"  # for the clipboard; may be saved instead
    FAILED = "failed"


class MessageExporter(QObject):
    """At most one export at a time; another one begun gives up the one before.

    Args:
        patience_ms: how long an export runs before `changed` says so.
        largest_text: bytes of text that are copied at most.
    """

    changed = Signal()  # state, progress, sentence
    text_ready = Signal(object)  # a QByteArray of UTF-8 for the clipboard: of 64 MiB nothing is converted any more

    def __init__(
        self, *, patience_ms: int = _PATIENCE_MS, largest_text: int = LARGEST_TEXT, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.state = ExportState.NONE
        self.sentence = ""  # what was done, and what was not as one would expect
        self.has_notes = False
        self.error: WirelensError | None = None
        self.wanted = MessageFormat.JSON
        self._largest_text = largest_text
        self._export: MessageExport | None = None
        self._path: Path | None = None
        self._text: QByteArray | None = None  # what is to be copied; grows in the thread
        self._is_working = False  # the thread has the export in its hands
        self._waiting: asyncio.Future[None] | None = None  # for the thread to put it down
        self._worker = ThreadWorker(self)
        self._patience = QTimer(self, singleShot=True, interval=patience_ms)
        self._patience.timeout.connect(self._tell_progress)
        self._frame = QTimer(self, interval=_FRAME_MS)
        self._frame.timeout.connect(self.changed)

    @property
    def is_told(self) -> bool:
        """Whether the export has run for so long that its progress is shown."""
        return self.state is ExportState.RUNNING and self._frame.isActive()

    @property
    def progress(self) -> float:
        """Between 0 and 1."""
        export = self._export
        return export.steps_done / max(export.steps_total, 1) if export is not None else 1.0

    @property
    def is_saved(self) -> bool:
        """Whether the last export went to a file or folder."""
        return self._path is not None

    def copy(
        self, transcript: Transcript, rows: Sequence[int], wanted: MessageFormat, decoder: MessageDecoder, size: int
    ) -> None:
        """Make text of the messages among `rows`, which are `size` bytes together."""
        text = QByteArray()
        self._begin(transcript, rows, wanted, decoder, TextDestination(self._largest_text, text.append), None)
        self._text = text
        if size <= _SMALL and self._export is not None and len(rows) <= _SMALL:
            self._step(_AT_ONCE)
        self._work()

    def save(
        self, transcript: Transcript, rows: Sequence[int], wanted: MessageFormat, decoder: MessageDecoder, path: Path
    ) -> None:
        """Write the messages among `rows` to a file, or a folder where the format is one."""
        destination = FolderDestination(path) if wanted.is_folder else FileDestination(path)
        self._begin(transcript, rows, wanted, decoder, destination, path)
        self._work()

    def cancel(self) -> None:
        """Give up; what was there before is there still."""
        self._drop()
        self._become(ExportState.NONE)

    async def aclose(self) -> None:
        """Give up, and wait until nothing is left of it."""
        self.cancel()
        if self._is_working:
            self._waiting = asyncio.get_running_loop().create_future()
            await self._waiting

    def dismiss(self) -> None:
        """What was said has been read."""
        if self.state is not ExportState.RUNNING:
            self._become(ExportState.NONE)

    # -- inside

    def _begin(
        self,
        transcript: Transcript,
        rows: Sequence[int],
        wanted: MessageFormat,
        decoder: MessageDecoder,
        destination: Destination,
        path: Path | None,
    ) -> None:
        self._drop()
        self.wanted, self._path = wanted, path
        try:
            types = {kind: decoder.descriptor(kind) for kind in MESSAGE_KINDS}
        except WirelensError as error:
            self._fail(error)
            return
        self._export = MessageExport(transcript, rows, wanted, types, decoder.schema, destination)
        self.state, self.error, self.sentence, self.has_notes = ExportState.RUNNING, None, "", False
        self._patience.start()

    def _work(self) -> None:
        export = self._export
        if export is not None and not self._is_working:
            self._is_working = True
            self._worker.run(partial(_outcome, export), partial(self._on_worked, export))

    def _step(self, seconds: float) -> None:
        """On the window's thread."""
        export = self._export
        assert export is not None
        self._on_outcome(export, _outcome(export, seconds))

    def _on_worked(self, export: MessageExport, outcome: "bool | WirelensError") -> None:
        self._is_working = False
        if export is self._export:
            self._on_outcome(export, outcome)
        else:
            export.abandon()  # it was cancelled while the thread had it
        self._work()
        if self._waiting is not None and not self._is_working and not self._waiting.done():
            self._waiting.set_result(None)

    def _on_outcome(self, export: MessageExport, outcome: "bool | WirelensError") -> None:
        if outcome is False:
            return
        self._export = None
        if isinstance(outcome, WirelensError):
            self._fail(outcome)
            return
        notes = export.notes()
        did = f"{count_text(export.message_count, 'message')} {'saved' if self._path is not None else 'copied'}"
        where = f" to {self._path.name}" if self._path is not None else f" as {self.wanted.value}"
        self.sentence = " ".join([f"{did}{where}.", *notes])
        self.has_notes = bool(notes)
        text, self._text = self._text, None
        if text is not None:
            self.text_ready.emit(text)
        self._become(ExportState.DONE)

    def _fail(self, error: WirelensError) -> None:
        self.error = error
        self._become(ExportState.TOO_LARGE if isinstance(error, TooLargeForText) else ExportState.FAILED)

    def _drop(self) -> None:
        export, self._export, self._text = self._export, None, None
        if export is not None and not self._is_working:
            export.abandon()

    def _become(self, state: ExportState) -> None:
        self.state = state
        self._text = None
        self._patience.stop()
        self._frame.stop()
        self.changed.emit()

    def _tell_progress(self) -> None:
        self._frame.start()
        self.changed.emit()


def _outcome(export: MessageExport, seconds: float = _SLICE) -> "bool | WirelensError":
    """Whether the export is done, or what went wrong in it."""
    try:
        return export.step(seconds)
    except WirelensError as error:
        return error.with_traceback(None)  # which holds what was written so far
