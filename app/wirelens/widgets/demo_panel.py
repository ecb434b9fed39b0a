"""The bundled demo servers at a glance: state, address and last output of each, and how to start and stop them."""

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from wirelens.engine.demo_servers import DemoState
from wirelens.presentation.demos import Demo, Demos
from wirelens.widgets.controls.status_dot import StatusDot
from wirelens.widgets.theme import Theme, restyle

_DOTS = {
    DemoState.STOPPED: "faint",
    DemoState.STARTING: "accent",
    DemoState.SERVING: "good",
    DemoState.FAILED: "bad",
}


class DemoPanel(QFrame):
    """A panel that opens under the Demo button; it closes on Esc and on a click beside it."""

    def __init__(self, demos: Demos, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._demos = demos
        self._theme = theme
        self.setObjectName("demoPanel")
        self.setAccessibleName("Demo servers")
        restyle(self, role="popup")
        self._rows = [_DemoRow(demo, theme) for demo in demos]
        self._all = QPushButton()
        restyle(self._all, role="primary")
        self._all.clicked.connect(self._on_all)
        # Output may come by the hundred lines: the panel looks at it a few times a second, while it is open.
        self._timer = QTimer(self, interval=200)
        self._timer.timeout.connect(self._show_states)
        self._build()

    def _build(self) -> None:
        title = QLabel("Demo servers")
        restyle(title, role="title")
        sentence = QLabel("Real gRPC servers that come with Wirelens, each in a process of its own on this machine.")
        sentence.setWordWrap(True)
        restyle(sentence, role="muted")
        head = QHBoxLayout()
        head.addWidget(title)
        head.addStretch()
        head.addWidget(self._all)
        self._grid = QGridLayout()
        self._grid.setColumnStretch(1, 1)
        for index, row in enumerate(self._rows):
            row.add_to(self._grid, index * 2)
        self._column = QVBoxLayout(self)
        self._column.addLayout(head)
        self._column.addWidget(sentence)
        self._column.addLayout(self._grid)
        self._theme.follow(self, self._dress)

    def _dress(self) -> None:
        px = self._theme.px
        self._grid.setHorizontalSpacing(px(12))
        self._grid.setVerticalSpacing(px(4))
        self._column.setContentsMargins(px(16), px(16), px(16), px(16))
        self._column.setSpacing(px(8))
        for row in self._rows:
            row.dress()
        self.setMinimumWidth(px(520))

    def show_under(self, button: QWidget) -> None:
        self._show_states()
        corner = button.mapToGlobal(QPoint(button.width() - self.width(), button.height() + self._theme.px(6)))
        screen = button.screen().availableGeometry()
        corner.setX(max(screen.left(), min(corner.x(), screen.right() - self.width())))
        corner.setY(max(screen.top(), min(corner.y(), screen.bottom() - self.height())))
        self.move(corner)
        self.show()
        self._timer.start()

    def hideEvent(self, event: object) -> None:
        self._timer.stop()

    def _on_all(self) -> None:
        if self._demos.all_run:
            self._demos.stop_all()
        else:
            self._demos.start_all()
        self._show_states()

    def _show_states(self) -> None:
        self._all.setText("Stop all" if self._demos.all_run else "Start all")
        for row in self._rows:
            row.show_state()
        self._fit()

    def _fit(self) -> None:
        """As high as what is in it: adjustSize would stop at two thirds of the screen, rows over one another."""
        self._column.activate()
        width = max(self.minimumWidth(), self._column.sizeHint().width())
        self.resize(width, self._column.totalHeightForWidth(width))


class _DemoRow:
    """The widgets of one demo: a line, and its output below when unfolded."""

    def __init__(self, demo: Demo, theme: Theme) -> None:
        self._demo = demo
        self._theme = theme
        self._dot = StatusDot(theme)
        self._name = QLabel(demo.name)
        restyle(self._name, role="strong")
        self._title = QLabel(demo.server.title)
        restyle(self._title, role="muted")
        self._address = QLabel()
        self._address.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._copy = _tool(f"Copy the address of {demo.name}")
        theme.set_icon(self._copy, "copy")
        self._copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(demo.server.address or ""))
        self._log = _tool(f"Output of {demo.name}")
        theme.set_icon(self._log, "text")
        self._log.setCheckable(True)
        self._toggle = _tool("")
        self._toggle.clicked.connect(self._on_toggle)
        self._output = QPlainTextEdit(readOnly=True)
        self._output.setAccessibleName(f"Output of {demo.name}")
        self._output.setTabChangesFocus(True)
        self._output.hide()
        self._shown = ""

    def add_to(self, grid: QGridLayout, row: int) -> None:
        self._names = QHBoxLayout()
        self._names.addWidget(self._name)
        self._names.addWidget(self._title, 1)
        grid.addWidget(self._dot, row, 0)
        grid.addLayout(self._names, row, 1)
        grid.addWidget(self._address, row, 2)
        for column, button in enumerate((self._copy, self._log, self._toggle), start=3):
            grid.addWidget(button, row, column)
        grid.addWidget(self._output, row + 1, 1, 1, 5)

    def dress(self) -> None:
        theme = self._theme
        self._names.setSpacing(theme.px(8))
        self._address.setFont(theme.data_font())
        self._output.setFont(theme.data_font())
        self._output.setFixedHeight(theme.px(96))
        self.show_state()

    def show_state(self) -> None:
        server = self._demo.server
        self._dot.set_role(_DOTS[server.state])
        self._address.setText(server.address or server.state.value)
        restyle(self._address, role="" if server.address else "muted")
        self._copy.setEnabled(bool(server.address))
        runs = self._demo.runs
        self._toggle.setIcon(self._theme.icon("stop" if runs else "play"))
        said = f"{'Stop' if runs else 'Start'} {self._demo.name}"
        self._toggle.setToolTip(said)
        self._toggle.setAccessibleName(said)
        lines = [*server.output]
        if server.state is DemoState.FAILED:
            lines.append(server.outcome)
        self._dot.setToolTip(server.outcome if server.state is DemoState.FAILED else server.state.value)
        self._output.setVisible(self._log.isChecked())
        text = "\n".join(lines) or "No output yet."
        if text != self._shown:
            self._shown = text
            self._output.setPlainText(text)
            bar = self._output.verticalScrollBar()
            bar.setValue(bar.maximum())

    def _on_toggle(self) -> None:
        if self._demo.runs:
            self._demo.stop()
        else:
            self._demo.start()
        self.show_state()


def _tool(said: str) -> QToolButton:
    button = QToolButton()
    button.setAutoRaise(True)
    button.setToolTip(said)
    button.setAccessibleName(said)
    return button
