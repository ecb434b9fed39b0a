"""call --events: every event as one JSON line, for machines."""

import json
from pathlib import Path

import pytest
from tests.command_line.outcome import Wirelens

from wirelens.bundled import protos

FAULTS = "wirelens.demo.faults.v1.FaultService"
USERS = "wirelens.demo.users.v1.UserService"
FIELDS = "wirelens.demo.fields.v1.FieldService"


async def test_a_unary_call_from_headers_to_status(wirelens: Wirelens, demos: dict[str, str]) -> None:
    outcome = await wirelens("call", demos["users"], f"{USERS}/GetUser", "-d", '{"id": 42}', "--events")
    assert outcome.code == 0
    assert outcome.err == ""
    kinds = [event["event"] for event in outcome.events]
    assert sorted(kinds) == ["half_close", "headers", "message", "sent", "status"]
    assert kinds[-1] == "status"
    assert kinds.index("sent") < kinds.index("half_close")
    by_kind = {event["event"]: event for event in outcome.events}
    assert by_kind["sent"]["json"] == {"id": "42"}
    assert by_kind["sent"]["bytes"] == 2
    assert by_kind["message"]["json"]["id"] == "42"
    assert set(by_kind["half_close"]) == {"event", "t_ms"}
    status = by_kind["status"]
    assert (status["code"], status["code_name"], status["details"]) == (0, "OK", [])
    times = [event["t_ms"] for event in outcome.events]
    assert times == sorted(times)


async def test_details_of_every_kind(wirelens: Wirelens, demos: dict[str, str]) -> None:
    samples = [
        "SAMPLE_DETAIL_BAD_REQUEST",
        "SAMPLE_DETAIL_FAULT_REPORT",
        "SAMPLE_DETAIL_UNKNOWN_TYPE",
        "SAMPLE_DETAIL_BROKEN_BYTES",
    ]
    data = json.dumps({"code": 3, "message": "no", "samples": samples})
    outcome = await wirelens("call", demos["faults"], f"{FAULTS}/Fail", "-d", data, "--events")
    assert outcome.code == 64 + 3
    status = outcome.events[-1]
    types = [detail["@type"].rpartition("/")[2] for detail in status["details"]]
    assert types[0] == "google.rpc.BadRequest"
    assert types[1] == "wirelens.demo.faults.v1.FaultReport"
    assert types[2] == "nowhere.v1.Mystery"
    assert len(types) == 4
    assert "fieldViolations" in status["details"][0]
    assert set(status["details"][2]) == {"@type", "value"}


async def test_metadata_in_order_with_duplicates_and_binary_values(wirelens: Wirelens, demos: dict[str, str]) -> None:
    headers = ["-H", "reply-with-headers: a: 1; b: 2; a: 3"]
    trailers = ["-H", "reply-with-trailers: z-bin: AAEC; y: 1"]
    data = ["-d", '{"code": 0}']
    outcome = await wirelens("call", demos["faults"], f"{FAULTS}/Fail", *headers, *trailers, *data, "--events")
    by_kind = {event["event"]: event for event in outcome.events}
    pairs = by_kind["headers"]["metadata"]
    assert [value for name, value in pairs if name == "a"] == ["1", "3"]
    assert ["b", "2"] in pairs
    assert ["y", "1"] in by_kind["status"]["metadata"]
    assert ["z-bin", "AAEC"] in by_kind["status"]["metadata"]


async def test_credentials_are_redacted_unless_asked_for(wirelens: Wirelens, demos: dict[str, str]) -> None:
    call = ["call", demos["faults"], f"{FAULTS}/Fail", "-H", "reply-with-headers: session-token: abc123", "--events"]
    outcome = await wirelens(*call)
    assert "abc123" not in outcome.out
    assert "<redacted>" in outcome.out
    assert "abc123" in (await wirelens(*call, "--show-secrets")).out


@pytest.mark.parametrize("reflection", [True, False])
async def test_a_status_comes_also_when_the_call_never_connected(
    wirelens: Wirelens, demos: dict[str, str], reflection: bool
) -> None:
    files = [] if reflection else ["--proto", str(protos() / "wirelens/demo/users/v1/users.proto")]
    outcome = await wirelens("call", "127.0.0.1:1", f"{USERS}/GetUser", *files, "--events")
    assert outcome.code == 64 + 14
    assert outcome.events[-1]["code_name"] == "UNAVAILABLE"
    assert [event["event"] for event in outcome.events].count("status") == 1


async def test_death_in_mid_stream(wirelens: Wirelens, demos: dict[str, str]) -> None:
    arguments = ["-d", '{"count": 4, "size": 1}', "-H", "fail-late: DATA_LOSS"]
    outcome = await wirelens("call", demos["faults"], f"{FAULTS}/Flood", *arguments, "--events")
    assert outcome.code == 64 + 15
    assert [event["event"] for event in outcome.events].count("message") == 4
    assert outcome.events[-1]["code_name"] == "DATA_LOSS"


async def test_what_the_bytes_of_a_mistake_were(wirelens: Wirelens, demos: dict[str, str], tmp_path: Path) -> None:
    """A schema that does not fit: the answer's bytes are no such message, and the line has them as they are."""
    proto = tmp_path / "wrong.proto"
    proto.write_text(
        'syntax = "proto3"; package wirelens.demo.users.v1;'
        "message Request { int64 id = 1; } message Wrong { Wrong wrong = 2; }"
        "service UserService { rpc GetUser(Request) returns (Wrong); }"
    )
    call = ["call", demos["users"], f"{USERS}/GetUser", "--proto", str(proto), "-d", '{"id": 42}']
    message = next(event for event in (await wirelens(*call, "--events")).events if event["event"] == "message")
    assert "raw" in message
    assert "json" not in message
    outcome = await wirelens(*call)
    assert outcome.code == 1
    assert "are no wirelens.demo.users.v1.Wrong" in outcome.err
