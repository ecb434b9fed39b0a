"""Bytes as text, hex or base64, or from a file; how many there are is always said."""

from pathlib import Path as FilePath

import shiboken6
from PySide6.QtCore import QEvent, QMimeData, Signal
from PySide6.QtGui import QActionGroup, QDragEnterEvent, QDragMoveEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QLineEdit, QMenu, QToolButton, QVBoxLayout, QWidget

from wirelens.engine.messages.fields import FieldShape
from wirelens.presentation.amounts import size_text
from wirelens.presentation.draft.bytes_text import (
    Notation,
    NotationError,
    bytes_from_base64,
    bytes_from_text,
    readable_notation,
    text_from_bytes,
)
from wirelens.presentation.draft.json_values import Unfinished
from wirelens.presentation.draft.leaves import unset_meaning
from wirelens.presentation.draft.paths import Path, always_holds
from wirelens.presentation.draft.tree import Value
from wirelens.presentation.file_failure import file_failure
from wirelens.widgets.controls.focus import pass_focus_on
from wirelens.widgets.request.form_context import FormContext, name_editor
from wirelens.widgets.request.leaf_editors import leaves_undo_to_the_draft, show_beginning, shown_text
from wirelens.widgets.theme import restyle

_LONGEST_EDITED = 4096  # bytes; more are summed up, and come from files anyway
_PEEK = 24


