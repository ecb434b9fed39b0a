"""The last channel may be let go in any thread, as the garbage collector does it: the window must live on."""

import subprocess
import sys
from pathlib import Path

APP = Path(__file__).resolve().parents[2] / "app"

_SCRIPT = """
import asyncio, gc, os, sys, threading
import qasync
from PySide6.QtWidgets import QApplication
from wirelens.engine.connection.channels import Connection
from wirelens.engine.connection.target import parse_target
from wirelens.engine.errors import ReflectionError
from wirelens.engine.schema.reflection import load_by_reflection

async def main():
    connection = Connection(parse_target("127.0.0.1:1"))
    try:
        await load_by_reflection(connection)
    except ReflectionError:
        pass
    cycle = [connection.aio_channel]  # as a traceback or a task may hold it
    await connection.close()
    cycle.append(cycle)

application = QApplication([])
loop = qasync.QEventLoop(application)
gc.disable()
for _round in range(3):
    loop.run_until_complete(main())
    collector = threading.Thread(target=gc.collect)
    collector.start()
    collector.join()
    loop.run_until_complete(asyncio.sleep(0))  # what the thread has left to the loop
print("alive", flush=True)
os._exit(0)
"""


def test_the_last_channel_collected_in_a_thread_does_not_bring_the_window_down() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT],
        env={"PYTHONPATH": str(APP), "QT_QPA_PLATFORM": "offscreen", "GRPC_VERBOSITY": "NONE", "PATH": ""},
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert (done.returncode, done.stdout.split()) == (0, ["alive"]), done.stderr
    assert "another thread" not in done.stderr
