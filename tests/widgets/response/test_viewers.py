"""The single views: growing text, JSON of any size, the tree, headers."""

import asyncio
import threading
import time
from pathlib import Path

import pytest
import shiboken6
from google.protobuf.message import Message
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QTextCursor
from PySide6.QtWidgets import QLabel, QMenu, QPushButton
from pytestqt.qtbot import QtBot
from tests.presentation.answers import decoder, make, transcript_of
from tests.presentation.sessions import call
from tests.waiting import until
from tests.widgets.response.conftest import Show

from wirelens.engine.calls.events import CallFinished, Status
from wirelens.engine.calls.transcript import EventKind, Transcript
from wirelens.engine.messages.protojson import message_to_json
from wirelens.engine.schema.schema import Schema
from wirelens.engine.schema.services import Pattern
from wirelens.presentation.background_tasks import BackgroundTasks
from wirelens.presentation.call_session import CallSession
from wirelens.presentation.text_look import TextLook
from wirelens.presentation.timeline_model import TimelineModel
from wirelens.presentation.view_choice import ViewName
from wirelens.widgets.response import ResponseView
from wirelens.widgets.response.json_viewer import JsonViewer
from wirelens.widgets.response.text_viewer import TextViewer
from wirelens.widgets.response.tree_viewer import TreeViewer
from wirelens.widgets.theme import Theme


@pytest.fixture
def text_viewer(qtbot: QtBot, theme: Theme) -> TextViewer:
    viewer = TextViewer(BackgroundTasks(), TextLook(), theme)
    viewer.resize(400, 150)
    qtbot.addWidget(viewer)
    viewer.show()
    return viewer


def say(transcript: Transcript, schema: Schema, *texts: str) -> None:
    for text in texts:
        transcript.add_received(1.0, make(schema, "Piece", delta=text).SerializeToString())


def test_text_is_appended_and_the_reader_left_in_peace(text_viewer: TextViewer, answers_schema: Schema) -> None:
    transcript = transcript_of()
    text_viewer.set_call(transcript, decoder(answers_schema, Pattern.SERVER_STREAMING, "Piece"))
    say(transcript, answers_schema, *(f"line {number}\n" for number in range(50)))
    text_viewer.grow()
    editor, bar = text_viewer.editor, text_viewer.editor.verticalScrollBar()
    assert bar.value() == bar.maximum()
    cursor = editor.textCursor()
    cursor.setPosition(5)
    cursor.setPosition(10, QTextCursor.MoveMode.KeepAnchor)
    editor.setTextCursor(cursor)
    bar.setValue(3)
    say(transcript, answers_schema, "more")
    text_viewer.grow()
    assert editor.toPlainText().endswith("line 49\nmore")
    assert bar.value() == 3
    assert (editor.textCursor().anchor(), editor.textCursor().position()) == (5, 10)


def test_a_selection_at_the_end_does_not_grow_with_the_text(text_viewer: TextViewer, answers_schema: Schema) -> None:
    transcript = transcript_of()
    text_viewer.set_call(transcript, decoder(answers_schema, Pattern.SERVER_STREAMING, "Piece"))
    say(transcript, answers_schema, "some words")
    text_viewer.grow()
    cursor = text_viewer.editor.textCursor()
    cursor.setPosition(5)
    cursor.setPosition(10, QTextCursor.MoveMode.KeepAnchor)
    text_viewer.editor.setTextCursor(cursor)
    say(transcript, answers_schema, " and more")
    text_viewer.grow()
    assert text_viewer.editor.toPlainText() == "some words and more"
    assert text_viewer.editor.textCursor().selectedText() == "words"


def test_the_end_is_followed_when_the_text_began_before_it_was_seen(
    qtbot: QtBot, theme: Theme, answers_schema: Schema
) -> None:
    viewer = TextViewer(BackgroundTasks(), TextLook(), theme)
    qtbot.addWidget(viewer)
    transcript = transcript_of()
    viewer.set_call(transcript, decoder(answers_schema, Pattern.SERVER_STREAMING, "Piece"))
    say(transcript, answers_schema, "It was a dark night and the sea was calm. " * 50)
    viewer.grow()
    viewer.resize(400, 150)
    with qtbot.waitExposed(viewer):
        viewer.show()
    bar = viewer.editor.verticalScrollBar()
    say(transcript, answers_schema, "more")
    viewer.grow()
    assert bar.maximum() > 10
    assert bar.value() == bar.maximum()
    bar.setValue(3)
    viewer.resize(300, 120)
    say(transcript, answers_schema, "still more\n")
    viewer.grow()
    assert bar.value() < bar.maximum()


