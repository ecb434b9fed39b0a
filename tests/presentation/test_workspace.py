import asyncio
import json
import shlex
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot
from tests.waiting import until

from wirelens.engine.errors import StorageError, TranscriptError, WirelensError
from wirelens.engine.schema.services import Pattern
from wirelens.presentation.background_tasks import BackgroundTasks
from wirelens.presentation.call_session import CallState
from wirelens.presentation.grpcurl_exchange import grpcurl_of
from wirelens.presentation.later import Later, made
from wirelens.presentation.session_file import SessionFile
from wirelens.presentation.source import Source, SourceKind, SourceSettings, SourceState
from wirelens.presentation.tab import Tab
from wirelens.presentation.view_choice import ViewName
from wirelens.presentation.workspace import Workspace, as_workspace_problem

GET_USER = "wirelens.demo.users.v1.UserService.GetUser"


async def connected(workspace: Workspace, address: str) -> Source:
    source = workspace.connect_to(SourceSettings(address=address))
    await until(lambda: source.state is SourceState.READY, source.changed)
    return source


async def test_a_method_opens_once_unless_another_tab_is_wanted(workspace: Workspace, users_address: str) -> None:
    source = await connected(workspace, users_address)
    first = workspace.open_method(source, GET_USER, Pattern.UNARY)
    assert workspace.open_method(source, GET_USER, Pattern.UNARY) is first
    second = workspace.open_method(source, GET_USER, Pattern.UNARY, new_tab=True)
    assert workspace.tabs == [first, second]
    assert workspace.current_tab is second


async def test_closing_the_tab_in_front_shows_its_neighbour(workspace: Workspace, users_address: str) -> None:
    source = await connected(workspace, users_address)
    tabs = [workspace.open_method(source, GET_USER, Pattern.UNARY, new_tab=True) for _ in range(3)]
    workspace.set_current_tab(tabs[1])
    workspace.close_tab(tabs[1])
    assert workspace.current_tab is tabs[2]
    workspace.close_tab(tabs[2])
    workspace.close_tab(tabs[0])
    assert workspace.current_tab is None


async def test_the_view_chosen_for_a_method_is_that_of_its_next_tab(workspace: Workspace, users_address: str) -> None:
    source = await connected(workspace, users_address)
    first = workspace.open_method(source, GET_USER, Pattern.UNARY)
    assert first.session is not None
    assert first.session.chosen_view is None
    first.session.chosen_view = ViewName.WIRE
    second = workspace.open_method(source, GET_USER, Pattern.UNARY, new_tab=True)
    assert second.session is not None
    assert second.session.chosen_view is ViewName.WIRE
    second.session.chosen_view = ViewName.TREE
    for tab in (first, second):
        workspace.close_tab(tab)
    third = workspace.open_method(source, GET_USER, Pattern.UNARY)
    assert third.session is not None
    assert third.session.chosen_view is ViewName.TREE
    other = workspace.open_method(source, GET_USER.replace("GetUser", "ListUsers"), Pattern.UNARY)
    assert other.session is not None
    assert other.session.chosen_view is None


async def test_a_duplicate_has_the_same_request(workspace: Workspace, users_address: str) -> None:
    source = await connected(workspace, users_address)
    tab = workspace.open_method(source, GET_USER, Pattern.UNARY)
    assert tab.session is not None
    tab.session.draft.set_json_text('{"id": "42"}')
    tab.session.metadata.add_lines(["authorization: Bearer hush"])
    copy = workspace.duplicate_tab(tab)
    assert copy.session is not None
    assert copy.session.draft.json_text() == '{"id": "42"}'
    assert copy.session.metadata.metadata() == (("authorization", "Bearer hush"),)


async def test_a_closed_tab_comes_back_at_its_place_with_its_request(workspace: Workspace, users_address: str) -> None:
    source = await connected(workspace, users_address)
    first, second, third = (workspace.open_method(source, GET_USER, Pattern.UNARY, new_tab=True) for _ in range(3))
    assert not workspace.can_reopen_tab
    assert second.session is not None
    second.session.draft.set_json_text('{"id": "42", "broken": ')
    second.session.metadata.add_lines(["authorization: Bearer hush"])
    workspace.close_tab(second)
    assert workspace.can_reopen_tab
    back = workspace.reopen_tab()
    assert back is not None
    assert workspace.tabs == [first, back, third]
    assert workspace.current_tab is back
    assert back.session is not None
    assert back.session.draft.json_text() == '{"id": "42", "broken": '
    assert back.session.metadata.metadata() == (("authorization", "Bearer hush"),)
    assert workspace.reopen_tab() is None
    assert "hush" not in json.dumps(workspace.state_to_save(), default=made)


