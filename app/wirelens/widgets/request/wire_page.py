"""The request as bytes, live with form and JSON: looked at, edited, pasted, and told apart field by field."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QHideEvent,
    QKeyEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from wirelens.presentation.amounts import size_text
from wirelens.presentation.draft import Draft
from wirelens.presentation.draft.bytes_text import NotationError
from wirelens.presentation.draft.wire_side import WireSide, mistake_text
from wirelens.presentation.file_failure import file_failure
from wirelens.presentation.thread_worker import ThreadWorker
from wirelens.presentation.wire.byte_formats import bytes_from_paste, unframed
from wirelens.presentation.wire.byte_sources import message_of_file
from wirelens.widgets.controls.bytes_page import BytesPage
from wirelens.widgets.theme import Theme, restyle

_EMPTY = (
    "An empty message is 0 bytes.\n"
    "Type hex digits, paste hex or base64 (Ctrl+V), drop a file here, or fill in the form."
)
_SCHEMA_FILES = (".proto", ".protoset")


class WirePage(BytesPage):
    """The bytes, the words for those that are selected, and the sizes.

    `mistake_wanted` asks for the page on which the draft's mistake can be mended.
    """

    mistake_wanted = Signal()

    def __init__(self, draft: Draft, theme: Theme, parent: QWidget | None = None) -> None:
        side = WireSide(draft)
        super().__init__(side.shown, theme, parent)
        side.setParent(self)
        self.side = side
        self._draft = draft
        self._complaint = ""
        self._files = ThreadWorker(self)
        self.setAcceptDrops(True)
        self.hex.setObjectName("requestWire")
        self.hex.setAccessibleName("Request as bytes")
        self.foot_words.setObjectName("requestWireVerdict")
        self.foot_words.setWordWrap(True)
        self.foot_words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._show = self.foot_button("Show", "link", self.show_mistake)
        self._revert = self.foot_button("Revert", "quiet", self.side.revert)
        self._revert.setToolTip("Go back to the message that there was before (Esc)")
        self.add_to_foot(self._show, self._revert)
        self.by_size.setObjectName("wireSizesButton")
        self.bytes_button.setObjectName("wireMenu")
        self.bytes_button.setAccessibleName("Paste, load, copy or save the bytes")
        self._connect()
        self.refresh()

    @property
    def verdict(self) -> str:
        """The line below the bytes: what is wrong, or how large they are."""
        return self.foot_words.text()

    def refresh(self) -> None:
        """Show what the draft's bytes are."""
        side = self.side
        if side.problem is not None:
            self.problem.show_message(
                "warn",
                f"The draft is no message yet: {side.problem.message}",
                place=side.problem.place,
                next_step="Bytes pasted here replace it.",
                action="Show",
            )
        else:
            self.problem.clear()
        self.hex.set_placeholder(_EMPTY if side.problem is None else "")
        self.hex.set_editable(side.problem is None)
        if side.sizes is not None:
            self.sizes.show_sizes(side.sizes)
        self.words.show_byte(self.hex.cursor_offset)
        self._say()

    def show_mistake(self) -> None:
        """Select the bytes that cannot be read."""
        mistake = self._draft.wire_mistake
        if mistake is not None:
            self.side.refresh()
            self.hex.select(mistake.start, mistake.end)
            self.hex.setFocus(Qt.FocusReason.OtherFocusReason)
            self.words.show_byte(mistake.start)

    def paste(self) -> None:
        """Put the clipboard's bytes at the cursor, or in the place of what is selected.

        Into an empty message, and over all of one, a frame of gRPC is taken off.
        """
        chosen, size = self.hex.selection, self.side.shown.size
        if not size or self.side.problem is not None or (chosen.size == size and size > 1):
            self.paste_message()
            return
        data = self._clipboard_bytes(bytes_from_paste)
        if data is not None:
            span = chosen if chosen.size > 1 else (self.hex.cursor_offset, self.hex.cursor_offset)
            self.side.replace(*span, data)
            self.hex.select(span[0], span[0] + len(data))

    def paste_message(self) -> None:
        """Take the clipboard's bytes for the whole message."""
        data = self._clipboard_bytes(lambda text: unframed(bytes_from_paste(text)))
        if data is not None:
            self.take(data)

    def take(self, data: bytes) -> None:
        """Take bytes for the whole message."""
        self._complaint = ""
        self.side.take(data)
        self.hex.select(0, 1)
        self.refresh()

    def take_file(self, path: Path) -> None:
        """Take the message in a file; it is read beside the window."""
        descriptor = self._draft.descriptor

        def job() -> bytes | str:
            try:
                return message_of_file(path, descriptor)
            except OSError as error:
                return file_failure(path, error)
            except NotationError as error:
                return f"{path.name}: {error}"

        self._files.run(job, lambda found: self.take(found) if isinstance(found, bytes) else self._complain(found))

    def choose_file(self) -> None:
        """Ask for a file; the window goes on meanwhile."""
        dialog = QFileDialog(self, "Take the message from a file")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self.take_file(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    # -- what Qt asks

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.side.want_sizes(True)
        self.side.find_focus()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.side.want_sizes(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._draft.wire_mistake is not None:
            self.side.revert()
            event.accept()
            return
        super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Schema files are left to the window."""
        files = _files(event.mimeData())
        is_schema = any(path.is_dir() or path.suffix in _SCHEMA_FILES for path in files)
        if is_schema or not (files or event.mimeData().hasText()):
            event.ignore()
        else:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        files = _files(event.mimeData())
        if files:
            self.take_file(files[0])
        else:
            data = self._read(event.mimeData().text(), lambda text: unframed(bytes_from_paste(text)))
            if data is not None:
                self.take(data)
        event.acceptProposedAction()

    # -- inside

    def _clipboard_bytes(self, read: Callable[[str], bytes]) -> bytes | None:
        return self._read(QGuiApplication.clipboard().text(), read)

    def _read(self, text: str, read: Callable[[str], bytes]) -> bytes | None:
        try:
            data = read(text)
        except NotationError as error:
            self._complain(str(error))
            return None
        self._complain("")
        return data

    def _complain(self, sentence: str) -> None:
        self._complaint = sentence
        self._say()

    def _say(self) -> None:
        mistake, sizes = self._draft.wire_mistake, self.side.sizes
        if self._complaint:
            text, role = f"Not taken: {self._complaint}", "bad"
        elif mistake is not None:
            text, role = mistake_text(mistake), "bad"
        elif self.side.is_making:
            text, role = "Reading…", "muted"
        elif sizes is not None:
            text, role = f"{size_text(sizes.size)} · {size_text(sizes.json_size)} as JSON", "muted"
            if self._draft.wire is not None:
                text += " · sent exactly as typed"
        else:
            text, role = "", "muted"
        self.foot_words.setText(text)
        self.foot_words.setAccessibleName(text)
        restyle(self.foot_words, role=role)
        self._show.setVisible(mistake is not None and not self._complaint)
        self._revert.setVisible(mistake is not None)

    def _on_edited(self, start: int, end: int, data: bytes) -> None:
        self._complaint = ""
        self.side.replace(start, end, data)

    def _on_selected(self, start: int, _end: int) -> None:
        self.words.show_byte(self.hex.cursor_offset)
        self.side.go_to_byte(min(start, max(self.side.shown.size - 1, 0)))

    def _on_focus_moved(self) -> None:
        if self.isVisible():
            self.side.find_focus()

    def _on_found(self, start: int, end: int) -> None:
        self.hex.select(start, end)
        self.words.show_byte(start)

    def _fill_menu(self, menu: QMenu) -> None:
        menu.addSeparator()
        menu.addAction("Paste\tCtrl+V").triggered.connect(self.paste)
        menu.addAction("Paste over the message").triggered.connect(self.paste_message)
        menu.addAction("Take from file…").triggered.connect(self.choose_file)
        menu.addSeparator()
        for name, can, act in (
            ("Undo\tCtrl+Z", self._draft.can_undo(), self._draft.undo),
            ("Redo\tCtrl+Shift+Z", self._draft.can_redo(), self._draft.redo),
            ("Revert\tEsc", self._draft.wire_mistake is not None, self.side.revert),
        ):
            action = menu.addAction(name)
            action.setEnabled(can)
            action.triggered.connect(act)

    def fill_bytes_menu(self, menu: QMenu) -> None:
        menu.addAction("Paste over the message").triggered.connect(self.paste_message)
        menu.addAction("Take from file…").triggered.connect(self.choose_file)
        menu.addSeparator()
        self.hex.copying.add_actions(menu, self.side.shown.view_between(0, self.side.shown.size))

    def _connect(self) -> None:
        self.side.changed.connect(self.refresh)
        self.side.shown.annotated.connect(lambda: self.words.show_byte(self.hex.cursor_offset))
        self.side.found.connect(self._on_found)
        self._draft.focus.moved.connect(self._on_focus_moved)
        self.hex.selected.connect(self._on_selected)
        self.hex.edited.connect(self._on_edited)
        self.hex.paste_wanted.connect(self.paste)
        self.hex.menu_opened.connect(self._fill_menu)
        self.size_chosen.connect(self.side.find_top_field)
        self.problem.acted.connect(self.mistake_wanted)


def _files(data: QMimeData) -> list[Path]:
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
