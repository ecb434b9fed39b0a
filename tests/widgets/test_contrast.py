"""Every pair of words and ground that the window shows meets WCAG 2.2 AA, in light and in dark."""

from itertools import product

import pytest

from wirelens.bundled import resources
from wirelens.widgets.theme import PATTERN_ROLES, Palette

WORDS = 4.5  # WCAG 1.4.3, text
MARKS = 3.0  # WCAG 1.4.11, what is drawn

SURFACES = ("canvas", "panel", "sunk", "selection", "hover")
VERDICTS = ("good", "bad", "warn")
SYNTAX = ("syntax_key", "syntax_string", "syntax_number", "syntax_keyword", "syntax_comment")
PATTERNS = tuple(PATTERN_ROLES.values())
READ_ANYWHERE = ("text", "muted", "link", *VERDICTS, *SYNTAX, *(f"{pattern}_text" for pattern in PATTERNS))

PAIRS_OF_WORDS = [
    *product(READ_ANYWHERE, SURFACES),
    *((role, f"{role}_ground") for role in VERDICTS),
    *product(("text", "muted"), (f"{role}_ground" for role in VERDICTS)),
    *((f"{pattern}_text", f"{pattern}_ground") for pattern in PATTERNS),
    *product(("on_accent",), ("accent", "accent_hover", "accent_pressed")),
    *(("text", ground) for ground in ("pressed", "text_selection")),
    ("tooltip_text", "tooltip"),
]
PAIRS_OF_MARKS = [
    *product(("accent", *PATTERNS), ("canvas", "panel", "sunk", "selection")),
    *product(("accent",), ("bad_ground",)),
]


def luminance(color: str) -> float:
    """WCAG's relative luminance of #RRGGBB."""
    channels = (int(color[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4 for channel in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.fixture(params=["light", "dark"])
def palette(request: pytest.FixtureRequest) -> Palette:
    return Palette.load(resources() / "themes" / f"{request.param}.json")


def test_contrast_is_measured_as_wcag_does() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


def test_words_can_be_read_on_their_ground(palette: Palette) -> None:
    too_weak = {
        f"{words} on {ground}": round(contrast(palette.role(words), palette.role(ground)), 2)
        for words, ground in PAIRS_OF_WORDS
        if contrast(palette.role(words), palette.role(ground)) < WORDS
    }
    assert not too_weak


def test_marks_can_be_told_from_their_ground(palette: Palette) -> None:
    too_weak = {
        f"{mark} on {ground}": round(contrast(palette.role(mark), palette.role(ground)), 2)
        for mark, ground in PAIRS_OF_MARKS
        if contrast(palette.role(mark), palette.role(ground)) < MARKS
    }
    assert not too_weak
