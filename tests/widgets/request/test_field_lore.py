"""What breaks in other tools when a field is edited; each test names the reports it stands for.

Those about sending go over a real socket to the demos.
"""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QTreeWidget, QWidget
from pytestqt.qtbot import QtBot
from tests.presentation.draft.schemas import compiled

from wirelens import bundled
from wirelens.demos.catalogue import DEMOS, Options
from wirelens.demos.server import start_demo
from wirelens.engine.schema.proto_files import load_proto_files
from wirelens.engine.schema.schema import Schema
from wirelens.presentation.draft import Draft
from wirelens.widgets.request.request_form import RequestForm
from wirelens.widgets.theme import Theme

Open = Callable[[Descriptor, Schema], tuple[Draft, Callable[[str], Any]]]
Echo = Callable[[Draft], Awaitable[Message]]
EVERYTHING = "wirelens.demo.fields.v1.Everything"


@pytest.fixture
def opened(qtbot: QtBot, theme: Theme) -> Open:
    """A form over a message type, high enough for all its fields."""

    def open_form(descriptor: Descriptor, schema: Schema) -> tuple[Draft, Callable[[str], Any]]:
        draft = Draft(descriptor, schema, delay_ms=0)
        form = RequestForm(draft, theme)
        form.resize(480, 8000)
        qtbot.addWidget(form)
        with qtbot.waitActive(form), qtbot.waitSignal(form.arranged, timeout=10_000):
            form.show()
            form.activateWindow()

        def find(name: str) -> Any:
            found: QWidget | None = form.findChild(QWidget, name)
            assert found is not None, f"the form has no {name}"
            return found

        return draft, find

    return open_form


@pytest.fixture
def everything(opened: Open, fields_schema: Schema) -> tuple[Draft, Callable[[str], Any]]:
    return opened(fields_schema.descriptor(EVERYTHING), fields_schema)


@asynccontextmanager
async def calling(demo: str, method: str) -> AsyncIterator[Callable[[bytes], Awaitable[bytes]]]:
    """A unary method of a demo that runs meanwhile: bytes in, bytes out."""
    root = bundled.protos()
    schema = await load_proto_files([root / proto for proto in DEMOS[demo].protos], [root])
    running = await start_demo(demo, schema, Options())
    try:
        async with grpc.aio.insecure_channel(running.address) as channel:
            yield channel.unary_unary(f"/{DEMOS[demo].service}/{method}")
    finally:
        await running.stop(0)


@pytest.fixture
async def echo() -> AsyncIterator[Echo]:
    """Sends a draft to the `fields` demo and gives what comes back."""
    async with calling("fields", "Echo") as call:

        async def send(draft: Draft) -> Message:
            return GetMessageClass(draft.descriptor).FromString(await call(draft.serialized()))

        yield send


