"""The bar at the top: address with its state, TLS, Connect, .proto files, demo servers and the menu."""

from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, QStringListModel, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QCompleter,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QToolButton,
    QWidget,
)

from wirelens.engine.errors import AddressError
from wirelens.presentation.source import Source, SourceKind, SourceSettings, SourceState
from wirelens.presentation.workspace import Workspace
from wirelens.widgets.controls.elided_label import ElidedLabel
from wirelens.widgets.controls.named import named
from wirelens.widgets.controls.status_dot import StatusDot
from wirelens.widgets.theme import Theme, restyle
from wirelens.widgets.window_actions import WindowActions

# px of width under which the address needs the room of the program's name, and of the button that the menu has too
_NAMELESS_BELOW = 1000
_SHORT_BELOW = 720


class ConnectBar(QWidget):
    """Connects to what is typed; asks for the rest by signal."""

    connection_settings_wanted = Signal()

    def __init__(
        self,
        workspace: Workspace,
        theme: Theme,
        actions: WindowActions,
        menu: QMenu,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._theme = theme
        self._watched: Source | None = None  # the source whose address is typed
        self._settings = SourceSettings()  # what is known or chosen beside the address
        self._chosen = False  # whether those are for the next Connect, whatever its address
        self.setObjectName("connectBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        restyle(self, role="top-bar")

        self._explorer = QToolButton()
        self._mark = QLabel()
        self._name = QLabel("Wirelens")
        self.address = named(QLineEdit(), "addressEdit")
        self.address.setAccessibleName("Server address")
        self.address.setPlaceholderText("host:port of a gRPC server")
        self.address.setFrame(False)
        restyle(self.address, role="within")
        self._recent = QStringListModel(self)
        completer = QCompleter(self._recent, self)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.address.setCompleter(completer)
        self.address.installEventFilter(self)
        self._dot = StatusDot(theme)
        self._state = ElidedLabel()
        restyle(self._state, role="muted")
        self.tls = named(QToolButton(), "tlsButton")
        self.tls.setAccessibleName("Transport security and connection settings")
        self.tls.setAutoRaise(True)
        self.connect_button = named(QPushButton("Connect"), "connectButton")
        self.connect_button.setAccessibleName("Connect")
        self._open = QPushButton("Open .proto …")
        self._open.setAccessibleName("Open .proto files")
        self._demo = named(QToolButton(), "demoButton")
        self._menu = named(QToolButton(), "menuButton")
        self._build(actions, menu)

        self.address.textEdited.connect(self._on_edited)
        self.address.returnPressed.connect(self.connect_now)
        self.connect_button.clicked.connect(self._on_connect_clicked)
        self.tls.clicked.connect(self.connection_settings_wanted)
        workspace.address_changed.connect(self._on_address_changed)
        workspace.sources_changed.connect(self._watch)
        workspace.recent_addresses_changed.connect(self._show_recent_addresses)
        self._show_recent_addresses()
        self._on_address_changed(workspace.address)

    def _build(self, actions: WindowActions, menu: QMenu) -> None:
        self._field = QFrame()
        restyle(self._field, role="field")
        inner = QHBoxLayout(self._field)
        for widget in (self._dot, self.tls, self.address, self._state):
            inner.addWidget(widget, 1 if widget is self.address else 0)
        self._open.clicked.connect(actions.open_proto.trigger)
        self._open.setToolTip(actions.open_proto.toolTip())
        self._demo.setText("Demo")
        self._demo.setAccessibleName("Demo servers")
        self._demo.setToolTip("Start the bundled demo servers")
        restyle(self._demo, role="split")
        self._demo.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        demo_menu = QMenu(self._demo)
        demo_menu.addActions([actions.demo, actions.demo_panel])
        self._demo.setMenu(demo_menu)
        self._demo.clicked.connect(actions.demo.trigger)
        self._menu.setAccessibleName("Menu")
        self._menu.setToolTip("Menu (F10)")
        self._menu.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu.setMenu(menu)
        # Where the window is narrow the explorer folds away: this brings it back.
        explorer = actions.explorer
        self._explorer.setAccessibleName(explorer.text())
        self._explorer.setToolTip(explorer.toolTip())
        self._explorer.setVisible(not explorer.isChecked())
        self._explorer.clicked.connect(explorer.trigger)
        explorer.toggled.connect(lambda shown: self._explorer.setVisible(not shown))
        self._theme.set_icon(self._explorer, "sidebar")
        layout = QHBoxLayout(self)
        layout.addWidget(self._explorer)
        layout.addWidget(self._mark)
        layout.addWidget(self._name)
        layout.addWidget(self._field, 100)  # as much as it may have, then the gap
        layout.addWidget(self.connect_button)
        layout.addWidget(self._open)
        layout.addStretch(1)
        layout.addWidget(self._demo)
        layout.addWidget(self._menu)
        self._theme.follow(self, self._dress)

    def _dress(self) -> None:
        theme, px = self._theme, self._theme.px
        self.setFixedHeight(px(48))
        layout = self.layout()
        assert layout is not None
        layout.setContentsMargins(px(16), 0, px(16), 0)
        layout.setSpacing(px(8))
        inner = self._field.layout()
        assert inner is not None
        inner.setContentsMargins(px(10), 0, px(10), 0)
        inner.setSpacing(px(6))
        self._field.setFixedHeight(px(30))
        self._field.setMinimumWidth(px(200))
        self._field.setMaximumWidth(px(640))
        self._name.setFont(theme.label_font(600, "title"))
        self._name.setContentsMargins(0, 0, px(12), 0)
        self._mark.setPixmap(application_mark(theme, 22))
        self.address.setFont(theme.data_font())
        self.address.setMinimumWidth(px(120))
        self._menu.setIcon(theme.icon("menu"))
        self._fit()
        self._show_state()

    def open_menu(self) -> None:
        """The menu by its key."""
        self._menu.showMenu()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self._name.setVisible(self.width() >= self._theme.px(_NAMELESS_BELOW))
        self._open.setVisible(self.width() >= self._theme.px(_SHORT_BELOW))

    # -- connecting ------------------------------------------------------------------------------------------

    @property
    def settings(self) -> SourceSettings:
        return self._settings

    def set_settings(self, settings: SourceSettings) -> None:
        """TLS and the like for the next Connect, from the settings panel."""
        self._settings = settings
        self._chosen = True
        self._show_state()

    def connect_now(self) -> None:
        """Connect to what is typed; a mistake in it is said in the bar itself."""
        address = self.address.text().strip()
        if not address:
            self.address.setFocus(Qt.FocusReason.OtherFocusReason)
            self._say("type host:port first", bad=True)
            return
        if self._watched is not None and self._watched.settings.kind is SourceKind.DEMO and not self._chosen:
            self._workspace.reload(self._watched)
            return
        settings = replace(self._settings, kind=SourceKind.SERVER, address=address)
        try:
            settings.target()
        except AddressError as error:
            self._say(error.message, bad=True)
            self._field.setToolTip(error.one_line())
            restyle(self._field, invalid=True)
            self.address.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self._chosen = False
        self._workspace.connect_to(settings)
        self._watch()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Down opens the recent addresses, also while the field is empty; the whole field shows the focus."""
        if watched is self.address:
            if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
                restyle(self._field, focused=event.type() == QEvent.Type.FocusIn)
            elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
                return event.key() == Qt.Key.Key_Down and self._show_recent()
        return False

    def _show_recent(self) -> bool:
        completer = self.address.completer()
        popup = completer.popup()
        if popup is not None and popup.isVisible():
            return False
        completer.setCompletionPrefix("")
        completer.complete()
        return True

    def _show_recent_addresses(self) -> None:
        self._recent.setStringList(self._workspace.recent_addresses)

    def _on_connect_clicked(self) -> None:
        if self._watched is not None and self._watched.state is SourceState.LOADING:
            self._watched.cancel()
        else:
            self.connect_now()

    def _on_edited(self, text: str) -> None:
        restyle(self._field, invalid=False)
        self._field.setToolTip("")
        self._workspace.set_address(text.strip())

    def _on_address_changed(self, address: str) -> None:
        if self.address.text().strip() != address:
            self.address.setText(address)
            self.address.setCursorPosition(0)  # the host is what tells addresses apart
        self._watch()

    # -- what it shows ---------------------------------------------------------------------------------------

    def _watch(self) -> None:
        """Follow the source whose address is typed."""
        source = next(
            (
                source
                for source in self._workspace.all_sources()
                if source.settings.address and source.settings.address == self._workspace.address
            ),
            None,
        )
        if source is not self._watched:
            if self._watched is not None:
                self._watched.changed.disconnect(self._show_state)
            self._watched = source
            if source is not None:
                source.changed.connect(self._show_state)
        self._show_state()

    def _show_state(self) -> None:
        source = self._watched
        if not self._chosen:
            # One server's certificates and credentials are no other's business.
            self._settings = source.settings if source is not None else SourceSettings()
        loading = source is not None and source.state is SourceState.LOADING
        self.connect_button.setText("Stop" if loading else "Connect")
        self._show_lock()
        if source is None:
            self._dot.set_role("faint")
            self._say("")
            return
        security = "TLS" if self._is_secure() else "plaintext"
        match source.state:
            case SourceState.LOADING:
                done, total = source.progress or (0, 0)
                self._dot.set_role("accent")
                self._say(f"loading {done} of {total}" if total else "connecting …")
            case SourceState.FAILED:
                self._dot.set_role("bad")
                self._say("failed", bad=True)
            case SourceState.READY:
                self._dot.set_role("good")
                kind = source.schema.origin.kind if source.schema is not None else ""
                self._say(f"{security} · {kind}")
            case _:
                self._dot.set_role("faint")
                self._say("")

    def _show_lock(self) -> None:
        secure = self._is_secure()
        self.tls.setIcon(self._theme.icon("lock" if secure else "lock-open", "good" if secure else "muted"))
        self.tls.setToolTip(
            ("The connection is encrypted with TLS." if secure else "Plaintext: nothing is encrypted.")
            + "\nClick for transport security and connection settings."
        )

    def _is_secure(self) -> bool:
        if self._settings.plaintext is not None:
            return not self._settings.plaintext
        if not self._workspace.address:
            return False
        try:
            settings = replace(self._settings, kind=SourceKind.SERVER, address=self._workspace.address)
            return settings.target().secure
        except AddressError:
            return False

    def _say(self, text: str, *, bad: bool = False) -> None:
        self._state.setText(text)
        restyle(self._state, role="bad" if bad else "muted")


def application_mark(theme: Theme, size: int) -> QPixmap:
    """The program's own mark, for the bar and the first page."""
    return theme.icon("wirelens", "accent").pixmap(theme.px(size), theme.px(size))
