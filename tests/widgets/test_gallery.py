"""The gallery, where the look is judged by eye, opens in both looks and at the ends of the scale."""

import pytest
from pytestqt.qtbot import QtBot
from tests.widgets.gallery import Gallery

from wirelens.widgets.theme import Choice, Theme


@pytest.mark.parametrize(("choice", "scale"), [("light", 0.8), ("dark", 2.0)])
def test_the_gallery_opens(theme: Theme, qtbot: QtBot, choice: Choice, scale: float) -> None:
    theme.set_choice(choice)
    theme.set_scale(scale)
    gallery = Gallery(theme)
    qtbot.addWidget(gallery)
    gallery.show()
    qtbot.waitExposed(gallery)

    corner = gallery.grab().toImage().pixelColor(gallery.width() // 2, gallery.height() - 60)

    assert (corner.lightness() < 128) == theme.is_dark
