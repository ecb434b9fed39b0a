"""Every control and standard widget on one page, to be looked at: `python tests/widgets/gallery.py FOLDER`.

Writes gallery-light.png, gallery-dark.png and their likes at other scales and densities into FOLDER.
"""

import sys
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QStringListModel, Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFrame,
    QGridLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QMainWindow,
    QMenu,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QSpinBox,
    QTableView,
    QToolButton,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from wirelens.engine.errors import WirelensError
from wirelens.engine.schema.services import Pattern
from wirelens.widgets.controls.card_tabs import CardTabs
from wirelens.widgets.controls.elided_label import ElidedLabel
from wirelens.widgets.controls.empty_state import EmptyState
from wirelens.widgets.controls.figure import Figure
from wirelens.widgets.controls.find_bar import FindBar
from wirelens.widgets.controls.inline_message import InlineMessage
from wirelens.widgets.controls.key_button import KeyButton
from wirelens.widgets.controls.page_tabs import PageTabs
from wirelens.widgets.controls.pill import Pill
from wirelens.widgets.controls.segmented_choice import SegmentedChoice
from wirelens.widgets.controls.sparkline import Sparkline
from wirelens.widgets.controls.splitter import Splitter
from wirelens.widgets.controls.status_dot import StatusDot
from wirelens.widgets.controls.tables import dress_table
from wirelens.widgets.controls.trees import dress_tree
from wirelens.widgets.theme import Theme, restyle

W = TypeVar("W", bound=QWidget)


def with_role(widget: W, role: str) -> W:
    widget.setProperty("role", role)
    return widget


