"""Transcripts from files at the window: the dialog that opens them, what is dropped, and those opened of late."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from wirelens.engine.errors import WirelensError
from wirelens.presentation.workspace import Workspace
from wirelens.widgets.controls.inline_message import InlineMessage
from wirelens.widgets.controls.progress_line import ProgressLine

SUFFIX = ".ndjson"


class TranscriptFiles(QObject):
    """Opens calls that were saved, each in a tab of its own.

    Args:
        message: says how far the reading has come and lets it be cancelled, or why a file was not opened.
        window: what the dialog opens over.
    """

    def __init__(self, workspace: Workspace, message: InlineMessage, window: QWidget) -> None:
        super().__init__(window)
        self._workspace = workspace
        self._message = message
        self._window = window
        self._progress = ProgressLine(message, self)

    def choose_files(self) -> None:
        dialog = QFileDialog(self._window, "Open transcripts of calls")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilters([f"Transcripts (*{SUFFIX})", "All files (*)"])
        dialog.filesSelected.connect(lambda names: self.open_paths([Path(name) for name in names]))
        dialog.open()

    def open_paths(self, paths: list[Path]) -> None:
        """One after the other."""
        task = self._workspace.tasks.start("open a transcript", self._open(paths))
        self._progress.begin(task, "Opening", paths[0])

    def fill_recent(self, menu: QMenu) -> None:
        """The files that were opened or saved of late, newest first."""
        menu.clear()
        for path in self._workspace.recent_transcripts:
            action = menu.addAction(Path(path).name.replace("&", "&&"))
            action.setToolTip(path)
            action.triggered.connect(partial(self._open_recent, Path(path)))
        menu.setToolTipsVisible(True)
        if menu.isEmpty():
            menu.addAction("None yet").setEnabled(False)

    def _open_recent(self, path: Path, _checked: bool) -> None:
        self.open_paths([path])

    async def _open(self, paths: list[Path]) -> None:
        try:
            for path in paths:
                await self._workspace.open_transcript(path, on_progress=self._progress.tell)
            self._message.clear()
        except WirelensError as error:
            self._message.show_error(error)
        finally:
            self._progress.end()


def split_transcripts(paths: list[Path]) -> tuple[list[Path], list[Path]]:
    """The transcripts among paths, told by their suffix, and the others."""
    transcripts = [path for path in paths if path.suffix.lower() == SUFFIX]
    return transcripts, [path for path in paths if path not in transcripts]
