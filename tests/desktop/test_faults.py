"""What goes wrong at the other end, at the window: what has arrived stays, the status says what happened, and the next
call works. The server is a process of its own, so that it can be killed like one."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot
from tests.desktop.test_window import click_method, connected, finished, part, press
from tests.engine.calls.frame_server import Exchange, frame_server, message
from tests.waiting import until

from wirelens import bundled
from wirelens.engine.calls.transcript import EventKind, Transcript
from wirelens.engine.demo_servers import DemoServer
from wirelens.presentation.call_session import CallSession
from wirelens.presentation.source import Source, SourceSettings, SourceState
from wirelens.presentation.view_choice import ViewName
from wirelens.widgets.main_window import MainWindow
from wirelens.widgets.response import ResponseView
from wirelens.widgets.response.latency_waterfall import LatencyWaterfall

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="has no SIGKILL and no limits")

APP = Path(__file__).resolve().parents[2] / "app"
FAULTS = "wirelens.demo.faults.v1.FaultService"
PROTO = "wirelens/demo/faults/v1/faults.proto"


class Server:
    """The faults demo, at the same address each time it is started."""

    def __init__(self) -> None:
        self.demo = DemoServer("faults")

    @property
    def address(self) -> str:
        assert self.demo.address is not None
        return self.demo.address

    def kill(self) -> None:
        assert self.demo.process_id is not None
        os.kill(self.demo.process_id, signal.SIGKILL)

    async def come_back(self) -> None:
        while self.demo.runs:
            await self.demo.wait_changed()
        self.demo = DemoServer("faults", port=self.port)
        await self.demo.start()

    async def start(self) -> None:
        await self.demo.start()
        self.port = int(self.address.rpartition(":")[2])


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    server = Server()
    await server.start()
    yield server
    await server.demo.stop()


Ask = Callable[[str, str], Awaitable[CallSession]]


@pytest.fixture
async def ask(window: MainWindow, qtbot: QtBot, server: Server) -> Ask:
    """Opens a method of the server, types its request and presses Send."""
    source = await connected(window, qtbot, server.address)
    assert source.schema is not None, source.error

    async def ask(method: str, request: str) -> CallSession:
        session = click_method(window, qtbot, source, f"{FAULTS}.{method}")
        session.draft.set_json_text(request)
        press(window, qtbot, "sendButton")
        return session

    return ask


def status(window: MainWindow) -> str:
    label = part(window, QLabel, "statusLabel")
    assert isinstance(label, QLabel)
    return label.text()


def response(window: MainWindow) -> ResponseView:
    found = window.tabs.currentWidget().findChild(ResponseView)
    assert isinstance(found, ResponseView)
    return found


def record(session: CallSession) -> Transcript:
    assert session.transcript is not None
    return session.transcript


def words(session: CallSession) -> str:
    ended = record(session).finished
    assert ended is not None
    return ended.status.message


def numbers(session: CallSession) -> list[int]:
    """The number that each message of a Flood carries, as far as they can be read."""
    transcript = record(session)
    rows = [row for row in range(len(transcript)) if transcript.kind(row) is EventKind.RECEIVED]
    return [session.decoder.message(EventKind.RECEIVED, transcript.payload(row)).number for row in rows]  # type: ignore[attr-defined]


async def received(session: CallSession, count: int) -> None:
    def are_there() -> bool:
        return session.transcript is not None and session.transcript.received_count >= count

    await until(are_there, session.progressed)


async def works_again(window: MainWindow, qtbot: QtBot, server: Server, session: CallSession) -> None:
    await server.come_back()
    session.draft.set_json_text('{"count": "3", "size": 10}')
    press(window, qtbot, "sendButton")
    await finished(session)
    assert (status(window), numbers(session)) == ("OK", [1, 2, 3])


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_how_answers_were_compressed_is_told_at_the_window(
    window: MainWindow, qtbot: QtBot, ask: Ask, encoding: str
) -> None:
    def told() -> str:
        tabs = response(window).viewers.tabs
        tabs.setCurrentIndex(tabs.count() - 1)
        bars = part(window, QWidget, "latencyWaterfall")
        assert isinstance(bars, LatencyWaterfall)
        assert bars.waterfall is not None
        return bars.waterfall.bytes_words

    session = await ask("Flood", '{"count": "1000", "size": 4096}')
    await finished(session)
    assert told() == "6 B sent · 3.9 MiB received, not compressed"
    session.metadata.add_lines([f"reply-compressed: {encoding}"])
    press(window, qtbot, "sendButton")
    await finished(session)
    assert numbers(session) == list(range(1, 1001))
    assert re.fullmatch(rf"6 B sent · 3.9 MiB received, compressed with {encoding} to \d+ KiB", told())
    tabs = response(window).viewers.tabs
    tabs.setCurrentIndex(tabs.count() - 2)
    label = part(window, QLabel, "encodingLabel")
    assert isinstance(label, QLabel)
    assert label.isVisible()
    assert label.text() == f"Encoding: {encoding}"


@pytest.mark.parametrize(
    ("method", "request_text", "title", "told", "count", "view"),
    [
        (
            "Fail",
            '{"code": "NOT_FOUND", "message": "gone", "samples": [1, 2]}',
            "NOT_FOUND",
            "gone",
            0,
            ViewName.STATUS,
        ),
        ("Fail", '{"code": "INTERNAL", "samples": ["SAMPLE_DETAIL_NO_STATUS"]}', "INTERNAL", "", 0, ViewName.STATUS),
        ("Delay", '{"delay": "0.01s"}', "OK", "", 1, ViewName.JSON),
        ("Flood", '{"count": "50", "size": 10}', "OK", "", 50, ViewName.JSON),
        ("Large", '{"bytes": "1000000"}', "OK", "", 1, ViewName.TREE),
        ("Large", '{"bytes": "-1"}', "INVALID_ARGUMENT", "", 0, ViewName.STATUS),
        ("Die", '{"afterMessages": 5}', "UNAVAILABLE", "", 5, ViewName.STATUS),
        ("TrailersOnly", '{"code": "ABORTED", "message": "no more"}', "ABORTED", "no more", 0, ViewName.STATUS),
    ],
)
async def test_each_method_of_the_faults_demo(
    window: MainWindow, ask: Ask, method: str, request_text: str, title: str, told: str, count: int, view: ViewName
) -> None:
    session = await ask(method, request_text)
    await finished(session)
    assert session.problem is None
    assert (status(window), record(session).received_count) == (title, count)
    assert told in words(session)
    assert response(window).viewers.current is view


async def test_a_flood_is_shown_seldom_where_showing_it_takes_time(window: MainWindow, ask: Ask) -> None:
    session = await ask("Flood", '{"count": "1", "size": 10}')
    await finished(session)
    told: list[tuple[float, int, int]] = []

    def be_busy() -> None:
        began, before = time.monotonic(), record(session).received_count
        enough = time.thread_time() + 0.02
        while time.thread_time() < enough:
            pass
        told.append((began, before, record(session).received_count))

    session.progressed.connect(be_busy)
    await ask("Flood", '{"count": "8000", "size": 10}')
    await finished(session)
    # How many came while one frame was shown, some of what the next one tells, and how long that one stayed.
    frames = [
        (after - before, next_at - at)
        for (_, before, after), (at, _, _), (next_at, count, _) in zip(told, told[1:], told[2:], strict=False)
        if count < 8000  # the end is told at once
    ]
    assert any(came > 64 for came, _ in frames), frames
    # A sixth of the time for 20 ms of work: more than the tenth of a second that nothing is kept waiting for.
    assert all(stayed > 0.09 for came, stayed in frames if came > 64), frames


async def test_a_deadline_ends_what_the_server_delays(window: MainWindow, qtbot: QtBot, ask: Ask) -> None:
    session = await ask("Delay", '{"delay": "0.01s"}')
    await finished(session)
    session.options.set_deadline_text("0.2")
    session.draft.set_json_text('{"delay": "60s"}')
    press(window, qtbot, "sendButton")
    await finished(session)
    assert status(window) == "DEADLINE_EXCEEDED"


async def test_a_server_killed_in_mid_stream(window: MainWindow, qtbot: QtBot, server: Server, ask: Ask) -> None:
    session = await ask("Flood", '{"count": "0", "size": 2000}')
    await received(session, 3000)  # some of them are in the spool file by then
    server.kill()
    await finished(session)
    assert status(window) == "UNAVAILABLE"
    assert words(session)
    count = record(session).received_count
    assert numbers(session) == list(range(1, count + 1))
    assert response(window).timeline.timeline.rowCount() == len(record(session))
    await works_again(window, qtbot, server, session)


async def test_a_server_killed_while_reading_is_paused(
    window: MainWindow, qtbot: QtBot, server: Server, ask: Ask
) -> None:
    session = await ask("Flood", '{"count": "0", "size": 2000}')
    await received(session, 100)
    press(window, qtbot, "pauseButton")
    await until(lambda: record(session).is_paused, session.progressed)
    before = record(session).received_count
    server.kill()
    await finished(session)  # nobody has to resume to be told
    assert status(window) == "UNAVAILABLE"
    count = record(session).received_count
    assert count >= before
    assert numbers(session) == list(range(1, count + 1))
    assert not session.is_paused
    await works_again(window, qtbot, server, session)


async def test_a_server_killed_while_a_filter_runs_and_the_chart_is_in_sight(
    window: MainWindow, qtbot: QtBot, server: Server, ask: Ask
) -> None:
    session = await ask("Flood", '{"count": "0", "size": 10}')
    view = response(window)
    view.viewers.show_view(ViewName.CHART)
    filtered = session.timeline_filter
    filtered.set_expression("number > 10")
    await received(session, 3000)
    server.kill()
    await finished(session)
    assert status(window) == "UNAVAILABLE"
    count = record(session).received_count
    await until(lambda: filtered.match_count == count - 10, filtered.progressed)
    chart = view.viewers.chart
    await until(lambda: chart.data.progress >= 1 and chart.plot.is_up_to_date, chart.data.changed, chart.plot.drawn)
    assert view.viewers.current is ViewName.CHART
    assert numbers(session) == list(range(1, count + 1))
    filtered.set_expression("")
    await works_again(window, qtbot, server, session)


# -- a frame that lies ---------------------------------------------------------------------------------------------


async def from_frames(window: MainWindow, address: str) -> Source:
    root = bundled.protos()
    settings = SourceSettings(
        address=address, reflection="off", proto_paths=(root / PROTO,), import_paths=(root,), plaintext=True
    )
    window.workspace.connect_to(settings)
    source = window.workspace.sources[-1]
    await until(lambda: source.state is not SourceState.LOADING, source.changed)
    assert source.schema is not None, source.error
    return source


@pytest.mark.parametrize(
    ("claimed", "dies", "title", "told"),
    [
        (500, True, "UNAVAILABLE", ""),
        (500, False, "OK", ""),  # grpcio passes a message that is cut off in silence, where the server says OK after it
        (3_000_000_000, False, "RESOURCE_EXHAUSTED", "larger than max"),
    ],
)
async def test_a_message_that_lies_about_its_length(
    window: MainWindow, qtbot: QtBot, claimed: int, dies: bool, title: str, told: str
) -> None:
    lies = True
    are_shown = asyncio.Event()

    async def serve(exchange: Exchange) -> None:
        exchange.headers()
        for number in (1, 2, 3):
            exchange.data(message(bytes([0x08, number])))
        if lies:
            exchange.data(message(b"\x08\x04", length=claimed))
            if dies:
                await are_shown.wait()  # grpcio may drop messages that nobody has read when the connection dies
                await exchange.die()
                return
        exchange.trailers(0)

    async with frame_server(serve) as address:
        source = await from_frames(window, address)
        session = click_method(window, qtbot, source, f"{FAULTS}.Flood")
        press(window, qtbot, "sendButton")
        if dies:
            await received(session, 3)
            are_shown.set()
        await finished(session)
        assert numbers(session) == [1, 2, 3]
        assert status(window) == title, words(session)
        assert told in words(session)
        lies = False
        press(window, qtbot, "sendButton")
        await finished(session)
        assert (status(window), numbers(session)) == ("OK", [1, 2, 3])


# -- a disk that is full: a real limit, in a process of its own ----------------------------------------------------

_FULL_DISK = """
import asyncio, json, resource, sys
from wirelens.desktop import launch

