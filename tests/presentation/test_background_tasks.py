import asyncio

import pytest
from pytestqt.qtbot import QtBot

from wirelens.presentation.background_tasks import BackgroundTasks


async def test_a_failed_task_is_reported_even_while_it_is_referred_to(qtbot: QtBot) -> None:
    tasks = BackgroundTasks()

    async def fail() -> None:
        raise ValueError("no such thing")

    failures: list[tuple[str, object]] = []
    tasks.failed.connect(lambda name, error: failures.append((name, error)))
    task = tasks.start("load the schema", fail())
    with pytest.raises(ValueError, match="no such thing"):
        await task
    await asyncio.sleep(0)
    assert [(name, str(error)) for name, error in failures] == [("load the schema", "no such thing")]
    assert tasks.running == []


async def test_cancel_all_waits_for_the_tasks_own_clean_up(qtbot: QtBot) -> None:
    tasks = BackgroundTasks()
    started = asyncio.Event()
    cleaned: list[str] = []

    async def work() -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            cleaned.append("closed")

    tasks.start("stream", work())
    await started.wait()
    assert tasks.running == ["stream"]
    await tasks.cancel_all()
    assert cleaned == ["closed"]
    assert tasks.running == []


async def test_a_cancelled_task_is_no_failure(qtbot: QtBot) -> None:
    tasks = BackgroundTasks()
    failures: list[object] = []
    tasks.failed.connect(lambda _name, error: failures.append(error))
    tasks.start("wait", asyncio.Event().wait())
    await tasks.cancel_all()
    assert failures == []


async def test_a_task_may_cancel_all_others(qtbot: QtBot) -> None:
    tasks = BackgroundTasks()
    tasks.start("other", asyncio.Event().wait())
    await tasks.start("closing", tasks.cancel_all())
    assert tasks.running == []
