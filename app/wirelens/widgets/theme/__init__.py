"""The look: `Theme` is what widgets ask; the rest is how it knows."""

from wirelens.widgets.theme.palette import PATTERN_ROLES, Palette
from wirelens.widgets.theme.restyle import restyle
from wirelens.widgets.theme.theme import Choice, Theme, TypeSize

__all__ = ["PATTERN_ROLES", "Choice", "Palette", "Theme", "TypeSize", "restyle"]
