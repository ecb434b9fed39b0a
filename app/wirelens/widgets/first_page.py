"""What stands where the tabs will be while none is open: the three ways in, and the addresses used last."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from wirelens.presentation.source import SourceSettings, SourceState
from wirelens.presentation.workspace import Workspace
from wirelens.widgets.connect_bar import application_mark
from wirelens.widgets.theme import Theme, restyle

_RECENT_SHOWN = 5


class FirstPage(QWidget):
    """Three ways in before anything is open; with sources there, what to do next."""

    def __init__(
        self,
        workspace: Workspace,
        theme: Theme,
        demo: QAction,
        focus_address: QAction,
        open_proto: QAction,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._theme = theme
        self.setObjectName("firstPage")
        self.setAccessibleName("First page")
        self._mark = QLabel(alignment=Qt.AlignmentFlag.AlignLeft)
        self._title = QLabel()
        self._sentence = QLabel()
        self._sentence.setWordWrap(True)
        restyle(self._sentence, role="muted")
        self._recent_title = QLabel("Recent")
        restyle(self._recent_title, role="section")
        self._recent = QVBoxLayout()
        self._ways = QWidget()
        grid = QGridLayout(self._ways)
        grid.setContentsMargins(0, 0, 0, 0)
        ways: tuple[tuple[QAction, str, str], ...] = (
            (demo, "Try the demo servers", "Users, files, chat, a small language model: on this machine."),
            (focus_address, "Connect to a server", "Type host:port above; its reflection says what it offers."),
            (open_proto, "Open .proto files", "Or drop files and folders anywhere in this window."),
        )
        for row, (action, text, sentence) in enumerate(ways):
            self._add_way(grid, row, action, text, sentence)
        self._column = QWidget()
        column = QVBoxLayout(self._column)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(8))
        for widget in (self._mark, self._title, self._sentence):
            column.addWidget(widget)
        column.addSpacing(theme.px(16))
        column.addWidget(self._ways)
        column.addSpacing(theme.px(16))
        column.addWidget(self._recent_title)
        column.addLayout(self._recent)
        middle = QHBoxLayout()
        middle.addStretch()
        middle.addWidget(self._column)
        middle.addStretch()
        outer = QVBoxLayout(self)
        outer.addStretch(2)
        outer.addLayout(middle)
        outer.addStretch(3)
        workspace.source_changed.connect(self._show)
        workspace.sources_changed.connect(self._show)
        workspace.demos.changed.connect(self._show)
        workspace.recent_addresses_changed.connect(self._show_recent)
        theme.follow(self, self._dress)

    def _add_way(self, grid: QGridLayout, row: int, action: QAction, text: str, sentence: str) -> None:
        button = QPushButton(text)
        button.setAccessibleName(text)
        if row == 0:
            restyle(button, role="primary")
        button.clicked.connect(action.trigger)
        said = QLabel(sentence)
        restyle(said, role="muted")
        keys = QLabel(action.shortcut().toString())
        restyle(keys, role="faint")
        grid.addWidget(button, row, 0)
        grid.addWidget(said, row, 1)
        grid.addWidget(keys, row, 2)
        grid.setColumnStretch(1, 1)

    def _dress(self) -> None:
        px = self._theme.px
        self._mark.setPixmap(application_mark(self._theme, 48))
        self._title.setFont(self._theme.label_font(600, "large"))
        self._column.setFixedWidth(px(640))
        grid = self._ways.layout()
        assert isinstance(grid, QGridLayout)
        grid.setHorizontalSpacing(px(16))
        grid.setVerticalSpacing(px(12))
        self._show()
        self._show_recent()

    def _show(self) -> None:
        ready = any(source.state is SourceState.READY for source in self._workspace.all_sources())
        loading = any(source.state is SourceState.LOADING for source in self._workspace.all_sources())
        if ready:
            self._title.setText("Choose a method")
            self._sentence.setText(
                "Click a method at the left: its request form opens with an example in it. Ctrl+Enter sends."
            )
        elif loading or self._workspace.demos.any_runs:
            self._title.setText("Connecting …")
            self._sentence.setText("The services appear at the left as soon as the server has said what it offers.")
        else:
            self._title.setText("Look into any gRPC server")
            self._sentence.setText(
                "Wirelens reads what a server offers, builds the forms for it and calls it. "
                "Everything stays on this machine: no account, no telemetry."
            )
        self._ways.setVisible(not ready)

    def _show_recent(self) -> None:
        while (item := self._recent.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        addresses = self._workspace.recent_addresses[:_RECENT_SHOWN]
        self._recent_title.setVisible(bool(addresses))
        for address in addresses:
            button = QPushButton(address)
            button.setAccessibleName(f"Connect to {address}")
            restyle(button, role="link")
            button.clicked.connect(self._connector(address))
            row = QHBoxLayout()
            row.addWidget(button)
            row.addStretch()
            holder = QWidget()
            row.setContentsMargins(0, 0, 0, 0)
            holder.setLayout(row)
            self._recent.addWidget(holder)

    def _connector(self, address: str) -> Callable[[], object]:
        def connect() -> None:
            known = next((s.settings for s in self._workspace.sources if s.settings.address == address), None)
            self._workspace.connect_to(known or SourceSettings(address=address))

        return connect
