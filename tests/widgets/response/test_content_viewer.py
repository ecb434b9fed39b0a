"""The content of one field: as hex, text, image or message, opened from the tree."""

from pathlib import Path

import pytest
from google.protobuf.message import Message
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QModelIndex, Qt
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot
from tests.presentation.answers import make

from wirelens.engine.schema.schema import Schema
from wirelens.presentation.field_content import ContentView
from wirelens.presentation.message_focus import MessageFocus
from wirelens.widgets.image_child import ImageDecoding
from wirelens.widgets.response.tree_page import TreePage
from wirelens.widgets.response.tree_viewer import TreeViewer
from wirelens.widgets.theme import Theme

Key, Left = Qt.Key, Qt.MouseButton.LeftButton


@pytest.fixture
def page(qtbot: QtBot, theme: Theme) -> TreePage:
    page = TreePage(MessageFocus(), theme)
    page.resize(600, 500)
    qtbot.addWidget(page)
    page.show()
    return page


def show(page: TreePage, schema: Schema, message: Message | bytes) -> None:
    payload = message if isinstance(message, bytes) else message.SerializeToString()
    page.show_message(payload, schema.descriptor("answers.test.Answer"), schema, with_defaults=False)


def picture(image_format: str = "PNG", width: int = 40, height: int = 30) -> bytes:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor(10, 200, 30))
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    assert image.save(buffer, image_format)
    return content.data()


def row(page: TreePage, path: str) -> QModelIndex:
    return page.tree.fields.find_path(path)


def double_click(qtbot: QtBot, tree: TreeViewer, index: QModelIndex) -> None:
    place = tree.visualRect(index).center()
    qtbot.mouseClick(tree.viewport(), Left, pos=place)
    qtbot.mouseDClick(tree.viewport(), Left, pos=place)


def test_enter_opens_bytes_and_escape_closes_them(qtbot: QtBot, page: TreePage, answers_schema: Schema) -> None:
    show(page, answers_schema, make(answers_schema, "Answer", text="x", data=b"\xff\xfe\x00\x80"))
    page.tree.go_to_path("data")
    qtbot.keyClick(page.tree, Key.Key_Return)
    content = page.content
    assert content.isVisible()
    assert (content.path, content.view) == ("data", ContentView.HEX)
    assert content.shown.bytes_between(0, 9) == b"\xff\xfe\x00\x80"
    qtbot.keyClick(content, Key.Key_Escape)
    assert not content.isVisible()


def test_a_double_click_opens_a_text_and_unfolds_a_message(
    qtbot: QtBot, page: TreePage, answers_schema: Schema
) -> None:
    show(page, answers_schema, make(answers_schema, "Answer", text="two\nlines", inner={"text": "x"}))
    tree = page.tree
    inner = row(page, "inner")
    was_open = tree.isExpanded(inner)
    double_click(qtbot, tree, inner)
    assert tree.isExpanded(inner) is not was_open
    assert not page.is_content_open
    text = row(page, "text").siblingAtColumn(1)
    double_click(qtbot, tree, text)
    assert page.content.text.toPlainText() == "two\nlines"


def test_what_was_chosen_is_kept_for_the_field_and_follows_the_person(page: TreePage, answers_schema: Schema) -> None:
    def message(text: str) -> Message:
        return make(answers_schema, "Answer", text=text, left="other", large=5)

    show(page, answers_schema, message("first"))
    page.open_content(row(page, "text"))
    content = page.content
    assert content.view is ContentView.TEXT
    content.choice.button("Hex").click()
    page.tree.go_to_path("left")
    assert (content.path, content.view, content.text.toPlainText()) == ("left", ContentView.TEXT, "other")
    page.tree.go_to_path("large")
    assert content.path == "left", "a number has no content of its own"
    page.tree.go_to_path("text")
    show(page, answers_schema, message("second"))
    assert (content.path, content.view) == ("text", ContentView.HEX)
    assert content.shown.bytes_between(0, 9) == b"second"
    show(page, answers_schema, make(answers_schema, "Answer", large=1))
    assert not content.isVisible(), "the next message has no such field"


@pytest.mark.parametrize("image_format", ["PNG", "JPEG", "BMP", "WEBP"])
def test_an_image_is_shown(qtbot: QtBot, page: TreePage, answers_schema: Schema, image_format: str) -> None:
    show(page, answers_schema, make(answers_schema, "Answer", data=picture(image_format)))
    page.open_content(row(page, "data"))
    content = page.content
    assert content.view is ContentView.IMAGE
    qtbot.waitUntil(lambda: not content.image.image.isNull(), timeout=15_000)
    assert content.image.summary.startswith(f"{image_format}, 40 × 30, ")
    color = content.image.image.pixelColor(20, 15)
    assert abs(color.green() - 200) < 10
    assert content.image.accessibleName() == f"Image: {content.image.summary}"


