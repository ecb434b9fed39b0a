"""The sparkline: values drawn as bars."""

import pytest
from pytestqt.qtbot import QtBot

from wirelens.widgets.controls.sparkline import Sparkline
from wirelens.widgets.theme import Theme


def ink(sparkline: Sparkline) -> list[int]:
    """How many pixels of each column are painted."""
    image = sparkline.grab().toImage()
    ground = image.pixelColor(0, 0)
    return [sum(image.pixelColor(x, y) != ground for y in range(image.height())) for x in range(image.width())]


def test_bars_grow_from_the_right_and_the_tallest_fills_the_height(theme: Theme, qtbot: QtBot) -> None:
    line = Sparkline(theme)
    qtbot.addWidget(line)
    line.resize(28, 16)

    line.set_values([4, 0, 2])

    columns = ink(line)
    assert max(columns[-13:-8]) == 16
    assert max(columns[-8:-3]) == 0
    assert 7 <= max(columns[-3:]) <= 9
    assert not any(columns[:-13])


def test_a_little_is_told_from_nothing(theme: Theme, qtbot: QtBot) -> None:
    line = Sparkline(theme)
    qtbot.addWidget(line)
    line.resize(28, 16)

    line.set_values([1_000_000, 1])

    assert max(ink(line)[-3:]) >= 1


@pytest.mark.parametrize("values", [[], [0, 0]])
def test_without_values_nothing_is_drawn(theme: Theme, qtbot: QtBot, values: list[float]) -> None:
    line = Sparkline(theme)
    qtbot.addWidget(line)
    line.resize(28, 16)

    line.set_values(values)

    assert not any(ink(line))


def test_only_the_last_values_that_fit_are_drawn(theme: Theme, qtbot: QtBot) -> None:
    line = Sparkline(theme)
    qtbot.addWidget(line)
    line.resize(28, 16)
    assert line.bar_count() == 6

    line.set_values([1_000, 1, 1, 1, 1, 1, 1])

    assert max(ink(line)) == 16
