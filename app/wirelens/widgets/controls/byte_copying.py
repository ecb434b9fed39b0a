"""Taking bytes elsewhere: to the clipboard in several spellings, or to a file."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMenu, QToolTip, QWidget

from wirelens.engine.messages.wire.scanning import Buffer
from wirelens.presentation.amounts import size_text
from wirelens.presentation.file_failure import written
from wirelens.presentation.thread_worker import ThreadWorker
from wirelens.presentation.wire.byte_formats import ByteFormat, formatted

_COPIED_AT_MOST = 8 * 2**20  # bytes; as text they are several times as long
_AT_ONCE = 64 * 1024  # bytes whose text is made while the person waits


class ByteCopying(QObject):
    """Copies and saves bytes for `owner`, at which is said how that ended. Large ones are worked on in a thread.

    `done` tells of each that has ended, with a sentence where it failed.
    """

    done = Signal(str)

    def __init__(self, owner: QWidget) -> None:
        super().__init__(owner)
        self._owner = owner
        self._worker = ThreadWorker(self)

    def add_actions(self, menu: QMenu, selected: Buffer, name: str = "message.bin") -> None:
        """What can be done with the selected bytes, none of which is copied before it is asked for."""
        for wanted in ByteFormat:
            action = menu.addAction(f"Copy as {wanted.value}" + ("\tCtrl+C" if wanted is ByteFormat.HEX else ""))
            action.setEnabled(0 < len(selected) <= _COPIED_AT_MOST)
            action.triggered.connect(lambda _checked=False, chosen=wanted: self.copy(selected, chosen))
        save = menu.addAction("Save to file…")
        save.setEnabled(bool(len(selected)))
        save.triggered.connect(lambda: self.ask_where_to_save(selected, name))

    def copy(self, data: Buffer, wanted: ByteFormat) -> None:
        """Put bytes on the clipboard as text; too many for that are refused in words."""
        if not len(data):
            return
        if len(data) > _COPIED_AT_MOST:
            refusal = f"{size_text(len(data))} are too many to copy as text: save them to a file"
            self._say(refusal)
            self.done.emit(refusal)
        elif len(data) <= _AT_ONCE:
            self._take(formatted(bytes(data), wanted))
        else:
            self._worker.run(lambda: formatted(bytes(data), wanted), self._take)

    def ask_where_to_save(self, data: Buffer, name: str = "message.bin") -> None:
        """Ask for a file and write the bytes; the window goes on meanwhile."""
        ask_for_file(self._owner, "Save bytes", name, lambda path: self.save(data, path))

    def save(self, data: Buffer, path: Path) -> None:
        """Write the bytes to a file, in a thread."""

        def say(failure: str) -> None:
            self._say(failure or f"{path.name} was saved")
            self.done.emit(failure)

        self._worker.run(lambda: written(path, lambda file: file.write(data)), say)

    def _take(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self.done.emit("")

    def _say(self, sentence: str) -> None:
        QToolTip.showText(self._owner.mapToGlobal(self._owner.rect().center()), sentence, self._owner)


def ask_for_file(owner: QWidget, title: str, name: str, save: Callable[[Path], None]) -> None:
    """Ask under which name to save, then have it saved; the window goes on meanwhile."""
    dialog = QFileDialog(owner, title)  # goes with its owner: nobody else can save
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.selectFile(name)
    dialog.fileSelected.connect(lambda chosen: save(Path(chosen)))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
