"""call: four patterns, the forms of output, and what goes wrong."""

import base64
import hashlib
import json
from pathlib import Path

import pytest
from tests.command_line.outcome import Wirelens

from wirelens.bundled import protos

USERS = "wirelens.demo.users.v1.UserService"
FIELDS = "wirelens.demo.fields.v1.FieldService"
FAULTS = "wirelens.demo.faults.v1.FaultService"
FILES = "wirelens.demo.files.v1.FileService"


@pytest.mark.parametrize("name", [f"{USERS}/GetUser", f"{USERS}.GetUser", f"/{USERS}/GetUser"])
async def test_unary(wirelens: Wirelens, demos: dict[str, str], name: str) -> None:
    outcome = await wirelens("call", demos["users"], name, "-d", '{"id": 42}')
    assert outcome.code == 0
    assert json.loads(outcome.out)["id"] == "42"
    assert outcome.out.startswith('{\n  "')
    assert outcome.err == ""


async def test_server_streaming_one_a_line(wirelens: Wirelens, demos: dict[str, str]) -> None:
    request = '{"count": 3, "size": 2}'
    outcome = await wirelens("call", demos["faults"], f"{FAULTS}/Flood", "-d", request, "--output", "ndjson")
    assert [json.loads(line)["number"] for line in outcome.out.splitlines()] == ["1", "2", "3"]


async def test_client_streaming_from_concatenated_json(wirelens: Wirelens, demos: dict[str, str]) -> None:
    parts = [b"hello ", b"world"]
    chunks = [{"chunk": base64.b64encode(part).decode()} for part in parts]
    data = json.dumps({"name": "a.txt"} | chunks[0], indent=1) + json.dumps(chunks[1])
    outcome = await wirelens("call", demos["files"], f"{FILES}/Upload", "-d", data)
    assert json.loads(outcome.out)["sha256"] == hashlib.sha256(b"".join(parts)).hexdigest()


async def test_bidi_from_a_file(wirelens: Wirelens, demos: dict[str, str], tmp_path: Path) -> None:
    requests = tmp_path / "requests.ndjson"
    requests.write_text("".join(f'{{"int32Value": {number}}}\n' for number in range(1, 51)))
    arguments = ["-d", f"@{requests}", "--output", "ndjson"]
    outcome = await wirelens("call", demos["fields"], f"{FIELDS}/EchoStream", *arguments)
    assert [json.loads(line)["int32Value"] for line in outcome.out.splitlines()] == list(range(1, 51))


async def test_count_prints_one_integer(wirelens: Wirelens, demos: dict[str, str]) -> None:
    request = '{"count": 5000, "size": 10}'
    outcome = await wirelens("call", demos["faults"], f"{FAULTS}/Flood", "-d", request, "--output", "count")
    assert outcome.out == "5000\n"


async def test_none_prints_nothing(wirelens: Wirelens, demos: dict[str, str]) -> None:
    outcome = await wirelens("call", demos["users"], f"{USERS}/GetUser", "-d", '{"id": 42}', "--output", "none")
    assert (outcome.code, outcome.out, outcome.err) == (0, "", "")


async def test_without_data_one_empty_message_goes_out(wirelens: Wirelens, demos: dict[str, str]) -> None:
    outcome = await wirelens("call", demos["users"], f"{USERS}/ListUsers")
    assert json.loads(outcome.out)["users"]


async def test_without_data_a_request_stream_is_empty(wirelens: Wirelens, demos: dict[str, str]) -> None:
    outcome = await wirelens("call", demos["fields"], f"{FIELDS}/EchoStream", "--events")
    assert outcome.code == 0
    assert [event["event"] for event in outcome.events if event["event"] != "headers"] == ["half_close", "status"]


async def test_largest_integers_survive_unquoted(wirelens: Wirelens, demos: dict[str, str]) -> None:
    request = (
        '{"int64Value": 9223372036854775807, "uint64Value": 18446744073709551615, "counts": {"a": -9007199254740993}}'
    )
    outcome = await wirelens("call", demos["fields"], f"{FIELDS}/Echo", "-d", request)
    answer = json.loads(outcome.out)
    assert answer["int64Value"] == "9223372036854775807"
    assert answer["uint64Value"] == "18446744073709551615"
    assert answer["counts"] == {"a": "-9007199254740993"}


async def test_defaults_are_printed_when_asked(wirelens: Wirelens, demos: dict[str, str]) -> None:
    outcome = await wirelens("call", demos["fields"], f"{FIELDS}/Echo", "--emit-defaults")
    assert json.loads(outcome.out)["int64Value"] == "0"


async def test_types_from_files_address_for_the_call(wirelens: Wirelens, demos: dict[str, str]) -> None:
    proto = str(protos() / "wirelens/demo/users/v1/users.proto")
    outcome = await wirelens("call", demos["users"], f"{USERS}/GetUser", "--proto", proto, "-d", '{"id": 42}')
    assert json.loads(outcome.out)["id"] == "42"


