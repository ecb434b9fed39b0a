"""Fills the style sheet's template with a palette's roles, scaled lengths, type sizes and tinted icons."""

import re
from collections.abc import Callable

from PySide6.QtGui import QColor, QPalette

from wirelens.widgets.theme import fonts
from wirelens.widgets.theme.icons import IconStore
from wirelens.widgets.theme.palette import Palette

_PLACEHOLDER = re.compile(r"\{\{\s*([^{}]+?)\s*\}\}")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_LENGTH = re.compile(r"(-?\d+)px")
_ROUND = re.compile(r"round:(\d+)px:(\d+)")
_CELL = re.compile(r"cell:(\d+)px")
_CELL_MARGIN = 3  # pixels at every scale: what QCommonStyle puts before the text of a cell, not of a heading


def filled(template: str, palette: Palette, icons: IconStore, scale: float, length: Callable[[int], int]) -> str:
    """Replace `{{role}}`, `{{8px}}`, `{{round:14px:1}}`, `{{cell:8px}}`, `{{type:small}}`, `{{icon:check:text}}`.

    KeyError for a role or type that does not exist, FileNotFoundError for an icon.
    """

    def value(match: re.Match[str]) -> str:
        kind, _, rest = match[1].partition(":")
        if pixels := _LENGTH.fullmatch(match[1]):
            return f"{length(int(pixels[1]))}px"
        if round_box := _ROUND.fullmatch(match[1]):
            return f"{length(int(round_box[1])) // 2 + int(round_box[2])}px"
        if cell := _CELL.fullmatch(match[1]):
            return f"{length(int(cell[1])) + _CELL_MARGIN}px"
        if kind == "type":
            return f"{fonts.points(_type_size(rest) * scale):.3f}pt"
        if kind == "icon":
            name, _, role = rest.partition(":")
            return f'url("{icons.path(name, palette.role(role))}")'
        return palette.role(match[1])

    return _PLACEHOLDER.sub(value, _COMMENT.sub("", template))


def qt_palette(palette: Palette) -> QPalette:
    """The same roles for what Qt draws without a style sheet: item views' text, links, placeholders, other widgets."""
    result = QPalette()
    role = QPalette.ColorRole
    for target, name in {
        role.Window: "panel",
        role.WindowText: "text",
        role.Base: "panel",
        role.AlternateBase: "canvas",
        role.Text: "text",
        role.PlaceholderText: "muted",
        role.Button: "panel",
        role.ButtonText: "text",
        role.BrightText: "on_accent",
        role.Light: "panel",
        role.Midlight: "line",
        role.Mid: "edge",
        role.Dark: "edge",
        role.Shadow: "line",
        role.Highlight: "selection",
        role.HighlightedText: "text",
        role.Accent: "accent",
        role.Link: "link",
        role.LinkVisited: "link",
        role.ToolTipBase: "tooltip",
        role.ToolTipText: "tooltip_text",
    }.items():
        result.setColor(target, QColor(palette.role(name)))
    for target in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
        result.setColor(QPalette.ColorGroup.Disabled, target, QColor(palette.faint))
    return result


def _type_size(name: str) -> float:
    return fonts.DATA_SIZE if name == "data" else fonts.SIZES[name]
