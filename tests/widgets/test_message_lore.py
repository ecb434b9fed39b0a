"""What breaks in other tools over messages of some shape, from the form to a server and to the answer's views.

Each test names the reports it stands for. Those about one field are in request/test_field_lore.py.
"""

import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from google.protobuf.any_pb2 import Any as AnyMessage
from pytestqt.qtbot import QtBot
from tests.widgets.request.echoing import Station, Stations, echoing, stations_of

from wirelens.presentation.view_choice import ViewName
from wirelens.widgets.response import ResponseView
from wirelens.widgets.theme import Theme

LORE = "lore.v1.LoreService"
PREFIX = "type.googleapis.com/"
DEEP = 150  # nested messages of the answer; protobuf's parsers take 100
STRANGE = AnyMessage(type_url=f"{PREFIX}nobody.has.This", value=b"\x08\x96\x01")
Response = Callable[[Station], ResponseView]


def nested(levels: int) -> bytes:
    """A `Self` within a `Self`, `levels` times."""
    payload = b"\x22\x06bottom"
    for _ in range(levels):
        payload = b"\x0a" + _varint(len(payload)) + payload
    return payload


def _varint(number: int) -> bytes:
    return bytes([number]) if number < 128 else bytes([number & 127 | 128]) + _varint(number >> 7)


@pytest.fixture(scope="module")
async def stations(_dressed_application: Theme) -> AsyncIterator[Stations]:
    strange = b"\x0a" + _varint(STRANGE.ByteSize()) + STRANGE.SerializeToString()
    async with (
        echoing("lore.proto", answers={"Deep": nested(DEEP), "Strange": strange}) as address,
        stations_of(_dressed_application, address) as stations,
    ):
        yield stations


@pytest.fixture
def response(qtbot: QtBot, theme: Theme) -> Response:
    """The answer's side of a station, on screen."""

    def show(station: Station) -> ResponseView:
        view = ResponseView(station.session, theme)
        view.resize(576, 611)
        qtbot.addWidget(view)
        view.show()
        return view

    return show


async def opened(stations: Stations, method: str) -> Station:
    station = stations.station(f"{LORE}.{method}")
    await station.start_empty()
    return station


def as_json(view: ResponseView) -> Any:
    view.viewers.show_view(ViewName.JSON)
    return json.loads(view.viewers.json.editor.toPlainText())


def tree(view: ResponseView) -> dict[str, str]:
    """Every row of the answer's tree, opened to the end: its path and what it says."""
    view.viewers.show_view(ViewName.TREE)
    fields = view.viewers.tree.fields
    found: dict[str, str] = {}
    waiting = [fields.index(row, 0) for row in range(fields.rowCount())]
    while waiting:
        index = waiting.pop()
        found[fields.path(index)] = str(fields.data(index.siblingAtColumn(1)))
        if fields.canFetchMore(index):
            fields.fetchMore(index)
        waiting += [fields.index(row, 0, index) for row in range(fields.rowCount(index))]
    return found


@pytest.mark.parametrize("number", ["72057594037927948", "8580461940455638592", "9223372036854775807"])
async def test_wide_integers_are_exact_in_answers_too(stations: Stations, response: Response, number: str) -> None:
    """bloomrpc#300, bloomrpc#266, bloomrpc#250, protobufjs/protobuf.js#1671: also as unquoted numbers, keys of maps,
    in lists and wrappers, and beyond int64."""
    station = await opened(stations, "Numbers")
    most = "18446744073709551615"
    await station.paste_json(
        f'{{"signed": {number}, "unsigned": {most}, "byNumber": {{"-{number}": {most}}}, "list": [{number}, -{number}],'
        f' "wrapped": {number}, "wrappedUnsigned": {most}}}'
    )
    view = response(station)
    await station.sent()
    assert as_json(view) == {
        "signed": number,
        "unsigned": most,
        "byNumber": {f"-{number}": most},
        "list": [number, f"-{number}"],
        "wrapped": number,
        "wrappedUnsigned": most,
    }
    rows = tree(view)
    assert (rows["signed"], rows["unsigned"], rows[f"by_number[-{number}]"]) == (number, most, most)
    assert (rows["list[1]"], rows["wrapped"], rows["wrapped_unsigned"]) == (f"-{number}", number, most)
    assert await station.hand.shown("field:by_number[0]:key") == f"-{number}"


async def test_a_message_without_fields_is_shown_and_sent(stations: Stations, response: Response) -> None:
    """Wombat 0.2.1 and 0.3.3: such a request froze the window."""
    station = await opened(stations, "Nothing")
    view = response(station)
    assert await station.sent() == (b"", b"")
    assert as_json(view) == {}
    assert "has no fields" in station.words()


@pytest.mark.parametrize(
    "value",
    [
        {"struct": {}},
        {"struct": {"": {"a": [None, {"b": []}]}, "number": -0.5, "@type": "no Any"}},
        {"value": None},
        {"value": 0},
        {"value": ""},
        {"value": False},
        {"value": []},
        {"value": {"deep": [[[None]]]}},
        {"values": [None, 1, "a", True, [], {}]},
    ],
    ids=json.dumps,
)
async def test_struct_and_value_come_back_as_they_were(
    stations: Stations, response: Response, value: dict[str, Any]
) -> None:
    """bloomrpc#80, wombat#76: Struct. wombat#100, postman#13816, Kreya#50: Value."""
    station = await opened(stations, "Dynamic")
    await station.paste_json(json.dumps(value))
    assert station.draft.mistakes == ()
    view = response(station)
    sent, received = await station.sent()
    assert sent == received
    assert as_json(view) == value
    assert tree(view)


