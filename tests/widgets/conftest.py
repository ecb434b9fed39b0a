"""What the window's tests share: one dressed application, and a failure for every window left behind."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from wirelens.widgets.theme import Theme


@pytest.fixture(scope="session")
def _dressed_application(qapp: QApplication) -> Theme:
    return Theme(qapp, "light")


@pytest.fixture
def theme(_dressed_application: Theme) -> Iterator[Theme]:
    """The light theme at 100 %; a test may change it, the next finds it as it was."""
    yield _dressed_application
    _dressed_application.set_choice("light")
    _dressed_application.set_scale(1.0)


@pytest.fixture(autouse=True)
def _no_window_left(qapp: QApplication) -> Iterator[None]:
    """A top-level widget that outlives its test fails it (hand yours to `qtbot.addWidget`, or delete it)."""
    before = set(qapp.topLevelWidgets())
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    left = [repr(widget) for widget in qapp.topLevelWidgets() if widget not in before]
    assert not left, f"left alive: {left}"
