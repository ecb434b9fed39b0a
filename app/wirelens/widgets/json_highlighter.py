"""Colours JSON in a text editor, only the lines in sight, so that a megabyte costs what a page does."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QTextCharFormat, QTextLayout
from PySide6.QtWidgets import QPlainTextEdit

from wirelens.presentation.draft.json_tokens import LineTokens, TokenKind, line_tokens
from wirelens.widgets.controls.text_marks import utf16_length
from wirelens.widgets.theme import Theme

_ROLES = {TokenKind.STRING: "string", TokenKind.HALF_STRING: "string", TokenKind.COMMENT: "comment"}
_KEYWORDS = ("true", "false", "null")


class JsonHighlighter(QObject):
    """Each line is coloured by itself when it is first seen, as only comments go over the end of a line.

    `begins_in_comment` says of a line, 0-based, whether it begins within one; without it there are no such comments.
    """

    def __init__(
        self, editor: QPlainTextEdit, theme: Theme, begins_in_comment: Callable[[int], bool] = lambda _line: False
    ) -> None:
        super().__init__(editor)
        self._begins_in_comment = begins_in_comment
        self._editor = editor
        self._theme = theme
        self._generation = 0
        self._formats: dict[str, QTextCharFormat] = {}
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self.highlight)
        editor.updateRequest.connect(lambda _area, _dy: self._soon.start())
        editor.document().contentsChange.connect(lambda _at, _removed, _added: self._soon.start())
        theme.follow(self, self._dress)

    def highlight(self) -> None:
        """Colour the lines in sight that have changed since they were coloured."""
        editor = self._editor
        block = editor.firstVisibleBlock()
        bottom = editor.viewport().height()
        top = editor.blockBoundingGeometry(block).translated(editor.contentOffset()).top()
        changed = False
        within = self._begins_in_comment(block.blockNumber())
        while block.isValid() and top <= bottom:
            text = block.text()
            tokens = line_tokens(text, begins_in_comment=within)
            state = hash((text, within, self._generation)) & 0x3FFFFFFF
            if block.userState() != state:
                block.layout().setFormats(self._spans(text, tokens))
                block.setUserState(state)
                changed = True
            within = tokens.ends_in_comment
            top += editor.blockBoundingRect(block).height()
            following = block.next()
            if following.isValid() and not following.isVisible():  # folded: on to what is behind
                following = editor.document().findBlockByLineNumber(block.firstLineNumber() + block.lineCount())
                within = self._begins_in_comment(following.blockNumber())
            block = following
        if changed:
            editor.viewport().update()

    def _spans(self, text: str, found: LineTokens) -> list[QTextLayout.FormatRange]:
        spans = []
        tokens = found.tokens
        for token, following in zip(tokens, [*tokens[1:], None], strict=False):
            role = _ROLES.get(token.kind)
            if token.kind is TokenKind.STRING and following is not None and following.kind is TokenKind.COLON:
                role = "key"
            elif token.kind is TokenKind.WORD:
                word = text[token.start : token.end]
                role = "keyword" if word in _KEYWORDS else "number" if word[0] in "-0123456789" else None
            if role is not None:
                span = QTextLayout.FormatRange()
                span.start = utf16_length(text[: token.start])
                span.length, span.format = utf16_length(text[token.start : token.end]), self._formats[role]
                spans.append(span)
        return spans

    def _dress(self) -> None:
        for name in ("key", "string", "number", "keyword", "comment"):
            made = QTextCharFormat()
            made.setForeground(self._theme.color(f"syntax_{name}"))
            self._formats[name] = made
        self._generation += 1
        self._soon.start()
