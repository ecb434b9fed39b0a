"""Waiting for a state of Qt objects without sleeping: a condition looked at again after each signal."""

import asyncio
from collections.abc import Callable

from PySide6.QtCore import SignalInstance


async def until(condition: Callable[[], object], *signals: SignalInstance, seconds: float = 15) -> None:
    """Return once `condition` holds; it is looked at now and after every emission of `signals`.

    Raises:
        TimeoutError: it does not come to hold in time.
    """
    happened = asyncio.Event()

    def wake(*_arguments: object) -> None:
        happened.set()

    for signal in signals:
        signal.connect(wake)
    try:
        async with asyncio.timeout(seconds):
            while not condition():
                happened.clear()
                await happened.wait()
    finally:
        for signal in signals:
            signal.disconnect(wake)
