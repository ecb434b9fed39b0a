"""The chart of 1,000,000 messages: how soon there is a picture, how widely a 10 ms timer gaps, paint time, memory.

    python tests/benchmarks/chart.py [--messages N]

The widget itself over a transcript made beforehand (sizes, gaps and numbers by chance), on Qt's offscreen platform
unless QT_QPA_PLATFORM says otherwise. Nothing is asserted.
"""

import argparse
import asyncio
import gc
import os
import random
import statistics
import sys
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "app"))

from window import Gaps, resident

METHOD = "wirelens.demo.faults.v1.FaultService.Flood"
CASES = (("arrival", "time"), ("gap", "time"), ("gap", "sum"), ("size", "time"), ("size", "sum"), ("field", "time"))


def load_schema():  # type: ignore[no-untyped-def]
    from wirelens import bundled
    from wirelens.engine.schema.proto_files import load_proto_files

    root = bundled.protos()
    return asyncio.run(load_proto_files([root / "wirelens/demo/faults/v1/faults.proto"], [root]))


def make_transcript(schema, count: int):  # type: ignore[no-untyped-def]
    from wirelens.engine.calls.transcript import Transcript

    response = schema.message_class("wirelens.demo.faults.v1.FloodResponse")
    chance, transcript, at = random.Random(1), Transcript(), 0.0
    for _ in range(count):
        at += chance.expovariate(50_000)
        number = chance.randint(-(10**6), 10**6)
        message = response(number=number, payload=bytes(chance.randint(50, 150)))
        transcript.add_received(at, message.SerializeToString())
        if transcript.wants_spooling:
            transcript.spool()
    return transcript


def wait(application, condition) -> None:  # type: ignore[no-untyped-def]
    """A benchmark has no loop of its own to run in."""
    while not condition():
        application.processEvents()
        time.sleep(0.0005)


def busy() -> float:
    """Milliseconds that this thread has worked: what others do on the machine meanwhile does not count."""
    return time.thread_time() * 1000


def painted(plot, times: int = 20) -> float:  # type: ignore[no-untyped-def]
    """Milliseconds of work of a paint of what has been drawn already."""
    from PySide6.QtGui import QPixmap

    target, took = QPixmap(plot.size()), []
    for _ in range(times):
        started = busy()
        plot.render(target)
        took.append(busy() - started)
    return statistics.median(took)


def renewed(plot) -> tuple[float, float]:  # type: ignore[no-untyped-def]
    """Milliseconds of work to cut the points down for a new range, and to draw them: two steps of the window."""
    from PySide6.QtCore import QSizeF
    from PySide6.QtGui import QPainter, QPixmap

    from wirelens.presentation.chart.scene import make_scene
    from wirelens.widgets.response.chart.plot_painter import PlotPainter

    painter, size = PlotPainter(plot._theme), QSizeF(plot.size())
    cut, draw = [], []
    for _ in range(9):
        started = busy()
        scene = make_scene(plot._data, plot.view, painter.columns(size.width()))
        layout = painter.layout(scene, size)
        cut.append(busy() - started)
        target = QPixmap(plot.size())
        target.fill(plot._theme.color("panel"))
        started = busy()
        on_target = QPainter(target)
        painter.paint(on_target, layout)
        on_target.end()
        draw.append(busy() - started)
    return statistics.median(cut), statistics.median(draw)


def measure(application, theme, session, case: tuple[str, str]) -> None:  # type: ignore[no-untyped-def]
    from PySide6.QtWidgets import QWidget

    from wirelens.presentation.chart.chart_choice import ChartChoice, Form, Measure
    from wirelens.widgets.response.chart.chart_view import ChartView

    session.chart = ChartChoice(Measure(case[0]), Form(case[1]))
    corner = QWidget()
    view = ChartView(session, theme, corner)
    view.resize(576, 300)
    gc.collect()
    before, gaps, pictures = resident(), Gaps(), []
    started = time.perf_counter()

    def note() -> None:
        scene = view.plot.scene
        if scene is not None and any(layer.lines or layer.bars for layer in scene.layers):
            pictures.append(time.perf_counter() - started)

    view.plot.drawn.connect(note)
    view.show()
    application.processEvents()
    gaps.start()
    view.set_call(session.transcript, session.decoder)
    wait(application, lambda: view.data.progress >= 1 and not view.data.is_reading and view.plot.is_up_to_date)
    took = time.perf_counter() - started
    gaps.stop()
    cut, draw = renewed(view.plot)
    view.plot.zoom(0.01)
    wait(application, lambda: view.plot.is_up_to_date)
    near_cut, near_draw = renewed(view.plot)
    print(
        f"{' '.join(case):13} first picture {pictures[0] * 1000:5.0f} ms, whole {took:5.2f} s; 10 ms timer: {gaps}; "
        f"new range {cut:.1f} + {draw:.1f} ms, at 1 % {near_cut:.1f} + {near_draw:.1f} ms; "
        f"paint {painted(view.plot):.2f} ms; {resident() - before:+.1f} MiB"
    )
    view.hide()
    view.deleteLater()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=1_000_000)
    options = parser.parse_args()
    schema = load_schema()

    from PySide6.QtWidgets import QApplication

    from wirelens.desktop import SWITCH_INTERVAL
    from wirelens.presentation.background_tasks import BackgroundTasks
    from wirelens.presentation.call_session import CallSession
    from wirelens.widgets.theme import Theme

    sys.setswitchinterval(SWITCH_INTERVAL)  # as in the window
    gc.disable()  # there its own thread collects, when it has time
    application = QApplication([])
    theme = Theme(application, "light")
    transcript = make_transcript(schema, options.messages)
    print(f"{options.messages:,} messages, {transcript.received_bytes / 2**20:,.0f} MiB")

    async def connect():  # type: ignore[no-untyped-def]
        raise AssertionError("nothing is called")

    session = CallSession(schema.method(METHOD), schema, connect, BackgroundTasks())
    session.show_transcript(transcript)
    for case in CASES:
        measure(application, theme, session, case)


if __name__ == "__main__":
    main()
