"""call --save, --every and --stop-after, and show: a call kept in a file and printed without its server."""

import json
from pathlib import Path

import pytest
from tests.command_line.outcome import Outcome, Wirelens

from wirelens.engine.calls.transcript import Transcript
from wirelens.engine.calls.transcript_file import open_transcript, save_transcript

FAULTS = "wirelens.demo.faults.v1.FaultService"
USERS = "wirelens.demo.users.v1.UserService"


def flood(count: int) -> list[str]:
    return [f"{FAULTS}/Flood", "-d", json.dumps({"count": count, "size": 100})]


def without_times(outcome: Outcome) -> list[dict[str, object]]:
    return [{key: value for key, value in event.items() if key != "t_ms"} for event in outcome.events]


@pytest.mark.parametrize("output", [["--output", "json"], ["--output", "ndjson"], ["--output", "count"], ["--events"]])
async def test_a_saved_call_is_shown_as_it_was_printed(
    wirelens: Wirelens, demos: dict[str, str], tmp_path: Path, output: list[str]
) -> None:
    file = str(tmp_path / "flood.ndjson")
    called = await wirelens("call", demos["faults"], *flood(50), *output, "--save", file)
    assert called.code == 0
    assert called.out
    shown = await wirelens("show", file, *output)
    assert (shown.code, shown.err) == (0, "")
    if output == ["--events"]:
        assert without_times(shown) == without_times(called)
    else:
        assert shown.out == called.out
    assert {path.name for path in tmp_path.iterdir()} == {"flood.ndjson", "flood.binpb"}


async def test_a_status_is_saved_and_is_the_exit_code_again(
    wirelens: Wirelens, demos: dict[str, str], tmp_path: Path
) -> None:
    file = str(tmp_path / "call.ndjson")
    called = await wirelens("call", demos["users"], f"{USERS}/GetUser", "-d", '{"id": 1000000}', "--save", file)
    shown = await wirelens("show", file)
    assert called.code == shown.code == 64 + 5
    assert called.err == shown.err
    assert "NOT_FOUND" in shown.err


async def test_credentials_are_saved_only_when_asked(wirelens: Wirelens, demos: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "call.ndjson"
    call = ["call", demos["faults"], f"{FAULTS}/Fail", "-d", '{"code": 0}', "--output", "none", "--save", str(file)]
    header = ["-H", "reply-with-headers: set-cookie: hush"]
    await wirelens(*call, *header)
    assert "hush" not in file.read_text()
    assert "<redacted>" in (await wirelens("show", str(file), "--events")).out
    await wirelens(*call, *header, "--show-secrets")
    assert "hush" in (await wirelens("show", str(file), "--events")).out


async def test_every_tenth_answer(wirelens: Wirelens, demos: dict[str, str], tmp_path: Path) -> None:
    file = str(tmp_path / "call.ndjson")
    call = ["call", demos["faults"], *flood(95), "--every", "10"]
    called = await wirelens(*call, "--output", "ndjson", "--save", file)
    assert (called.code, len(called.out.splitlines())) == (0, 10)
    assert (await wirelens("show", file, "--output", "ndjson")).out == called.out
    assert (await wirelens("show", file, "--output", "count")).out == "95\n"  # all that were read
    assert (await wirelens(*call, "--output", "count")).out == "95\n"


async def test_stopping_is_no_failure(wirelens: Wirelens, demos: dict[str, str], tmp_path: Path) -> None:
    call = ["call", demos["faults"], *flood(100_000), "--stop-after", "7"]
    called = await wirelens(*call, "--output", "ndjson")
    assert (called.code, called.err, len(called.out.splitlines())) == (0, "", 7)
    file = str(tmp_path / "call.ndjson")
    called = await wirelens(*call, "--events", "--save", file)
    assert called.code == 0
    status = called.events[-1]
    assert (status["code_name"], status["message"]) == ("CANCELLED", "stopped on this side after 7 messages, as asked")
    assert (await wirelens("show", file)).code == 0


async def test_a_broken_file_is_printed_up_to_where_it_is_broken(
    wirelens: Wirelens, demos: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "call.ndjson"
    await wirelens("call", demos["faults"], *flood(5), "--output", "none", "--save", str(file))
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join([*lines[:6], "broken\n", *lines[7:]]))
    shown = await wirelens("show", str(file), "--output", "ndjson")
    assert shown.code == 1
    assert len(shown.out.splitlines()) == 2
    assert f"{file}:7: the line is no JSON" in shown.err
    shown = await wirelens("show", str(tmp_path / "none.ndjson"))
    assert (shown.code, "No such file" in shown.err) == (1, True)


async def test_messages_that_were_not_kept_are_told(wirelens: Wirelens, demos: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "call.ndjson"
    await wirelens("call", demos["faults"], *flood(1), "--output", "none", "--save", str(file))
    saved = await open_transcript(file)
    transcript = Transcript(keep_bytes=150)
    for number in range(5):
        transcript.add_received(number, saved.transcript.payload(3))
    assert saved.transcript.finished is not None
    transcript.add_finished(saved.transcript.finished)
    await save_transcript(transcript, saved.method, saved.schema, file, target="")
    shown = await wirelens("show", str(file), "--output", "ndjson")
    assert len(shown.out.splitlines()) == 1
    assert "4 older messages" in shown.err
    shown = await wirelens("show", str(file), "--events")
    assert [set(event) for event in shown.events[:4]] == [{"event", "t_ms", "bytes"}] * 4
    assert "json" in shown.events[4]
    saved.transcript.close()


async def test_pauses_are_events(wirelens: Wirelens, demos: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "call.ndjson"
    await wirelens("call", demos["faults"], *flood(1), "--output", "none", "--save", str(file))
    saved = await open_transcript(file)
    transcript = Transcript()
    transcript.add_paused(0.5)
    transcript.add_resumed(2.75)
    assert saved.transcript.finished is not None
    transcript.add_finished(saved.transcript.finished)
    await save_transcript(transcript, saved.method, saved.schema, file, target="")
    events = (await wirelens("show", str(file), "--events")).events
    assert events[:2] == [
        {"event": "paused", "t_ms": 500.0},
        {"event": "resumed", "t_ms": 2750.0, "paused_ms": 2250.0},
    ]
    saved.transcript.close()


@pytest.mark.parametrize("option", [["--every", "0"], ["--stop-after", "0"], ["--every", "x"]])
async def test_numbers_that_cannot_be_meant(wirelens: Wirelens, option: list[str]) -> None:
    outcome = await wirelens("call", "127.0.0.1:1", *flood(1), *option)
    assert outcome.code == 2
    assert "a number of messages" in outcome.err


async def test_a_folder_that_is_not_there_is_told_before_the_call(
    wirelens: Wirelens, demos: dict[str, str], tmp_path: Path
) -> None:
    outcome = await wirelens("call", demos["faults"], *flood(1), "--save", str(tmp_path / "none" / "call.ndjson"))
    assert (outcome.code, outcome.out) == (2, "")
    assert "no such folder" in outcome.err
