"""Every kind of field, from the form to a server and back, from JSON and bytes to the form: equal at every station.

The table is every_kind.py. The servers are real, the schemas come by reflection; what the bytes must be is what
protobuf's own json_format makes of the JSON.
"""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from google.protobuf import json_format
from google.protobuf.message import Message
from tests.widgets.request.echoing import Station, Stations, echoing, fields_demo, stations_of
from tests.widgets.request.every_kind import EDITIONS, EVERY_2023, EVERY_2024, EVERYTHING, PROTO2, REQUESTS, SAME, Case
from tests.widgets.request.form_hand import split_act

from wirelens.engine.messages.protojson import message_to_json
from wirelens.presentation.draft.field_index import field_index
from wirelens.widgets.theme import Theme

_FIELDS = "wirelens.demo.fields.v1.FieldService"
_MESSAGES = {
    f"{_FIELDS}.Echo": EVERYTHING,
    f"{_FIELDS}.EchoProto2": PROTO2,
    f"{_FIELDS}.EchoEditions": EDITIONS,
    "every.v2023.EchoService.Echo": EVERY_2023,
    "every.v2024.EchoService.Echo": EVERY_2024,
}
_TABLES = _MESSAGES | {f"every.v2023.EchoService.{method}": cases for method, cases in REQUESTS.items()}
_CASES = [pytest.param(method, case, id=f"{method}: {case}") for method, cases in _TABLES.items() for case in cases]


@pytest.fixture(scope="module")
async def stations(_dressed_application: Theme) -> AsyncIterator[Stations]:
    async with (
        fields_demo() as fields,
        echoing("every2023.proto", "every2024.proto") as echo,
        stations_of(_dressed_application, fields, echo) as stations,
    ):
        yield stations


@pytest.mark.parametrize(("method", "case"), _CASES)
async def test_from_the_form_to_the_server_and_back(stations: Stations, method: str, case: Case) -> None:
    station = stations.station(method)
    await station.start_empty()
    await station.hand.do(case.acts)
    assert station.draft.mistakes == ()
    await station.settled()
    assert comparable(json.loads(station.page_text)) == comparable(case.json)
    await survives_the_call(station, case.json, case.answered)


@pytest.mark.parametrize(("method", "case"), _CASES)
async def test_from_json_to_the_form_and_the_server(stations: Stations, method: str, case: Case) -> None:
    station = stations.station(method)
    await station.start_empty()
    await station.paste_json(json.dumps(case.json))
    assert station.draft.mistakes == ()
    for name, text in shown_by(case).items():
        assert (name, await station.hand.shown(name)) == (name, text)
    await survives_the_call(station, case.json, case.answered)
    expected = deterministic(station.draft.message())
    for text in case.also:
        station.draft.set_json_text(text)
        assert deterministic(station.draft.message()) == expected, text


@pytest.mark.parametrize(("method", "case"), _CASES[::3])  # not all of them: each waits for the Wire page
async def test_from_bytes_to_the_form_and_json(stations: Stations, method: str, case: Case) -> None:
    station = stations.station(method)
    await station.start_empty()
    expected = oracle(station, case.json)
    if expected:
        await station.paste_bytes(expected)
    assert station.draft.serialized() == expected
    await station.settled()
    assert comparable(json.loads(station.page_text)) == comparable(case.answered)
    has_own_order = any(":key" in act for act in case.acts)  # a map has none on the wire
    if case.answer is SAME and not has_own_order:
        for name, text in shown_by(case).items():
            assert (name, await station.hand.shown(name)) == (name, text)


async def test_fields_that_no_any_has_go_to_the_server_and_back(stations: Stations) -> None:
    station = stations.station("every.v2023.EchoService.EchoAny")
    await station.start_empty()
    strange = bytes.fromhex("9a 06 02 68 69")  # field 99: "hi"
    part = oracle(station, {"@type": "type.googleapis.com/every.v2023.Part", "number": "1"})
    await station.paste_bytes(strange + part)
    await station.hand.do(["number = 5"])
    await station.settled()
    await station.paste_json(station.page_text.replace('"5"', '"6"'))
    assert await station.hand.shown("field:number") == "6"
    sent, received = await station.sent()
    assert sent == received
    assert sent == oracle(station, {"@type": "type.googleapis.com/every.v2023.Part", "number": "6"}) + strange


@pytest.mark.parametrize("method", _MESSAGES)
async def test_no_field_is_without_a_case(stations: Stations, method: str) -> None:
    touched = {key for case in _MESSAGES[method] for key in keys_of(case.json)}
    index = field_index(stations.station(method).draft.descriptor)
    assert [shape.json_name for shape in index.shapes if shape.json_name not in touched] == []


async def survives_the_call(station: Station, value: object, answered: object) -> None:
    """The draft's bytes are those of `value`, they go over the socket, and what comes back says `answered`."""
    expected = oracle(station, value)
    assert deterministic(station.draft.message()) == expected
    sent, received = await station.sent()
    assert sent == station.draft.serialized()
    assert deterministic(station.message(sent)) == expected
    answer = station.message(received)
    assert deterministic(answer) == expected
    assert comparable(json.loads(message_to_json(answer, station.session.schema))) == comparable(answered)


def oracle(station: Station, value: object) -> bytes:
    message = station.session.schema.message_class(station.draft.descriptor.full_name)()
    json_format.Parse(json.dumps(value), message, descriptor_pool=station.session.schema.pool)
    return deterministic(message)


def deterministic(message: Message) -> bytes:
    """Comparable bytes: a map has no order of its own."""
    return message.SerializePartialToString(deterministic=True)


def comparable(value: object) -> str:
    """JSON in one spelling: the order of members does not matter, nor does 1.0 for 1; -0.0 does."""
    return json.dumps(_plain(value), sort_keys=True)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, float) and value.is_integer() and repr(value) != "-0.0":
        return int(value)
    return value


def shown_by(case: Case) -> dict[str, str]:
    """What the form must show for a case's JSON: what was typed, and every switch as it was left."""
    shown: dict[str, str | None] = {}
    for act in case.acts:
        name, sign, text = split_act(act)
        part = name.partition(":")[0]
        if sign in ("=", "<-") or name.endswith(":kind"):
            shown[name] = text
        elif part in ("presence", "member"):
            shown[name] = "on"
    return {name: text for name, text in (shown | case.shown).items() if text is not None}


def keys_of(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