async def test_a_tab_whose_server_was_removed_does_not_come_back(workspace: Workspace, users_address: str) -> None:
    source = await connected(workspace, users_address)
    workspace.open_method(source, GET_USER, Pattern.UNARY)
    workspace.remove_source(source)
    assert not workspace.can_reopen_tab
    assert workspace.reopen_tab() is None
    assert workspace.tabs == []


async def test_what_was_typed_is_there_at_the_next_start(
    workspace: Workspace, users_address: str, qtbot: QtBot, tmp_path: Path
) -> None:
    source = await connected(workspace, users_address)
    tab = workspace.open_method(source, GET_USER, Pattern.UNARY)
    assert tab.session is not None
    tab.session.draft.set_json_text('{"id": "9223372036854775807", "broken": ')
    tab.session.metadata.add_lines(["x-tenant: seven", "authorization: Bearer hush"])
    tab.session.options.set_deadline_text("1.5")
    await workspace.save()
    assert "hush" not in (tmp_path / "session.json").read_text()

    tasks = BackgroundTasks()
    again = Workspace(tasks, SessionFile(tmp_path / "session.json"), save_after_ms=3_600_000)
    again.restore()
    assert again.address == users_address
    restored = again.tabs[0]
    assert again.current_tab is restored
    await until(lambda: restored.session is not None, restored.session_ready)
    assert restored.session is not None
    assert restored.session.draft.json_text() == '{"id": "9223372036854775807", "broken": '
    assert restored.session.options.deadline_text == "1.5"
    assert [row.name for row in restored.session.metadata.rows] == ["x-tenant", "authorization"]
    await again.aclose()
    await tasks.cancel_all()


async def test_a_tab_whose_server_is_away_keeps_what_it_was_restored_with(
    workspace: Workspace, tmp_path: Path, qtbot: QtBot
) -> None:
    saved = {"draft": {"anything": 1}}
    source = SourceSettings(address="127.0.0.1:1")
    data = {
        "version": 1,
        "sources": [source.to_json()],
        "tabs": [{"source": source.key, "method": "a.B.C", "pattern": "bidi_streaming", "session": saved}],
        "current_tab": 0,
    }
    (tmp_path / "session.json").write_text(json.dumps(data))
    workspace.restore()
    tab = workspace.tabs[0]
    await until(lambda: tab.source.state is SourceState.FAILED, tab.changed)
    assert tab.session is None
    assert tab.waiting
    assert tab.pattern is Pattern.BIDI_STREAMING
    assert workspace.state_to_save()["tabs"][0]["session"] == saved


@pytest.mark.parametrize(
    "data",
    [
        {"sources": [{"kind": "spaceship"}]},
        {"sources": 7},
        {"tabs": [{}]},
        {"tabs": [{"source": "server:x"}], "sources": [{"kind": "server", "address": "x"}]},
        {"window": 3, "recent_addresses": None},
    ],
)
async def test_a_session_that_makes_no_sense_is_said_and_survived(
    workspace: Workspace, tmp_path: Path, data: dict[str, object]
) -> None:
    (tmp_path / "session.json").write_text(json.dumps({"version": 1, **data}))
    problems: list[WirelensError] = []
    workspace.problem.connect(problems.append)
    workspace.restore()
    assert [type(problem) for problem in problems] == [StorageError]


async def test_what_makes_no_sense_in_a_session_costs_nothing_else(workspace: Workspace, tmp_path: Path) -> None:
    tab = {"source": "server:b:1", "method": "x.Y.Z", "pattern": "unary", "session": {"draft": {"json": "{"}}}
    data = {
        "version": 1,
        "sources": [{"kind": "spaceship"}, {"kind": "server", "address": "b:1", "plaintext": True}],
        "tabs": [{"source": 3}, {**tab, "pattern": "triangle"}, tab],
        "current_tab": 2,
        "recent_addresses": ["a:1", "b:1"],
    }
    text = json.dumps(data)
    (tmp_path / "session.json").write_text(text)
    problems: list[WirelensError] = []
    workspace.problem.connect(problems.append)
    workspace.restore()
    assert [source.settings.address for source in workspace.sources] == ["b:1"]
    assert [restored.method_name for restored in workspace.tabs] == ["x.Y.Z"]
    assert workspace.current_tab is workspace.tabs[0]
    assert workspace.recent_addresses == ["a:1", "b:1"]
    assert "session.unreadable.json" in problems[0].next_step
    assert (tmp_path / "session.unreadable.json").read_text() == text


