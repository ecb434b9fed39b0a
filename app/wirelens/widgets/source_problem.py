"""Why a source failed, under the explorer: the sentence, the place, and the ways on."""

from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from wirelens.presentation.source import Source, SourceKind
from wirelens.widgets.controls.flow_layout import FlowLayout
from wirelens.widgets.controls.inline_message import InlineMessage
from wirelens.widgets.theme import Theme, restyle


class SourceProblem(QWidget):
    """Hidden until a source has failed; stays until it is closed or the source answers."""

    retry_wanted = Signal(object)  # Source
    files_wanted = Signal(object)  # Source
    settings_wanted = Signal(object)  # Source

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.source: Source | None = None
        self._message = InlineMessage(theme)
        self._message.dismissed.connect(self.clear)
        self._retry = self._link("Try again", self.retry_wanted)
        self._files = self._link("Add .proto files …", self.files_wanted)
        self._settings = self._link("Settings …", self.settings_wanted)
        self._row = FlowLayout()  # the explorer is narrow, and narrower where a person wants it so
        for button in (self._retry, self._files, self._settings):
            self._row.addWidget(button)
        layout = QVBoxLayout(self)
        layout.addWidget(self._message)
        layout.addLayout(self._row)
        theme.follow(self, self._dress)
        self.hide()

    def show_source(self, source: Source) -> None:
        """Show the failure of `source`; nothing where it has none."""
        error = source.error
        if error is None:
            return
        self.source = source
        place = source.title if source.title not in error.one_line() else error.place
        self._message.show_message("bad", error.message, place=place, next_step=error.next_step)
        self._files.setVisible(source.settings.kind is SourceKind.SERVER)
        self._settings.setVisible(source.settings.kind is not SourceKind.DEMO)
        self.show()

    def clear(self) -> None:
        self.source = None
        self._message.clear()
        self.hide()

    def _link(self, text: str, wanted: SignalInstance) -> QPushButton:
        button = QPushButton(text)
        button.setAccessibleName(text)
        restyle(button, role="link")

        def ask() -> None:
            if self.source is not None:
                wanted.emit(self.source)

        button.clicked.connect(ask)
        return button

    def _dress(self) -> None:
        px = self._theme.px
        layout = self.layout()
        assert layout is not None
        layout.setContentsMargins(px(12), px(8), px(12), px(12))
        layout.setSpacing(px(4))
        self._row.setSpacing(px(8))