async def ready(window):
    from PySide6.QtWidgets import QLabel, QPushButton
    source = window.workspace.sources[0]
    while source.schema is None:
        assert source.error is None, source.error
        await asyncio.sleep(0.01)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, 3_000_000))
    method = source.schema.method("wirelens.demo.faults.v1.FaultService/Flood")
    session = window.workspace.open_method(source, method.full_name, method.pattern).session
    page = window.tabs.currentWidget()

    async def call(request):
        session.draft.set_json_text(request)
        page.findChild(QPushButton, "sendButton").click()
        while session.transcript is None or session.transcript.finished is None or session.is_running:
            await asyncio.sleep(0.01)
        transcript = session.transcript
        rows = [row for row in range(len(transcript)) if transcript.message_number(row) and transcript.kind(row) == 2]
        read = [session.decoder.message(transcript.kind(row), transcript.payload(row)).number for row in rows]
        assert read == list(range(1, transcript.received_count + 1)), (read[:3], transcript.received_count)
        words = transcript.finished.status.message
        print(json.dumps([page.findChild(QLabel, "statusLabel").text(), words, len(read)]), flush=True)

    await call('{"count": "0", "size": 20000}')
    await call('{"count": "3", "size": 10}')
    window.close()

sys.exit(launch([sys.argv[1], "--size", "1000x700"], ready))
"""


async def test_a_disk_that_is_full_in_mid_stream(server: Server, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(APP), "WIRELENS_HOME": str(tmp_path), "GRPC_VERBOSITY": "NONE"}
    process = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", _FULL_DISK, server.address],
        env=environment,
        capture_output=True,
        text=True,
        timeout=25,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    full, after = map(json.loads, process.stdout.splitlines())
    assert full[0] == "CANCELLED"
    assert "cannot be kept on disk: File too large" in full[1]
    assert "free some disk space" in full[1]
    assert full[2] > 100  # what was written, and what was in memory
    assert after == ["OK", "", 3]


async def test_a_call_that_is_made_again_leaves_no_object_behind(
    window: MainWindow, qtbot: QtBot, server: Server, ask: Ask
) -> None:
    session = await ask("Flood", '{"count": "0", "size": 10}')
    counts = []
    for _call in range(7):
        await received(session, 1)
        press(window, qtbot, "cancelButton")
        await finished(session)
        counts.append(len(window.findChildren(QObject)))
        press(window, qtbot, "sendButton")
    session.cancel()
    await finished(session)
    assert counts[6] - counts[1] < 3, counts  # one may come and go; a leak adds at least one each time