def test_one_piece_as_long_as_a_book_comes_in_slices(
    text_viewer: TextViewer, answers_schema: Schema, qtbot: QtBot
) -> None:
    transcript = transcript_of()
    text_viewer.set_call(transcript, decoder(answers_schema, Pattern.SERVER_STREAMING, "Piece"))
    book = "".join(f"line {number} of a long book\n" for number in range(2_000))
    say(transcript, answers_schema, book)
    text_viewer.grow()
    assert 0 < len(text_viewer.editor.toPlainText()) < len(book) // 4
    transcript.add_finished(CallFinished(2.0, Status(0)))
    qtbot.waitUntil(lambda: text_viewer.editor.toPlainText() == book)


def test_a_flood_without_a_line_break_stays_quick(
    text_viewer: TextViewer, answers_schema: Schema, qtbot: QtBot
) -> None:
    transcript = transcript_of()
    text_viewer.set_call(transcript, decoder(answers_schema, Pattern.SERVER_STREAMING, "Piece"))
    slowest = 0.0
    for _ in range(20):
        say(transcript, answers_schema, *["abcdefghi "] * 1000)
        started = time.perf_counter()
        text_viewer.grow()
        text_viewer.editor.grab()
        slowest = max(slowest, time.perf_counter() - started)
    transcript.add_finished(CallFinished(2.0, Status(0)))
    reply = text_viewer.reply
    assert reply is not None
    qtbot.waitUntil(lambda: text_viewer.editor.toPlainText().replace("\n", "") == "abcdefghi " * 20_000)
    assert reply.characters == 200_000
    assert slowest < 0.5


def test_another_field_can_be_chosen(text_viewer: TextViewer, answers_schema: Schema) -> None:
    lines = [make(answers_schema, "Line", author=author, text="x") for author in ("Ada", "Bob")]
    text_viewer.set_call(transcript_of(received=lines), decoder(answers_schema, Pattern.SERVER_STREAMING, "Line"))
    assert not text_viewer.is_text
    text_viewer.choose_field("author")
    assert text_viewer.is_text
    assert text_viewer.editor.toPlainText() == "AdaBob"


async def test_json_of_a_middling_message_is_made_beside_the_window(show: Show) -> None:
    session, view = show("One")
    await call(session, prompt="x", size=100_000)
    json = view.viewers.json
    await until(lambda: bool(json.text), json.editor.textChanged)
    assert len(json.text) > 130_000
    assert "more characters" in json.editor.toPlainText()
    json.editor.setFocus()
    json.copy()
    assert QGuiApplication.clipboard().text() == json.text


