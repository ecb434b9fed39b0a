"""Several messages of one stream: their list, their undo, their order on the wire, and what is kept of them."""

import asyncio
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from tests.presentation.answers import answers_schema, rows
from tests.presentation.sessions import OpenSession, ask, ended, open_session, service
from tests.waiting import until

from wirelens.engine.calls.transcript import EventKind
from wirelens.engine.connection.channels import Connection
from wirelens.engine.connection.target import parse_target
from wirelens.engine.errors import AddressError, MessageError, UsageError
from wirelens.presentation.call_session import CallSession, CallState
from wirelens.presentation.later import made
from wirelens.presentation.prepared_messages import PreparedColumn, PreparedMessages
from wirelens.presentation.prepared_messages_file import read_message_file, write_message_file

__all__ = ["answers_schema", "open_session", "service"]


def prepare(session: CallSession, *prompts: str) -> PreparedMessages:
    """A message for each prompt, the first of them in the draft."""
    messages = session.messages
    ask(session, prompt=prompts[0])
    for prompt in prompts[1:]:
        messages.add()
        ask(session, prompt=prompt)
    messages.show(0)
    return messages


def prompts(session: CallSession) -> list[str]:
    return [json.loads(line).get("prompt", "") for line in session.messages.taken().ndjson().splitlines()]


def sent(session: CallSession) -> list[str]:
    transcript = session.transcript
    assert transcript is not None
    message = session.schema.message_class("answers.test.Ask")
    return [message.FromString(transcript.payload(row)).prompt for row in rows(transcript, EventKind.SENT)]


def shown(messages: PreparedMessages, column: PreparedColumn) -> list[Any]:
    return [messages.index(row, column).data() for row in range(len(messages))]


# -- the list


async def test_keeps_qts_rules(open_session: OpenSession) -> None:
    messages = open_session("Join").messages
    tester = QAbstractItemModelTester(messages, QAbstractItemModelTester.FailureReportingMode.Fatal)
    messages.add()
    messages.duplicate(0)
    messages.move(0, 2)
    messages.remove([1])
    messages.undo()
    assert len(messages) == 3
    assert tester is not None


async def test_one_message_is_edited_at_a_time_and_each_keeps_its_undo(open_session: OpenSession) -> None:
    session = open_session("Join")
    messages = prepare(session, "first", "second")
    session.draft.set_value(("prompt",), "first, changed")
    messages.show(1)
    assert session.draft.value(("prompt",)) == "second"
    session.draft.undo()
    assert session.draft.value(("prompt",)) != "second"
    session.draft.redo()
    messages.show(0)
    session.draft.undo()
    assert prompts(session) == ["first", "second"]


async def test_rows_are_added_repeated_moved_and_removed_and_all_of_it_is_undone(open_session: OpenSession) -> None:
    session = open_session("Join")
    messages = prepare(session, "a", "b", "c")
    messages.duplicate(1)
    assert (prompts(session), messages.current) == (["a", "b", "b", "c"], 2)
    messages.move(0, 3)
    assert (prompts(session), messages.current) == (["b", "b", "c", "a"], 1)
    messages.remove([0, 1])
    assert (prompts(session), messages.current) == (["c", "a"], 0)
    for _step in range(3):
        messages.undo()
    assert (prompts(session), messages.current) == (["a", "b", "c"], 0)
    messages.redo()
    assert prompts(session) == ["a", "b", "b", "c"]


async def test_the_last_message_cannot_be_removed(open_session: OpenSession) -> None:
    messages = prepare(open_session("Join"), "a", "b")
    messages.remove([0, 1])
    assert len(messages) == 2
    messages.remove([0])
    messages.remove([0])
    assert len(messages) == 1


async def test_says_what_each_message_holds_while_it_is_typed(open_session: OpenSession) -> None:
    session = open_session("Join")
    messages = prepare(session, "a", "b")
    heard: list[int] = []
    messages.dataChanged.connect(lambda first, _last: heard.append(first.row()))
    session.draft.set_value(("prompt",), "new words")
    assert 'prompt: "new words"' in messages.index(0, PreparedColumn.PREVIEW).data()
    session.draft.set_json_text('{"prompt": ')
    assert messages.index(0, PreparedColumn.PREVIEW).data() == '{"prompt":'
    assert messages.index(0, 0).data(PreparedMessages.MISTAKE_ROLE)
    assert "message 1" in messages.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)


# -- sending


