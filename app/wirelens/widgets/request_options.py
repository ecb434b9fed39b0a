"""The Options page of a request: waiting, compression, how answers are shown, and where the size limit is."""

from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QScrollArea, QVBoxLayout, QWidget

from wirelens.engine.calls.call import Compression
from wirelens.presentation.amounts import size_text
from wirelens.presentation.call_session import CallSession
from wirelens.widgets.theme import Theme, restyle

_COMPRESSIONS = (("None", None), ("gzip", Compression.GZIP), ("deflate", Compression.DEFLATE))


class OptionsPage(QScrollArea):
    """Edits a session's CallOptions; the deadline stands in the header, where it is always seen."""

    def __init__(self, session: CallSession, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._theme = theme
        self.setAccessibleName("Options of the call")
        self.setWidgetResizable(True)
        self.wait_for_ready = QCheckBox("Wait for the server")
        self.emit_defaults = QCheckBox("Show defaults in answers")
        self.compression = QComboBox()
        self.compression.setObjectName("compressionChoice")
        self.compression.setAccessibleName("Compression of request messages")
        for name, _ in _COMPRESSIONS:
            self.compression.addItem(name)
        self._limit = _muted("")
        self._build()
        options = session.options
        self.wait_for_ready.toggled.connect(options.set_wait_for_ready)
        self.emit_defaults.toggled.connect(options.set_emit_defaults)
        self.compression.activated.connect(lambda index: options.set_compression(_COMPRESSIONS[index][1]))
        options.changed.connect(self._show)
        session.transcript_replaced.connect(self._show)
        self._show()

    def _show(self) -> None:
        options = self._session.options
        self.wait_for_ready.setChecked(options.wait_for_ready)
        self.emit_defaults.setChecked(options.emit_defaults)
        values = [value for _, value in _COMPRESSIONS]
        self.compression.setCurrentIndex(values.index(options.compression))
        limit = size_text(self._session.max_message_size)
        self._limit.setText(f"Up to {limit} are received. Change it in the connection's settings (the lock).")

    def _build(self) -> None:
        page = QWidget()
        self.setWidget(page)
        restyle(page, role="page")
        self._column = QVBoxLayout(page)
        self._sections: list[QLabel] = []
        self._add_section("Sending")
        self._add(
            self.wait_for_ready, "As long as the deadline allows; otherwise the call ends with UNAVAILABLE at once."
        )
        self._caption = QLabel("Compress request messages with")
        self._caption.setBuddy(self.compression)
        self._column.addWidget(self._caption)
        self._add(self.compression, "A server that does not know it answers UNIMPLEMENTED.")
        self._add_section("Answers")
        self._add(self.emit_defaults, "Fields that were not sent are shown with their default.")
        self._add_section("Largest message")
        self._column.addWidget(self._limit)
        self._column.addStretch(1)
        self._theme.follow(self, self._dress)

    def _add(self, widget: QWidget, explanation: str) -> None:
        self._column.addWidget(widget)
        self._column.addWidget(_muted(explanation))

    def _add_section(self, title: str) -> None:
        label = QLabel(title)
        restyle(label, role="section")
        self._sections.append(label)
        self._column.addWidget(label)

    def _dress(self) -> None:
        px = self._theme.px
        self._column.setContentsMargins(px(16), px(12), px(16), px(16))
        self._column.setSpacing(px(6))
        for label in self._sections[1:]:
            label.setContentsMargins(0, px(14), 0, 0)
        self._caption.setContentsMargins(0, px(8), 0, 0)
        self.compression.setFixedWidth(px(160))


def _muted(text: str) -> QLabel:
    label = QLabel(text)
    label.setWordWrap(True)
    restyle(label, role="small")
    return label
