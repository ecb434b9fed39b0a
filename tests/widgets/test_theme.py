"""The theme: its roles, its icons and what it does to the application."""

import pytest
from PySide6.QtCore import QObject
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from wirelens.engine.schema.services import Pattern
from wirelens.widgets.theme import Theme, restyle


def colors_of(image: QImage) -> set[str]:
    pixels = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    return {pixel.name().upper() for pixel in pixels if pixel.alpha() == 255}


def test_every_icon_draws_something_in_the_colour_asked_for(theme: Theme) -> None:
    assert len(theme.icon_names()) > 50
    for name in theme.icon_names():
        assert theme.palette.bad in colors_of(theme.icon(name, "bad").pixmap(64, 64).toImage()), name


def test_an_icon_on_a_disabled_button_is_faint(theme: Theme, qtbot: QtBot) -> None:
    icon = theme.icon("stop", "accent")

    faint = icon.pixmap(64, 64, mode=icon.Mode.Disabled).toImage()

    assert theme.palette.faint in colors_of(faint)
    assert theme.palette.accent not in colors_of(faint)


@pytest.mark.parametrize("pattern", Pattern)
def test_each_pattern_has_a_mark_in_its_own_colour(theme: Theme, pattern: Pattern) -> None:
    pixmap = theme.pattern_pixmap(pattern, 64)

    assert theme.pattern_color(pattern).name().upper() in colors_of(pixmap.toImage())


def test_a_name_that_is_no_role_is_a_key_error(theme: Theme) -> None:
    with pytest.raises(KeyError):
        theme.color("mauve")


def test_the_application_turns_dark_and_tells_who_listens(theme: Theme, qapp: QApplication, qtbot: QtBot) -> None:
    light = qapp.palette().window().color()

    with qtbot.waitSignal(theme.changed):
        theme.set_choice("dark")

    assert theme.is_dark
    assert qapp.palette().window().color().lightness() < light.lightness()
    assert theme.palette.accent in qapp.styleSheet()


def test_followers_are_dressed_at_once_at_each_change_and_not_after_their_end(theme: Theme) -> None:
    owner = QObject()
    seen: list[bool] = []

    theme.follow(owner, lambda: seen.append(theme.is_dark))
    theme.set_choice("dark")
    del owner
    theme.set_choice("light")

    assert seen == [False, True]


def test_scale_enlarges_lengths_and_faces_within_bounds(theme: Theme) -> None:
    size = theme.data_font().pointSizeF()

    theme.set_scale(5)

    assert theme.scale == 2.0
    assert theme.px(28) == 56
    assert theme.data_font().pointSizeF() == pytest.approx(2 * size)
    theme.set_scale(0.1)
    assert theme.px(1) == 1


def test_the_bundled_faces_are_the_ones_in_use(theme: Theme, qtbot: QtBot) -> None:
    from PySide6.QtGui import QFontInfo

    assert QFontInfo(theme.label_font(600, "title")).family() == "Inter"
    assert QFontInfo(theme.data_font(500)).family() == "JetBrains Mono"


def test_windows_bear_the_applications_icon(theme: Theme, qapp: QApplication) -> None:
    sizes = {size.width() for size in qapp.windowIcon().availableSizes()}

    assert {16, 32, 48, 256} <= sizes


def test_restyle_changes_what_the_style_sheet_sees(theme: Theme, qtbot: QtBot) -> None:
    button = QPushButton("Send")
    qtbot.addWidget(button)
    assert theme.palette.accent not in colors_of(button.grab().toImage())

    restyle(button, role="primary")
    assert theme.palette.accent in colors_of(button.grab().toImage())

    restyle(button, role="")
    assert theme.palette.accent not in colors_of(button.grab().toImage())
