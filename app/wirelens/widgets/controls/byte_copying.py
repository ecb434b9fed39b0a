"""Taking bytes elsewhere: to the clipboard in several spellings, or to a file."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMenu, QToolTip, QWidget

from wirelens.presentation.thread_worker import ThreadWorker
from wirelens.presentation.wire.byte_formats import ByteFormat, formatted

_COPIED_AT_MOST = 8 * 2**20  # bytes; as text they are several times as long


def copy_bytes(data: bytes, wanted: ByteFormat) -> None:
    """Put bytes on the clipboard as text."""
    if data:
        QGuiApplication.clipboard().setText(formatted(data, wanted))


def add_copy_actions(menu: QMenu, owner: QWidget, selected: Callable[[], bytes]) -> None:
    """What can be done with the selected bytes."""
    data = selected()
    for wanted in ByteFormat:
        action = menu.addAction(f"Copy as {wanted.value}" + ("\tCtrl+C" if wanted is ByteFormat.HEX else ""))
        action.setEnabled(0 < len(data) <= _COPIED_AT_MOST)
        action.triggered.connect(lambda _checked=False, chosen=wanted: copy_bytes(data, chosen))
    save = menu.addAction("Save to file…")
    save.setEnabled(bool(data))
    save.triggered.connect(lambda: ask_where_to_save(owner, data))


def ask_where_to_save(owner: QWidget, data: bytes) -> None:
    """Ask for a file and write the bytes; the window goes on meanwhile. How it ended is said at the owner."""
    dialog = QFileDialog(owner.window(), "Save bytes")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.selectFile("message.bin")

    def save(name: str) -> None:
        path = Path(name)
        worker = ThreadWorker(owner)

        def write() -> str:
            try:
                path.write_bytes(data)
            except OSError as error:
                return f"{path.name}: {error.strerror}"
            return f"{path.name} was saved"

        def say(sentence: str) -> None:
            QToolTip.showText(owner.mapToGlobal(owner.rect().center()), sentence, owner)
            worker.deleteLater()

        worker.run(write, say)

    dialog.fileSelected.connect(save)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
