import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QWidget
from pytestqt.qtbot import QtBot

from wirelens.engine.errors import MessageError
from wirelens.presentation.draft import Draft
from wirelens.presentation.draft.bytes_text import Notation
from wirelens.widgets.request.bytes_editor import BytesEditor
from wirelens.widgets.request.request_pages import RequestPages
from wirelens.widgets.theme import Theme

Find = Callable[[str], Any]


@pytest.fixture
def editor(qtbot: QtBot, pages: RequestPages, field: Find) -> BytesEditor:
    qtbot.waitUntil(lambda: pages.form.findChild(QWidget, "field:avatar") is not None)  # built on later turns
    found = field("field:avatar").parent()
    assert isinstance(found, BytesEditor)
    return found


def said_size(editor: BytesEditor) -> str:
    label = editor.findChild(QLabel)
    assert label is not None
    return label.text() if not label.isHidden() else ""


def test_typed_as_text_hex_and_base64(qtbot: QtBot, draft: Draft, field: Find, editor: BytesEditor) -> None:
    line = field("field:avatar")
    qtbot.keyClicks(line, "hoh")
    assert json.loads(draft.json_text()) == {"avatar": base64.b64encode(b"hoh").decode()}
    editor.set_notation(Notation.HEX)
    assert line.text() == "68 6f 68"
    qtbot.keyClicks(line, " ff")
    assert draft.message().avatar == b"hoh\xff"  # type: ignore[attr-defined]
    editor.refresh()
    assert said_size(editor) == "4 B"
    editor.set_notation(Notation.BASE64)
    assert line.text() == "aG9o/w=="
    editor.set_notation(Notation.TEXT)  # no UTF-8: stays readable
    assert line.text() == "68 6f 68 ff"


def test_half_a_byte_is_said_and_not_sent(qtbot: QtBot, draft: Draft, field: Find, editor: BytesEditor) -> None:
    editor.set_notation(Notation.HEX)
    qtbot.keyClicks(field("field:avatar"), "ab c")
    with qtbot.waitSignal(draft.changed):
        pass
    assert "two digits" in field("mistake:avatar").text()
    assert field("field:avatar").text() == "ab c"
    with pytest.raises(MessageError, match="two digits"):
        draft.serialized()
    qtbot.keyClicks(field("field:avatar"), "d")
    assert draft.message().avatar == b"\xab\xcd"  # type: ignore[attr-defined]


def test_from_a_file(qtbot: QtBot, draft: Draft, field: Find, editor: BytesEditor, tmp_path: Path) -> None:
    picture = tmp_path / "picture.png"
    picture.write_bytes(bytes(range(256)) * 40)
    editor.take_file(picture)
    assert said_size(editor) == "Reading picture.png …"
    qtbot.waitUntil(lambda: said_size(editor) == "10.0 KiB")
    assert draft.message().avatar == picture.read_bytes()  # type: ignore[attr-defined]
    assert field("field:avatar").isReadOnly()
    editor.take_file(tmp_path / "missing.png")
    qtbot.waitUntil(lambda: "missing.png: No such file" in said_size(editor))
    assert draft.message().avatar == picture.read_bytes()  # type: ignore[attr-defined]
    editor.refresh()  # as after any edit elsewhere
    assert "missing.png: No such file" in said_size(editor)
    draft.undo()
    editor.refresh()
    assert "missing.png" not in said_size(editor)


def test_a_file_is_asked_for_no_longer_than_there_is_a_row_to_take_it(
    qtbot: QtBot, theme: Theme, pages: RequestPages, editor: BytesEditor
) -> None:
    editor.choose_file()
    dialog = pages.findChild(QFileDialog)
    assert dialog is not None
    theme.set_scale(1.5)  # for which all rows are built anew
    qtbot.waitUntil(lambda: pages.findChild(QFileDialog) is None)


def test_the_file_dialog_opens_without_blocking(
    qtbot: QtBot, draft: Draft, pages: RequestPages, editor: BytesEditor, tmp_path: Path
) -> None:
    content = tmp_path / "content.bin"
    content.write_bytes(b"\x00\x01")
    editor.choose_file()
    dialog = pages.findChild(QFileDialog)
    assert dialog is not None
    dialog.fileSelected.emit(str(content))
    dialog.reject()
    qtbot.waitUntil(lambda: said_size(editor) == "2 B")
    assert draft.message().avatar == b"\x00\x01"  # type: ignore[attr-defined]


def test_a_file_that_is_dropped_on_the_line_is_taken(
    qtbot: QtBot, draft: Draft, field: Find, editor: BytesEditor, tmp_path: Path
) -> None:
    content = tmp_path / "content.bin"
    content.write_bytes(b"\xff\x00")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(content))])
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    line = field("field:avatar")
    for kind in (QDragEnterEvent, QDropEvent):
        place = QPoint(4, 4) if kind is QDragEnterEvent else QPointF(4, 4)
        event = kind(place, Qt.DropAction.CopyAction, data, left, none)
        QApplication.sendEvent(line, event)
        assert event.isAccepted()
    qtbot.waitUntil(lambda: said_size(editor) == "2 B")
    assert draft.message().avatar == b"\xff\x00"  # type: ignore[attr-defined]


def test_bytes_that_are_text_are_shown_as_text(qtbot: QtBot, draft: Draft, field: Find) -> None:
    with qtbot.waitSignal(draft.changed):
        draft.set_json_text('{"avatar": "aGVsbG8"}')
    assert field("field:avatar").text() == "hello"
    with qtbot.waitSignal(draft.changed):
        draft.set_json_text('{"avatar": "no base64!"}')
    assert field("field:avatar").text() == "no base64!"
    assert field("mistake:avatar").isVisible()
