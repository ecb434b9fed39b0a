"""Takes the README's pictures anew: the real window, calling the bundled demo servers.

    python3 dev.py screenshots

Writes packaging/screenshots/NAME-THEME.png at 1280 x 800 (NAME: stream, chart, compare, form, json,
wire, messages, error, first).
"""

import asyncio
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
FOLDER = HERE / "screenshots"
THEMES = ("light", "dark")

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("GRPC_VERBOSITY", "NONE")
sys.path.insert(0, str(HERE.parent / "app"))

EVERY_SORT = """{
  // comments stay, whatever is edited in the form
  "priority": "PRIORITY_LOW",
  "optionalPoint": {"x": 1.5, "y": 2},
  "timestamp": "2026-11-26T10:00:00.123456789Z",
  "duration": "3.5s",
  "fieldMask": "optionalPoint.x",
  "struct": {"name": "Ada", "tags": ["a", 2, null]},
  "any": {"@type": "type.googleapis.com/wirelens.demo.fields.v1.Point", "x": 3.25},
}
"""
PROMPT = "It was a truth that the lighthouse keeper"


async def until(condition: Callable[[], object], what: str) -> None:
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110  # looks at things of many kinds; only pictures wait for it
            await asyncio.sleep(0.02)
    print(f"  {what}", flush=True)


async def open_method(window: Any, demo: str, method: str) -> Any:
    source = window.workspace.demos.named(demo).source
    await until(lambda: source.schema is not None, f"{demo} is connected")
    found = source.schema.method(method)
    return window.workspace.open_method(source, found.full_name, found.pattern).session


async def call(session: Any, enough: Callable[[Any], bool] | None = None) -> None:
    session.send()
    done = enough or (lambda transcript: transcript.finished is not None)
    await until(lambda: session.transcript is not None and done(session.transcript), session.method.name)
    await asyncio.sleep(0.4)  # the views have drawn what came


def take(window: Any, name: str, theme: str) -> None:
    FOLDER.mkdir(exist_ok=True)
    picture = FOLDER / f"{name}-{theme}.png"
    assert window.grab().toImage().save(str(picture)), picture
    print(picture.relative_to(HERE.parent), flush=True)


async def take_all(window: Any, theme: str) -> None:
    await asyncio.sleep(0.2)  # a window just shown has layouts to come
    take(window, "first", theme)
    window.workspace.demos.start_all()
    users = "wirelens.demo.users.v1.UserService"
    await call(await open_method(window, "users", f"{users}/GetUser"))
    session = await open_method(window, "users", f"{users}/CreateUser")
    session.draft.set_json_text('{"user": {"displayName": "", "email": "not an address", "role": "ROLE_ADMIN"}}')
    await call(session)
    take(window, "error", theme)
    await take_requests(window, theme)
    await until(lambda: all(demo.source.schema for demo in window.workspace.demos), "all demos are connected")
    generate = await open_method(window, "llm", "wirelens.demo.llm.v1.TextGenerationService/Generate")
    generate.draft.set_json_text(
        f'{{"prompt": "{PROMPT}", "maxTokens": 256, "temperature": 0.8, "topK": 40, "seed": "9007199254740993"}}'
    )
    generate.draft.format_json()
    await call(generate, lambda transcript: transcript.received_count > 60)
    take(window, "stream", theme)
    await take_answers(window, generate, theme)


async def take_requests(window: Any, theme: str) -> None:
    """The faces of one draft: the form, the JSON with what fits at the cursor, the bytes; and a stream's messages."""
    from wirelens.widgets.request.request_view import RequestView

    fields = await open_method(window, "fields", "wirelens.demo.fields.v1.FieldService/Echo")
    fields.draft.set_json_text(EVERY_SORT)
    request = window.tabs.currentWidget().findChild(RequestView)
    request.form.tools.set_only_set(True)
    await call(fields)
    take(window, "form", theme)
    request.tabs.setCurrentWidget(request.json_page)
    editor = request.json_page.editor
    await asyncio.sleep(0.3)
    editor.setFocus()
    editor.go_to(EVERY_SORT.index("PRIORITY_LOW"))
    editor.assist.open()
    await until(lambda: editor.assist.list.isVisible(), "the completions are open")
    await asyncio.sleep(0.5)
    take(window, "json", theme)
    request.tabs.setCurrentWidget(request.wire_page)
    await asyncio.sleep(0.5)
    take(window, "wire", theme)
    chat = await open_method(window, "chat", "wirelens.demo.chat.v1.ChatService/Join")
    for text in ("Good morning.", "Is the lighthouse lit?", "Then I shall sail at nine."):
        chat.messages.add()
        chat.draft.set_json_text(f'{{"text": "{text}"}}')
    chat.messages.set_pace_text("150")
    chat.messages.set_then_half_close(False)
    chat.sending.send_all()
    await until(lambda: chat.sending.going_out is None and chat.transcript is not None, "all messages have gone out")
    await asyncio.sleep(1)
    take(window, "messages", theme)
    chat.cancel()


async def take_answers(window: Any, generate: Any, theme: str) -> None:
    """A stream as a chart beside its filtered timeline, and two of its messages beside each other."""
    from wirelens.engine.calls.transcript import EventKind
    from wirelens.presentation.chart.chart_choice import ChartChoice, Form, Measure
    from wirelens.presentation.comparison import MessageReference
    from wirelens.presentation.view_choice import ViewName
    from wirelens.widgets.response import ResponseView

    await until(lambda: not generate.is_running, "the text has ended")
    response = window.tabs.currentWidget().findChild(ResponseView)
    response.filter_bar.open()
    response.filter_bar.edit.setText('delta ~ "^ [a-e]" and gap > 10ms')
    response.viewers.chart.data.set_choice(ChartChoice(Measure.GAP, Form.SUMMED))
    response.viewers.show_view(ViewName.CHART)
    await until(lambda: not generate.timeline_filter.is_running, "the filter has come to its end")
    await asyncio.sleep(1)
    take(window, "chart", theme)
    users = "wirelens.demo.users.v1.UserService"
    getting = await open_method(window, "users", f"{users}/GetUser")
    for number in (42, 43):
        getting.draft.set_json_text(f'{{"id": {number}}}')
        await call(getting)
    response = window.tabs.currentWidget().findChild(ResponseView)
    answers = []
    for run in getting.runs.all[-2:]:
        row = next(row for row in range(len(run.transcript)) if run.transcript.kind(row) is EventKind.RECEIVED)
        answers.append(MessageReference.of(run.transcript, row, getting.decoder, f"run {run.number}"))
    getting.comparison.compare(*answers)
    response.viewers.show_comparison()
    await asyncio.sleep(0.5)
    take(window, "compare", theme)


def main() -> int:
    from wirelens.desktop import launch

    for theme in THEMES:
        os.environ["WIRELENS_HOME"] = tempfile.mkdtemp(prefix="wirelens-screenshots-")
        failed: list[BaseException] = []

        async def on_ready(window: Any, theme: str = theme, failed: list[BaseException] = failed) -> None:
            try:
                await take_all(window, theme)
            except Exception as error:
                failed.append(error)
            window.close()

        launch(["--theme", theme, "--size", "1280x800"], on_ready)
        if failed:
            raise failed[0]
    return 0


if __name__ == "__main__":
    sys.exit(main())