def test_a_drawing_is_shown_and_a_damaged_image_says_so(qtbot: QtBot, page: TreePage, answers_schema: Schema) -> None:
    drawing = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="8"><rect width="9" height="8" fill="red"/></svg>'
    )
    show(page, answers_schema, make(answers_schema, "Answer", text=drawing, data=picture()[:60]))
    page.open_content(row(page, "text"))
    image = page.content.image
    qtbot.waitUntil(lambda: image.summary.startswith("SVG, 9 × 8"), timeout=15_000)
    assert image.image.pixelColor(4, 4) == QColor("red")
    page.open_content(row(page, "data"))
    qtbot.waitUntil(lambda: image.summary.endswith("it is damaged or cut off."), timeout=15_000)
    assert image.image.isNull()


def test_a_hostile_image_is_given_up() -> None:
    groups = "".join(f'<g id="a{at}">' + f'<use xlink:href="#a{at - 1}"/>' * 10 + "</g>" for at in range(1, 8))
    bomb = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="99" height="99">'
        f'<g id="a0"><rect width="9" height="9"/></g>{groups}<use xlink:href="#a7"/></svg>'
    )
    found = ImageDecoding(bomb.encode(), "svg", seconds=2).run()
    assert found.problem == "decoding took more than 2 s and was given up"
    vast = '<svg xmlns="http://www.w3.org/2000/svg" width="1000000" height="1000000"/>'
    found = ImageDecoding(vast.encode(), "svg").run()
    assert (found.width, found.pixels) == (1_000_000, b"")
    assert found.problem == "these are too many pixels to decode"


def test_a_large_image_is_handed_over_smaller() -> None:
    found = ImageDecoding(picture("PNG", 4096, 1024), "png").run()
    assert (found.width, found.height, found.shown_width, found.shown_height) == (4096, 1024, 2048, 512)
    assert len(found.pixels) == 2048 * 512 * 4


def test_decoding_that_is_no_longer_wanted_ends() -> None:
    decoding = ImageDecoding(picture(), "png")
    decoding.kill()
    assert decoding.run().problem


def test_bytes_are_guessed_to_be_a_message_and_decoded_as_any_type(
    qtbot: QtBot, page: TreePage, answers_schema: Schema
) -> None:
    inside = make(answers_schema, "Ask", prompt="why", count=3).SerializeToString() + b"\x3a\x02\x08\x07"
    show(page, answers_schema, make(answers_schema, "Answer", data=inside))
    page.open_content(row(page, "data"))
    content, tree = page.content, page.content.tree
    assert content.view is ContentView.MESSAGE
    assert "guess" in content.note
    assert [tree.fields.index(at, 0).data() for at in range(3)] == ["#1", "#2", "#7"]
    assert tree.fields.index(0, 1).data() == '"why"  reads as text'
    assert tree.fields.find_path("#7.#1").siblingAtColumn(1).data() == "7"
    content.type_edit.setText("answers.test.Ask")
    qtbot.keyClick(content.type_edit, Key.Key_Return)
    assert [tree.fields.index(at, 0).data() for at in range(3)] == ["prompt", "count", "#7"]
    content.choice.button("Hex").click()
    content.choice.button("Message").click()
    assert content.type_edit.text() == "answers.test.Ask"
    content.decode_as("answers.test.Nothing")
    assert "answers.test.Nothing" in content.note
    assert content.type_edit.property("invalid")
    content.decode_as("")
    assert tree.fields.index(0, 0).data() == "#1"


def test_types_are_offered_by_a_part_of_their_name(qtbot: QtBot, page: TreePage, answers_schema: Schema) -> None:
    show(page, answers_schema, make(answers_schema, "Answer", data=b"\x08\x01\x12\x02\xff\xfe"))
    page.open_content(row(page, "data"))
    edit = page.content.type_edit
    completer = edit.completer()
    completer.setCompletionPrefix("nestedch")
    assert completer.currentCompletion() == "answers.test.NestedChoice"
    completer.activated.emit("answers.test.NestedChoice")
    assert page.content.tree.fields.index(0, 0).data() is not None
    assert edit.text() == "answers.test.NestedChoice"


def test_the_bytes_of_a_field_are_saved(qtbot: QtBot, page: TreePage, answers_schema: Schema, tmp_path: Path) -> None:
    show(page, answers_schema, make(answers_schema, "Answer", data=picture()))
    page.open_content(row(page, "data"))
    copying = page.content.hex.copying
    with qtbot.waitSignal(copying.done) as said:
        copying.save(page.tree.fields.value_bytes(row(page, "data"))[0], tmp_path / "data.png")
    assert said.args == [""]
    assert (tmp_path / "data.png").read_bytes() == picture()
    menu = page.content.bytes_button.menu()
    menu.aboutToShow.emit()
    assert [action.text().partition("\t")[0] for action in menu.actions()] == [
        "Copy as hex",
        "Copy as base64",
        "Copy as C array",
        "Copy as Python bytes",
        "Save to file…",
    ]