async def test_who_types_without_a_pause_is_saved_all_the_same(qtbot: QtBot, tmp_path: Path) -> None:
    tasks = BackgroundTasks()
    workspace = Workspace(tasks, SessionFile(tmp_path / "session.json"), save_after_ms=30)
    saved = asyncio.Event()
    workspace.saving.connect(saved.set)
    for number in range(1000):
        workspace.set_address(f"host:{number}")
        await asyncio.sleep(0.002)
        if saved.is_set():
            break
    assert saved.is_set()
    await workspace.aclose()
    await tasks.cancel_all()


async def test_what_cannot_be_written_down_is_told_and_leaves_the_file_and_the_closing_alone(
    qtbot: QtBot, tmp_path: Path
) -> None:
    tasks = BackgroundTasks()
    failures: list[tuple[str, str]] = []
    tasks.failed.connect(lambda name, error: failures.append((name, repr(error))))
    file = SessionFile(tmp_path / "session.json")
    workspace = Workspace(tasks, file, save_after_ms=3_600_000)
    workspace.set_address("host:1")
    await workspace.save()
    workspace.set_address("host:2")

    def nest() -> None:
        raise RecursionError("too deep")

    workspace.window_state = {"width": Later(nest)}
    await workspace.aclose()
    await tasks.cancel_all()
    assert failures == [("save the session", "RecursionError('too deep')")]
    assert file.read()["address"] == "host:1"
    assert [path.name for path in tmp_path.iterdir()] == ["session.json"]


