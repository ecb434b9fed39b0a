"""The two faces that ship with Wirelens, with the system's own behind them for scripts they lack."""

from functools import lru_cache

from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication

from wirelens.bundled import resources

LABEL_FAMILY = "Inter"
DATA_FAMILY = "JetBrains Mono"

# CSS pixels at 100 %
SIZES = {"small": 11.5, "normal": 13.0, "title": 15.0, "figure": 15.0, "large": 20.0}
DATA_SIZE = 12.5

_POINTS_PER_INCH = 72
_loaded: list[int] = []


def load_bundled_fonts() -> None:
    """Make the bundled faces known to Qt, once a process; the system's stand in for a face that cannot be read."""
    if _loaded:
        return
    faces = (path for path in sorted((resources() / "fonts").iterdir()) if path.suffix in (".otf", ".ttf"))
    _loaded.extend(QFontDatabase.addApplicationFont(str(face)) for face in faces)


def points(pixels: float) -> float:
    """Qt takes fractions of a point only, never of a pixel."""
    screen = QGuiApplication.primaryScreen()
    return pixels * _POINTS_PER_INCH / (screen.logicalDotsPerInchY() if screen is not None else 96)


def label_font(pixels: float, weight: int) -> QFont:
    """Inter with figures of one width, so that numbers that count up stand still."""
    return QFont(_label_font(points(pixels), weight))


@lru_cache(64)  # asked for in every painting of a tab or a button
def _label_font(size: float, weight: int) -> QFont:
    font = QFont([LABEL_FAMILY, *_system_families(QFontDatabase.SystemFont.GeneralFont)])
    font.setPointSizeF(size)
    font.setWeight(QFont.Weight(weight))
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def data_font(pixels: float, weight: int) -> QFont:
    """JetBrains Mono without its ligatures: data is shown letter by letter as it is."""
    return QFont(_data_font(points(pixels), weight))


@lru_cache(64)
def _data_font(size: float, weight: int) -> QFont:
    font = QFont([DATA_FAMILY, *_system_families(QFontDatabase.SystemFont.FixedFont)])
    font.setPointSizeF(size)
    font.setWeight(QFont.Weight(weight))
    font.setStyleHint(QFont.StyleHint.Monospace)
    font.setFixedPitch(True)
    for feature in ("calt", "liga"):
        font.setFeature(QFont.Tag(feature), 0)
    return font


def _system_families(kind: QFontDatabase.SystemFont) -> list[str]:
    return QFontDatabase.systemFont(kind).families()
