"""Copying and saving 1,000,000 selected messages in an open window: how long, beside a 10 ms timer, and its memory.

    python tests/benchmarks/export.py [--messages N] [--only copy|save]

Messages of some 100 B with an id, a name, a ratio, an enum and a nested message, kept the way a call keeps them: in
the transcript's spool file. All of them are saved; the clipboard takes 64 MiB of text, so the first quarter is copied.
"""

import argparse
import gc
import os
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "app"))

from filter import nowhere, schema_of, transcript_of
from window import Gaps, resident


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--only", choices=("copy", "save"), help="one of both")
    options = parser.parse_args()

    from PySide6.QtCore import QEventLoop, Qt
    from PySide6.QtGui import QGuiApplication
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    from wirelens.engine.message_export.formats import MessageFormat
    from wirelens.presentation.background_tasks import BackgroundTasks
    from wirelens.presentation.call_session import CallSession
    from wirelens.presentation.garbage_collection import WindowThreadCollector
    from wirelens.presentation.message_exporter import ExportState
    from wirelens.widgets.response import ResponseView
    from wirelens.widgets.theme import Theme

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        schema = schema_of(folder)
        transcript = transcript_of(schema.message_class("wirelens.benchmark.v1.Record"), options.messages)
        print(f"{options.messages:,} messages of {transcript.received_bytes / options.messages:.0f} B")
        application = QApplication.instance() or QApplication([])
        collector = WindowThreadCollector()  # as the program has it
        collector.start()
        collector.spare_what_is_there()
        session = CallSession(schema.method("wirelens.benchmark.v1.Records/List"), schema, nowhere, BackgroundTasks())
        view = ResponseView(session, Theme(application))
        view.resize(700, 640)
        view.show()
        session.show_transcript(transcript)
        exporter = session.exporter
        QTest.keyClick(view.timeline, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.qWait(1000)
        assert session.selection.message_count == options.messages

        def measured(words: str, begin) -> None:  # type: ignore[no-untyped-def]
            gc.collect()
            waiting, gaps, before = QEventLoop(), Gaps(), resident()

            def look() -> None:
                if exporter.state is not ExportState.RUNNING:
                    waiting.quit()

            exporter.changed.connect(look)
            gaps.start()
            started, worked = time.perf_counter(), time.process_time()
            begin()
            if exporter.state is ExportState.RUNNING:
                waiting.exec()
            took, worked = time.perf_counter() - started, time.process_time() - worked
            QTest.qWait(100)
            gaps.stop()
            exporter.changed.disconnect(look)
            said = exporter.sentence or str(exporter.error)
            print(
                f"{words:26} {took:5.1f} s ({worked:.1f} s of work); memory {resident() - before:+.0f} MiB; "
                f"10 ms timer: {gaps}\n  {said}",
                flush=True,
            )

        decoder, rows = session.decoder, session.selection.rows
        quarter = rows[: len(rows) // 4]
        size = transcript.received_bytes // 4
        texts = (MessageFormat.NDJSON, MessageFormat.JSON, MessageFormat.CSV, MessageFormat.BASE64)
        for wanted in texts if options.only != "save" else ():
            measured(
                f"copy as {wanted.value}",
                lambda wanted=wanted: exporter.copy(transcript, quarter, wanted, decoder, size),
            )
        for wanted in (*texts, MessageFormat.GRPC_FRAMES) if options.only != "copy" else ():
            path = folder / f"messages{wanted.suffix}"
            measured(
                f"save as {wanted.value}",
                lambda wanted=wanted, path=path: exporter.save(transcript, rows, wanted, decoder, path),
            )
            print(f"  {path.stat().st_size / 1e6:.0f} MB")
        QGuiApplication.clipboard().clear()
        collector.stop()
        view.close()
        transcript.close()


if __name__ == "__main__":
    main()
