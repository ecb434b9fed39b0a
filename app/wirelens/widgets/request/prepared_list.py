"""The messages of a client stream above the form: a list to choose from, to order, and to send as a whole."""

import asyncio
from collections.abc import Callable, Iterable
from pathlib import Path

import shiboken6
from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from wirelens.engine.errors import UsageError, WirelensError
from wirelens.presentation.call_session import CallSession
from wirelens.presentation.prepared_messages_file import read_message_file, write_message_file
from wirelens.widgets.controls.clipboard import offers_text
from wirelens.widgets.controls.elided_label import ElidedLabel
from wirelens.widgets.controls.flow_layout import FlowLayout
from wirelens.widgets.controls.focus import pass_focus_on
from wirelens.widgets.controls.inline_message import InlineMessage
from wirelens.widgets.controls.menus import pop_up
from wirelens.widgets.controls.named import named
from wirelens.widgets.request.prepared_table import PreparedTable
from wirelens.widgets.theme import Theme, restyle

_ROWS_SHOWN, _FEWEST_ROWS = 5, 1  # as there is room
_NARROW = 300  # below this width the button to add one is its icon alone
_FRAME_MS = 33
_ADD = "Add message"
_FILTERS = ["Messages (*.ndjson *.jsonl *.json)", "All files (*)"]


