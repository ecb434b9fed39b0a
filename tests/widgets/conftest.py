"""What the widgets' tests share: one dressed application."""

from collections.abc import Iterator

import pytest
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
