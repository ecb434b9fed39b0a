"""Rules of the schema at the window, from the server's own reflection to what the server says of them."""

import asyncio
import gc
import os
import select
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot
from tests.desktop.conftest import Serve
from tests.waiting import until

from wirelens.engine.messages.rule_process import rule_process
from wirelens.engine.schema.services import Pattern
from wirelens.presentation.call_session import CallState
from wirelens.presentation.source import SourceSettings, SourceState
from wirelens.widgets.main_window import MainWindow


async def test_broken_rules_are_counted_beside_send_and_the_request_is_sent_all_the_same(
    window: MainWindow, qtbot: QtBot, serve: Serve
) -> None:
    source = window.workspace.connect_to(SourceSettings(address=await serve("users")))
    await until(lambda: source.state is SourceState.READY, source.changed)
    session = window.workspace.open_method(
        source, "wirelens.demo.users.v1.UserService.CreateUser", Pattern.UNARY
    ).session
    assert session is not None
    tab = window.tabs.currentWidget()
    count = tab.findChild(QLabel, "brokenRulesLabel")
    send = tab.findChild(QPushButton, "sendButton")
    assert count is not None
    assert send is not None
    assert not count.isVisible(), "the example keeps the rules"
    session.draft.set_json_text('{"user": {"displayName": " ", "email": "nobody"}}')
    await until(lambda: len(session.draft.rules.broken) == 2, session.draft.rules.changed)
    assert count.isVisible()
    assert count.text() == "2 rules broken"
    assert "user.email: must be a valid email address" in count.toolTip()
    qtbot.mouseClick(send, Qt.MouseButton.LeftButton)
    await until(lambda: session.state is CallState.FINISHED, session.state_changed)
    assert session.transcript is not None
    assert session.transcript.finished is not None
    assert session.transcript.finished.status.code_name == "INVALID_ARGUMENT"
    assert session.draft.rules.broken, "what the server says is no reason to forget them"
    session.draft.fill_example()
    await until(lambda: not session.draft.rules.broken, session.draft.rules.changed)
    assert not count.isVisible()


_ORDER = """
syntax = "proto3";
package shop.v1;
import "buf/validate/validate.proto";
service Orders {{ rpc Place(Order) returns (Order); }}
message Order {{
  string id = 1 [(buf.validate.field).string.{rule}];
}}
"""


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="descriptors of processes are Linux' own")
async def test_a_reload_brings_the_new_rules_and_ends_the_check_of_the_old_ones(
    window: MainWindow, tmp_path: Path
) -> None:
    path = tmp_path / "order.proto"
    path.write_text(_ORDER.format(rule="uuid = true"))
    window.workspace.open_files([path], [tmp_path], [])
    source = window.workspace.sources[-1]
    await until(lambda: source.state is SourceState.READY, source.changed)
    session = window.workspace.open_method(source, "shop.v1.Orders.Place", Pattern.UNARY).session
    assert session is not None
    rules = session.draft.rules
    session.draft.set_json_text('{"id": "ab"}')
    await until(lambda: [one.sentence for one in rules.broken] == ["must be a valid UUID"], rules.changed)
    assert source.schema is not None
    number = rule_process(source.schema).process_id
    assert number is not None
    child = os.pidfd_open(number)
    path.write_text(_ORDER.format(rule="min_len = 3"))
    source.load()
    await until(lambda: [one.sentence for one in rules.broken] == ["must be at least 3 characters"], rules.changed)
    gc.collect()
    try:
        readable, _, _ = await asyncio.to_thread(select.select, [child], [], [], 10)
        assert readable, "nobody can ask it any more"
    finally:
        os.close(child)
