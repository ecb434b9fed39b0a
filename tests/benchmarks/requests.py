"""Large requests at the window: opening many fields, many rows, and a keystroke in a long JSON text.

    python tests/benchmarks/requests.py

The real form and JSON page on Qt's offscreen platform (or on the desktop with QT_QPA_PLATFORM set). "work" is what
the window's thread does in one piece until the call has come back; the gaps are those of a 10 ms timer afterwards,
while the rest is built, searched and checked. Opening 1,000 fields is compared with opening 10 in the same run.
"""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "app"))

from window import Gaps

PROTO = """
syntax = "proto3";
package bench;
message Row {{ string name = 1; int64 id = 2; repeated string tags = 3; double score = 4; }}
message Few {{ {few} }}
message Many {{ {many} }}
message Rows {{ repeated Row rows = 1; repeated string names = 2; map<string, int64> counts = 3; }}
service Bench {{ rpc Echo(Rows) returns (Rows); }}
"""
SETTLED_AFTER = 2.0  # seconds


async def measured(name: str, act: Callable[[], object], settled_after: float = SETTLED_AFTER) -> tuple[float, float]:
    """Milliseconds of `act` in one piece, and the widest gap until all is settled."""
    gaps = Gaps()
    gaps.start()
    await asyncio.sleep(0.05)
    started = time.perf_counter()
    act()
    work = (time.perf_counter() - started) * 1000
    await asyncio.sleep(settled_after)
    gaps.stop()
    widest = sorted(gaps.gaps, reverse=True)[:3]
    print(f"{name:44} work {work:6.1f} ms; widest gaps: {', '.join(f'{gap:.0f}' for gap in widest)} ms", flush=True)
    return work, widest[0]


def opened(draft: Any, theme: Any) -> Any:
    from wirelens.widgets.request.request_pages import RequestPages

    pages = RequestPages(draft, theme)
    pages.resize(480, 700)
    pages.show()
    return pages


async def measure(schema: Any, theme: Any) -> None:
    from PySide6.QtCore import QMimeData

    from wirelens.presentation.draft import Draft

    def draft(message: str) -> Draft:
        return Draft(schema.descriptor(f"bench.{message}"), schema)

    def closed(pages: Any) -> None:
        pages.close()
        pages.deleteLater()

    held: list[Any] = []
    last: dict[str, float] = {}
    for message in ("Few", "Many") * 2:  # the first two pay for what is imported and made once
        last[message], _widest = await measured(
            f"open {message}", lambda m=message: held.append(opened(draft(m), theme))
        )
        closed(held.pop())
    print(f"open 1,000 fields / open 10: {last['Many'] / last['Few']:.1f} x")

    await measure_small_things(draft("Many"), theme)
    rows = draft("Rows")
    rows.set_json_text('{"rows": [' + ", ".join('{"name": "n", "id": "1"}' for _ in range(10_000)) + "]}")
    await rows.settled()
    await measured("open 10,000 message rows", lambda: held.append(opened(rows, theme)))
    await measured("add a row to 10,000", lambda: rows.add_row(("rows",)))
    await measured("edit a field of row 5,000", lambda: rows.set_value(("rows", 5000, "name"), "x"))
    closed(held.pop())

    long = draft("Rows")
    row = '{{"name": "somebody {0}", "id": "{0}", "tags": ["one", "two"], "score": 0.5}}'
    long.set_json_text('{"rows": [\n  ' + ",\n  ".join(row.format(index) for index in range(14_000)) + "\n]}")
    await long.settled()
    print(f"(a JSON text of {len(long.json_text()) / 1e6:.2f} million characters)")
    await measure_long_text(long, theme)
    paste = draft("Rows")
    pages = opened(paste, theme)
    pages.tabs.setCurrentWidget(pages.json_page)
    editor = pages.json_page.editor
    await asyncio.sleep(1)
    for name, separator in (("lines", ",\n  "), ("one line", ",")):
        data = QMimeData()
        data.setText('{"rows": [' + separator.join(row.format(index) for index in range(17_000)) + "]}")
        editor.selectAll()
        size = len(data.text()) / 1e6
        await measured(f"paste {size:.1f} MB of JSON, {name}", lambda data=data: editor.insertFromMimeData(data), 3.0)
        await paste.settled()
        await measured("undo that", paste.undo, 2.0)
    closed(pages)


