"""`wirelens self-test`: does this very copy work, as checkout, wheel or frozen program?

Compiles the demos' .proto files, starts every demo server, calls one, dresses a window and takes its picture, each a
step that is printed. Packaging runs it on what it has built.
"""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

from wirelens import __version__
from wirelens.bundled import child_environment, protos, resources, this_program
from wirelens.engine.calls.call import Call, CallRequest
from wirelens.engine.connection.channels import Connection
from wirelens.engine.connection.target import parse_target
from wirelens.engine.demo_servers import DEMO_NAMES, DemoServer
from wirelens.engine.messages.examples import example_message
from wirelens.engine.messages.protojson import message_from_json, message_to_json
from wirelens.engine.messages.rule_process import RuleQuestion, rule_process
from wirelens.engine.messages.validation import broken_rules
from wirelens.engine.schema.proto_files import load_proto_files
from wirelens.engine.schema.reflection import load_by_reflection

_METHOD = "wirelens.demo.users.v1.UserService/ListUsers"
_WINDOW_SECONDS = 60


class StepError(Exception):
    """What a step found, in a sentence."""


def main() -> int:
    """Runs every step and returns 0 if all of them worked."""
    print(f"wirelens {__version__}, Python {sys.version.split()[0]}, {sys.platform}: {' '.join(this_program())}")
    with tempfile.TemporaryDirectory(prefix="wirelens-self-test-") as folder:
        os.environ["WIRELENS_HOME"] = folder  # the person's own settings stay untouched
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        return asyncio.run(_all_steps(Path(folder)))


async def _all_steps(folder: Path) -> int:
    servers = {name: DemoServer(name) for name in DEMO_NAMES}
    users = servers["users"]
    steps: list[tuple[str, Callable[[], Awaitable[str]]]] = [
        ("bundled files", _bundled_files),
        ("protoc in a child process", _compile),
        ("rules of buf.validate in a child process", _check_rules),
        ("demo servers", lambda: _start(servers.values())),
        ("reflection and a call", lambda: _reflect_and_call(users.address)),
        ("theme, fonts and icons", _look),
        ("window", lambda: _window(folder / "window.png", users.address)),
    ]
    failed = 0
    try:
        for name, step in steps:
            failed += not await _passed(name, step)
    finally:
        await asyncio.gather(*(server.stop() for server in servers.values()))
    print("all works" if not failed else f"{failed} of {len(steps)} steps failed")
    return 1 if failed else 0


async def _passed(name: str, step: Callable[[], Awaitable[str]]) -> bool:
    begun = time.monotonic()
    try:
        found = await step()
    except Exception as error:  # whatever it is: the next steps may tell more
        kind = "" if isinstance(error, StepError) else f"{type(error).__name__}: "
        print(f"FAILED  {name}: {kind}{error}", flush=True)
        return False
    print(f"ok      {name}: {found} ({(time.monotonic() - begun) * 1000:.0f} ms)", flush=True)
    return True


async def _bundled_files() -> str:
    count = 0
    wanted = {
        resources() / "icons": "*.svg",
        resources() / "fonts": "*.?tf",
        resources() / "themes": "*",
        resources() / "text": "*",
        resources() / "application": "*",
        protos(): "**/*.proto",
    }
    for place, pattern in wanted.items():
        files = [path for path in place.glob(pattern) if path.is_file()]
        empty = [path.name for path in files if not path.stat().st_size]
        if not files or empty:
            raise StepError(f"{place} has no {pattern}" if not files else f"empty: {', '.join(empty)}")
        count += len(files)
    return f"{count} files, none empty"


async def _compile() -> str:
    schema = await load_proto_files([protos()])
    services = {service.full_name for service in schema.services}
    missing = [name for name in DEMO_NAMES if not any(f".{name}." in service for service in services)]
    if missing:
        raise StepError(f"no service of {', '.join(missing)} among {len(services)}")
    return f"{len(services)} services"


