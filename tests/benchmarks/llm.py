"""The llm demo at the window: how soon a cancel has ended the call, and whether the text grows as smoothly as it comes.

    python tests/benchmarks/llm.py [--runs N] [--rate TOKENS]

The real window on Qt's offscreen platform (or on the desktop with QT_QPA_PLATFORM set) over the demo's own server.
A cancel is timed from the key press, Esc, until the row of the call's end is in the timeline. Smoothness is told as
the gaps between the paints that brought more text, beside the gaps between the messages as they were received.
"""

import argparse
import asyncio
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("GRPC_VERBOSITY", "NONE")
APP = Path(__file__).resolve().parents[2] / "app"
sys.path.insert(0, str(APP))

from soak_window import happens  # noqa: E402  (beside this file)

METHOD = "wirelens.demo.llm.v1.TextGenerationService.Generate"
TEXT_BEFORE_CANCEL = 200  # characters


def told(name: str, times: list[float]) -> None:
    ordered = sorted(times)
    p90 = ordered[int(len(ordered) * 0.9)]
    print(f"{name:34} median {statistics.median(ordered):6.1f} ms, p90 {p90:6.1f} ms, most {ordered[-1]:6.1f} ms")


async def look(window, runs: int, rate: int) -> None:  # type: ignore[no-untyped-def]
    from PySide6.QtCore import QEvent, QObject, Qt
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QLabel, QPlainTextEdit

    from wirelens.engine.calls.transcript import EventKind
    from wirelens.widgets.response.timeline_view import TimelineView

    source = window.workspace.sources[0]
    while source.schema is None:
        assert source.error is None, source.error
        await asyncio.sleep(0.01)
    method = source.schema.method(METHOD)
    session = window.workspace.open_method(source, method.full_name, method.pattern).session
    # A story of 1,741 tokens; with another seed some end before there is anything to cancel.
    story = {"prompt": "It was", "maxTokens": 4000, "tokensPerSecond": rate, "seed": 1, "temperature": 2, "topK": 4000}
    session.draft.set_json_text(json.dumps(story))
    page = window.tabs.currentWidget()
    text = page.findChild(QPlainTextEdit, "messageText")
    rows = page.findChild(TimelineView, "timelineView").timeline

    class Paints(QObject):
        """When the text that is seen has become longer."""

        def __init__(self) -> None:
            super().__init__()
            self.times: list[float] = []
            self._length = 0

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint and text.document().characterCount() > self._length:
                self._length = text.document().characterCount()
                self.times.append(time.perf_counter())
            return False

    cancels, paint_gaps, message_gaps, work = [], [], [], []
    for _run in range(runs):
        paints = Paints()
        text.viewport().installEventFilter(paints)
        QTest.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        before = session.transcript
        grown = asyncio.Event()
        looking = text.textChanged.connect(
            lambda before=before, grown=grown: (
                session.transcript is not before
                and text.document().characterCount() > TEXT_BEFORE_CANCEL
                and grown.set()
            )
        )
        await grown.wait()
        text.textChanged.disconnect(looking)
        text.viewport().removeEventFilter(paints)
        ended = asyncio.Event()

        def row_is_there(*_where: object, ended: asyncio.Event = ended) -> None:
            last = rows.rowCount() - 1
            if last >= 0 and rows.kind(rows.transcript_row(last)) is EventKind.FINISHED:
                ended.set()

        rows.rowsInserted.connect(row_is_there)
        started, worked = time.perf_counter(), time.process_time()
        QTest.keyClick(window, Qt.Key.Key_Escape)
        await ended.wait()
        cancels.append((time.perf_counter() - started) * 1000)
        work.append((time.process_time() - worked) * 1000)
        rows.rowsInserted.disconnect(row_is_there)
        await happens(session.state_changed, lambda: not session.is_running)
        transcript = session.transcript
        assert page.findChild(QLabel, "statusLabel").text() == "CANCELLED"
        came = [transcript.at(row) for row in range(len(transcript)) if transcript.kind(row) is EventKind.RECEIVED]
        message_gaps += [(after - before) * 1000 for before, after in itertools.pairwise(came)]
        paint_gaps += [(after - before) * 1000 for before, after in itertools.pairwise(paints.times)]
    told(f"cancel, key to last row ({runs} runs)", cancels)
    told("  of it work of the window", work)
    told(f"gaps of messages ({rate} tokens/s)", message_gaps)
    told("gaps of paints with more text", paint_gaps)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--rate", type=int, default=50, help="tokens a second")
    options = parser.parse_args()

    async def on_ready(window) -> None:  # type: ignore[no-untyped-def]
        try:
            await look(window, options.runs, options.rate)
        finally:
            window.close()

    demo = [sys.executable, "-m", "wirelens", "demo", "llm"]
    environment = {**os.environ, "PYTHONPATH": str(APP)}
    with (
        subprocess.Popen(demo, env=environment, stdout=subprocess.PIPE, text=True) as server,
        tempfile.TemporaryDirectory() as home,
    ):
        assert server.stdout is not None
        try:
            address = json.loads(server.stdout.readline())["address"]
            os.environ["WIRELENS_HOME"] = home
            from wirelens.desktop import launch

            return launch([address, "--size", "1280x800"], on_ready)
        finally:
            server.terminate()


if __name__ == "__main__":
    sys.exit(main())