class PreparedList(QWidget):
    """One line while there is one message; with more, the list and how they are sent.

    What is done with a file or the clipboard and fails is said in a strip below.
    """

    said = Signal()  # something stands in the strip

    def __init__(self, session: CallSession, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._theme = session, theme
        self._messages = session.messages
        self.setObjectName("preparedMessages")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        restyle(self, role="top-bar")
        self._title = ElidedLabel(parent=self)
        self._add = self._link(_ADD, "addMessage", "plus", self._messages.add)
        self._add.setToolTip("Prepare another message (Insert)")
        self._menu_button = self._list_menu()
        self.table = PreparedTable(self._messages, theme, self)
        self._send_all = named(QPushButton("Send all", self), "sendAllButton")
        self._send_all.setAccessibleName("Send all messages in their order")
        self._send_all.clicked.connect(self._on_send_all)
        self._pace = named(QLineEdit(self), "paceEdit")
        self._pace.setAccessibleName("Milliseconds between two messages, empty for none")
        self._pace.setPlaceholderText("0")
        self._pace.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._pace.textEdited.connect(self._messages.set_pace_text)
        self._unit = QLabel("ms apart", self)
        restyle(self._unit, role="muted")
        self._half_close = named(QCheckBox("then half-close", self), "thenHalfClose")
        self._half_close.setToolTip("Close the request side when all have been sent")
        self._half_close.toggled.connect(self._messages.set_then_half_close)
        self.problem = InlineMessage(theme, self)
        self._lay_out()
        pass_focus_on(self, self.table)
        self._soon = QTimer(self, singleShot=True, interval=_FRAME_MS)
        self._soon.timeout.connect(self._show_sending)
        session.sending.changed.connect(self._on_sending_changed)
        session.state_changed.connect(self._show_sending)
        self._messages.modelReset.connect(self._show)
        self._messages.current_changed.connect(self._show_current)
        self._messages.plan_changed.connect(self._show_plan)
        self.table.send_wanted.connect(self._send_row)
        self.table.copy_wanted.connect(lambda: self._copy(self.table.chosen_rows()))
        self.table.paste_wanted.connect(self.paste)
        self.table.menu_wanted.connect(self._open_row_menu)
        theme.follow(self, self._dress)
        self._show()

    # -- what can be done

    def fill_menu(self, menu: QMenu) -> None:
        """What can be done with the list."""
        rows = self.table.chosen_rows()
        messages = self._messages
        several = len(messages) > 1
        send = menu.addAction("Send this message\tEnter", lambda: self._send_row(messages.current))
        send.setEnabled(self._session.can_send)
        menu.addSeparator()
        menu.addAction("Duplicate\tCtrl+D", lambda: messages.duplicate(messages.current))
        up = menu.addAction("Move up\tAlt+Up", lambda: messages.move(messages.current, messages.current - 1))
        up.setEnabled(messages.current > 0)
        down = menu.addAction("Move down\tAlt+Down", lambda: messages.move(messages.current, messages.current + 1))
        down.setEnabled(messages.current < len(messages) - 1)
        remove = menu.addAction("Remove\tDel", lambda: messages.remove(rows))
        remove.setEnabled(several and len(rows) < len(messages))
        undo = menu.addAction("Undo change of the list\tCtrl+Z", messages.undo)
        undo.setEnabled(messages.can_undo)
        redo = menu.addAction("Redo change of the list\tCtrl+Shift+Z", messages.redo)
        redo.setEnabled(messages.can_redo)
        menu.addSeparator()
        menu.addAction("Copy as NDJSON\tCtrl+C", lambda: self._copy(rows))
        if several:
            menu.addAction("Copy all as NDJSON", lambda: self._copy(range(len(messages))))
        paste = menu.addAction("Paste messages\tCtrl+V", self.paste)
        paste.setEnabled(offers_text())
        menu.addSeparator()
        menu.addAction("Add from an NDJSON file …", lambda: self._choose_file(replaces=False))
        menu.addAction("Replace by an NDJSON file …", lambda: self._choose_file(replaces=True))
        menu.addAction("Save as an NDJSON file …", self._choose_target)

    def paste(self) -> None:
        """Add the messages that the clipboard holds as JSON, one after the other."""
        text = QGuiApplication.clipboard().text()
        self._in_background("read the clipboard", lambda: self._messages.read(text), self._messages.add_histories)

    def open_file(self, path: Path, *, replaces: bool) -> None:
        """Add the messages of an NDJSON file, or have them in place of those there are."""
        take = self._messages.replace_all if replaces else self._messages.add_histories
        self._in_background(f"read {path.name}", lambda: read_message_file(path, self._messages), take)

    def save_file(self, path: Path) -> None:
        """Write all messages to a file, one line of JSON each."""

        def done(count: object) -> None:
            self.problem.show_message("good", f"{count} messages were saved.", place=str(path))
            self.said.emit()

        taken = self._messages.taken()
        self._in_background(f"save {path.name}", lambda: write_message_file(path, taken), done)

    # -- inside

    def _in_background(self, name: str, work: Callable[[], object], use: Callable[..., object]) -> None:
        """Have a thread read or write, which may take its time; then use what came of it."""

        async def run() -> None:
            try:
                result = await asyncio.to_thread(work)
            except WirelensError as error:
                if not shiboken6.isValid(self):
                    raise  # the tab was closed meanwhile: the window says it
                self.problem.show_error(error)
                self.said.emit()
                return
            if shiboken6.isValid(self):
                use(result)

        self.problem.clear()
        self._session.tasks.start(name, run())

    def _send_row(self, row: int) -> None:
        """Send it and go on to the next: a conversation is sent by pressing Enter again and again."""
        if self._session.can_send:
            self._session.send_prepared(row)
            self._messages.show(min(row + 1, len(self._messages) - 1))

    def _on_send_all(self) -> None:
        if self._session.sending.going_out is not None:
            self._session.sending.stop()
        else:
            self._session.sending.send_all()

    def _copy(self, rows: Iterable[int]) -> None:
        taken = self._messages.taken(rows)
        self._in_background("copy messages", taken.ndjson, QGuiApplication.clipboard().setText)

    def _choose_file(self, *, replaces: bool) -> None:
        dialog = QFileDialog(self, "Open messages")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters(_FILTERS)
        self._open_dialog(dialog, lambda path: self.open_file(path, replaces=replaces))

    def _choose_target(self) -> None:
        dialog = QFileDialog(self, "Save messages")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters(_FILTERS)
        dialog.setDefaultSuffix("ndjson")
        self._open_dialog(dialog, self.save_file)

    def _open_dialog(self, dialog: QFileDialog, use: Callable[[Path], object]) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(lambda names: use(Path(names[0])))
        dialog.open()

    def _open_row_menu(self, position: QPoint) -> None:
        pop_up(self, self.fill_menu, position)

    def _link(self, text: str, name: str, icon: str, act: Callable[[], object]) -> QPushButton:
        button = named(QPushButton(text, self), name)
        button.setAccessibleName(text)
        restyle(button, role="link")
        self._theme.set_icon(button, icon, "link")
        button.clicked.connect(lambda: act())
        return button

    def _list_menu(self) -> QToolButton:
        button = named(QToolButton(self), "preparedMenu")
        button.setText("Messages")
        button.setAccessibleName("What can be done with the messages")
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        restyle(button, role="menu")
        menu = QMenu(button)

        def renew() -> None:
            menu.clear()
            self.fill_menu(menu)

        menu.aboutToShow.connect(renew)
        button.setMenu(menu)
        return button

    # -- what is shown

    def _show(self) -> None:
        several = len(self._messages) > 1
        self.table.setVisible(several)
        for widget in (self._send_all, self._pace, self._unit, self._half_close):
            widget.setVisible(several)
        self._fit()
        self._show_current()
        self._show_plan()
        self._show_sending()

    def _show_current(self) -> None:
        messages = self._messages
        several = len(messages) > 1
        self._title.setText(f"Message {messages.current + 1:,} of {len(messages):,}" if several else "One message")
        self.table.show_row(messages.current)

    def _show_plan(self) -> None:
        if self._pace.text() != self._messages.pace_text:
            self._pace.setText(self._messages.pace_text)
        self._half_close.setChecked(self._messages.then_half_close)
        try:
            self._messages.pace()
            mistake = ""
        except UsageError as error:
            mistake = f"{error.message}; {error.next_step}"
        restyle(self._pace, invalid=bool(mistake))
        self._pace.setToolTip(mistake or "A pause between two messages; empty: none")

    def _on_sending_changed(self) -> None:
        if self._session.sending.going_out is None:
            self._soon.stop()
            self._show_sending()
        elif not self._soon.isActive():
            self._soon.start()  # at most once a frame: without a pause thousands go out in a second

    def _show_sending(self) -> None:
        going = self._session.sending.going_out
        if going is None:
            self._send_all.setText("Send all")
        else:
            self._send_all.setText(f"Stop · {going[0]:,} of {going[1]:,}")
        self._send_all.setEnabled(going is not None or self._session.sending.can_send_all)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._add.setText(_ADD if self.width() >= self._theme.px(_NARROW) else "")

    def _fit(self) -> None:
        row = self.table.verticalHeader().defaultSectionSize()
        count = len(self._messages)
        self.table.setMinimumHeight(min(count, _FEWEST_ROWS) * row + 2)
        self.table.setMaximumHeight(min(count, _ROWS_SHOWN) * row + 2)

    def _lay_out(self) -> None:
        self._head = QHBoxLayout()
        self._head.addWidget(self._title, 1)
        self._head.addWidget(self._add)
        self._head.addWidget(self._menu_button)
        self._foot = FlowLayout()
        self._foot.addWidget(self._send_all)
        self._foot.addWidget(self._pace)
        self._foot.addWidget(self._unit)
        self._foot.addWidget(self._half_close)
        self._column = QVBoxLayout(self)
        self._column.addLayout(self._head)
        self._column.addWidget(self.table)
        self._column.addLayout(self._foot)
        self._column.addWidget(self.problem)

    def _dress(self) -> None:
        px = self._theme.px
        self._title.setFont(self._theme.label_font(500))
        self._pace.setFont(self._theme.data_font())
        self._pace.setFixedWidth(px(56))
        self._head.setContentsMargins(px(16), 0, px(8), 0)
        self._head.setSpacing(px(8))
        self._foot.setContentsMargins(px(16), 0, px(16), 0)
        self._foot.setSpacing(px(8))
        self._column.setContentsMargins(0, px(4), 0, px(4))
        self._column.setSpacing(px(4))
        self._fit()