async def measure_long_text(long: Any, theme: Any) -> None:
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    pages = opened(long, theme)
    pages.tabs.setCurrentWidget(pages.json_page)
    await asyncio.sleep(2)
    editor = pages.json_page.editor
    editor.setFocus()
    editor.go_to(len(long.json_text()) // 2)
    place = long.json_text().find("somebody", len(long.json_text()) // 2)
    editor.go_to(place)
    for number in range(3):
        await measured(f"keystroke {number + 1} in 1 MB of JSON", lambda: QTest.keyClick(editor, Qt.Key.Key_A))
    await long.settled()
    await measured("edit a field beside 1 MB of JSON", lambda: long.set_value(("rows", 7000, "name"), "x"))
    await measured("edit it again", lambda: long.set_value(("rows", 7000, "name"), "xy"))
    await measured("remove row 7,000", lambda: long.remove_row(("rows",), 7000))
    await measured("undo that", long.undo)
    bar = pages.json_page.find_bar
    await measured("find a word in 1 MB", lambda: bar.open("somebody"))
    await measured("the next one", bar.next_requested.emit)
    bar.choice("Regular expression").setChecked(True)
    await measured("an expression without end in 1 MB", lambda: bar.query_edit.setText(r"(.|..)+\d$x"), 4.0)
    bar.close_bar()
    long.format_json()
    await long.settled()
    await asyncio.sleep(3)
    print(f"({editor.blockCount():,} lines)")
    await measured("fold them", lambda: editor.folding.fold(1))
    await measured("unfold them", lambda: editor.folding.unfold(1))
    long.set_json_text("{}", is_typing=False)
    await asyncio.sleep(1)
    await measured("reload the schema, 1 MB in undo", lambda: long.rebase(long.descriptor, long.schema))
    await measured("undo to that", long.undo)
    pages.close()
    pages.deleteLater()


async def measure_small_things(draft: Any, theme: Any) -> None:
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    pages = opened(draft, theme)
    await asyncio.sleep(2)
    pages.form.tools.open()
    QTest.keyClicks(pages.form.tools.edit, "field_99")
    await asyncio.sleep(1)
    await measured("clear the filter of 1,000 fields", pages.form.tools.close_tools)
    pages.tabs.setCurrentWidget(pages.json_page)
    editor = pages.json_page.editor
    editor.setFocus()
    draft.set_json_text("{\n  \n}", is_typing=False)
    await asyncio.sleep(1)
    editor.go_to(4)
    for name in ("first", "second"):
        await measured(
            f"{name} completion of 1,000 fields",
            lambda: QTest.keyClick(editor, Qt.Key.Key_Space, Qt.KeyboardModifier.ControlModifier),
        )
        editor.assist.put_away()
    pages.close()
    pages.deleteLater()


def main() -> None:
    import qasync
    from PySide6.QtWidgets import QApplication

    from wirelens.desktop import SWITCH_INTERVAL
    from wirelens.engine.schema.proto_files import load_proto_files
    from wirelens.presentation.garbage_collection import WindowThreadCollector
    from wirelens.widgets.theme import Theme

    application = QApplication([])
    sys.setswitchinterval(SWITCH_INTERVAL)  # as in the window
    collector = WindowThreadCollector(application)
    collector.start()
    collector.spare_what_is_there()
    application.setQuitOnLastWindowClosed(False)
    loop = qasync.QEventLoop(application)
    kinds = ("string", "int64", "bool", "double", "Row", "repeated string", "bytes", "int32")
    fields = [f"{kinds[index % len(kinds)]} field_{index} = {index + 1};" for index in range(1000)]

    async def run() -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "bench.proto"
            path.write_text(PROTO.format(few=" ".join(fields[:10]), many=" ".join(fields)))
            schema = await load_proto_files([path], [Path(folder)])
        await measure(schema, Theme(application, "light"))

    with loop:
        loop.run_until_complete(run())


if __name__ == "__main__":
    main()
