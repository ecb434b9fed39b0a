"""The look of the whole window: colours, faces, icons and lengths, for light and dark and for 80 to 200 %."""

from collections.abc import Callable
from typing import Literal, Protocol

from PySide6.QtCore import QObject, QSize, Qt, Signal, SignalInstance
from PySide6.QtGui import QColor, QFont, QIcon, QPixmap
from PySide6.QtWidgets import QApplication, QStyleFactory, QWidget

from wirelens.bundled import resources
from wirelens.engine.schema.services import Pattern
from wirelens.widgets.theme import fonts, style_sheet
from wirelens.widgets.theme.icons import IconStore
from wirelens.widgets.theme.palette import PATTERN_ROLES, Palette

Choice = Literal["light", "dark", "system"]
TypeSize = Literal["small", "normal", "title", "figure", "large"]

SMALLEST_SCALE = 0.8
LARGEST_SCALE = 2.0


class _TakesIcon(Protocol):
    def setIcon(self, icon: QIcon, /) -> None: ...


class Theme(QObject):
    """Dresses the application and answers every widget's questions about looks.

    Widgets take it by constructor. Style sheet and Qt palette renew themselves; whatever a widget asked for and
    keeps (a font it set, an icon, a colour it paints with) it asks for again when `changed` comes, most easily
    by doing it within `follow`.
    """

    changed = Signal()

    def __init__(self, application: QApplication, choice: Choice = "system") -> None:
        super().__init__(application)
        self._application = application
        self._palettes = {
            is_dark: Palette.load(resources() / "themes" / f"{name}.json")
            for is_dark, name in ((False, "light"), (True, "dark"))
        }
        self._template = (resources() / "themes" / "window.qss").read_text("utf-8")
        self._icons = IconStore(resources() / "icons")
        self._choice: Choice = choice
        self._scale = 1.0
        self._is_dark = False
        # Without it a widget that was polished before it got its parent loses the font it was given.
        application.setAttribute(Qt.ApplicationAttribute.AA_UseStyleSheetPropagationInWidgetStyles)
        fonts.load_bundled_fonts()
        application.setStyle(QStyleFactory.create("Fusion"))
        application.setWindowIcon(application_icon())
        self._ask_for_scheme()
        application.styleHints().colorSchemeChanged.connect(self._on_color_scheme_changed)
        self._dress()

    @property
    def choice(self) -> Choice:
        """What the person asked for; `is_dark` is what came of it."""
        return self._choice

    @property
    def is_dark(self) -> bool:
        return self._is_dark

    @property
    def palette(self) -> Palette:
        return self._palettes[self._is_dark]

    @property
    def scale(self) -> float:
        """Size of everything, 1.0 for 100 %."""
        return self._scale

    def set_choice(self, choice: Choice) -> None:
        if choice == self._choice:
            return
        self._choice = choice
        self._ask_for_scheme()
        self._dress_anew()

    def set_scale(self, scale: float) -> None:
        """Enlarge or shrink everything; kept within 0.8 and 2.0."""
        scale = min(max(scale, SMALLEST_SCALE), LARGEST_SCALE)
        if scale == self._scale:
            return
        self._scale = scale
        self._dress_anew()

    def px(self, pixels: float) -> int:
        """A length of the 100 % design in pixels of this scale; a line never vanishes."""
        scaled = round(pixels * self._scale)
        return scaled if scaled or not pixels else 1

    def label_font(self, weight: int = 400, size: TypeSize = "normal") -> QFont:
        return fonts.label_font(fonts.SIZES[size] * self._scale, weight)

    def data_font(self, weight: int = 400) -> QFont:
        return fonts.data_font(fonts.DATA_SIZE * self._scale, weight)

    def color(self, role: str) -> QColor:
        """The colour of a role of the palette; KeyError for a name that is none."""
        return QColor(self.palette.role(role))

    def icon(self, name: str, role: str = "muted") -> QIcon:
        """The icon `name` of resources/icons in the colour of `role`, faint where its widget is disabled."""
        return self._icons.icon(name, self.palette.role(role), self.palette.faint)

    def icon_names(self) -> list[str]:
        return self._icons.names()

    def pattern_icon(self, pattern: Pattern) -> QIcon:
        return self.icon(f"pattern-{pattern.value.replace('_', '-')}", PATTERN_ROLES[pattern])

    def pattern_pixmap(self, pattern: Pattern, size: int) -> QPixmap:
        """The pattern's mark, `size` (100 % pixels) wide and high, sharp on the densest screen there is."""
        length = self.px(size)
        return self.pattern_icon(pattern).pixmap(QSize(length, length), self._application.devicePixelRatio())

    def set_icon(self, target: _TakesIcon, name: str, role: str = "muted") -> None:
        """Give a button or an action its icon, in place of the one before, and keep it in the theme's colours."""
        assert isinstance(target, QObject)
        before = target.findChild(_IconFollower, options=Qt.FindChildOption.FindDirectChildrenOnly)
        if before is None:
            _IconFollower(target, lambda: target.setIcon(self.icon(name, role)), self.changed).dress()
        else:
            before.follow(lambda: target.setIcon(self.icon(name, role)))

    def set_data_font(self, widget: QWidget, weight: int = 400) -> None:
        """Give `widget` the face of data and keep it at the person's scale."""
        self.follow(widget, lambda: widget.setFont(self.data_font(weight)))

    def follow(self, owner: object, dress: Callable[[], None]) -> None:
        """Call `dress` now and after every change, for as long as `owner` (a QObject) lives.

        A second `follow` of the same owner comes beside the first.
        """
        assert isinstance(owner, QObject)
        _Follower(owner, dress, self.changed).dress()

    def _ask_for_scheme(self) -> None:
        """Tell Qt as well, so that title bars and native dialogs match, then see what is in force."""
        hints = self._application.styleHints()
        if self._choice == "system":
            hints.unsetColorScheme()
            self._is_dark = hints.colorScheme() == Qt.ColorScheme.Dark
        else:
            self._is_dark = self._choice == "dark"
            hints.setColorScheme(Qt.ColorScheme.Dark if self._is_dark else Qt.ColorScheme.Light)

    def _on_color_scheme_changed(self, scheme: Qt.ColorScheme) -> None:
        is_dark = scheme == Qt.ColorScheme.Dark
        if self._choice == "system" and is_dark != self._is_dark:
            self._is_dark = is_dark
            self._dress_anew()

    def _dress_anew(self) -> None:
        self._dress()
        self.changed.emit()

    def _dress(self) -> None:
        # Qt dresses ten times as fast what is bare as what wears another style sheet: 0.5 s against 5 s for 4,300
        # widgets in six tabs.
        self._application.setStyleSheet("")
        self._application.setPalette(style_sheet.qt_palette(self.palette))
        self._application.setFont(self.label_font())
        sheet = style_sheet.filled(self._template, self.palette, self._icons, self._scale, self.px)
        self._application.setStyleSheet(sheet)


def application_icon() -> QIcon:
    """Wirelens' own icon, in the sizes that windows and task bars ask for."""
    icon = QIcon()
    for picture in sorted((resources() / "application").glob("wirelens-*.png")):
        icon.addFile(str(picture))
    return icon


class _Follower(QObject):
    """Lives and dies with its owner, and so ends the connection with it."""

    def __init__(self, owner: QObject, dress: Callable[[], None], changed: SignalInstance) -> None:
        super().__init__(owner)
        self._dress = dress
        changed.connect(self.dress)

    def dress(self) -> None:
        self._dress()


class _IconFollower(_Follower):
    """There is one for each target, however often its icon changes."""

    def follow(self, dress: Callable[[], None]) -> None:
        self._dress = dress
        self._dress()
