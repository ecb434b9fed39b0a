"""Garbage with Qt objects in it, while other threads allocate: it may be destroyed in the window's thread only."""

import subprocess
import sys
from pathlib import Path

APP = Path(__file__).resolve().parents[2] / "app"

_SCRIPT = """
import asyncio, sys, threading
from PySide6.QtCore import QObject, QTimer
from wirelens.desktop import launch

destroyed_in = []

class InACycle(QObject):
    def __init__(self):
        super().__init__()
        self.itself = self
        self.timer = QTimer(self, interval=1)
        self.timer.timeout.connect(self.tick)
        self.timer.start()

    def tick(self):
        pass

    def __del__(self):
        destroyed_in.append(threading.current_thread() is threading.main_thread())

def allocate(stop):
    while not stop.is_set():
        keep = [[index] for index in range(20_000)]

async def ready(window):
    stop = threading.Event()
    thread = threading.Thread(target=allocate, args=[stop])
    thread.start()
    try:
        async with asyncio.timeout(20):
            while len(destroyed_in) < 200:
                for _ in range(50):
                    InACycle()
                await asyncio.sleep(0.05)
    finally:
        stop.set()
        thread.join()
    print("all in the window's thread:", all(destroyed_in), flush=True)
    window.close()

code = launch(["--size", "800x600"], ready)

# What still works when the window has closed, such as the reading of a large message:
destroyed_in.clear()
for _ in range(50):
    InACycle()
late = threading.Thread(target=lambda: [[index] for index in range(200_000)])
late.start()
late.join()
print("destroyed by a thread that outlives the window:", len(destroyed_in), flush=True)
sys.exit(code)
"""


def test_qt_objects_in_cycles_are_destroyed_in_the_windows_thread(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT],
        env={
            "PYTHONPATH": str(APP),
            "QT_QPA_PLATFORM": "offscreen",
            "WIRELENS_HOME": str(tmp_path),
            "GRPC_VERBOSITY": "NONE",
            "PATH": "",
        },
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "all in the window's thread: True",
        "destroyed by a thread that outlives the window: 0",
    ]
