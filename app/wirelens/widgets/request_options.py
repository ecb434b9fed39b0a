"""The Options page of a request: waiting, compression, which answers are taken and kept, how they are shown, and where
the size limit is."""

from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from wirelens.engine.calls.call import Compression
from wirelens.presentation.amounts import size_text
from wirelens.presentation.call_session import CallSession
from wirelens.widgets.controls.named import named
from wirelens.widgets.theme import Theme, restyle

_COMPRESSIONS = (("None", None), ("gzip", Compression.GZIP), ("deflate", Compression.DEFLATE))


_MOST_MESSAGES = 1_000_000_000
_ALL, _EVERY, _NONE = range(3)  # the rows of `take`
_FIRST_EVERY = 10  # what "every n-th" begins with
_KEPT_RUNS = (1, 3, 10, 30, 100)
_RUNS_MIB = (64, 256, 1024, 4096, None)
_KEPT_MIB = (None, 1, 16, 64, 256, 1024)


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
        self.take = named(QComboBox(), "takeChoice", "Which answers of a stream are taken")
        self.take.addItems(("All answers", "Every n-th answer", "None, only count them"))
        self.every = named(_number_line(), "takeEveryEdit", "Take every n-th answer")
        self.stop_after = named(_number_line(), "stopAfterEdit", "End the call after so many answers, empty for never")
        self.stop_after.setPlaceholderText("never")
        self.keep = named(QComboBox(), "keepChoice", "How much of a call's messages is kept")
        self.keep.addItems(["All messages", *(f"The last {mib} MiB" for mib in _KEPT_MIB if mib)])
        self.runs = named(QComboBox(), "keepRunsChoice", "How many calls of this tab are kept")
        self.runs.addItems(["The newest call only", *(f"{count} calls" for count in _KEPT_RUNS[1:])])
        self.runs_mib = named(QComboBox(), "keepRunsSizeChoice", "How much the calls of this tab may take together")
        self.runs_mib.addItems([*(f"up to {size_text(mib * 2**20)}" for mib in _RUNS_MIB if mib), "of any size"])
        self._limit = _muted("")
        self._build()
        options = session.options
        self.wait_for_ready.toggled.connect(options.set_wait_for_ready)
        self.emit_defaults.toggled.connect(options.set_emit_defaults)
        self.compression.activated.connect(lambda index: options.set_compression(_COMPRESSIONS[index][1]))
        self.take.activated.connect(self._choose_take)
        self.every.textEdited.connect(lambda text: options.set_take_every(_number(text) or 1))
        self.every.editingFinished.connect(self._on_every_typed)
        self.stop_after.textEdited.connect(lambda text: options.set_stop_after(_number(text)))
        self.keep.activated.connect(lambda index: options.set_keep_mib(_KEPT_MIB[index]))
        self.runs.activated.connect(lambda index: options.set_keep_runs(_KEPT_RUNS[index]))
        self.runs_mib.activated.connect(lambda index: options.set_keep_runs_mib(_RUNS_MIB[index]))
        options.changed.connect(self._show)
        session.rebound.connect(self._show)
        session.transcript_replaced.connect(self._show)
        self._show()

    def _show(self) -> None:
        options = self._session.options
        self.wait_for_ready.setChecked(options.wait_for_ready)
        self.emit_defaults.setChecked(options.emit_defaults)
        values = [value for _, value in _COMPRESSIONS]
        self.compression.setCurrentIndex(values.index(options.compression))
        self._show_stream()
        self.runs.setCurrentIndex(_KEPT_RUNS.index(options.keep_runs) if options.keep_runs in _KEPT_RUNS else -1)
        size = options.keep_runs_mib
        self.runs_mib.setCurrentIndex(_RUNS_MIB.index(size) if size in _RUNS_MIB else -1)
        limit = size_text(self._session.max_message_size)
        self._limit.setText(f"Up to {limit} are received. Change it in the connection's settings (the lock).")

    def _show_stream(self) -> None:
        options = self._session.options
        self._stream.setVisible(self._session.method.pattern.server_streams)
        if options.count_only:
            self.take.setCurrentIndex(_NONE)
        elif options.take_every > 1:
            self.take.setCurrentIndex(_EVERY)
        elif not self.every.isModified():  # else the number is being typed
            self.take.setCurrentIndex(_ALL)
        self.every.setVisible(self.take.currentIndex() == _EVERY)
        _show_number(self.every, options.take_every)
        _show_number(self.stop_after, options.stop_after)
        # A session file that somebody edited may have another amount: none of these, then.
        self.keep.setCurrentIndex(_KEPT_MIB.index(options.keep_mib) if options.keep_mib in _KEPT_MIB else -1)

    def _on_every_typed(self) -> None:
        self.every.setModified(False)
        self._show()

    def _choose_take(self, index: int) -> None:
        options = self._session.options
        options.set_take(
            every=max(options.take_every, 2 if options.take_every > 1 else _FIRST_EVERY) if index == _EVERY else 1,
            count_only=index == _NONE,
        )
        if index == _EVERY:
            self.every.setFocus()
            self.every.selectAll()

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
        self._add_stream()
        self._add_section("Calls of this tab")
        self._kept_caption = QLabel("Keep")
        self._kept_caption.setBuddy(self.runs)
        self._kept = QHBoxLayout()
        for widget in (self._kept_caption, self.runs, self.runs_mib):
            self._kept.addWidget(widget)
        self._kept.addStretch(1)
        self._column.addLayout(self._kept)
        self._column.addWidget(_muted("The oldest go first; pinned ones stay. Alt+Up shows the call before."))
        self._add_section("Largest message")
        self._column.addWidget(self._limit)
        self._column.addStretch(1)
        self._theme.follow(self, self._dress)

    def _add_stream(self) -> None:
        """Only where answers stream. What is chosen here holds for the call that runs as well, but for what is kept."""
        self._stream = QWidget(self.widget())
        outer, self._column = self._column, QVBoxLayout(self._stream)
        self._add_section("A stream of answers")
        self._captions = [QLabel("Take"), QLabel("End the call after"), QLabel("Keep")]
        self._rows: list[QHBoxLayout] = []
        answers = QLabel("answers")
        for caption, editors, explanation in (
            (self._captions[0], (self.take, self.every), "The others are counted, with their bytes, and have no row."),
            (self._captions[1], (self.stop_after, answers), "On this side. Answers that were not taken count as well."),
            (self._captions[2], (self.keep,), "Of older messages time and size stay. Holds from the next call on."),
        ):
            caption.setBuddy(editors[0])
            row = QHBoxLayout()
            row.addWidget(caption)
            for editor in editors:
                row.addWidget(editor)
            row.addStretch(1)
            self._rows.append(row)
            self._column.addLayout(row)
            self._column.addWidget(_muted(explanation))
        self._stream_column, self._column = self._column, outer
        self._column.addWidget(self._stream)

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
        self._stream_column.setContentsMargins(0, 0, 0, 0)
        self._stream_column.setSpacing(px(6))
        for row in self._rows:
            row.setSpacing(px(8))
        self._kept.setSpacing(px(8))
        for choice in (self.runs, self.runs_mib):
            choice.setMinimumWidth(px(120))
        for caption in (*self._captions, self._kept_caption):
            caption.setFixedWidth(px(120))
        for choice in (self.take, self.keep):
            choice.setFixedWidth(px(176))
        for line in (self.every, self.stop_after):
            line.setFont(self._theme.data_font())
            line.setFixedWidth(px(88))
        self.compression.setFixedWidth(px(160))


def _number_line() -> QLineEdit:
    line = QLineEdit()
    line.setValidator(QIntValidator(1, _MOST_MESSAGES, line))
    line.setMaxLength(len(str(_MOST_MESSAGES)))
    return line


def _show_number(line: QLineEdit, number: int | None) -> None:
    """What is typed stays as long as it says the same, or is not finished yet."""
    said = _number(line.text())
    if said != number and not (said is None and line.isModified()):
        line.setText("" if number is None else str(number))


def _number(text: str) -> int | None:
    """None for no number from 1 on."""
    return int(text) if text.isdecimal() and int(text) >= 1 else None


def _muted(text: str) -> QLabel:
    label = QLabel(text)
    label.setWordWrap(True)
    restyle(label, role="small")
    return label
