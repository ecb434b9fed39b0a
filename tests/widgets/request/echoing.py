"""A real server that gives back the very bytes it gets, with reflection; and call sessions and forms over it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import grpc
import grpc.aio
from google.protobuf.message import Message
from PySide6.QtCore import Qt, SignalInstance
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QStackedWidget, QWidget
from tests.waiting import until
from tests.widgets.request.form_hand import FormHand

from wirelens import bundled
from wirelens.demos.catalogue import DEMOS, Options
from wirelens.demos.reflection_service import ReflectionService
from wirelens.demos.server import start_demo
from wirelens.engine.calls.transcript import EventKind
from wirelens.engine.connection.channels import Connection
from wirelens.engine.connection.target import parse_target
from wirelens.engine.schema.proto_files import load_proto_files
from wirelens.engine.schema.reflection import load_by_reflection
from wirelens.engine.schema.schema import Schema
from wirelens.presentation.background_tasks import BackgroundTasks
from wirelens.presentation.call_session import CallSession, CallState
from wirelens.widgets.request.request_view import RequestView
from wirelens.widgets.theme import Theme

PROTOS = Path(__file__).parent / "protos"


class _Echo(grpc.GenericRpcHandler):
    """Answers every unary method with what was sent, some with bytes of their own."""

    def __init__(self, answers: Mapping[str, bytes]) -> None:
        self._answers = answers

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> Any:
        path = str(handler_call_details.method)
        if "reflection" in path:
            return None

        async def answer(payload: bytes, _context: object) -> bytes:
            return self._answers.get(path.rpartition("/")[2], payload)

        return grpc.unary_unary_rpc_method_handler(answer)


@asynccontextmanager
async def echoing(*protos: str, answers: Mapping[str, bytes] | None = None) -> AsyncIterator[str]:
    """The address of a server of the services in `protos` beside this file, with reflection.

    Args:
        answers: what the methods of these names answer with.
    """
    schema = await load_proto_files([PROTOS / proto for proto in protos], [PROTOS])
    services = [service.full_name for service in schema.services]
    server = grpc.aio.server()
    server.add_generic_rpc_handlers(
        (*ReflectionService(services, schema.files).handlers(), _Echo(answers if answers is not None else {}))
    )
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    yield f"127.0.0.1:{port}"
    await server.stop(None)


@asynccontextmanager
async def fields_demo() -> AsyncIterator[str]:
    """The address of the `fields` demo: it parses what it gets and writes it anew."""
    root = bundled.protos()
    schema = await load_proto_files([root / proto for proto in DEMOS["fields"].protos], [root])
    running = await start_demo("fields", schema, Options())
    yield running.address
    await running.stop(0)


class Station:
    """One method's request on screen: its session, its pages, and a hand at the form."""

    def __init__(self, session: CallSession, view: RequestView) -> None:
        self.session, self.view = session, view
        self.hand = FormHand(view.form)
        self.draft = session.draft

    @property
    def page_text(self) -> str:
        """The text of the JSON page."""
        return self.view.json_page.editor.document().toRawText().replace("\u2029", "\n")

    async def start_empty(self) -> None:
        """An empty message, and the form in front with all of it folded: what earlier tests unfolded costs time."""
        self.view.tabs.setCurrentWidget(self.view.form)
        self.view.form.collapse_all()
        self.draft.clear()
        await told(self.draft.changed)

    async def paste_bytes(self, data: bytes) -> None:
        """As hex digits, into the Wire page of an empty message; then the form is in front again."""
        page = self.view.wire_page
        self.view.tabs.setCurrentWidget(page)
        empty = self.draft.message().SerializePartialToString()  # a required field may be missing
        await until(lambda: page.side.shown.data == empty, page.side.changed)  # bytes are made beside the window
        QGuiApplication.clipboard().setText(data.hex(" "))
        for key in (Qt.Key.Key_A, Qt.Key.Key_V):  # over all there is: an empty Value has bytes
            QTest.keyClick(page.hex, key, Qt.KeyboardModifier.ControlModifier)
        await told(self.draft.changed)
        self.view.tabs.setCurrentWidget(self.view.form)

    async def settled(self) -> None:
        """Until form and JSON page have heard of the last edit."""
        if self.page_text != self.draft.json_text():
            await told(self.draft.changed)

    async def paste_json(self, text: str) -> None:
        """Over all that the JSON page has; then the form is in front again."""
        self.view.tabs.setCurrentWidget(self.view.json_page)
        if text == self.draft.json_text():
            text += " "
        editor = self.view.json_page.editor
        QTest.keyClick(editor, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QGuiApplication.clipboard().setText(text)
        QTest.keyClick(editor, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
        await told(self.draft.changed)
        self.view.tabs.setCurrentWidget(self.view.form)

    async def sent(self) -> tuple[bytes, bytes]:
        """Send it: the bytes that went over the socket, and those that came back."""
        session = self.session
        session.send()
        await until(lambda: session.state is CallState.FINISHED or session.problem is not None, session.state_changed)
        assert session.problem is None, str(session.problem)
        transcript = session.transcript
        assert transcript is not None
        assert transcript.finished is not None
        assert transcript.finished.status.ok, transcript.finished.status.message
        payloads = {transcript.kind(row): transcript.payload(row) for row in range(len(transcript))}
        return payloads[EventKind.SENT], payloads[EventKind.RECEIVED]

    async def refused(self) -> None:
        """Until a call that was begun has ended for a mistake of the request."""
        session = self.session
        await until(lambda: session.problem is not None, session.problem_changed)

    def words(self, widget: QWidget | None = None) -> str:
        """What the form (or `widget`) says in labels."""
        within = self.view.form if widget is None else widget
        return " ".join(label.text() for label in within.findChildren(QLabel) if label.isVisible())

    def message(self, payload: bytes) -> Message:
        return self.session.decoder.message(EventKind.RECEIVED, payload)


class Stations:
    """The stations of all methods of some servers, in one window; each opens when it is first asked for."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._tasks = BackgroundTasks()
        self.failures: list[tuple[str, object]] = []
        self._tasks.failed.connect(lambda name, error: self.failures.append((name, error)))
        self._connections: list[Connection] = []
        self._schemas: list[Schema] = []
        self._stations: dict[str, Station] = {}
        self._window = QStackedWidget()
        self._window.resize(620, 800)
        self._window.show()
        self._window.activateWindow()

    async def connect(self, address: str) -> None:
        """Learn a server's methods by reflection."""
        connection = Connection(parse_target(address))
        self._connections.append(connection)
        self._schemas.append(await load_by_reflection(connection))

    def station(self, method: str) -> Station:
        """In front of the others; `method` is `package.Service.Method`."""
        station = self._stations.get(method)
        if station is None:
            station = self._stations[method] = self._open(method)
            self._window.addWidget(station.view)
        self._window.setCurrentWidget(station.view)
        return station

    async def aclose(self) -> None:
        for station in self._stations.values():
            await station.session.aclose()
        await self._tasks.cancel_all()
        for connection in self._connections:
            await connection.close()
        self._window.close()
        self._window.deleteLater()

    def _open(self, name: str) -> Station:
        for connection, schema in zip(self._connections, self._schemas, strict=True):
            service, _, _ = name.rpartition(".")
            if service in [each.full_name for each in schema.services]:
                session = CallSession(schema.method(name), schema, _giving(connection), self._tasks, frame_ms=0)
                return Station(session, RequestView(session, self._theme, self._window))
        raise AssertionError(f"no server has {name}")


@asynccontextmanager
async def stations_of(theme: Theme, *addresses: str) -> AsyncIterator[Stations]:
    """The stations of the methods of these servers; a task of theirs that fails, fails the test."""
    stations = Stations(theme)
    for address in addresses:
        await stations.connect(address)
    yield stations
    await stations.aclose()
    assert stations.failures == []


def _giving(connection: Connection) -> Callable[[], Awaitable[Connection]]:
    async def give() -> Connection:
        return connection

    return give


async def told(signal: SignalInstance) -> None:
    """Wait for the next emission of `signal`."""
    count = 0

    def hear() -> None:
        nonlocal count
        count += 1

    signal.connect(hear)
    try:
        await until(lambda: count, signal)
    finally:
        signal.disconnect(hear)
