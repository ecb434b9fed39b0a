"""One message as the bytes that it came as: named, in colours, and tied to the tree."""

from google.protobuf.descriptor import Descriptor
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QLineEdit, QMenu, QWidget

from wirelens.engine.messages.wire.scanning import Buffer, Span
from wirelens.engine.schema.schema import Schema
from wirelens.presentation.amounts import count_text, size_text
from wirelens.presentation.message_focus import MessageFocus
from wirelens.presentation.thread_worker import ThreadWorker
from wirelens.presentation.wire import AnnotatedBytes
from wirelens.presentation.wire.byte_search import offset_of
from wirelens.presentation.wire.byte_sizes import MessageSizes, sizes_of_received
from wirelens.presentation.wire.byte_words import element_at
from wirelens.widgets.controls.byte_find import ByteFind
from wirelens.widgets.controls.bytes_page import BytesPage
from wirelens.widgets.controls.find_bar import FindBar
from wirelens.widgets.theme import Theme, restyle

_OFFSET_WIDTH = 96


class WireViewer(BytesPage):
    """Shows bytes, the words for those at the cursor, and the sizes of fields.

    `field_chosen(fields, element)` tells which field the person went to: the fields around it and itself, the
    outermost first, and which value where that is a packed list. The field that the focus names is selected.
    """

    field_chosen = Signal(object, object)

    def __init__(self, focus: MessageFocus, theme: Theme, parent: QWidget | None = None) -> None:
        shown = AnnotatedBytes()
        super().__init__(shown, theme, parent)
        shown.setParent(self)
        self.shown = shown
        self._focus = focus
        self._schema: Schema | None = None
        self._sizes_shown = False
        self._is_telling = False  # of a field that was chosen here
        self._is_waiting = False  # until the bytes of the focus are read
        self._is_asked = False  # for the field of a byte that is not read yet
        self._worker = ThreadWorker(self)
        self._find: ByteFind | None = None
        self.hex.setObjectName("messageWire")
        self.hex.setAccessibleName("Message as bytes")
        self.hex.set_placeholder("An empty message is 0 bytes.")
        self.by_size.setObjectName("messageSizesButton")
        self.by_size.clicked.connect(self._show_sizes)
        self.bytes_button.setObjectName("messageBytesMenu")
        self.bytes_button.setAccessibleName("Find, copy or save the bytes of the message")
        restyle(self.foot_words, role="muted")
        self._add_offset()
        self._connect()
        theme.follow(self, self._dress)

    @property
    def find_bar(self) -> FindBar:
        """The bar that searches the bytes; made when first wanted."""
        if self._find is None:
            bar = FindBar(self._theme, self)
            self._find = ByteFind(bar, self.hex, self.shown)
            self._find.found.connect(lambda _start, _end: self._on_selected())
            self.add_above(bar)
        return self._find.bar

    @property
    def summary(self) -> str:
        """The line below the bytes: how large they are and how much is selected."""
        return self.foot_words.text()

    def show_message(self, payload: Buffer, descriptor: Descriptor, schema: Schema) -> None:
        """Show the message; what is not in sight is not read."""
        self._schema = schema
        self._sizes_shown = False
        self._is_asked = False
        self.shown.set_message(payload, descriptor)
        self._on_annotated()
        self.show_focus()
        self._show_sizes()
        self._say()

    def show_focus(self) -> None:
        """Select the field that the person is at."""
        if self._is_telling or not self._focus.spans:
            return
        place = self._whole_field(self._focus.spans[0])
        self._is_waiting = place is None
        if place is not None:
            self.hex.select(*place)
            self.words.show_byte(place.start)
            self._say()

    def open_find(self) -> None:
        """Show the find bar."""
        self.find_bar.open()

    def go_to_offset(self, text: str) -> None:
        """Go to a byte: `7936` or `0x1f00`."""
        offset = offset_of(text)
        is_there = offset is not None and 0 <= offset < self.shown.size
        restyle(self.offset_edit, invalid=not is_there)
        if offset is not None and is_there:
            self.hex.select(offset, offset + 1)
            self.hex.setFocus(Qt.FocusReason.OtherFocusReason)
            self._on_selected()

    def show_mistake(self) -> None:
        """Select the bytes that keep this from being a message."""
        mistake = self.shown.mistake
        if mistake is not None:
            self.hex.select(mistake.start, mistake.end)
            self.words.show_byte(mistake.start)
            self.hex.setFocus(Qt.FocusReason.OtherFocusReason)
            self._say()

    # -- inside

    def _whole_field(self, value: Span) -> Span | None:
        """A value with its tag and length, which stand before it; None while these are not read yet."""
        if not value.start:
            return value
        before = self.shown.span_at(value.start - 1)
        if before is None:
            return None
        field = before.field
        if field is None or field.value_start != value.start:
            return value if value.size else Span(value.start - 1, value.start)
        return Span(field.start, field.end if field.value == value else value.end)

    def _on_selected(self) -> None:
        offset = self.hex.cursor_offset
        self._is_waiting = False
        self.words.show_byte(offset)
        self._say()
        span = self.shown.span_at(offset)
        self._is_asked = span is None and offset < self.shown.size
        if span is None:
            return
        fields = (*span.holders, *([span.field] if span.field is not None else []))
        element = element_at(self.shown.view_between(0, self.shown.size), fields[-1], offset) if fields else None
        self._is_telling = True
        self.field_chosen.emit(fields, element[1] if element is not None else None)
        self._is_telling = False

    def _on_annotated(self) -> None:
        mistake, descriptor = self.shown.mistake, self.shown.descriptor
        if mistake is None or descriptor is None:
            self.problem.clear()
        else:
            self.problem.show_message(
                "bad",
                f"{count_text(self.shown.size, 'byte')} that are no {descriptor.full_name}: {mistake.sentence}",
                place=f"byte {mistake.start} (hex {mistake.start:x})",
                next_step="Check that the schema is the server's, and reload it (Ctrl+R).",
                action="Show",
            )
        if self._is_waiting:
            self.show_focus()
        elif self._is_asked:
            self._on_selected()
        else:
            self.words.show_byte(self.hex.cursor_offset)

    def _show_sizes(self) -> None:
        """Only where somebody looks: all of the message is read for them."""
        descriptor, schema = self.shown.descriptor, self._schema
        if self._sizes_shown or not self.by_size.isChecked() or descriptor is None or schema is None:
            return
        self._sizes_shown = True
        self.sizes.show_sizes(MessageSizes(0, 0, ()))
        data = self.shown.data

        def on_made(made: MessageSizes) -> None:
            if self.shown.data is data:
                self.sizes.show_sizes(made)

        self._worker.run(lambda: sizes_of_received(data, descriptor, schema), on_made)

    def _go_to_top_field(self, path_name: str) -> None:
        def on_found(spans: list[Span]) -> None:
            if spans:
                self.hex.select(*spans[0])
                self._on_selected()
                self.words.show_byte(spans[0].start)

        self.shown.find_field((path_name,), on_found)

    def _say(self) -> None:
        chosen, size = self.hex.selection, self.shown.size
        words = size_text(size)
        if chosen.size > 1:
            words += f" · {count_text(chosen.size, 'byte')} selected from {chosen.start:,}"
        elif size:
            words += f" · byte {self.hex.cursor_offset:,} (hex {self.hex.cursor_offset:x})"
        self.foot_words.setText(words)

    def fill_bytes_menu(self, menu: QMenu) -> None:
        menu.addAction("Find…\tCtrl+F").triggered.connect(self.open_find)
        menu.addAction("Go to offset…\tCtrl+G").triggered.connect(self._ask_for_offset)
        menu.addSeparator()
        self.hex.copying.add_actions(menu, self.shown.view_between(0, self.shown.size))

    def _ask_for_offset(self) -> None:
        self.offset_edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.offset_edit.selectAll()

    def _connect(self) -> None:
        self.shown.annotated.connect(self._on_annotated)
        self.problem.acted.connect(self.show_mistake)
        self.hex.selected.connect(lambda _start, _end: self._on_selected())
        self._focus.moved.connect(self.show_focus)
        self.size_chosen.connect(self._go_to_top_field)
        for keys, act in (
            (QKeySequence(QKeySequence.StandardKey.Find), self.open_find),
            (QKeySequence("Ctrl+G"), self._ask_for_offset),
        ):
            shortcut = QShortcut(keys, self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(act)

    def _add_offset(self) -> None:
        self.offset_edit = QLineEdit(self)
        self.offset_edit.setObjectName("wireOffset")
        self.offset_edit.setAccessibleName("Go to offset")
        self.offset_edit.setPlaceholderText("go to 0x1f")
        self.offset_edit.setToolTip("Go to a byte: 7936 or 0x1f00 (Ctrl+G)")
        self.offset_edit.returnPressed.connect(lambda: self.go_to_offset(self.offset_edit.text()))
        self.add_to_foot(self.offset_edit)

    def _dress(self) -> None:
        self.offset_edit.setFixedWidth(self._theme.px(_OFFSET_WIDTH))
