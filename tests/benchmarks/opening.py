"""How long the window stands still when a call is opened: the gaps of a 10 ms timer, and the work in one piece.

    python tests/benchmarks/opening.py [--rounds N]

The real window on Qt's offscreen platform (or on the desktop with QT_QPA_PLATFORM set), over the demo servers' own
schema, with no server behind it. Each method is opened in a tab of its own; the first tab also pays for what is
imported and made once, and is told apart. "at once" is the time until `open_method` has come back, and its part of
processor time; the rest follows on later turns of the event loop.
"""

import argparse
import asyncio
import gc
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("GRPC_VERBOSITY", "NONE")
TOP = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "app"))

from window import Gaps  # noqa: E402  (beside this file)

METHODS = (
    "wirelens.demo.users.v1.UserService.GetUser",
    "wirelens.demo.users.v1.UserService.CreateUser",
    "wirelens.demo.llm.v1.TextGenerationService.Generate",
    "wirelens.demo.chat.v1.ChatService.Join",
    "wirelens.demo.fields.v1.FieldService.Echo",
)
SETTLED_AFTER = 0.5  # seconds: what a tab still builds on later turns is done by then


async def open_methods(window, rounds: int) -> None:  # type: ignore[no-untyped-def]
    workspace = window.workspace
    source = workspace.sources[0]
    while source.schema is None:
        assert source.error is None, source.error
        await asyncio.sleep(0.01)
    await asyncio.sleep(1)  # what is imported after the window was shown
    for number in range(rounds + 1):
        for name in METHODS:
            method = source.schema.method(name)
            gc.collect()
            gaps = Gaps()
            gaps.start()
            await asyncio.sleep(0.05)
            started, worked = time.perf_counter(), time.thread_time()
            tab = workspace.open_method(source, method.full_name, method.pattern, new_tab=True)
            at_once = (time.perf_counter() - started) * 1000
            work = (time.thread_time() - worked) * 1000
            await asyncio.sleep(SETTLED_AFTER)
            gaps.stop()
            widest = sorted(gaps.gaps, reverse=True)[:4]
            results.setdefault((number == 0, method.name), []).append((at_once, work, widest))
            workspace.close_tab(tab)
            await asyncio.sleep(0.05)


results: dict[tuple[bool, str], list[tuple[float, float, list[float]]]] = {}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()

    async def on_ready(window) -> None:  # type: ignore[no-untyped-def]
        try:
            await open_methods(window, options.rounds)
        finally:
            window.close()

    with tempfile.TemporaryDirectory() as home:
        os.environ["WIRELENS_HOME"] = home
        from wirelens.desktop import launch

        protos = sorted((TOP / "protos" / "wirelens").rglob("*.proto"))
        files = [option for path in protos for option in ("--proto", str(path))]
        assert launch([*files, "-I", str(TOP / "protos"), "--size", "1280x800"], on_ready) == 0
    for (first, name), opened in results.items():
        at_once = statistics.median(one for one, _work, _gaps in opened)
        work = statistics.median(one for _once, one, _gaps in opened)
        widest = [statistics.median(gaps[place] for _once, _work, gaps in opened) for place in range(4)]
        when = "first time" if first else f"median of {len(opened)}"
        gaps = ", ".join(f"{gap:.0f}" for gap in widest)
        print(
            f"{name:12} {when:12} at once {at_once:6.1f} ms ({work:.1f} of work); "
            f"widest gaps of a 10 ms timer: {gaps} ms"
        )


if __name__ == "__main__":
    main()
