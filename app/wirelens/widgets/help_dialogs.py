"""Two small dialogs: the keyboard's shortcuts, and what this program is."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from wirelens import __version__
from wirelens.widgets.connect_bar import application_mark
from wirelens.widgets.theme import Theme, restyle
from wirelens.widgets.window_actions import WindowActions

# What no action carries: keys of the views themselves.
_VIEW_KEYS = (
    ("Esc", "Close what is open in front, else cancel the call"),
    ("Ctrl+F", "Find in the pane that has the focus; filter the timeline"),
    ("F3, Shift+F3", "Go to the next or the previous match in the timeline"),
    ("Ctrl+H", "Find and replace in the request's JSON"),
    ("Ctrl+Space", "Show what fits at the cursor of the request's JSON"),
    ("Ctrl+Shift+Space", "Show the documentation of the word at the cursor"),
    ("Ctrl+Shift+[, Ctrl+Shift+]", "Fold and unfold; with Alt all"),
    ("Ctrl+/", "Comment lines, or make them lines again"),
    ("Alt+Up, Alt+Down", "Move lines of JSON; with Shift repeat them"),
    ("Tab, Shift+Tab", "Move selected lines in and out"),
    ("End", "Follow the newest message of the timeline"),
    ("Ctrl+C, Ctrl+S", "Copy or save the selected messages of the timeline"),
    ("Ctrl+U", "Use the message of the timeline as request"),
    ("Ctrl+M", "Compare two messages, or one with the pinned or the one before"),
    ("Ctrl+Shift+P", "Pin a message of the timeline, or unpin it"),
    ("F7, Shift+F7", "Go to the next or the previous difference of two messages"),
    ("Alt+Up, Alt+Down", "Move the row of a repeated field"),
    ("Alt+Up, Alt+Down", "Over answers: show the call before, or the next"),
    ("Alt+Down, F4", "Choose the day of a Timestamp in a calendar"),
    ("Ctrl+Z, Ctrl+Shift+Z", "Undo and redo in the request"),
    ("F10", "Open the menu"),
)


class ShortcutsDialog(QDialog):
    """All keys in two columns."""

    def __init__(self, actions: WindowActions, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Keyboard shortcuts")
        px = theme.px
        rows = [
            (" or ".join(key.toString() for key in action.shortcuts()), action.text().rstrip(" …"))
            for action in actions.all
            if action.shortcuts()
        ]
        grid = QGridLayout()
        grid.setHorizontalSpacing(px(24))
        grid.setVerticalSpacing(px(6))
        for row, (keys, text) in enumerate([*rows, *_VIEW_KEYS]):
            key_label = QLabel(keys)
            key_label.setFont(theme.data_font())
            restyle(key_label, role="muted")
            grid.addWidget(key_label, row, 0)
            grid.addWidget(QLabel(text), row, 1)
        grid.setColumnStretch(1, 1)
        body = QWidget()
        body.setLayout(grid)
        restyle(body, role="page")
        scroll = QScrollArea()
        scroll.setAccessibleName("Keyboard shortcuts")
        scroll.setWidgetResizable(True)
        scroll.setWidget(body)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(16), px(16), px(16), px(16))
        layout.addWidget(scroll)
        layout.addLayout(_close_row(self))
        self.resize(max(px(560), body.sizeHint().width() + px(56)), px(560))


class AboutDialog(QDialog):
    """Name, version, licence, and what it never does."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("About Wirelens")
        px = theme.px
        mark = QLabel()
        mark.setPixmap(application_mark(theme, 48))
        name = QLabel(f"Wirelens {__version__}")
        restyle(name, role="headline")
        text = QLabel(
            "A desktop gRPC explorer.\n\n"
            "It talks to the servers you name and to nobody else: no account, no telemetry, no update check.\n\n"
            "Apache License 2.0. Qt and Qt for Python are used under the LGPL 3.0; Inter and JetBrains Mono are under "
            "the SIL Open Font License. THIRD-PARTY.md names all that it is made with."
        )
        text.setWordWrap(True)
        text.setFixedWidth(px(400))
        text.ensurePolished()
        text.setMinimumHeight(text.heightForWidth(px(400)))
        restyle(text, role="muted")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(24), px(24), px(24), px(16))
        layout.setSpacing(px(12))
        layout.addWidget(mark)
        layout.addWidget(name)
        layout.addWidget(text)
        layout.addLayout(_close_row(self))


def _close_row(dialog: QDialog) -> QHBoxLayout:
    close = QPushButton("Close")
    close.setDefault(True)
    close.clicked.connect(dialog.accept)
    row = QHBoxLayout()
    row.addStretch()
    row.addWidget(close)
    return row
