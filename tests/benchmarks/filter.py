"""A filter over many small messages of one call: each kind of expression beside a loop that only parses them.

    python tests/benchmarks/filter.py [--messages N]

Messages of some 100 B with an id, a name, a ratio, an enum and a nested message, kept the way a call keeps them: in
the transcript's spool file. Then the same in an open window, where the filter works in slices beside a 10 ms timer.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "app"))

from window import Gaps

PROTO = """
syntax = "proto3";
package wirelens.benchmark.v1;
enum State { STATE_UNKNOWN = 0; IDLE = 1; BUSY = 2; }
message Place { double latitude = 1; double longitude = 2; }
message Record { int64 id = 1; string name = 2; double ratio = 3; State state = 4; Place place = 5; }
message Ask {}
service Records { rpc List(Ask) returns (stream Record); }
"""
EXPRESSIONS = {
    "size": "size > 100B",
    "gap": "gap > 0.5ms",
    "text, rare": '"record 777777"',
    "text, in every message": '"a record of"',
    "text, also a number": '"4299"',
    "text, enum name": "busy",
    "field": "id > 500000",
    "nested field": "place.latitude >= 89.9",
    "enum": "state = BUSY",
    "regular expression": 'name ~ "7{5}"',
    "several": 'state = BUSY and place.latitude > 45 and not "99"',
}


def schema_of(folder: Path):  # type: ignore[no-untyped-def]
    from wirelens.engine.schema.proto_files import load_proto_files

    file = folder / "records.proto"
    file.write_text(PROTO)
    return asyncio.run(load_proto_files([file], [folder]))


def transcript_of(record, count: int):  # type: ignore[no-untyped-def]
    from wirelens.engine.calls.transcript import Transcript

    transcript = Transcript()
    for number in range(count):
        message = record(
            id=number,
            name=f"a record of some length that is number {number}: record {number}",
            ratio=number / 3,
            state=number % 3,
            place={"latitude": number % 180 - 90, "longitude": number % 360},
        )
        transcript.add_received(number / 1_000_000, message.SerializeToString())
        if transcript.wants_spooling:
            transcript.spool()
    return transcript


def measured(name: str, seconds: float, count: int, base: float, more: str = "") -> None:
    print(f"{name:31} {count / seconds:12,.0f} messages/s   {base / seconds:6.1f} x the parser{more}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=1_000_000)
    count = parser.parse_args().messages

    from wirelens.engine.calls.transcript_filter import TranscriptCheck, TranscriptFilter
    from wirelens.engine.messages.message_filter.message_filter import compiled_filter

    with tempfile.TemporaryDirectory() as folder:
        schema = schema_of(Path(folder))
    ask, answer = (schema.descriptor(f"wirelens.benchmark.v1.{name}") for name in ("Ask", "Record"))
    record = schema.message_class("wirelens.benchmark.v1.Record")
    transcript = transcript_of(record, count)
    print(f"{count:,} messages of {transcript.received_bytes / count:.0f} B")

    payloads = [transcript.payload(row) for row in range(count)]
    parse = record.FromString
    started = time.perf_counter()
    for payload in payloads:
        parse(payload)
    base = time.perf_counter() - started
    del payloads
    measured("FromString of each", base, count, base)
    for name, expression in EXPRESSIONS.items():
        message_filter = compiled_filter(expression, ask, answer, schema)
        assert message_filter is not None
        going = TranscriptFilter(transcript, message_filter)
        started = time.perf_counter()
        found = going.step(1e9)
        measured(name, time.perf_counter() - started, count, base, f"   {found.match_count:>9,} match  {expression}")
    check = TranscriptCheck(transcript, ask, answer)
    started = time.perf_counter()
    check.step(1e9)
    measured("count what is no Record", time.perf_counter() - started, count, base)
    in_a_window(schema, transcript, base)
    transcript.close()


async def nowhere():  # type: ignore[no-untyped-def]
    raise AssertionError("no call is made")


def in_a_window(schema, transcript, base: float) -> None:  # type: ignore[no-untyped-def]
    """The same in the answers of a tab: until the last match is in the timeline, beside a 10 ms timer."""
    from PySide6.QtCore import QEventLoop, QTimer
    from PySide6.QtWidgets import QApplication

    from wirelens.presentation.background_tasks import BackgroundTasks
    from wirelens.presentation.call_session import CallSession
    from wirelens.presentation.garbage_collection import WindowThreadCollector
    from wirelens.widgets.response import ResponseView
    from wirelens.widgets.theme import Theme

    application = QApplication.instance() or QApplication([])
    collector = WindowThreadCollector()  # as the program has it
    collector.start()
    collector.spare_what_is_there()
    session = CallSession(schema.method("wirelens.benchmark.v1.Records/List"), schema, nowhere, BackgroundTasks())
    view = ResponseView(session, Theme(application))
    view.resize(700, 640)
    view.show()
    session.show_transcript(transcript)
    filtered = session.timeline_filter
    idle, gaps = QEventLoop(), Gaps()
    QTimer.singleShot(3000, idle.quit)
    gaps.start()
    idle.exec()
    gaps.stop()
    print(f"window: idle                    10 ms timer: {gaps}")
    for name, expression in EXPRESSIONS.items():
        waiting, gaps = QEventLoop(), Gaps()

        def look(waiting: QEventLoop = waiting) -> None:
            if filtered.rows_done == len(transcript) and filtered.message_count == len(transcript):
                waiting.quit()

        filtered.progressed.connect(look)
        gaps.start()
        started = time.perf_counter()
        filtered.set_expression(expression)
        waiting.exec()
        gaps.stop()
        filtered.progressed.disconnect(look)
        measured(f"window: {name}", time.perf_counter() - started, len(transcript), base, f"   10 ms timer: {gaps}")
    collector.stop()
    view.close()


if __name__ == "__main__":
    main()