class _BytesLine(QLineEdit):
    """Takes a file that is dropped on it, not the file's name."""

    file_dropped = Signal(object)  # a pathlib.Path

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _dropped_file(event.mimeData()) is not None:
            event.acceptProposedAction()
        else:
            super().dragEnterEvent(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        if _dropped_file(event.mimeData()) is not None:
            event.acceptProposedAction()
        else:
            super().dragMoveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        file = _dropped_file(event.mimeData())
        if file is not None:
            event.acceptProposedAction()
            self.file_dropped.emit(file)
        else:
            super().dropEvent(event)

    def event(self, event: QEvent) -> bool:
        if leaves_undo_to_the_draft(event):
            event.ignore()
            return True
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        show_beginning(self)


class BytesEditor(QWidget):
    """The notation is the editor's own; the draft keeps base64."""

    def __init__(self, context: FormContext, shape: FieldShape, path: Path, parent: QWidget) -> None:
        super().__init__(parent)
        self._context, self._shape, self._path = context, shape, path
        self._always_holds = always_holds(path)
        self._meaning = "" if self._always_holds else unset_meaning(shape)
        self._notation: Notation | None = None  # of the person's choice, or found when there is something to read
        self._decoded: tuple[Value | None, bytes | None] | None = None  # a file's bytes are decoded once
        self._notice = ""  # what is said in place of the size
        self._line = _BytesLine(self)
        name_editor(self._line, path)
        self._line.textEdited.connect(self._on_edited)
        self._line.file_dropped.connect(self.take_file)
        self._button = QToolButton(self)
        self._button.setProperty("role", "menu")
        name_editor(self._button, path, "notation")
        self._button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._button.setMenu(self._menu())
        self._size = QLabel(self)
        self._size.setProperty("role", "small")
        self._lay_out()
        pass_focus_on(self, self._line)
        context.dressed.connect(self._dress)

    def refresh(self) -> None:
        value = self._context.draft.value(self._path)
        if self._decoded is None or value is not self._decoded[0]:
            if self._decoded is not None and value != self._decoded[0]:
                self._notice = ""
            self._decoded = value, self._bytes_of(value)
        data = self._decoded[1]
        if self._notation is None and data:
            self._notation = readable_notation(data)
        notation = self._notation or Notation.TEXT
        self._show_text(value, data, notation)
        self._button.setText(notation.value)
        self._size.setText(self._notice or ("" if data is None or value is None else size_text(len(data))))
        self._size.setVisible(bool(self._size.text()))
        self._line.setPlaceholderText(self._meaning if value is None else "no bytes")
        self._dress()
        restyle(self._line, unset=value is None, invalid=bool(self._context.draft.mistake_at(self._path)))

    def set_notation(self, notation: Notation) -> None:
        """Write the bytes another way; what is unfinished stays as typed and is read the new way."""
        value = self._context.draft.value(self._path)
        self._notation = notation
        if isinstance(value, Unfinished):
            self._on_edited(str(value))
        data = self._bytes_of(value)
        if notation is Notation.TEXT and data is not None and not _is_text(data):
            self._notation = readable_notation(data)
        self.refresh()

    def take_file(self, path: FilePath) -> None:
        """The whole content of a file, which a thread reads."""

        def read() -> tuple[bytes, str] | OSError:
            try:
                data = path.read_bytes()
            except OSError as error:
                return error
            return data, text_from_bytes(data, Notation.BASE64)

        def take(result: tuple[bytes, str] | OSError) -> None:
            if not shiboken6.isValid(self):
                return  # the row has gone meanwhile
            if isinstance(result, OSError):
                self._say(file_failure(path, result))
                return
            data, encoded = result
            self._notice = ""
            self._notation = readable_notation(data[:_LONGEST_EDITED])
            self._context.draft.set_value(self._path, encoded)
            self.refresh()

        self._say(f"Reading {path.name} …")
        self._context.worker.run(read, take)

    def _say(self, sentence: str) -> None:
        """In place of the size, until there are other bytes: the draft may be told anew at any moment."""
        self._notice = sentence
        self._size.setText(sentence)
        self._size.show()

    def choose_file(self) -> None:
        """Ask for a file; the window goes on meanwhile."""
        dialog = QFileDialog(self, "Take bytes from a file")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self.take_file(FilePath(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _show_text(self, value: Value | None, data: bytes | None, notation: Notation) -> None:
        is_long = data is not None and len(data) > _LONGEST_EDITED
        self._line.setReadOnly(is_long)
        if data is not None and is_long:
            self._line.setText(f"{data[:_PEEK].hex(' ')} …")
            return
        if isinstance(value, Unfinished) or data is None:
            text = str(value) if isinstance(value, str) else shown_text(self._shape, value)
        else:
            if self._reads_as(self._line.text(), notation, data):
                return
            try:
                text = text_from_bytes(data, notation)
            except UnicodeDecodeError:
                self._notation = Notation.HEX
                text = text_from_bytes(data, Notation.HEX)
        if text != self._line.text():
            self._line.setText(text)
            show_beginning(self._line)

    @staticmethod
    def _reads_as(text: str, notation: Notation, data: bytes) -> bool:
        try:
            return bytes_from_text(text, notation) == data and bool(text) == bool(data)
        except NotationError:
            return False

    @staticmethod
    def _bytes_of(value: Value | None) -> bytes | None:
        """The bytes that the draft has; None where it has something that is none."""
        if value is None:
            return b""
        if not isinstance(value, str) or isinstance(value, Unfinished):
            return None
        try:
            return bytes_from_base64(value)
        except NotationError:
            return None

    def _on_edited(self, text: str) -> None:
        draft = self._context.draft
        notation = self._notation or Notation.TEXT
        self._notation = notation
        if not text and not self._always_holds and not self._shape.has_presence:
            draft.set_value(self._path, None)
            return
        try:
            draft.set_value(self._path, text_from_bytes(bytes_from_text(text, notation), Notation.BASE64))
        except NotationError as error:
            draft.set_value(self._path, Unfinished(text, notation.value, str(error)))

    def _dress(self) -> None:
        font = self._context.data_font if self._line.text() else self._context.label_font
        if font != self._line.font():
            self._line.setFont(font)

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        group = QActionGroup(menu)
        for notation in Notation:
            action = menu.addAction(f"As {notation.value}")
            action.triggered.connect(lambda _checked=False, chosen=notation: self.set_notation(chosen))
            group.addAction(action)
        menu.addSeparator()
        menu.addAction("From file…").triggered.connect(self.choose_file)
        return menu

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(self._context.theme.px(4))
        row.addWidget(self._line, 1)
        row.addWidget(self._button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(self._context.theme.px(2))
        column.addLayout(row)
        column.addWidget(self._size)


def _dropped_file(data: QMimeData) -> FilePath | None:
    files = [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
    return FilePath(files[0]) if files else None


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