class Gallery(QMainWindow):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.setWindowTitle("Gallery")
        self.setMinimumSize(theme.px(1280), theme.px(1000))
        page = QWidget()
        self.setCentralWidget(page)
        columns = QHBoxLayout(page)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(0)
        splitter = Splitter()
        columns.addWidget(splitter)
        splitter.addWidget(self._explorer())
        splitter.addWidget(self._middle())
        splitter.addWidget(self._right())
        splitter.setSizes([theme.px(264), theme.px(500), theme.px(516)])
        self._menus()

    def _menus(self) -> None:
        for name in ("File", "Edit", "View", "Help"):
            self.menuBar().addMenu(name)
        self.menu = QMenu(self)
        for icon, label, key in (
            ("copy", "Copy", "Ctrl+C"),
            ("text", "Paste a grpcurl command", "Ctrl+V"),
            ("follow", "Reload the schema", "Ctrl+R"),
        ):
            action = self.menu.addAction(label)
            action.setShortcut(key)
            self.theme.set_icon(action, icon)
        self.menu.addSeparator()
        checked = self.menu.addAction("Show defaults")
        checked.setCheckable(True)
        checked.setChecked(True)
        self.menu.addAction("Not now").setEnabled(False)
        self.menu.addMenu("Theme").addAction("Dark")
        status = self.statusBar()
        status.addWidget(Pill(self.theme, "receiving", "accent"))
        status.addWidget(QLabel("2.86 s"))
        status.addWidget(QLabel("142 messages"))
        status.addPermanentWidget(QLabel("Schema: reflection v1 · 9 files · 21 ms"))

    def _explorer(self) -> QWidget:
        theme = self.theme
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(theme.px(8), theme.px(8), theme.px(8), theme.px(8))
        search = QLineEdit()
        search.setPlaceholderText("Filter services and methods")
        search.addAction(theme.icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        column.addWidget(search)
        row = QHBoxLayout()
        row.addWidget(StatusDot(theme, "good"))
        row.addWidget(with_role(QLabel("Demo servers"), "strong"))
        row.addStretch()
        row.addWidget(with_role(QLabel("6"), "muted"))
        column.addLayout(row)
        tree = QTreeView()
        dress_tree(tree, theme)
        model = QStandardItemModel(tree)
        for service, methods in (
            ("UserService", [("GetUser", Pattern.UNARY), ("CreateUser", Pattern.UNARY)]),
            ("TextGenerationService", [("Generate", Pattern.SERVER_STREAMING), ("Chat", Pattern.BIDI_STREAMING)]),
            ("FileService", [("Upload", Pattern.CLIENT_STREAMING), ("Download", Pattern.SERVER_STREAMING)]),
        ):
            item = QStandardItem(service)
            for name, pattern in methods:
                item.appendRow(QStandardItem(theme.pattern_icon(pattern), name))
            model.appendRow(item)
        model.appendRow(QStandardItem("Closed"))
        model.item(3).appendRow(QStandardItem("x"))
        tree.setModel(model)
        for row_index in range(3):
            tree.expand(model.index(row_index, 0))
        tree.setCurrentIndex(model.index(0, 0, model.index(1, 0)))
        column.addWidget(tree, 1)
        row = QHBoxLayout()
        row.addWidget(StatusDot(theme, "bad"))
        row.addWidget(with_role(QLabel("payments.staging:443"), "strong"))
        row.addStretch()
        row.addWidget(with_role(QPushButton("Why?"), "link"))
        column.addLayout(row)
        column.addWidget(with_role(QLabel("HISTORY"), "section"))
        listing = QListView()
        listing.ensurePolished()
        listing.setModel(QStringListModel(["Generate", "GetUser", "Echo"], listing))
        listing.setMaximumHeight(theme.px(90))
        column.addWidget(listing)
        icons = QGridLayout()
        icons.setSpacing(theme.px(4))
        for index, name in enumerate(theme.icon_names()):
            mark = QLabel()
            mark.setToolTip(name)
            mark.setPixmap(theme.icon(name).pixmap(theme.px(16), theme.px(16)))
            icons.addWidget(mark, index // 11, index % 11)
        column.addLayout(icons)
        return box

    def _middle(self) -> QWidget:
        theme = self.theme
        calls = CardTabs(theme)
        form = QWidget()
        column = QVBoxLayout(form)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._call_header())
        pages = PageTabs(theme)
        page = self._form()
        pages.addTab(page, "Form")
        for name in ("JSON", "Wire", "Metadata", "Options"):
            pages.addTab(QWidget(), name)
        pages.set_note(pages.widget(2), "96 B")
        pages.set_note(pages.widget(3), "2")
        pages.setTabEnabled(4, False)
        column.addWidget(pages, 1)
        calls.addTab(QWidget(), theme.pattern_icon(Pattern.UNARY), "GetUser")
        calls.addTab(form, theme.pattern_icon(Pattern.SERVER_STREAMING), "Generate")
        calls.addTab(QWidget(), theme.pattern_icon(Pattern.BIDI_STREAMING), "Join")
        calls.setCurrentIndex(1)
        return calls

    def _call_header(self) -> QWidget:
        theme = self.theme
        box = with_role(QFrame(), "top-bar")
        column = QVBoxLayout(box)
        column.setContentsMargins(theme.px(16), theme.px(12), theme.px(16), theme.px(12))
        row = QHBoxLayout()
        row.setSpacing(theme.px(8))
        mark = QLabel()
        mark.setPixmap(theme.pattern_pixmap(Pattern.SERVER_STREAMING, 18))
        row.addWidget(mark)
        row.addWidget(with_role(ElidedLabel("TextGenerationService / Generate"), "title"), 1)
        cancel = KeyButton(theme, "Cancel", "Esc")
        send = with_role(KeyButton(theme, "Send", "Ctrl ↵"), "primary")
        half = QPushButton("Half-close")
        half.setEnabled(False)
        for button in (half, cancel, send):
            row.addWidget(button)
        column.addLayout(row)
        row = QHBoxLayout()
        for pattern in Pattern:
            pill = Pill(theme)
            pill.set_pattern(pattern)
            row.addWidget(pill)
        row.addStretch()
        column.addLayout(row)
        column.addWidget(with_role(QLabel("Streams generated text as token deltas."), "muted"))
        return box

    def _form(self) -> QWidget:
        theme = self.theme
        page = QWidget()
        grid = QGridLayout(page)
        grid.setContentsMargins(theme.px(16), theme.px(12), theme.px(16), theme.px(12))
        grid.setVerticalSpacing(theme.px(8))
        grid.setHorizontalSpacing(theme.px(16))
        prompt = QPlainTextEdit("It was a dark and stormy night, and the lighthouse keeper")
        prompt.setMaximumHeight(theme.px(60))
        unset = QLineEdit()
        unset.setPlaceholderText("unset · server default 40")
        restyle(unset, unset=True)
        invalid = QLineEdit("4294967296")
        restyle(invalid, invalid=True)
        focused = QLineEdit("256 (focused)")
        self.focused = focused
        combo = QComboBox()
        combo.addItems(["PRIORITY_HIGH = 2", "PRIORITY_LOW = 1"])
        self.combo = combo
        editable = QComboBox()
        editable.setEditable(True)
        editable.addItem("localhost:50051")
        choice = SegmentedChoice(theme)
        choice.set_choices([("plain", "plain"), ("json", "json_schema"), ("none", "none")])
        choice.set_current("plain")
        many = SegmentedChoice(theme)
        many.set_choices([(str(n), f"member_{n}") for n in range(7)])
        disabled = QLineEdit("disabled")
        disabled.setEnabled(False)
        spin = QSpinBox()
        double = QDoubleSpinBox()
        numbers = QHBoxLayout()
        numbers.addWidget(spin)
        numbers.addWidget(double)
        numbers_box = QWidget()
        numbers.setContentsMargins(0, 0, 0, 0)
        numbers_box.setLayout(numbers)
        for widget in (unset, invalid, focused, disabled, spin, double):
            theme.set_data_font(widget)
        rows = [
            ("prompt", "string", prompt),
            ("max_tokens", "int32", focused),
            ("top_k", "int32", unset),
            ("ratio", "uint32", invalid),
            ("", "", with_role(QLabel("4294967295 is the largest uint32"), "bad")),
            ("priority", "Priority", combo),
            ("address", "string", editable),
            ("numbers", "int32", numbers_box),
            ("output", "oneof", choice),
            ("many", "oneof", many),
            ("off", "bool", disabled),
        ]
        for index, (name, kind, editor) in enumerate(rows):
            label = QHBoxLayout()
            label.setSpacing(theme.px(6))
            label.addWidget(with_role(QLabel(name), "strong"))
            label.addWidget(with_role(QLabel(kind), "small"))
            label.addStretch()
            grid.addLayout(label, index, 0)
            grid.addWidget(editor, index, 1)
        grid.setColumnStretch(1, 1)
        toggles = QHBoxLayout()
        toggles.setSpacing(theme.px(8))
        for box, state in (
            (QCheckBox("unset"), Qt.CheckState.PartiallyChecked),
            (QCheckBox("true"), Qt.CheckState.Checked),
            (QCheckBox("false"), Qt.CheckState.Unchecked),
        ):
            box.setTristate(True)
            box.setCheckState(state)
            toggles.addWidget(box)
        for text in ("hex", "base64"):
            toggles.addWidget(QRadioButton(text))
        toggles.itemAt(3).widget().setChecked(True)
        off = QCheckBox("off")
        off.setChecked(True)
        off.setEnabled(False)
        toggles.addWidget(off)
        toggles.addStretch()
        grid.addLayout(toggles, len(rows), 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.px(8))
        for role in ("", "primary", "quiet", "danger", "link"):
            buttons.addWidget(with_role(QPushButton(role.capitalize() or "Plain"), role))
        buttons.addStretch()
        grid.addLayout(buttons, len(rows) + 1, 0, 1, 2)
        more = QHBoxLayout()
        more.setSpacing(theme.px(8))
        menu = with_role(QPushButton("Demo"), "menu")
        menu.setMenu(QMenu(menu))
        more.addWidget(menu)
        with_icon = QPushButton("Start")
        theme.set_icon(with_icon, "play")
        more.addWidget(with_icon)
        for name in ("copy", "lock", "menu"):
            button = QToolButton()
            theme.set_icon(button, name)
            more.addWidget(button)
        small = with_role(QToolButton(), "small")
        theme.set_icon(small, "close")
        more.addWidget(small)
        tool_menu = with_role(QToolButton(), "menu")
        tool_menu.setText("field: delta")
        tool_menu.setMenu(QMenu(tool_menu))
        tool_menu.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        more.addWidget(tool_menu)
        off_primary = with_role(QPushButton("Send"), "primary")
        off_primary.setEnabled(False)
        more.addWidget(off_primary)
        more.addStretch()
        grid.addLayout(more, len(rows) + 2, 0, 1, 2)
        group = QGroupBox("Transport")
        inner = QVBoxLayout(group)
        progress = QProgressBar()
        progress.setRange(0, 100)
        progress.setValue(42)
        inner.addWidget(progress)
        grid.addWidget(group, len(rows) + 3, 0, 1, 2)
        grid.setRowStretch(len(rows) + 4, 1)
        return page

    def _right(self) -> QWidget:
        theme = self.theme
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        figures = with_role(QFrame(), "top-bar")
        row = QHBoxLayout(figures)
        row.setContentsMargins(theme.px(16), theme.px(8), theme.px(16), theme.px(8))
        row.setSpacing(theme.px(16))
        state = Pill(theme)
        state.set_state("receiving", "accent", dot=True)
        row.addWidget(state)
        for value, caption in (("84 ms", "first token"), ("50.4 /s", "tokens"), ("142", "messages")):
            row.addWidget(Figure(theme, caption, value))
        row.addStretch()
        line = Sparkline(theme)
        line.set_values([1, 9, 12, 11, 13, 10, 11, 7, 12, 11, 13, 12, 9, 10, 6, 11, 12, 13, 0, 12, 11, 10, 0.2])
        row.addWidget(line)
        column.addWidget(figures)
        table = QTableView()
        dress_table(table, theme)
        model = QStandardItemModel(0, 5, table)
        model.setHorizontalHeaderLabels(["#", "time", "gap", "size", "message"])
        for number in range(1, 40):
            cells = [str(number), f"{84.2 + number * 19.7:.1f}", "+19.7", "21 B", 'delta: " the" -> => 안녕']
            items = [QStandardItem(cell) for cell in cells]
            for item in items[:4]:
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            model.appendRow(items)
        table.setModel(model)
        for index, width in enumerate((44, 72, 64, 60)):
            table.setColumnWidth(index, theme.px(width))
        table.horizontalHeader().setStretchLastSection(True)
        table.selectRow(3)
        column.addWidget(table, 1)
        find = FindBar(theme)
        column.addWidget(find)
        find.open("the")
        find.set_found(2, 39)
        missing = FindBar(theme)
        column.addWidget(missing)
        missing.open("nowhere")
        missing.set_found(0, 0)
        text = with_role(QPlainTextEdit('{\n  "prompt": "It was a dark and stormy night",\n  "seed": 42\n}'), "pane")
        theme.set_data_font(text)
        text.setMaximumHeight(theme.px(100))
        column.addWidget(text)
        words = QVBoxLayout()
        words.setContentsMargins(theme.px(16), theme.px(8), theme.px(16), theme.px(8))
        words.setSpacing(theme.px(8))
        message = InlineMessage(theme)
        words.addWidget(message)
        message.show_error(
            WirelensError(
                "No server answers at this address",
                place="127.0.0.1:50061",
                next_step="Start the server, or check the port and whether it speaks TLS.",
            ),
            action="Try again",
        )
        for kind in ("warn", "info", "good"):
            other = InlineMessage(theme)
            words.addWidget(other)
            other.show_message(kind, "The server sent no comments; add .proto files to see them.")  # type: ignore[arg-type]
        pills = QHBoxLayout()
        pills.addWidget(Pill(theme, "OK", "good"))
        pills.addWidget(Pill(theme, "NOT_FOUND", "bad"))
        pills.addWidget(Pill(theme, "cancelled", "warn"))
        pills.addWidget(Pill(theme, "idle"))
        pills.addWidget(with_role(QLabel("faint words"), "faint"))
        pills.addStretch()
        words.addLayout(pills)
        column.addLayout(words)
        column.addWidget(
            EmptyState(
                theme,
                "send",
                "No call yet",
                "Fill in the request and press Ctrl+Enter; every message appears here as it arrives.",
                [QPushButton("Fill in an example"), with_role(QPushButton("Send"), "primary")],
            )
        )
        return box


def main(folder: Path) -> None:
    application = QApplication(["gallery"])
    for choice in ("light", "dark"):
        theme = Theme(application, choice)  # type: ignore[arg-type]
        for scale in (1.0, 1.5):
            theme.set_scale(scale)
            gallery = Gallery(theme)
            gallery.show()
            gallery.focused.setFocus()
            for _ in range(5):
                application.processEvents()
            gallery.grab().save(str(folder / f"gallery-{choice}-{scale:g}.png"))
            if scale == 1.0:
                gallery.menu.popup(gallery.pos())
                application.processEvents()
                gallery.menu.grab().save(str(folder / f"menu-{choice}.png"))
                gallery.menu.hide()
                gallery.combo.showPopup()
                application.processEvents()
                gallery.combo.view().window().grab().save(str(folder / f"combo-{choice}.png"))
                gallery.combo.hidePopup()
            gallery.close()
            gallery.deleteLater()
            application.processEvents()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