async def test_a_view_that_is_closed_gives_up_what_it_was_making(show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    may_end = threading.Event()  # else the making could be over before the view is closed

    def as_json_at_last(_timeline: TimelineModel, _row: int, *, emit_defaults: bool) -> str:
        may_end.wait()
        return "{}"

    monkeypatch.setattr(TimelineModel, "as_json", as_json_at_last)
    session, view = show("One")
    try:
        await call(session, prompt="x", size=200_000)
        (making,) = (task for task in asyncio.all_tasks() if task.get_name() == "format a message as JSON")
        shiboken6.delete(view)
        await asyncio.wait([making], timeout=15)
        assert making.cancelled()
    finally:
        may_end.set()


async def large_json(show: Show) -> tuple[CallSession, ResponseView]:
    session, view = show("One")
    await call(session, prompt="x", size=400_000)
    assert view.viewers.current is ViewName.TREE
    view.viewers.show_view(ViewName.JSON)
    return session, view


def shown_buttons(json: JsonViewer) -> dict[str, QPushButton]:
    return {button.text(): button for button in json.findChildren(QPushButton) if button.isVisible()}


async def test_json_of_a_large_message_is_offered_with_its_size(show: Show) -> None:
    session, view = await large_json(show)
    json = view.viewers.json
    assert json.text == ""
    assert json.offer == "This message is 391 KiB; as JSON it is about 521 KiB"
    shown_buttons(json)["Show"].click()
    assert json.offer == "Making the JSON …"
    assert list(shown_buttons(json)) == ["Cancel"]
    await until(lambda: bool(json.text), json.editor.textChanged)
    assert json.text == json_of(session)
    assert len(json.text) > 500_000
    assert json.offer == ""


async def test_making_json_is_given_up(show: Show) -> None:
    _session, view = await large_json(show)
    json = view.viewers.json
    shown_buttons(json)["Show"].click()
    shown_buttons(json)["Cancel"].click()
    assert json.offer.startswith("This message is 391 KiB")
    shown_buttons(json)["Show"].click()
    await until(lambda: bool(json.text), json.editor.textChanged)
    assert json.text.startswith("{")


async def test_json_is_saved_with_and_without_being_shown(show: Show, tmp_path: Path) -> None:
    session, view = await large_json(show)
    json = view.viewers.json
    said: list[str] = []
    json.saved.connect(said.append)
    json.save(tmp_path / "unseen.json")
    await until(lambda: len(said) == 1, json.saved)
    assert json.offer.startswith("This message is 391 KiB")
    json.make()
    await until(lambda: bool(json.text), json.editor.textChanged)
    json.save(tmp_path / "seen.json")
    json.save(tmp_path / "nowhere" / "x.json")
    await until(lambda: len(said) == 3, json.saved)
    assert said == ["", "", "x.json: No such file or directory"]
    for name in ("unseen", "seen"):
        assert (tmp_path / f"{name}.json").read_text(encoding="utf-8") == json_of(session)


def json_of(session: CallSession) -> str:
    assert session.transcript is not None
    message = session.decoder.message(EventKind.RECEIVED, session.transcript.payload(3))
    return message_to_json(message, session.schema)


async def test_a_message_of_megabytes_is_shown_at_once(show: Show) -> None:
    session, view = show("One")
    await call(session, prompt="x", size=3 * 2**20)
    tree = view.viewers.tree
    assert tree.isVisible()
    assert tree.fields.data(tree.fields.index(1, 1)).startswith("3.0 MiB")


async def test_a_message_that_is_no_longer_kept_says_so(show: Show) -> None:
    session, view = show("Many")
    await call(session, count=2)
    assert session.transcript is not None
    session.transcript.close()
    session.options.set_emit_defaults(True)
    view.viewers.show_view(ViewName.TREE)
    shown = [label.text() for label in view.viewers.findChildren(QLabel) if label.isVisible()]
    assert "This message cannot be shown" in shown


async def test_headers_hide_secrets_until_asked(show: Show) -> None:
    session, view = show("Many")
    await call(session, count=1)
    view.viewers.show_view(ViewName.HEADERS)
    viewer = view.viewers.headers
    shown = [viewer.headers.data(viewer.headers.index(row, 2)) for row in range(2)]
    assert shown == ["test", "<redacted>"]
    reveal = next(button for button in viewer.findChildren(QPushButton) if button.isVisible())
    reveal.click()
    assert viewer.headers.data(viewer.headers.index(1, 2)) == "hush"
    viewer.table.selectAll()
    viewer.copy_lines()
    assert QGuiApplication.clipboard().text() == "answered-by: test\nsession-token: hush"


@pytest.fixture
def tree(qtbot: QtBot, theme: Theme) -> TreeViewer:
    tree = TreeViewer(theme)
    qtbot.addWidget(tree)
    tree.show()
    return tree


def show_message(tree: TreeViewer, message: Message, schema: Schema) -> None:
    descriptor = schema.descriptor("answers.test.Answer")
    tree.show_message(message.SerializeToString(), descriptor, schema, with_defaults=False)


def test_small_fields_are_unfolded_and_what_was_unfolded_stays_so(tree: TreeViewer, answers_schema: Schema) -> None:
    message = make(
        answers_schema, "Answer", numbers=range(100), inner={"text": "x", "inner": {"text": "y"}}, at={"seconds": 1}
    )
    fields = tree.fields
    show_message(tree, message, answers_schema)
    numbers, at, inner = (fields.index(row, 0) for row in range(3))
    assert [tree.isExpanded(index) for index in (numbers, at, inner)] == [False, False, True]
    tree.expand(numbers)
    tree.collapse(inner)
    show_message(tree, message, answers_schema)
    numbers, at, inner = (fields.index(row, 0) for row in range(3))
    assert [tree.isExpanded(index) for index in (numbers, at, inner)] == [True, False, False]


def test_unfolding_all_ends_with_two_thousand_rows_and_says_so(
    qtbot: QtBot, tree: TreeViewer, answers_schema: Schema
) -> None:
    message = make(answers_schema, "Answer", more=[{"inner": {"text": "x"}}] * 400_000)
    with qtbot.waitSignal(tree.fields.level_read, timeout=20_000):
        show_message(tree, message, answers_schema)
    tree.setCurrentIndex(tree.fields.index(0, 0))
    said: list[str] = []
    tree.unfolding.connect(said.append)
    qtbot.keyClick(tree, Qt.Key.Key_Asterisk)
    qtbot.waitUntil(lambda: bool(said) and "folded below" in said[-1])
    pages = tree.currentIndex()
    assert tree.isExpanded(pages)
    assert tree.isExpanded(tree.fields.index(0, 0, pages))
    assert said[-1].startswith("2,")


def test_a_small_part_is_unfolded_to_its_end(qtbot: QtBot, tree: TreeViewer, answers_schema: Schema) -> None:
    show_message(tree, make(answers_schema, "Answer", inner={"inner": {"inner": {"text": "x"}}}), answers_schema)
    # On a machine that has much to do it says how far it is first.
    with qtbot.waitSignal(tree.unfolding, check_params_cb=lambda words: not words.startswith("Unfolding")) as said:
        tree.setCurrentIndex(tree.fields.index(0, 0))
        qtbot.keyClick(tree, Qt.Key.Key_Asterisk)
    assert said.args == [""]
    assert tree.isExpanded(tree.fields.find_path("inner.inner.inner"))


def test_typing_goes_to_a_field(qtbot: QtBot, tree: TreeViewer, answers_schema: Schema) -> None:
    show_message(tree, make(answers_schema, "Answer", text="x", large=1, mood=1, ratio=2.0), answers_schema)
    tree.setCurrentIndex(tree.fields.index(0, 0))
    qtbot.keyClicks(tree, "moo")
    assert tree.fields.path(tree.currentIndex()) == "mood"


def test_a_row_is_read_out_whole(tree: TreeViewer, answers_schema: Schema) -> None:
    show_message(tree, make(answers_schema, "Answer", mood=1), answers_schema)
    words = tree.fields.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert words == "mood, MOOD_GOOD = 1, Mood"


def test_what_was_unfolded_stays_so_when_a_large_message_is_read_to_its_end(
    qtbot: QtBot, tree: TreeViewer, answers_schema: Schema
) -> None:
    inner = make(answers_schema, "Answer", inner={"text": "x", "numbers": range(10)}).SerializeToString()
    payload = inner + make(answers_schema, "Answer", more=[{"text": "x"}]).SerializeToString() * 200_000
    payload += make(answers_schema, "Answer", text="last").SerializeToString()
    fields = tree.fields
    with qtbot.waitSignal(fields.level_read, timeout=20_000):
        tree.show_message(
            payload, answers_schema.descriptor("answers.test.Answer"), answers_schema, with_defaults=False
        )
        opened = fields.index(0, 0)
        assert fields.path(opened) == "inner"
        tree.expand(fields.index(1, 0, opened))
    assert [fields.path(fields.index(row, 0)) for row in range(fields.rowCount())] == ["text", "inner", "more"]
    inner_now = fields.index(1, 0)
    assert tree.isExpanded(inner_now)
    assert tree.isExpanded(fields.index(1, 0, inner_now))
    tree.setCurrentIndex(fields.index(2, 0))
    menu = QMenu(tree)
    tree.fill_menu(menu)
    assert menu.actions()[0].text().startswith("Too large to copy")
    assert not menu.actions()[0].isEnabled()


def test_values_and_paths_are_copied(tree: TreeViewer, answers_schema: Schema) -> None:
    show_message(tree, make(answers_schema, "Answer", inner={"text": 'a "b"'}), answers_schema)
    tree.setCurrentIndex(tree.fields.index(0, 0, tree.fields.index(0, 0)))
    tree.copy_value()
    assert QGuiApplication.clipboard().text() == 'a "b"'
    tree.copy_path()
    assert QGuiApplication.clipboard().text() == "inner.text"
    tree.copy_json()
    assert QGuiApplication.clipboard().text() == '"a \\"b\\""'
    tree.copy_base64()
    assert QGuiApplication.clipboard().text() == "YSAiYiI="
    menu = QMenu(tree)
    tree.fill_menu(menu)
    assert all(action.isEnabled() for action in menu.actions())