async def test_all_go_out_in_their_order_and_the_request_side_closes(open_session: OpenSession) -> None:
    session = open_session("Join")
    messages = prepare(session, "a", "b", "c")
    session.sending.send_all()
    assert not session.sending.can_send_all
    await ended(session)
    assert sent(session) == ["a", "b", "c"]
    assert session.transcript is not None
    assert session.transcript.finished is not None
    assert session.transcript.finished.status.ok
    assert shown(messages, PreparedColumn.SENT) == ["sent", "sent", "sent"]
    await until(lambda: session.sending.can_send_all, session.sending.changed)
    assert session.sending.going_out is None
    session.sending.send_all()
    await until(lambda: session.is_running, session.state_changed)
    await ended(session)
    assert shown(messages, PreparedColumn.SENT) == ["sent", "sent", "sent"]  # in the present call


async def test_all_join_a_call_that_is_open_and_leave_it_open_when_told_so(open_session: OpenSession) -> None:
    session = open_session("Talk")
    messages = prepare(session, "a", "b")
    messages.set_then_half_close(False)
    session.send()
    await until(lambda: session.state is CallState.OPEN, session.state_changed)
    session.sending.send_all()
    await until(lambda: session.sending.going_out is None, session.sending.changed)
    assert sent(session) == ["a", "a", "b"]
    assert shown(messages, PreparedColumn.SENT) == ["sent 2 ×", "sent"]
    assert session.state is CallState.OPEN
    session.half_close()
    await ended(session)


async def test_a_pace_parts_the_messages(open_session: OpenSession) -> None:
    session = open_session("Join")
    prepare(session, "a", "b", "c").set_pace_text("40 ms")
    session.sending.send_all()
    await ended(session)
    transcript = session.transcript
    assert transcript is not None
    times = [transcript.at(row) for row in rows(transcript, EventKind.SENT)]
    assert [after - before >= 0.035 for before, after in pairwise(times)] == [True, True]


async def test_sending_can_be_stopped_and_the_call_goes_on(open_session: OpenSession) -> None:
    session = open_session("Talk")
    prepare(session, "a", "b").set_pace_text("3600000")
    session.sending.send_all()
    await until(lambda: session.sending.going_out == (1, 2), session.sending.changed)
    session.sending.stop()
    await until(lambda: session.sending.going_out is None, session.sending.changed)
    await until(lambda: session.state is CallState.OPEN, session.state_changed)
    assert sent(session) == ["a"]
    session.cancel()
    await ended(session)


async def test_many_without_a_pace_go_out_and_are_marked_wherever_they_stand(open_session: OpenSession) -> None:
    session = open_session("Talk")
    messages = prepare(session, *map(str, range(400)))
    told: list[int] = []
    session.sending.changed.connect(
        lambda: told.append(session.sending.going_out[0]) if session.sending.going_out else None
    )
    session.sending.send_all()
    await until(lambda: session.is_running, session.state_changed)
    messages.move(0, 399)  # while they go out
    await ended(session)
    await until(lambda: session.sending.going_out is None, session.sending.changed)
    assert sent(session) == list(map(str, range(400)))
    assert [messages.sent_count(row) for row in range(400)] == [1] * 400
    await until(lambda: shown(messages, PreparedColumn.SENT) == ["sent"] * 400, messages.dataChanged)
    assert told == sorted(told)
    assert told[-1] == 400


async def test_what_was_not_sent_when_it_was_stopped_is_not_marked(open_session: OpenSession) -> None:
    session = open_session("Talk")
    messages = prepare(session, *("x" * 2**20 for _ in range(60)))
    session.sending.send_all()
    await until(lambda: (session.sending.going_out or (0, 0))[0] > 1, session.sending.changed)
    session.sending.stop()
    await until(lambda: session.sending.going_out is None, session.sending.changed)
    session.half_close()
    await ended(session)
    count = len(sent(session))
    assert count < 60
    await until(lambda: sum(map(messages.sent_count, range(60))) == count, messages.dataChanged)
    assert [messages.sent_count(row) for row in range(60)] == [1] * count + [0] * (60 - count)
    assert session.problem is None


async def test_cancel_ends_the_sending_too(open_session: OpenSession) -> None:
    session = open_session("Talk")
    prepare(session, "a", "b").set_pace_text("3600000")
    session.sending.send_all()
    await until(lambda: session.sending.going_out == (1, 2), session.sending.changed)
    session.cancel()
    await ended(session)
    await until(lambda: session.sending.going_out is None, session.sending.changed)
    assert session.problem is None


