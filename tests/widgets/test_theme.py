"""The theme: its roles, its icons and what it does to the application."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QFile, QObject, Qt
from PySide6.QtGui import QFontInfo, QImage
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

import wirelens.widgets
from wirelens.bundled import resources
from wirelens.engine.schema.services import Pattern
from wirelens.widgets.theme import PATTERN_ROLES, Palette, Theme, restyle
from wirelens.widgets.theme.icons import IconStore
from wirelens.widgets.theme.style_sheet import filled


def colors_of(image: QImage) -> set[str]:
    pixels = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    return {pixel.name().upper() for pixel in pixels if pixel.alpha() == 255}


def test_every_icon_draws_something_in_the_colour_asked_for(theme: Theme) -> None:
    assert theme.icon_names()
    for name in theme.icon_names():
        assert theme.palette.bad in colors_of(theme.icon(name, "bad").pixmap(64, 64).toImage()), name


def test_every_drawing_is_named_by_the_window_or_its_style_sheet(theme: Theme) -> None:
    patterns = {f"pattern-{pattern.value.replace('_', '-')}" for pattern in Pattern}
    sources = [path.read_text("utf-8") for path in Path(wirelens.widgets.__path__[0]).rglob("*.py")]
    sources.append((resources() / "themes" / "window.qss").read_text("utf-8"))
    named = {name for source in sources for name in re.findall(r"[\":]([a-z-]+)[\":]", source)}
    assert set(theme.icon_names()) - named - patterns == set()


def test_an_icon_on_a_disabled_button_is_faint(theme: Theme, qtbot: QtBot) -> None:
    icon = theme.icon("stop", "accent")

    faint = icon.pixmap(64, 64, mode=icon.Mode.Disabled).toImage()

    assert theme.palette.faint in colors_of(faint)
    assert theme.palette.accent not in colors_of(faint)


@pytest.mark.parametrize("pattern", Pattern)
def test_each_pattern_has_a_mark_in_its_own_colour(theme: Theme, pattern: Pattern) -> None:
    pixmap = theme.pattern_pixmap(pattern, 64)

    assert theme.palette.role(PATTERN_ROLES[pattern]) in colors_of(pixmap.toImage())


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


def test_the_system_is_followed_live_but_only_where_that_was_asked_for(theme: Theme, qapp: QApplication) -> None:
    system_changed = qapp.styleHints().colorSchemeChanged

    system_changed.emit(Qt.ColorScheme.Dark)
    assert not theme.is_dark  # the choice is "light"
    theme.set_choice("system")
    system_changed.emit(Qt.ColorScheme.Dark)
    assert theme.is_dark
    system_changed.emit(Qt.ColorScheme.Light)

    assert not theme.is_dark


@pytest.mark.parametrize("scale", [0.8, 1.0, 1.5, 2.0])
def test_the_style_sheet_is_filled_to_the_last_place(theme: Theme, qapp: QApplication, scale: float) -> None:
    theme.set_scale(scale)

    assert "{{" not in qapp.styleSheet()
    assert "}}" not in qapp.styleSheet()


def test_a_template_that_names_no_role_is_refused(theme: Theme) -> None:
    icons = IconStore(resources() / "icons")

    with pytest.raises(KeyError):
        filled("QLabel { color: {{mauve}}; }", theme.palette, icons, 1.0, round)
    with pytest.raises(FileNotFoundError):
        filled("QLabel { image: {{icon:unicorn:text}}; }", theme.palette, icons, 1.0, round)


def test_lengths_types_and_icons_take_the_scale_and_the_palette(theme: Theme) -> None:
    icons = IconStore(resources() / "icons")

    sheet = filled("{{text}} {{8px}} {{round:14px:1}} {{icon:check:text}}", theme.palette, icons, 2.0, lambda n: 2 * n)

    color, length, radius, icon = sheet.split()
    assert (color, length, radius) == (theme.palette.text, "16px", "15px")
    assert QFile.exists(icon.removeprefix('url("').removesuffix('")'))


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda roles: roles.pop("accent"), "lacks the role accent"),
        (lambda roles: roles.update(mauve="#E0B0FF"), "a role nobody uses: mauve"),
    ],
)
def test_a_theme_file_with_other_roles_is_refused(
    tmp_path: Path, change: Callable[[dict[str, str]], object], complaint: str
) -> None:
    roles = json.loads((resources() / "themes" / "dark.json").read_text("utf-8"))
    change(roles)
    (tmp_path / "mine.json").write_text(json.dumps(roles))

    with pytest.raises(ValueError, match=complaint):
        Palette.load(tmp_path / "mine.json")


def test_a_font_given_before_a_widget_has_its_place_is_kept(theme: Theme, qtbot: QtBot) -> None:
    edit = QLineEdit("9007199254740993")
    restyle(edit, invalid=True)
    edit.ensurePolished()
    theme.set_data_font(edit)

    box = QWidget()
    qtbot.addWidget(box)
    QVBoxLayout(box).addWidget(edit)
    box.show()
    qtbot.waitExposed(box)
    theme.set_choice("dark")

    assert QFontInfo(edit.font()).family() == "JetBrains Mono"


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
