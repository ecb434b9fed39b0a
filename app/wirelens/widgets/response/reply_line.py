"""The quiet line under a growing text: how soon, how fast and how steadily it came."""

from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QActionGroup, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QToolButton, QWidget

from wirelens.presentation.amounts import count_text
from wirelens.presentation.plain_text import tool_tip
from wirelens.presentation.reply_statistics import ReplyStatistics
from wirelens.presentation.reply_words import pause_sentence, reply_words
from wirelens.widgets.controls.named import named
from wirelens.widgets.theme import Theme, restyle

_HEIGHT = 32
_RENEWED_MS = 200  # digits that change more often than that are not read


class ReplyLine(QWidget):
    """Shows the figures of one of the replies, the newest unless another is chosen.

    `row_wanted` tells the row of the message in which the longest pause ended, `reply_chosen` the number of a reply
    that somebody wants to see.
    """

    row_wanted = Signal(int)
    reply_chosen = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._replies: list[ReplyStatistics] = []
        self._chosen: int | None = None
        self._note = ""
        self.setObjectName("replyStatistics")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        restyle(self, role="bottom-bar")
        self.choice = named(QToolButton(self), "replyChoice", "Which reply the figures are of")
        self.choice.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        restyle(self.choice, role="menu")
        self._choices = QMenu(self.choice)
        self._choices.aboutToShow.connect(self._fill_choices)
        self.choice.setMenu(self._choices)
        self.choice.hide()
        self._first, self._tokens, self._rate, self._size = (QLabel(self) for _ in range(4))
        self.pause = named(QPushButton(self), "longestPause")
        restyle(self.pause, role="link")
        self.pause.clicked.connect(self._go_to_pause)
        self._parts: tuple[QWidget, ...] = (self._first, self._tokens, self.pause, self._rate, self._size)
        for label in (self._first, self._tokens, self._rate, self._size):
            restyle(label, role="small")
        self.tools = named(QToolButton(self), "textTools", "What can be done with the text")
        self.tools.setToolTip("Copy, save, wrap, find, size of the text")
        self.tools.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        theme.set_icon(self.tools, "more")
        self._renew = QTimer(self, singleShot=True, interval=_RENEWED_MS)
        self._renew.timeout.connect(self._show)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self.choice)
        for part in self._parts:
            self._row.addWidget(part)
        self._row.addStretch(1)
        self._row.addWidget(self.tools)
        theme.follow(self, self._dress)

    @property
    def text(self) -> str:
        """What is said, whether there is room for all of it or not."""
        return reply_words(self._reply()).line

    @property
    def reply_number(self) -> int | None:
        """Of the reply whose figures are shown."""
        reply = self._reply()
        return reply.number if reply is not None else None

    def clear(self) -> None:
        """Another text begins."""
        self._chosen = None
        for part in self._parts:
            part.setMinimumWidth(0)
        self.set_replies([], at_once=True)

    def set_replies(self, replies: list[ReplyStatistics], *, at_once: bool = False, note: str = "") -> None:
        """They have grown; the words follow a few times a second, or `at_once` where nothing more comes.

        `note` is said in the tool tip: what the figures leave out.
        """
        self._replies, self._note = replies, note
        if at_once:
            self._renew.stop()
            self._show()
        elif not self._renew.isActive():
            self._renew.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _reply(self) -> ReplyStatistics | None:
        if self._chosen is not None and self._chosen <= len(self._replies):
            return self._replies[self._chosen - 1]
        return self._replies[-1] if self._replies else None

    def _show(self) -> None:
        reply = self._reply()
        words = reply_words(reply)
        self._first.setText(words.first_token)
        self._tokens.setText(words.token_rate)
        self._rate.setText(words.character_rate)
        self._size.setText(words.characters)
        self.pause.setText(words.silence)
        self.pause.setEnabled(words.silence_row is not None)
        self.pause.setAccessibleName(f"{words.silence}, show where")
        notes = [words.line, pause_sentence(reply), self._note]
        self.setToolTip(tool_tip("\n".join(filter(None, notes))))
        count = len(self._replies)
        if reply is not None and count > 1:
            self.choice.setText(f"reply {reply.number} of {count}")
        self.choice.setVisible(count > 1)
        self.setAccessibleName(words.line)
        for part in self._parts:  # a number that gets shorter again moves nothing
            part.setMinimumWidth(max(part.minimumWidth(), part.sizeHint().width()))
        self._fit()

    def _fit(self) -> None:
        """What has no room is left out from the end; the tool tip has it all."""
        margins = self._row.contentsMargins()
        room = self.width() - margins.left() - margins.right() - self.tools.sizeHint().width()
        if not self.choice.isHidden():
            room -= self.choice.sizeHint().width() + self._row.spacing()
        for part in self._parts:
            room -= max(part.minimumWidth(), part.sizeHint().width()) + self._row.spacing()
            if part.isHidden() != (room < 0):
                part.setVisible(room >= 0)

    def _go_to_pause(self) -> None:
        row = reply_words(self._reply()).silence_row
        if row is not None:
            self.row_wanted.emit(row)

    def _fill_choices(self) -> None:
        self._choices.clear()
        group = QActionGroup(self._choices)
        shown = self._reply()
        for reply in self._replies:
            words = reply_words(reply)
            amount = count_text(reply.characters, "character")
            text = f"Reply {reply.number} · {words.first_token} · {words.token_rate} · {amount}"
            action = self._choices.addAction(text)
            action.setCheckable(True)
            action.setChecked(reply is shown)
            action.triggered.connect(partial(self._choose, reply.number))
            group.addAction(action)

    def _choose(self, number: int, _checked: bool = False) -> None:
        self._chosen = number if number < len(self._replies) else None  # the newest is followed
        self._show()
        self.reply_chosen.emit(number)

    def _dress(self) -> None:
        px = self._theme.px
        self.setFixedHeight(px(_HEIGHT))
        self._row.setContentsMargins(px(14), 0, px(8), 0)
        self._row.setSpacing(px(14))
        self.pause.setFont(self._theme.label_font(size="small"))
        for part in self._parts:
            part.setMinimumWidth(0)
        self._show()