@pytest.mark.parametrize(
    "value",
    [
        {"@type": f"{PREFIX}google.protobuf.StringValue", "value": "inside"},
        {"@type": f"{PREFIX}google.protobuf.Struct", "value": {"a": [1]}},
        {"@type": f"{PREFIX}google.protobuf.ListValue", "value": [None, {}]},
        {"@type": f"{PREFIX}google.protobuf.Value", "value": None},
        {"@type": "example.com/lore.v1.Hen", "name": "another prefix"},
        {"@type": "lore.v1.Hen", "name": "no prefix"},
        {"@type": f"{PREFIX}google.rpc.ErrorInfo", "reason": "NOT_IN_THE_FILES_OF_THE_SERVICE"},
    ],
    ids=lambda value: value["@type"],
)
async def test_an_any_of_every_kind_of_type(stations: Stations, response: Response, value: dict[str, Any]) -> None:
    """postman#13039: StringValue. Kreya#36: Struct, ListValue, a type URL without prefix. grpcui#105, grpcui#206: a
    type that is not in the service's files."""
    station = await opened(stations, "Dynamic")
    await station.paste_json(json.dumps({"any": value}))
    assert station.draft.mistakes == ()
    assert await station.hand.shown("field:any.@type") == value["@type"]
    view = response(station)
    sent, received = await station.sent()
    assert sent == received
    assert as_json(view) == {"any": value}
    assert len(tree(view)) > 1


async def test_an_answer_with_an_any_that_nobody_knows(stations: Stations, response: Response) -> None:
    """mountain-loop/yaak PR #451: the window hung."""
    station = await opened(stations, "Strange")
    view = response(station)
    await station.sent()
    assert as_json(view) == {"any": {"@type": STRANGE.type_url, "value": "CJYB"}}
    assert any("nobody.has.This" in said for said in tree(view).values())


async def test_a_message_within_itself_unfolds_as_far_as_one_asks(stations: Stations, response: Response) -> None:
    """bloomrpc#69, bloomrpc#195, bloomrpc#52; wombat#34, wombat#76, wombat#107; evans#163;
    troylelandshields/omgrpc#25; bloomrpc/bloomrpc-mock#12; wham/kaja PR #334."""
    station = await opened(stations, "Self")
    path = "self" + ".self" * 19
    await station.hand.do([f"{path}.text = twenty down", f"add:{path}.selves", f"add:{path}.by_name"])
    inner: dict[str, Any] = {"text": "twenty down", "selves": [{}], "byName": {"": {}}}
    for _ in range(20):
        inner = {"self": inner}
    view = response(station)
    await station.sent()
    assert as_json(view) == inner
    assert tree(view)[f"{path}.text"] == '"twenty down"'


async def test_messages_within_each_other_have_examples_that_end(stations: Stations, response: Response) -> None:
    """bloomrpc#69, wombat#34: two types that hold each other, one of them in a list."""
    station = await opened(stations, "Mutual")
    station.draft.fill_example()
    example = station.draft.serialized()
    assert 0 < len(example) < 1000
    station.draft.clear()
    await station.hand.do(["add:hen.eggs", "hen.eggs[0].hen.name = hers", "add:hen.eggs[0].hen.eggs"])
    view = response(station)
    await station.sent()
    assert as_json(view) == {"hen": {"eggs": [{"hen": {"name": "hers", "eggs": [{}]}}]}}


async def test_an_answer_deeper_than_parsers_go_is_said_and_opened(stations: Stations, response: Response) -> None:
    """grpc/grpc-rust#1036, grpc/grpc-java#8256: protobuf's parsers refuse the 101st nested message."""
    station = await opened(stations, "Deep")
    view = response(station)
    _, received = await station.sent()
    assert received == nested(DEEP)
    view.viewers.show_view(ViewName.JSON)
    assert "message 101 within another: protobuf's parser takes 100" in view.viewers.json.editor.toPlainText()
    assert tree(view)["self." * DEEP + "text"] == '"bottom"'


async def test_a_request_deeper_than_parsers_go_is_said_and_not_sent(stations: Stations) -> None:
    """grpc/grpc-rust#1036: from JSON and from the form, at the place."""
    station = await opened(stations, "Self")
    await station.paste_json('{"self": ' * 100 + '{"text": "as deep as it goes"}' + "}" * 100)
    assert station.draft.mistakes == ()
    sent, received = await station.sent()
    assert sent == received
    assert len(sent) > 200
    station.draft.make_present(("self",) * 101)
    (mistake,) = station.draft.mistakes
    assert "nested more than 100 messages deep" in mistake.message
    station.session.send()
    await station.refused()
    assert "100 messages deep" in str(station.session.problem)


async def test_types_of_one_name_in_different_places_are_kept_apart(stations: Stations, response: Response) -> None:
    """postman#12932: "duplicate name"."""
    station = await opened(stations, "Names")
    await station.hand.do(
        [
            "inner.of_names = 1",
            "inner.names.of_the_depth = 2",
            "file_inner.of_the_file = 3",
            "other_inner.of_other = 4",
        ]
    )
    view = response(station)
    await station.sent()
    assert as_json(view) == {
        "inner": {"ofNames": 1, "names": {"ofTheDepth": 2}},
        "fileInner": {"ofTheFile": 3},
        "otherInner": {"ofOther": 4},
    }
