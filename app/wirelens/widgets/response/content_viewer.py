"""The bytes or the text of one field: as hex, text, image, or as the message that they may be."""

from PySide6.QtCore import QStringListModel, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QTextCursor, QTextOption
from PySide6.QtWidgets import (
    QCompleter,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from wirelens.engine.errors import SchemaError
from wirelens.engine.messages.wire.scanning import Buffer
from wirelens.engine.schema.schema import Schema
from wirelens.presentation.amounts import size_text
from wirelens.presentation.field_content import ContentView, content_text, image_format, view_for
from wirelens.presentation.message_nodes import NodeContent
from wirelens.presentation.wire import AnnotatedBytes
from wirelens.widgets.controls.elided_label import ElidedLabel
from wirelens.widgets.controls.focus import pass_focus_on
from wirelens.widgets.controls.hex_view import HexView
from wirelens.widgets.controls.segmented_choice import SegmentedChoice
from wirelens.widgets.response.image_view import ImageView
from wirelens.widgets.response.tree_viewer import TreeViewer
from wirelens.widgets.theme import Theme, restyle

_FED_AT_ONCE = 8 * 1024  # characters
_FILE_ENDINGS = {ContentView.TEXT: "txt"}


class ContentViewer(QWidget):
    """Shows one field's bytes. What was chosen for a field is kept; `closed` comes when the person is done."""

    closed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._schema: Schema | None = None
        self._data: Buffer = b""
        self._path = ""
        self._chosen: dict[str, ContentView] = {}
        self._types: dict[str, str] = {}  # full names, by path
        self._made: set[ContentView] = set()  # the pages that show the data that is there now
        self.setObjectName("messageContent")
        self.setAccessibleName("Content of the field")
        self.choice = SegmentedChoice(theme, self)
        for view in ContentView:
            self.choice.add_choice(view.value, view.value)
        self.choice.chosen.connect(lambda name: self.show_view(ContentView(name)))
        self._pages = QWidget(self)
        self.shown = AnnotatedBytes(self)
        self.hex = HexView(self.shown, theme, self._pages)
        self.hex.setObjectName("contentHex")
        self.hex.setAccessibleName("Content as bytes")
        self.text = QPlainTextEdit(self._pages)
        self.image = ImageView(theme, self._pages)
        self.tree = TreeViewer(theme, self._pages)
        self.tree.setObjectName("contentTree")
        self.tree.setAccessibleName("Content as a message")
        self._unfed = ""
        self._feeding = QTimer(self, singleShot=True, interval=0)
        self._feeding.timeout.connect(self._feed)
        self._build()
        pass_focus_on(self, self._pages)
        theme.follow(self, self._dress)

    @property
    def path(self) -> str:
        """The field that is shown; empty while none is."""
        return self._path

    @property
    def view(self) -> ContentView:
        """How it is shown."""
        return ContentView(self.choice.current)

    @property
    def has_choice(self) -> bool:
        """Whether the person has chosen how to see this field."""
        return self._path in self._chosen

    @property
    def note(self) -> str:
        """What is not as it seems."""
        return self._note.text()

    def show_content(self, path: str, data: Buffer, content: NodeContent, schema: Schema) -> None:
        """Show a field's bytes, as the person chose to see those of this field, or else as what they are."""
        if schema is not self._schema:
            self._schema = schema
            self._names.setStringList(schema.message_names())
        self._path, self._data = path, data
        self._made.clear()
        self._name.setText(path)
        self._size.setText(size_text(len(data)))
        self.choice.button(ContentView.IMAGE.value).setEnabled(bool(image_format(data)))
        view = self._chosen.get(path) or view_for(data, content)
        if view is ContentView.IMAGE and not image_format(data):
            view = view_for(data, content)
        self.type_edit.setText(self._types.get(path, ""))
        self._show(view)

    def clear(self) -> None:
        """Show nothing, and let the bytes go."""
        self._path, self._data = "", b""
        self._made.clear()
        self.shown.clear()
        self._unfed = ""
        self.text.clear()
        self.image.clear()
        self.tree.clear()

    def show_view(self, view: ContentView) -> None:
        """As if the person had chosen it: it is kept for the field."""
        self._chosen[self._path] = view
        self._show(view)

    def decode_as(self, type_name: str) -> None:
        """Read the bytes as a message of this type, or as one of no known type where the name is empty."""
        type_name = type_name.strip()
        self._types[self._path] = type_name
        self.type_edit.setText(type_name)
        self._chosen[self._path] = ContentView.MESSAGE
        self._made.discard(ContentView.MESSAGE)
        self._show(ContentView.MESSAGE)

    # -- Qt's events

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
            event.accept()
        else:
            super().keyPressEvent(event)

    # -- inside

    def _show(self, view: ContentView) -> None:
        self.choice.set_current(view.value)
        self.type_edit.setVisible(view is ContentView.MESSAGE)
        self._note.setText("")
        if view is ContentView.MESSAGE:
            self._show_message(is_new=view not in self._made)
        elif view is ContentView.TEXT:
            found = content_text(self._data)
            if view not in self._made:
                self.text.clear()
                self._unfed = found.text
                self._feed()
            self._note.setText(found.note)
        elif view not in self._made and view is ContentView.HEX:
            self.shown.set_plain(self._data)
        elif view not in self._made:
            self.image.show_image(self._data)
        self._made.add(view)
        pages = {ContentView.HEX: self.hex, ContentView.TEXT: self.text, ContentView.IMAGE: self.image}
        self._stack.setCurrentWidget(pages.get(view, self.tree))
        self._note.setVisible(bool(self._note.text()))

    def _feed(self) -> None:
        """Lay the text out in parts: a long one takes half a second."""
        part, self._unfed = self._unfed[:_FED_AT_ONCE], self._unfed[_FED_AT_ONCE:]
        cursor = QTextCursor(self.text.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText(part)
        if self._unfed:
            self._feeding.start()

    def _show_message(self, *, is_new: bool) -> None:
        name, schema = self._types.get(self._path, ""), self._schema
        assert schema is not None
        descriptor = None
        restyle(self.type_edit, invalid=False)
        if name:
            try:
                descriptor = schema.descriptor(name)
            except SchemaError as error:
                restyle(self.type_edit, invalid=True)
                self._note.setText(error.one_line())
        else:
            self._note.setText("Read without a type: numbers are the fields', and what they are is a guess.")
        if is_new:
            self.tree.show_message(self._data, descriptor, schema, with_defaults=False)
        if self.tree.fields.is_empty:
            self._note.setText("There are no fields in these bytes.")

    def _renew_menu(self) -> None:
        self._menu.clear()
        name = self._path.rpartition(".")[2].partition("[")[0].strip("#@") or "field"
        ending = image_format(self._data) or _FILE_ENDINGS.get(self.view, "bin")
        self.hex.copying.add_actions(self._menu, self._data, f"{name}.{ending}")

    def _build(self) -> None:
        self._name = ElidedLabel(parent=self)
        self._size = QLabel(self)
        restyle(self._size, role="muted")
        self.type_edit = QLineEdit(self)
        self.type_edit.setObjectName("contentType")
        self.type_edit.setAccessibleName("Decode as message type")
        self.type_edit.setPlaceholderText("decode as a message type …")
        self._names = QStringListModel(self)
        completer = QCompleter(self._names, self.type_edit)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.activated.connect(self.decode_as)
        self.type_edit.setCompleter(completer)
        self.type_edit.returnPressed.connect(lambda: self.decode_as(self.type_edit.text()))
        self.bytes_button = QToolButton(self)
        self.bytes_button.setText("Bytes")
        restyle(self.bytes_button, role="menu")
        self.bytes_button.setAccessibleName("Copy or save the bytes of the field")
        self.bytes_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self.bytes_button)
        self._menu.aboutToShow.connect(self._renew_menu)
        self.bytes_button.setMenu(self._menu)
        self.close_button = QToolButton(self)
        self.close_button.setToolTip("Close (Esc)")
        self.close_button.setAccessibleName("Close the content")
        self.close_button.clicked.connect(self.closed)
        self._theme.set_icon(self.close_button, "close")
        self._note = QLabel(self)
        self._note.setTextFormat(Qt.TextFormat.PlainText)
        self._note.setWordWrap(True)
        restyle(self._note, role="muted")
        self.text.setObjectName("contentText")
        self.text.setAccessibleName("Content as text")
        self.text.setReadOnly(True)
        self.text.setUndoRedoEnabled(False)
        self.text.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        restyle(self.text, role="pane")
        self._theme.set_data_font(self.text)
        self._head = QHBoxLayout()
        self._head.addWidget(self._name, 1)
        for widget in (self._size, self.bytes_button, self.close_button):
            self._head.addWidget(widget)
        self._ways = QHBoxLayout()
        self._ways.addWidget(self.choice)
        self._ways.addWidget(self.type_edit, 1)
        self._ways.addStretch(0)
        self._stack = QStackedLayout(self._pages)
        for page in (self.hex, self.text, self.image, self.tree):
            self._stack.addWidget(page)
        line = QFrame(self)
        line.setProperty("role", "line")
        self._notes = QVBoxLayout()
        self._notes.addWidget(self._note)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(line)
        self._column.addLayout(self._head)
        self._column.addLayout(self._ways)
        self._column.addLayout(self._notes)
        self._column.addWidget(self._pages, 1)

    def _dress(self) -> None:
        px = self._theme.px
        self._name.setFont(self._theme.data_font(500))
        self._head.setContentsMargins(px(16), px(4), px(8), 0)
        self._head.setSpacing(px(8))
        self._ways.setContentsMargins(px(16), px(4), px(16), px(4))
        self._ways.setSpacing(px(12))
        self._notes.setContentsMargins(px(16), 0, px(16), px(4))
