"""The .proto source of a symbol with its comments, highlighted, to read and to copy."""

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QSyntaxHighlighter, QTextCharFormat, QTextDocument
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from wirelens.engine.errors import WirelensError
from wirelens.widgets.theme import Theme, restyle

if TYPE_CHECKING:
    from wirelens.engine.schema.schema import Schema

_KEYWORDS = (
    r"\b(syntax|edition|package|import|public|weak|option|message|enum|service|rpc|returns|stream|oneof|map|reserved"
    r"|extensions|extend|to|max|optional|required|repeated|group|true|false)\b"
)
_TYPES = (
    r"\b(double|float|int32|int64|uint32|uint64|sint32|sint64|fixed32|fixed64|sfixed32|sfixed64|bool|string|bytes)\b"
)
_RULES = (
    (_KEYWORDS, "syntax_keyword"),
    (_TYPES, "syntax_key"),
    (r"\b(?:0x[0-9a-fA-F]+|\d+(?:\.\d+)?(?:e[+-]?\d+)?)\b", "syntax_number"),
    (r'"(?:[^"\\]|\\.)*"', "syntax_string"),
    (r"//[^\n]*", "syntax_comment"),
)


class ProtoHighlighter(QSyntaxHighlighter):
    """Colours .proto source."""

    def __init__(self, document: QTextDocument, theme: Theme) -> None:
        super().__init__(document)
        self._theme = theme
        self._rules: list[tuple[re.Pattern[str], QTextCharFormat]] = []
        theme.follow(self, self._dress)

    def _dress(self) -> None:
        self._rules = []
        for pattern, role in _RULES:
            style = QTextCharFormat()
            style.setForeground(QColor(self._theme.color(role)))
            self._rules.append((re.compile(pattern), style))
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        for pattern, style in self._rules:
            for match in pattern.finditer(text):
                self.setFormat(match.start(), match.end() - match.start(), style)


class DefinitionDialog(QDialog):
    """Shows one symbol's definition, a method's with its two messages; not modal, Esc closes it."""

    def __init__(self, schema: "Schema", symbol: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("definitionDialog")
        self.setWindowTitle(f"{symbol} – definition")
        px = theme.px
        title = QLabel(symbol)
        title.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        restyle(title, role="title")
        self.source = QPlainTextEdit(readOnly=True)
        self.source.setAccessibleName(f"Definition of {symbol}")
        theme.set_data_font(self.source)
        self.source.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._highlighter = ProtoHighlighter(self.source.document(), theme)
        self.source.setPlainText(_definition(schema, symbol))
        copy = QPushButton("Copy")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.source.toPlainText()))
        close = QPushButton("Close")
        close.setDefault(True)
        close.clicked.connect(self.close)
        buttons = QHBoxLayout()
        buttons.addStretch()
        buttons.addWidget(copy)
        buttons.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(16), px(16), px(16), px(16))
        layout.setSpacing(px(12))
        layout.addWidget(title)
        layout.addWidget(self.source, 1)
        layout.addLayout(buttons)
        self.resize(px(720), px(520))


def _definition(schema: "Schema", symbol: str) -> str:
    """The symbol as .proto source; a method is followed by what it takes and gives."""
    try:
        text = schema.proto_source(symbol)
    except WirelensError as error:
        return f"// {error.one_line()}"
    try:
        method = schema.method(symbol)
    except WirelensError:
        return text
    return "\n\n".join(
        [text, *(schema.proto_source(name) for name in dict.fromkeys((method.request, method.response)))]
    )