async def _check_rules() -> str:
    """The library of the rules is native code that a frozen program must have brought along, for its child too."""
    schema = await load_proto_files([protos() / "wirelens/demo/users/v1/users.proto"])
    question = RuleQuestion("wirelens.demo.users.v1.User", '{"email": "nobody"}')
    process = rule_process(schema)
    try:
        findings = await asyncio.to_thread(process.check, question)
    finally:
        await asyncio.to_thread(process.close)
    if findings is None or [broken.rule_id for broken in findings.broken] != ["string.email"]:
        raise StepError((findings.problem if findings is not None else "") or "a broken rule was not found")
    user = message_from_json(question.text, schema.descriptor(question.message_name), schema)
    if len(broken_rules(user, schema).broken) != 1:
        raise StepError("the child finds another thing than this process")
    return "checked"


async def _start(servers: Iterable[DemoServer]) -> str:
    await asyncio.gather(*(server.start() for server in servers))
    return ", ".join(f"{server.name} at {server.address}" for server in servers)


async def _reflect_and_call(address: str | None) -> str:
    if address is None:
        raise StepError("no server to call")
    connection = Connection(parse_target(address))
    try:
        schema = await load_by_reflection(connection)
        method = schema.method(_METHOD)
        call = Call(connection, CallRequest(method))
        await call.send(example_message(schema.descriptor(method.request), schema).SerializeToString())
        finished = await call.run()
        if not finished.status.ok:
            raise StepError(f"{finished.status.code_name}: {finished.status.message}")
        rows = [row for row in range(len(call.transcript)) if call.transcript.message_number(row)]
        answer = schema.message_class(method.response).FromString(call.transcript.payload(rows[-1]))
        text = message_to_json(answer, schema)
    finally:
        await connection.close()
    return f"{schema.origin.kind}, {len(text)} characters of JSON"


async def _look() -> str:
    """In this process and without an event loop: PySide6 loads, and so does what a window is dressed with."""
    from PySide6.QtGui import QFontInfo
    from PySide6.QtWidgets import QApplication

    from wirelens.engine.schema.services import Pattern
    from wirelens.widgets.theme import Theme

    application = QApplication.instance() or QApplication(["wirelens"])
    assert isinstance(application, QApplication)
    theme = Theme(application, "light")
    families = {QFontInfo(theme.label_font()).family(), QFontInfo(theme.data_font()).family()}
    if families != {"Inter", "JetBrains Mono"}:
        raise StepError(f"the bundled fonts did not load: {', '.join(sorted(families))} instead")
    blank = [name for name in theme.icon_names() if theme.icon(name).pixmap(16, 16).isNull()]
    blank += [pattern.value for pattern in Pattern if theme.pattern_pixmap(pattern, 16).isNull()]
    if blank:
        raise StepError(f"icons that draw nothing: {', '.join(blank)}")
    return f"{', '.join(sorted(families))}, {len(theme.icon_names())} icons"


async def _window(picture: Path, address: str | None) -> str:
    """The window itself, in a process of its own as a person starts it, connected to the demo server."""
    where = [address] if address else []
    command = [*this_program(), *where, "--theme", "light", "--size", "1280x800", "--screenshot", str(picture)]
    process = await asyncio.create_subprocess_exec(
        *command,
        env=child_environment(dict(os.environ)),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(_WINDOW_SECONDS):
            output, _ = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        raise StepError(f"no picture within {_WINDOW_SECONDS} s") from None
    if process.returncode:
        raise StepError(f"exit code {process.returncode}: {output.decode(errors='replace')[-2000:]}")
    return _looked_at(picture)


def _looked_at(picture: Path) -> str:
    """What the picture is; one of a single colour is no picture of a window."""
    from PySide6.QtGui import QImage

    image = QImage(str(picture))
    if image.isNull():
        raise StepError("it ended without taking its picture")
    pixels = {image.pixel(x, y) for x in range(0, image.width(), 7) for y in range(0, image.height(), 7)}
    if len(pixels) < 10:
        raise StepError(f"its picture has {len(pixels)} colours")
    return f"picture of {image.width()} x {image.height()}"
