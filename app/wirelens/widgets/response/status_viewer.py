"""How a call ended: code, message, what to do next, and the rich details in words."""

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from wirelens.engine.calls.events import CallFinished
from wirelens.engine.schema.schema import Schema
from wirelens.presentation.amounts import count_text, duration_text
from wirelens.presentation.latency_words import Waterfall
from wirelens.presentation.status_words import (
    DetailLine,
    DetailWords,
    status_as_json,
    status_detail_words,
    status_next_step,
)
from wirelens.presentation.wire import AnnotatedBytes
from wirelens.widgets.controls.hex_view import HexView
from wirelens.widgets.response.latency_waterfall import LatencyWaterfall
from wirelens.widgets.theme import Theme, restyle

_LABEL_WIDTH = 140
_BYTES_ROWS, _BYTES_A_ROW = 5, 8  # rows that are in sight without scrolling; a row may have twice as many
_ROW_HEIGHT = 22


class StatusViewer(QScrollArea):
    """Everything can be selected and copied; Ctrl+C without a selection copies the whole.

    `link_wanted` tells of a page of the web that the person goes to.
    """

    link_wanted = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shown: tuple[CallFinished | None, Schema] | None = None
        self._waterfall: Waterfall | None = None
        self._latency: LatencyWaterfall | None = None
        self.setObjectName("statusView")
        self.setAccessibleName("Status of the call")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        copy = QShortcut(QKeySequence.StandardKey.Copy, self)
        copy.setContext(Qt.ShortcutContext.WidgetShortcut)  # a label with a selection copies that itself
        copy.activated.connect(self.copy_status)
        theme.changed.connect(self._rebuild)
        self.link_wanted.connect(lambda url: QDesktopServices.openUrl(QUrl(url)))

    def show_status(self, finished: CallFinished | None, schema: Schema) -> None:
        """Show how the call ended, or that it has not."""
        if self._shown is not None and self._shown[0] is finished and self._shown[1] is schema:
            return
        self._shown = (finished, schema)
        self._rebuild()

    def show_waterfall(self, waterfall: Waterfall) -> None:
        """Show below the status where the time went."""
        self._waterfall = waterfall
        if self._latency is not None:
            self._latency.set_waterfall(waterfall)

    def copy_status(self) -> None:
        """Put what is shown on the clipboard, a line for each of its lines."""
        finished, schema = self._shown or (None, None)
        if finished is None or schema is None:
            return
        status = finished.status
        lines = [status.title, status.message]
        for detail in status_detail_words(status, schema):
            lines.append(f"{detail.title} ({detail.type_name})")
            lines += [f"  {line.label}: {line.text}" if line.label else f"  {line.text}" for line in detail.lines]
            if detail.payload is not None:
                lines.append(f"  bytes: {detail.payload.hex(' ') or 'none'}")
        if self._waterfall is not None:
            lines += [*(row.sentence for row in self._waterfall.rows), self._waterfall.bytes_words]
        QGuiApplication.clipboard().setText("\n".join(filter(None, lines)))

    def copy_json(self) -> None:
        """Put the status with its details on the clipboard, as ProtoJSON writes a google.rpc.Status."""
        finished, schema = self._shown or (None, None)
        if finished is not None and schema is not None:
            QGuiApplication.clipboard().setText(status_as_json(finished.status, schema))

    def _rebuild(self) -> None:
        if self._shown is None:
            return
        finished, schema = self._shown
        px = self._theme.px
        page = QWidget()
        restyle(page, role="page")
        column = QVBoxLayout(page)
        column.setContentsMargins(px(16), px(16), px(16), px(16))
        column.setSpacing(px(8))
        if finished is None:
            column.addWidget(_words("The call has not ended yet.", "muted"))
        else:
            self._add_status(column, finished)
            for detail in status_detail_words(finished.status, schema):
                column.addSpacing(px(4))
                column.addWidget(self._detail(detail))
        column.addSpacing(px(8))
        self._latency = LatencyWaterfall(self._theme, page)
        if self._waterfall is not None:
            self._latency.set_waterfall(self._waterfall)
        column.addWidget(self._latency)
        column.addStretch(1)
        self.setWidget(page)

    def _add_status(self, column: QVBoxLayout, finished: CallFinished) -> None:
        status = finished.status
        code = _words(status.title, "bad" if status.is_fault else "good", wraps=False)
        code.setFont(self._theme.label_font(600, "title"))
        head = QHBoxLayout()
        head.setSpacing(self._theme.px(8))
        head.addWidget(code)
        name = f"{status.code_name} · " if status.as_asked else ""
        head.addWidget(_words(f"{name}code {status.code} · after {duration_text(finished.at)}", "muted", wraps=False))
        head.addStretch(1)
        for text, act in (("Copy", self.copy_status), ("Copy as JSON", self.copy_json)):
            copy = QPushButton(text)
            restyle(copy, role="link")
            copy.clicked.connect(act)
            head.addWidget(copy)
        column.addLayout(head)
        if status.message:
            column.addWidget(_words(status.message))
        elif status.ok:
            column.addWidget(_words("The server ended the call without an error.", "muted"))
        step = status_next_step(status)
        if step:
            column.addWidget(_words(step, "muted"))

    def _detail(self, detail: DetailWords) -> QFrame:
        px = self._theme.px
        card = QFrame()
        restyle(card, role="card")
        grid = QGridLayout(card)
        grid.setContentsMargins(px(12), px(10), px(12), px(12))
        grid.setHorizontalSpacing(px(12))
        grid.setVerticalSpacing(px(4))
        grid.setColumnStretch(1, 1)
        title = _words(detail.title, wraps=False)
        title.setFont(self._theme.label_font(600))
        head = QHBoxLayout()
        head.addWidget(title)
        head.addStretch(1)
        head.addWidget(_words(detail.type_name, "small", wraps=False))
        grid.addLayout(head, 0, 0, 1, 2)
        for row, line in enumerate(detail.lines, start=1):
            text = self._line(line)
            if line.label:
                label = _words(line.label, "muted")
                label.setFont(self._theme.data_font())
                label.setMinimumWidth(px(_LABEL_WIDTH))
                grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
                grid.addWidget(text, row, 1, Qt.AlignmentFlag.AlignTop)
            else:
                grid.addWidget(text, row, 0, 1, 2)
        if detail.payload:
            grid.addWidget(self._bytes(detail.payload, card), len(detail.lines) + 1, 0, 1, 2)
        return card

    def _line(self, line: DetailLine) -> QWidget:
        if line.url:
            link = QPushButton(line.text)
            restyle(link, role="link")
            link.setCursor(Qt.CursorShape.PointingHandCursor)
            link.setToolTip("Open in the browser")
            link.clicked.connect(lambda: self.link_wanted.emit(line.url))
            return link
        if line.is_long:
            return self._foldable(line.text)
        return _words(line.text)

    def _foldable(self, text: str) -> QWidget:
        """The first line, and the others when they are asked for."""
        lines = text.split("\n")
        whole = QWidget()
        words = _words(lines[0])
        words.setFont(self._theme.data_font())
        fold = QPushButton()
        restyle(fold, role="link")
        fold.setCheckable(True)

        def show(is_open: bool) -> None:
            words.setText(text if is_open else lines[0])
            fold.setText("Fold" if is_open else f"Show {count_text(len(lines) - 1, 'line')} more")

        fold.toggled.connect(show)
        show(False)
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(self._theme.px(2))
        column.addWidget(words)
        column.addWidget(fold, 0, Qt.AlignmentFlag.AlignLeft)
        return whole

    def _bytes(self, payload: bytes, card: QWidget) -> QWidget:
        """The wire view of a detail of unknown type: numbers, lengths and values of its fields have their colours."""
        shown = AnnotatedBytes(card)
        view = HexView(shown, self._theme, card)
        view.setObjectName("detailWire")
        view.setAccessibleName("Bytes of the detail")
        rows = min(len(payload) // _BYTES_A_ROW + 1, _BYTES_ROWS)
        view.setFixedHeight(self._theme.px(_ROW_HEIGHT * rows + _ROW_HEIGHT // 2))
        shown.set_message(payload, None)
        return view


def _words(text: str, role: str = "", *, wraps: bool = True) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(wraps)
    label.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    label.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
    if role:
        restyle(label, role=role)
    return label