async def test_reload_rebinds_open_tabs_and_keeps_their_drafts(workspace: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "a.proto"
    head = 'syntax = "proto3";\npackage a;\nservice S { rpc Do(M) returns (M); }\n'
    file.write_text(head + "message M { string name = 1; }\n")
    source = workspace.open_files([file])
    await until(lambda: source.state is SourceState.READY, source.changed)
    tab = workspace.open_method(source, "a.S.Do", Pattern.UNARY)
    assert tab.session is not None
    tab.session.draft.set_json_text('{"name": "kept"}')
    file.write_text(head + "message M { string name = 1; int64 age = 2; }\n")
    workspace.reload(source)
    draft = tab.session.draft
    await until(lambda: "age" in draft.descriptor.fields_by_name, tab.session.rebound)
    assert draft.json_text() == '{"name": "kept"}'


async def test_a_method_that_has_left_the_schema_leaves_its_tab_and_says_so(
    workspace: Workspace, tmp_path: Path
) -> None:
    file = tmp_path / "a.proto"
    file.write_text('syntax = "proto3";\npackage a;\nmessage M {}\nservice S { rpc Do(M) returns (M); }\n')
    source = workspace.open_files([file])
    await until(lambda: source.state is SourceState.READY, source.changed)
    tab = workspace.open_method(source, "a.S.Do", Pattern.UNARY)
    file.write_text('syntax = "proto3";\npackage a;\nmessage M {}\nservice S { rpc Done(M) returns (M); }\n')
    workspace.reload(source)
    await until(lambda: tab.problem is not None, tab.changed)
    assert tab.session is not None
    assert tab.problem is not None
    assert tab.problem.message == "a.S has no method Do"


async def test_removing_a_source_closes_its_tabs(workspace: Workspace, users_address: str) -> None:
    source = await connected(workspace, users_address)
    workspace.open_method(source, GET_USER, Pattern.UNARY)
    workspace.remove_source(source)
    assert workspace.tabs == []
    assert workspace.sources == []


async def test_addresses_are_remembered_newest_first(workspace: Workspace, users_address: str) -> None:
    workspace.connect_to(SourceSettings(address="127.0.0.1:1"))
    workspace.connect_to(SourceSettings(address=users_address))
    workspace.connect_to(SourceSettings(address="127.0.0.1:1"))
    assert workspace.recent_addresses == ["127.0.0.1:1", users_address]


async def test_files_opened_twice_are_one_source(workspace: Workspace, users_proto: Path) -> None:
    first = workspace.open_files([users_proto])
    assert workspace.open_files([users_proto]) is first
    assert first.settings.kind is SourceKind.FILES
    await until(lambda: first.state is SourceState.READY, first.changed)


def test_a_bug_is_said_as_one() -> None:
    problem = as_workspace_problem("load the schema", ValueError("oops"))
    assert "load the schema failed: ValueError: oops" in problem.one_line()
    assert "bug" in problem.next_step


async def test_a_tab_waits_for_a_method_that_a_later_schema_brings(workspace: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "a.proto"
    file.write_text('syntax = "proto3";\npackage a;\nmessage M {}\n')
    source = workspace.open_files([file])
    await until(lambda: source.state is SourceState.READY, source.changed)
    tab: Tab = workspace.open_method(source, "a.S.Do", Pattern.UNARY)
    assert tab.session is None
    assert "not in the schema" in tab.waiting
    file.write_text('syntax = "proto3";\npackage a;\nmessage M {}\nservice S { rpc Do(M) returns (M); }\n')
    workspace.reload(source)
    await until(lambda: tab.session is not None, tab.session_ready)


async def test_a_command_for_proto_files_names_the_file_below_its_root(
    workspace: Workspace, users_proto: Path, users_address: str
) -> None:
    source = workspace.open_files([users_proto])
    await until(lambda: source.state is SourceState.READY, source.changed)
    tab = workspace.open_method(source, GET_USER, Pattern.UNARY)
    words = shlex.split(await grpcurl_of(tab, users_address))
    assert words[words.index("-proto") + 1] == "wirelens/demo/users/v1/users.proto"
    root = words[words.index("-import-path") + 1]
    assert Path(root, "wirelens/demo/users/v1/users.proto") == users_proto


async def test_a_saved_call_is_opened_in_a_tab_of_its_own(
    workspace: Workspace, users_address: str, tmp_path: Path
) -> None:
    source = await connected(workspace, users_address)
    session = workspace.open_method(source, GET_USER, Pattern.UNARY).session
    assert session is not None
    session.draft.set_json_text('{"id": "42"}')
    session.send()
    await until(lambda: session.state is CallState.FINISHED, session.state_changed)
    await session.save_transcript(tmp_path / "call.ndjson")
    workspace.remove_source(source)
    told: list[tuple[int, int]] = []
    tab = await workspace.open_transcript(
        tmp_path / "call.ndjson", on_progress=lambda done, all_: told.append((done, all_))
    )
    assert told
    assert workspace.current_tab is tab
    assert tab.pattern is Pattern.UNARY
    await until(lambda: tab.session is not None, tab.session_ready)
    opened = tab.session
    assert opened is not None
    assert opened.saved_call is not None
    assert (opened.target_text, opened.state) == (users_address, CallState.FINISHED)
    assert opened.transcript is not None
    assert opened.transcript.received_count == 1
    assert '"42"' in opened.draft.json_text()
    assert tab.source.settings.descriptor_sets == (tmp_path / "call.binpb",)
    # Send goes to the address bar's server, and that is a call like any other.
    workspace.set_address(users_address)
    opened.send()
    await until(lambda: opened.saved_call is None and opened.state is CallState.FINISHED, opened.state_changed)
    assert opened.transcript.finished is not None
    assert opened.transcript.finished.status.ok


async def test_a_file_that_is_no_call_opens_no_tab(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "call.ndjson").write_text("{}")
    with pytest.raises(TranscriptError, match="no transcript of a call"):
        await workspace.open_transcript(tmp_path / "call.ndjson")
    assert workspace.tabs == workspace.sources == []


async def test_a_saved_call_whose_tab_is_closed_at_once(
    workspace: Workspace, users_address: str, tmp_path: Path
) -> None:
    source = await connected(workspace, users_address)
    session = workspace.open_method(source, GET_USER, Pattern.UNARY).session
    assert session is not None
    session.send()
    await until(lambda: session.state is CallState.FINISHED, session.state_changed)
    await session.save_transcript(tmp_path / "call.ndjson")
    tab = await workspace.open_transcript(tmp_path / "call.ndjson")
    assert tab.session is None
    workspace.close_tab(tab)
    assert tab not in workspace.tabs


async def test_the_list_of_messages_is_saved_when_only_its_order_or_pace_changes(qtbot: QtBot, tmp_path: Path) -> None:
    proto = (
        'syntax = "proto3";\npackage a;\nservice S { rpc Do(stream M) returns (M); }\nmessage M { string name = 1; }\n'
    )
    (tmp_path / "a.proto").write_text(proto)
    tasks = BackgroundTasks()
    workspace = Workspace(tasks, SessionFile(tmp_path / "session.json"), save_after_ms=0)
    source = workspace.open_files([tmp_path / "a.proto"])
    await until(lambda: source.state is SourceState.READY, source.changed)
    session = workspace.open_method(source, "a.S.Do", Pattern.CLIENT_STREAMING).session
    assert session is not None
    messages = session.messages
    messages.replace_all(messages.read('{"name": "one"}\n{"name": "two"}'))
    saves: list[dict[str, Any]] = []
    workspace.saving.connect(lambda: saves.append(session.messages.state()))
    await until(lambda: saves and len(made(saves[-1].get("messages", ()))) == 2, workspace.saving)
    saves.clear()
    messages.move(0, 1)  # the draft is still the same message
    await until(lambda: saves and saves[-1]["current"] == 1, workspace.saving)
    messages.set_pace_text("250")
    await until(lambda: saves[-1]["pace"] == "250", workspace.saving)
    await workspace.aclose()
    await tasks.cancel_all()
