"""The tree of a message, and below it the content of the field that the person opened."""

from google.protobuf.descriptor import Descriptor
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from wirelens.engine.messages.wire.scanning import Buffer
from wirelens.engine.schema.schema import Schema
from wirelens.presentation.message_focus import MessageFocus
from wirelens.widgets.controls.focus import pass_focus_on
from wirelens.widgets.controls.splitter import Splitter
from wirelens.widgets.response.content_viewer import ContentViewer
from wirelens.widgets.response.tree_viewer import TreeViewer
from wirelens.widgets.theme import Theme, restyle

_TREE_PART, _CONTENT_PART = 2, 3


class TreePage(QWidget):
    """Enter or a double click on bytes or a text opens its content; it then follows the person from field to field."""

    def __init__(self, focus: MessageFocus, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._focus = focus
        self._schema: Schema | None = None
        self._splitter = Splitter(Qt.Orientation.Vertical, self)
        self.tree = TreeViewer(theme, self._splitter, focus)
        self._content: ContentViewer | None = None
        self._note = QLabel(self)
        self._note.setTextFormat(Qt.TextFormat.PlainText)
        self._note.hide()
        restyle(self._note, role="muted")
        self._splitter.addWidget(self.tree)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._splitter, 1)
        column.addWidget(self._note)
        self.tree.content_wanted.connect(self.open_content)
        self.tree.unfolding.connect(self._say)
        focus.moved.connect(self._on_focus_moved)
        pass_focus_on(self, self.tree)
        theme.follow(self, self._dress)

    @property
    def content(self) -> ContentViewer:
        """Made when it is first wanted: most calls are looked at without."""
        if self._content is None:
            self._content = ContentViewer(self._theme, self._splitter)
            self._content.hide()
            self._content.closed.connect(self.close_content)
            self._splitter.addWidget(self._content)
            self._splitter.setStretchFactor(0, _TREE_PART)
            self._splitter.setStretchFactor(1, _CONTENT_PART)
        return self._content

    @property
    def is_content_open(self) -> bool:
        """Whether the content of a field is shown below the tree."""
        return self._content is not None and not self._content.isHidden()

    @property
    def note(self) -> str:
        """How far unfolding is, or that it has stopped before the end."""
        return self._note.text()

    def show_message(self, payload: Buffer, descriptor: Descriptor, schema: Schema, *, with_defaults: bool) -> None:
        """Show a message; where content is open, that of the same field in this message."""
        self._schema = schema
        self._say("")
        self.tree.show_message(payload, descriptor, schema, with_defaults=with_defaults)
        self._renew_content()

    def open_content(self, index: QModelIndex) -> None:
        """Show the content of a row below the tree."""
        self.tree.setCurrentIndex(index)
        if not self.is_content_open:
            height = self._splitter.height()
            self.content.show()
            self._splitter.setSizes([height * part // (_TREE_PART + _CONTENT_PART) for part in (2, 3)])
        self._show_content(index)
        self.tree.scrollTo(index)

    def close_content(self) -> None:
        """Give the room back to the tree."""
        self.content.hide()
        self.content.clear()
        self.tree.setFocus(Qt.FocusReason.OtherFocusReason)

    # -- inside

    def _on_focus_moved(self) -> None:
        if self.is_content_open and self._focus.path != self.content.path:
            index = self.tree.currentIndex()
            if self.tree.fields.path(index) == self._focus.path:
                self._show_content(index)

    def _renew_content(self) -> None:
        """The same field of another message; what was shown of the message before is let go."""
        if not self.is_content_open:
            return
        index = self.tree.fields.find_path(self.content.path)
        if self.tree.fields.path(index) == self.content.path:
            self._show_content(index)
        else:
            self.content.hide()
            self.content.clear()

    def _show_content(self, index: QModelIndex) -> None:
        fields = self.tree.fields
        content = fields.content(index)
        if content is not None and self._schema is not None:
            self.content.show_content(fields.path(index), fields.value_bytes(index)[-1], content, self._schema)

    def _say(self, note: str) -> None:
        self._note.setText(note)
        self._note.setVisible(bool(note))

    def _dress(self) -> None:
        px = self._theme.px
        self._note.setContentsMargins(px(16), px(4), px(16), px(4))