async def test_a_mistake_in_one_of_them_is_told_before_any_goes_out(open_session: OpenSession) -> None:
    session = open_session("Join")
    messages = prepare(session, "a", "b", "c")
    messages.show(2)
    session.draft.set_json_text('{"prompt": "c", "nope": 1}')
    messages.show(0)
    session.sending.send_all()
    await until(lambda: session.problem is not None, session.problem_changed)
    assert isinstance(session.problem, MessageError)
    assert session.problem.place.startswith("message 3")
    assert session.transcript is None
    await until(lambda: session.sending.going_out is None, session.sending.changed)


async def test_a_pace_that_is_no_number_sends_nothing(open_session: OpenSession) -> None:
    session = open_session("Join")
    for text in ("soon", "-1", "nan", "1e99"):
        prepare(session, "a", "b").set_pace_text(text)
        session.sending.send_all()
        assert isinstance(session.problem, UsageError), text
        assert session.sending.going_out is None


async def test_a_server_that_cannot_be_reached_is_told_once(open_session: OpenSession) -> None:
    async def refuse() -> Connection:
        raise AddressError("nobody is there", place="localhost:1")

    session = open_session("Join", refuse)
    prepare(session, "a", "b")
    session.sending.send_all()
    await until(lambda: session.sending.going_out is None, session.sending.changed)
    assert isinstance(session.problem, AddressError)
    assert session.transcript is None


async def test_a_server_that_is_gone_leaves_the_messages_unsent_and_says_so(open_session: OpenSession) -> None:
    connection = Connection(parse_target("127.0.0.1:1"))  # nothing listens there

    async def connect() -> Connection:
        return connection

    session = open_session("Join", connect)
    messages = prepare(session, "a", "b", "c")
    session.sending.send_all()
    await ended(session)
    await until(lambda: session.sending.going_out is None, session.sending.changed)
    assert session.problem is not None
    assert "message 2" in session.problem.message
    assert [messages.sent_count(row) for row in range(3)] == [0, 0, 0]
    await connection.close()


async def test_a_call_that_ends_early_says_which_message_did_not_go_out(open_session: OpenSession) -> None:
    session = open_session("Talk")
    prepare(session, "a", "b").set_pace_text("400")
    session.options.set_deadline_text("0.1")
    session.sending.send_all()
    await ended(session)
    await until(lambda: session.sending.going_out is None, session.sending.changed)
    assert session.problem is not None
    assert "message 2" in session.problem.message


async def test_one_row_is_sent_by_its_place(open_session: OpenSession) -> None:
    session = open_session("Talk")
    messages = prepare(session, "a", "b")
    session.send_prepared(1)
    await until(lambda: session.state is CallState.OPEN, session.state_changed)
    assert (sent(session), messages.current) == (["b"], 1)
    session.send_prepared(0)
    await until(lambda: messages.sent_count(0) == 1, messages.dataChanged)
    assert sent(session) == ["b", "a"]
    session.cancel()
    await ended(session)


# -- files and the next start


async def test_a_file_is_written_and_read_back(open_session: OpenSession, tmp_path: Path) -> None:
    session = open_session("Join")
    messages = prepare(session, "a", "ö\n")
    path = tmp_path / "messages.ndjson"
    assert await asyncio.to_thread(write_message_file, path, messages.taken()) == 2
    assert [json.loads(line) for line in path.read_text("utf-8").splitlines()] == [{"prompt": "a"}, {"prompt": "ö\n"}]
    other = open_session("Join")
    other.messages.replace_all(read_message_file(path, other.messages))
    assert prompts(other) == ["a", "ö\n"]
    other.messages.undo()
    assert len(other.messages) == 1


async def test_a_broken_line_keeps_its_text(open_session: OpenSession) -> None:
    session = open_session("Join")
    messages = session.messages
    messages.replace_all(messages.read('{"prompt": "a"}\n{"prompt" 1}\n{"prompt": "b"}\n'))
    assert len(messages) == 3
    messages.show(1)
    assert session.draft.json_text() == '{"prompt" 1}'
    with pytest.raises(MessageError) as caught:
        messages.taken().ndjson()
    assert caught.value.place.startswith("message 2")


@pytest.mark.parametrize(("content", "word"), [(b"", "no message"), (b"\xff\xfe{}", "no UTF-8")])
async def test_a_file_that_is_none_says_why(
    open_session: OpenSession, tmp_path: Path, content: bytes, word: str
) -> None:
    path = tmp_path / "x.ndjson"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=word) as caught:
        read_message_file(path, open_session("Join").messages)
    assert caught.value.place == str(path)