async def test_a_status_cannot_steer_the_terminal(wirelens: Wirelens, demos: dict[str, str]) -> None:
    request = json.dumps({"code": "NOT_FOUND", "message": "\x1b[31mred\x07\n\x9b2J"})
    outcome = await wirelens("call", demos["faults"], f"{FAULTS}/Fail", "-d", request)
    assert outcome.err == "wirelens: NOT_FOUND (5):  [31mred   2J\n"


async def test_a_status_is_the_exit_code_and_is_told_with_its_details(
    wirelens: Wirelens, demos: dict[str, str]
) -> None:
    outcome = await wirelens("call", demos["users"], f"{USERS}/GetUser", "-d", '{"id": 987654}')
    assert outcome.code == 64 + 5
    assert outcome.out == ""
    assert outcome.err.startswith("wirelens: NOT_FOUND (5): ")
    assert "google.rpc.ResourceInfo" in outcome.err


@pytest.mark.parametrize("code", range(1, 17))
async def test_every_status_code(wirelens: Wirelens, demos: dict[str, str], code: int) -> None:
    outcome = await wirelens("call", demos["faults"], f"{FAULTS}/Fail", "-d", f'{{"code": {code}, "message": "nö"}}')
    assert outcome.code == 64 + code
    assert f"({code}): nö" in outcome.err


async def test_the_deadline(wirelens: Wirelens, demos: dict[str, str]) -> None:
    arguments = ["-d", '{"delay": "30s"}', "--max-time", "0.3"]
    outcome = await wirelens("call", demos["faults"], f"{FAULTS}/Delay", *arguments)
    assert outcome.code == 64 + 4


async def test_a_message_beyond_the_limit_offers_to_raise_it(wirelens: Wirelens, demos: dict[str, str]) -> None:
    arguments = ["-d", '{"bytes": 100000}', "--max-message-size", "5000"]
    outcome = await wirelens("call", demos["faults"], f"{FAULTS}/Large", *arguments)
    assert outcome.code == 64 + 8  # and the schema, which is larger, came all the same
    assert "--max-message-size" in outcome.err


async def test_beyond_grpcs_usual_four_mebibytes(wirelens: Wirelens, demos: dict[str, str]) -> None:
    arguments = ["-d", '{"bytes": 6000000}', "--output", "count"]
    outcome = await wirelens("call", demos["faults"], f"{FAULTS}/Large", *arguments)
    assert (outcome.code, outcome.out) == (0, "1\n")


@pytest.mark.parametrize(
    ("data", "place"),
    [
        ('{"idd": 42}', "-d:1:2"),
        ('{"id": 42', "-d:1:"),
        ('{"id":\n "x"}', "-d:2:2"),
        ('{"id": 9223372036854775808}', "-d:1:8"),
        ('{"id": 1.5}', "-d:1:8"),
    ],
)
async def test_a_mistake_is_refused_with_its_place(
    wirelens: Wirelens, demos: dict[str, str], data: str, place: str
) -> None:
    outcome = await wirelens("call", demos["users"], f"{USERS}/GetUser", "-d", data)
    assert outcome.code == 1
    assert outcome.out == ""
    assert place in outcome.err
    assert len(outcome.err.splitlines()) == 1


async def test_a_mistake_in_a_later_message_of_a_file(
    wirelens: Wirelens, demos: dict[str, str], tmp_path: Path
) -> None:
    requests = tmp_path / "requests.ndjson"
    requests.write_text('{"int32Value": 1}\n{"int32Value": 2} {"int32Valu": 3}\n')
    outcome = await wirelens("call", demos["fields"], f"{FIELDS}/EchoStream", "-d", f"@{requests}")
    assert outcome.code == 1
    assert f"{requests}:2:20" in outcome.err
    assert "int32Value" in outcome.err


async def test_two_messages_for_a_method_that_takes_one(wirelens: Wirelens, demos: dict[str, str]) -> None:
    outcome = await wirelens("call", demos["users"], f"{USERS}/GetUser", "-d", "{}{}")
    assert outcome.code == 2
    assert "2 messages" in outcome.err


async def test_a_file_that_is_not_there(wirelens: Wirelens, demos: dict[str, str]) -> None:
    outcome = await wirelens("call", demos["users"], f"{USERS}/GetUser", "-d", "@no-such.json")
    assert outcome.code == 2
    assert "no-such.json" in outcome.err


async def test_a_required_field_that_is_missing(wirelens: Wirelens, demos: dict[str, str]) -> None:
    outcome = await wirelens("call", demos["fields"], f"{FIELDS}/EchoProto2", "-d", '{"requiredText": "a"}')
    assert outcome.code == 1
    assert "required_number" in outcome.err


@pytest.mark.parametrize("compression", ["gzip", "deflate"])
async def test_compressed_requests(wirelens: Wirelens, demos: dict[str, str], compression: str) -> None:
    data = json.dumps({"stringValue": "a" * 10_000})
    outcome = await wirelens("call", demos["fields"], f"{FIELDS}/Echo", "-d", data, "--compression", compression)
    assert json.loads(outcome.out) == json.loads(data)