def say(qtbot: QtBot, editor: QWidget, text: str) -> None:
    editor.setFocus()
    qtbot.keyClick(editor, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(editor, text)


def settle(qtbot: QtBot, draft: Draft) -> None:
    with qtbot.waitSignal(draft.changed):
        pass


def written(draft: Draft) -> Any:
    return json.loads(draft.json_text())


# -- numbers


@pytest.mark.parametrize("number", ["72057594037927948", "8580461940455638592", "9223372036854775807"])
async def test_int64_is_never_rounded(qtbot: QtBot, everything: Any, echo: Echo, number: str) -> None:
    """bloomrpc#300, bloomrpc#266, bloomrpc#250, protobufjs/protobuf.js#1671."""
    draft, field = everything
    for name in ("int64_value", "uint64_value", "wrapped_int64"):
        say(qtbot, field(f"field:{name}"), number)
    answer: Any = await echo(draft)
    assert {answer.int64_value, answer.uint64_value, answer.wrapped_int64.value} == {int(number)}


BOUNDS = {
    "int32": (-(2**31), 2**31 - 1),
    "sint32": (-(2**31), 2**31 - 1),
    "sfixed32": (-(2**31), 2**31 - 1),
    "uint32": (0, 2**32 - 1),
    "fixed32": (0, 2**32 - 1),
    "int64": (-(2**63), 2**63 - 1),
    "sint64": (-(2**63), 2**63 - 1),
    "sfixed64": (-(2**63), 2**63 - 1),
    "uint64": (0, 2**64 - 1),
    "fixed64": (0, 2**64 - 1),
}


def test_the_bound_of_every_integer_is_named_as_it_is_typed(qtbot: QtBot, everything: Any) -> None:
    draft, field = everything
    for kind, (low, high) in BOUNDS.items():
        editor = field(f"field:{kind}_value")
        for text, said in (
            (str(high), ""),
            (str(high + 1), f"{high} is the largest {kind}"),
            (str(low - 1), f"{low} is the smallest {kind}"),
            (str(low), ""),
            ("1.5", "no whole number"),
        ):
            say(qtbot, editor, text)
            sentence = draft.mistake_at((f"{kind}_value",))
            assert said in sentence, (kind, text)
            assert bool(said) == bool(sentence), (kind, text, sentence)


@pytest.mark.parametrize(
    ("typed", "number"), [("0x1F", 31), ("-0xff", -255), ("1_000_000", 1_000_000), ("007", 7), ("+5", 5)]
)
def test_integers_as_sources_write_them(qtbot: QtBot, everything: Any, typed: str, number: int) -> None:
    draft, field = everything
    say(qtbot, field("field:int32_value"), typed)
    settle(qtbot, draft)
    assert written(draft) == {"int32Value": number}
    assert field("field:int32_value").text() == typed


@pytest.mark.parametrize("typed", ["1,000", "1__0", "0x", "0b1", "1e3x"])
def test_other_spellings_of_integers_are_refused(qtbot: QtBot, everything: Any, typed: str) -> None:
    draft, field = everything
    say(qtbot, field("field:int64_value"), typed)
    settle(qtbot, draft)
    assert field("mistake:int64_value").isVisible()
    assert field("field:int64_value").text() == typed


def test_a_float_beyond_its_type_is_said(qtbot: QtBot, everything: Any) -> None:
    draft, field = everything
    say(qtbot, field("field:float_value"), "1e39")
    assert "3.4028235e+38" in draft.mistake_at(("float_value",))
    say(qtbot, field("field:float_value"), "-infinity")
    assert written(draft) == {"floatValue": "-Infinity"}
    assert not draft.mistake_at(("float_value",))


# -- enums


def test_an_enum_keeps_the_alias_that_was_chosen(qtbot: QtBot, opened: Open, tmp_path: Path) -> None:
    """postman#11587: enum with `allow_alias`; and a deprecated value is struck out and said to be so."""
    source = """
    syntax = "proto3"; package lore;
    enum Colour {
      option allow_alias = true;
      NONE = 0;
      // Not quite white.
      GREY = 1;
      GRAY = 1;
      MAUVE = 2 [deprecated = true];
    }
    message Paint { Colour colour = 1; repeated Colour more = 2; }
    """
    schema = compiled(tmp_path, {"lore.proto": source})
    draft, field = opened(schema.descriptor("lore.Paint"), schema)
    box: QComboBox = field("field:colour")
    for name in ("GRAY", "GREY"):
        say(qtbot, box.lineEdit(), name)
        settle(qtbot, draft)
        assert written(draft) == {"colour": name}
        assert box.currentText().startswith(name)
    box.setFocus()
    tips = {box.itemText(row): box.itemData(row, Qt.ItemDataRole.ToolTipRole) for row in range(box.count())}
    assert tips["GREY = 1"] == "Not quite white.\nalso GRAY"
    assert "deprecated" in tips["MAUVE = 2"]
    assert box.itemData(3, Qt.ItemDataRole.FontRole).strikeOut()
    completer = box.completer()
    for wanted, found in (("= 2", {"MAUVE = 2"}), ("gr", {"GREY = 1", "GRAY = 1"})):
        completer.setCompletionPrefix(wanted)
        model = completer.completionModel()
        assert {model.index(row, 0).data() for row in range(model.rowCount())} == found


async def test_an_enum_number_without_a_name_is_kept(qtbot: QtBot, everything: Any, echo: Echo) -> None:
    """grpcui: an unknown enum number makes the form throw; ktr0731/evans#59: a repeated enum."""
    draft, field = everything
    say(qtbot, field("field:priority").lineEdit(), "77")
    qtbot.mouseClick(field("add:repeated_priority"), Qt.MouseButton.LeftButton)
    say(qtbot, field("field:repeated_priority[0]").lineEdit(), "78")
    settle(qtbot, draft)
    answer: Any = await echo(draft)
    assert (answer.priority, list(answer.repeated_priority)) == (77, [78])


# -- presence, oneofs, maps


async def test_explicit_zero_and_emptiness_are_sent(qtbot: QtBot, everything: Any, echo: Echo) -> None:
    """wombat and warthog lose an explicit 0, "" or empty message in `optional`, a oneof and a map's key."""
    draft, field = everything
    for name in ("optional_int32", "optional_string", "optional_point", "nothing"):
        qtbot.mouseClick(field(f"presence:{name}"), Qt.MouseButton.LeftButton)
    qtbot.mouseClick(field("member:choice_number"), Qt.MouseButton.LeftButton)
    qtbot.mouseClick(field("add:by_string"), Qt.MouseButton.LeftButton)
    qtbot.mouseClick(field("add:by_int32"), Qt.MouseButton.LeftButton)
    answer: Any = await echo(draft)
    for name in ("optional_int32", "optional_string", "optional_point", "nothing"):
        assert answer.HasField(name), name
    assert answer.WhichOneof("choice") == "choice_number"
    assert (dict(answer.by_string), dict(answer.by_int32)) == ({"": ""}, {0: ""})


@pytest.mark.parametrize("member", ["choice_nothing", "choice_empty"])
async def test_a_oneof_member_without_fields_is_sent(qtbot: QtBot, everything: Any, echo: Echo, member: str) -> None:
    """Wombat 0.2.1, 0.3.3 and 0.4.0: a message or oneof member without fields froze the form; Warthog drops it."""
    draft, field = everything
    qtbot.mouseClick(field(f"member:{member}"), Qt.MouseButton.LeftButton)
    answer: Any = await echo(draft)
    assert answer.WhichOneof("choice") == member


def test_a_oneof_remembers_messages_and_lists_within_them(qtbot: QtBot, everything: Any) -> None:
    draft, field = everything
    tree = {"label": "root", "children": [{"label": "a"}, {"label": "b", "byName": {"x": {}}}]}
    draft.set_json_text(json.dumps({"otherTree": tree}))
    settle(qtbot, draft)
    qtbot.mouseClick(field("member:other_count"), Qt.MouseButton.LeftButton)
    assert written(draft) == {"otherCount": 0}
    qtbot.mouseClick(field("member:other_tree"), Qt.MouseButton.LeftButton)
    assert written(draft) == {"otherTree": tree}


def test_a_oneof_remembers_an_any(qtbot: QtBot, opened: Open, tmp_path: Path) -> None:
    source = """
    syntax = "proto3"; package lore; import "google/protobuf/any.proto";
    message Event { oneof body { google.protobuf.Any any = 1; string text = 2; } }
    """
    schema = compiled(tmp_path, {"lore.proto": source})
    draft, field = opened(schema.descriptor("lore.Event"), schema)
    body = {"any": {"@type": "type.googleapis.com/lore.Event", "text": "inner"}}
    draft.set_json_text(json.dumps(body))
    settle(qtbot, draft)
    qtbot.mouseClick(field("member:text"), Qt.MouseButton.LeftButton)
    assert written(draft) == {"text": ""}
    qtbot.mouseClick(field("member:any"), Qt.MouseButton.LeftButton)
    assert written(draft) == body


async def test_maps_of_bools_empty_texts_and_messages(qtbot: QtBot, everything: Any, echo: Echo) -> None:
    """bloomrpc#202, bloomrpc#19: `map<string, bool>`, a map with empty texts, a map of messages."""
    draft, field = everything
    qtbot.keyClick(field("field:points"), Qt.Key.Key_Right)
    for name in ("flags", "by_string", "points"):
        qtbot.mouseClick(field(f"add:{name}"), Qt.MouseButton.LeftButton)
        say(qtbot, QApplication.focusWidget(), "k")
    qtbot.mouseClick(field("field:flags[0]:true"), Qt.MouseButton.LeftButton)
    answer: Any = await echo(draft)
    assert (dict(answer.flags), dict(answer.by_string), list(answer.points)) == ({"k": True}, {"k": ""}, ["k"])


# -- well-known types


async def test_a_timestamp_keeps_its_nanoseconds(qtbot: QtBot, everything: Any, echo: Echo) -> None:
    """wombat#13, postman#14061."""
    draft, field = everything
    line = field("field:timestamp")
    say(qtbot, line, "2026-01-31T23:59:59.123456789+02:00")
    line.setCursorPosition(6)
    qtbot.keyClick(line, Qt.Key.Key_Up)
    assert line.text() == "2026-02-28T23:59:59.123456789+02:00"
    answer: Any = await echo(draft)
    assert answer.timestamp.ToNanoseconds() % 10**9 == 123456789
    assert answer.timestamp.ToJsonString() == "2026-02-28T21:59:59.123456789Z"
    say(qtbot, line, "0000-01-01T00:00:00Z")
    assert draft.mistake_at(("timestamp",))


async def test_a_duration_by_amount_and_unit(qtbot: QtBot, everything: Any, echo: Echo) -> None:
    draft, field = everything
    line = field("field:duration")
    for text, kept in (
        ("-1.000000001", "-1.000000001s"),
        ("1.5min", "90s"),
        ("2h", "7200s"),
        ("1h30m", "5400s"),
        ("1ns", "0.000000001s"),
        ("315576000000s", "315576000000s"),
        ("-315576000000s", "-315576000000s"),
    ):
        say(qtbot, line, text)
        settle(qtbot, draft)
        assert written(draft) == {"duration": kept}
        assert line.text() == text
    answer: Any = await echo(draft)
    assert answer.duration.seconds == -315_576_000_000
    for text, said in (("315576000001s", "longest"), ("0.5ns", "nothing finer"), ("soon", "no duration")):
        say(qtbot, line, text)
        assert said in draft.mistake_at(("duration",))
        assert line.text() == text
    draft.set_json_text("{}")
    settle(qtbot, draft)
    say(qtbot, line, "1.5h")
    settle(qtbot, draft)
    exact: QLabel = field("field:duration:exact")
    assert exact.text() == "= 5400s"


async def test_a_field_mask_from_what_is_filled_in(qtbot: QtBot, opened: Open, tmp_path: Path) -> None:
    """grpcurl#393, grafana/k6#3426, wombat#13: an update whose mask names what was filled in, over a real socket."""
    schema = compiled(tmp_path, {}, "wirelens/demo/users/v1/users.proto")
    draft, field = opened(schema.descriptor("wirelens.demo.users.v1.UpdateUserRequest"), schema)
    draft.set_json_text('{"user": {"id": "7", "displayName": "Ada King", "address": {"city": "London"}}}')
    settle(qtbot, draft)
    qtbot.mouseClick(field("field:update_mask:fields"), Qt.MouseButton.LeftButton)
    qtbot.mouseClick(field("field:update_mask:filled"), Qt.MouseButton.LeftButton)
    assert written(draft)["updateMask"] == "id,displayName,address.city"
    tree: QTreeWidget = field("field:update_mask:tree")
    tree.setCurrentItem(tree.topLevelItem(0))
    qtbot.keyClick(tree, Qt.Key.Key_Space)
    assert written(draft)["updateMask"] == "displayName,address.city"
    async with calling("users", "UpdateUser") as call:
        answer = await call(draft.serialized())
    user: Any = GetMessageClass(schema.descriptor("wirelens.demo.users.v1.User")).FromString(answer)
    assert (user.id, user.display_name, user.address.city) == (7, "Ada King", "London")
    assert user.email  # not in the mask, so not cleared
    draft.undo()
    assert written(draft)["updateMask"] == "id,displayName,address.city"


def test_paths_of_a_field_mask_are_ticked_and_strange_ones_kept(qtbot: QtBot, everything: Any) -> None:
    draft, field = everything
    say(qtbot, field("field:field_mask"), "point.x,nope")
    settle(qtbot, draft)
    assert field("field:field_mask:strange").text() == "nope: no field of Everything"
    qtbot.mouseClick(field("field:field_mask:fields"), Qt.MouseButton.LeftButton)
    tree: QTreeWidget = field("field:field_mask:tree")
    point = next(
        item
        for row in range(tree.topLevelItemCount())
        if (item := tree.topLevelItem(row)) is not None and item.text(0) == "point"
    )
    assert point.checkState(0) is Qt.CheckState.PartiallyChecked
    tree.setCurrentItem(point)
    qtbot.keyClick(tree, Qt.Key.Key_Right)
    assert {point.child(row).text(0) for row in range(point.childCount())} == {"x", "y"}
    qtbot.keyClick(tree, Qt.Key.Key_Space)
    assert written(draft) == {"fieldMask": "nope,point"}
    ugly = [tree.topLevelItem(row) for row in range(tree.topLevelItemCount())]
    assert {item.text(0) for item in ugly if item is not None and item.isDisabled()} >= {"Camel", "with_2_digits"}