async def test_a_file_that_is_not_there_and_one_that_cannot_be_written(
    open_session: OpenSession, tmp_path: Path
) -> None:
    messages = open_session("Join").messages
    with pytest.raises(UsageError, match="cannot be read"):
        read_message_file(tmp_path / "none.ndjson", messages)
    with pytest.raises(UsageError, match="cannot be written"):
        write_message_file(tmp_path / "none" / "x.ndjson", messages.taken())


async def test_all_messages_are_there_at_the_next_start(open_session: OpenSession) -> None:
    session = open_session("Join")
    messages = prepare(session, "a", "b", "c")
    messages.set_pace_text("250")
    messages.set_then_half_close(False)
    messages.show(1)
    session.draft.set_json_text('{"prompt": "b", ')
    state = json.loads(json.dumps(session.state_to_save(), default=made))
    restored = open_session("Join")
    restored.restore(state)
    assert len(restored.messages) == 3
    assert restored.messages.current == 1
    assert restored.draft.json_text() == '{"prompt": "b", '
    assert (restored.messages.pace_text, restored.messages.then_half_close) == ("250", False)
    restored.messages.show(2)
    assert restored.draft.value(("prompt",)) == "c"
    assert not restored.messages.can_undo


@pytest.mark.parametrize("state", [{"messages": 3}, {"messages": [1, {}]}, {"messages": [], "current": "x"}])
async def test_a_twisted_state_does_no_harm(open_session: OpenSession, state: dict[str, Any]) -> None:
    session = open_session("Join")
    session.messages.restore(state)
    assert len(session.messages) == 1


async def test_a_reload_keeps_every_message(open_session: OpenSession) -> None:
    session = open_session("Join")
    messages = prepare(session, "a", "b")
    session.rebind(session.method, session.schema)
    assert prompts(session) == ["a", "b"]
    messages.show(1)
    session.draft.set_value(("prompt",), "still editable")
    assert prompts(session) == ["a", "still editable"]


# -- the list changes while a thread is at it


@pytest.mark.parametrize("change", ["remove", "move", "replace"])
async def test_all_that_were_there_go_out_whatever_becomes_of_the_list(open_session: OpenSession, change: str) -> None:
    session = open_session("Join")
    messages = session.messages
    wanted = [str(number) for number in range(1500)]
    messages.replace_all(messages.read("\n".join(json.dumps({"prompt": prompt}) for prompt in wanted)))
    other = messages.read('{"prompt": "another"}')
    session.sending.send_all()
    await until(lambda: session.sending.going_out is not None, session.sending.changed)
    await asyncio.sleep(0)  # the task begins; the messages are made in a thread meanwhile
    await asyncio.sleep(0)
    if change == "remove":
        messages.remove(range(1, 1500))
    elif change == "move":
        messages.move(0, 1499)
    else:
        messages.replace_all(other)
    await ended(session)
    assert session.problem is None
    assert sent(session) == wanted
    if change == "move":
        await until(lambda: session.sending.going_out is None, session.sending.changed)
        assert {*shown(messages, PreparedColumn.SENT)} == {"sent"}


async def test_messages_are_written_as_they_were_when_that_was_asked_for(open_session: OpenSession) -> None:
    session = open_session("Join")
    messages = prepare(session, "a", "b", "c")
    taken = messages.taken([1, 2])
    messages.remove([1])
    session.draft.set_value(("prompt",), "changed")
    assert [json.loads(line)["prompt"] for line in taken.ndjson().splitlines()] == ["b", "c"]


async def test_the_mark_follows_a_message_that_is_moved_before_its_call_begins(open_session: OpenSession) -> None:
    session = open_session("Talk")
    messages = prepare(session, "a", "b")
    session.send()
    messages.move(0, 1)
    await until(lambda: session.state is CallState.OPEN, session.state_changed)
    await until(lambda: shown(messages, PreparedColumn.SENT) != ["", ""], messages.dataChanged)
    assert shown(messages, PreparedColumn.SENT) == ["", "sent"]
    assert sent(session) == ["a"]
    session.cancel()
    await ended(session)


async def test_a_row_that_is_dropped_into_a_list_that_has_become_shorter_moves_nothing(
    open_session: OpenSession,
) -> None:
    messages = prepare(open_session("Join"), "a", "b", "c")
    dragged = messages.mimeData([messages.index(2, 0)])
    messages.remove([1, 2])
    messages.dropMimeData(dragged, Qt.DropAction.MoveAction, -1, -1, QModelIndex())
    assert len(messages) == 1
