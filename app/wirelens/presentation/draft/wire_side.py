"""What the Wire page shows of a draft: the bytes that would be sent, or those that were typed, and their sizes."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from wirelens.engine.errors import MessageError
from wirelens.engine.messages.wire.scanning import Span, WireMistake
from wirelens.presentation.amounts import size_text
from wirelens.presentation.draft.draft import Draft
from wirelens.presentation.draft.wire_places import form_path, wire_path
from wirelens.presentation.thread_worker import ThreadWorker
from wirelens.presentation.wire import AnnotatedBytes
from wirelens.presentation.wire.byte_sizes import MessageSizes, sizes_of

_LARGE = 64 * 1024  # characters of JSON
_PAUSE_MS = 600
_AT_ONCE = 4 * 1024  # characters of JSON or bytes; reading and writing them takes some 1 ms a thousand

Made = tuple[bytes | None, MessageSizes | None, MessageError | None]


class WireSide(QObject):
    """The draft's bytes, made anew behind its changes, in the background where that would be felt.

    `changed` comes with other bytes, sizes or problems. While the draft is no message there is a `problem` in place of
    bytes; bytes that were typed and are none are kept, and `draft.wire_mistake` says why.
    """

    changed = Signal()
    found = Signal(int, int)  # where the field that the form is at is in the bytes

    def __init__(self, draft: Draft, *, delay_ms: int = 30, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.draft = draft
        self.shown = AnnotatedBytes(self)
        self._problem: MessageError | None = None
        self._sizes: MessageSizes | None = None
        self._worker = ThreadWorker(self)
        self._is_making = self._is_stale = self._wants_sizes = False
        self._shown_for: bytes | str | None = None  # what the draft held when the bytes that are shown were made
        self._made_for: bytes | str | None = None  # the same for those that are being made
        self._delay = delay_ms
        self._later = QTimer(self, singleShot=True)
        self._later.timeout.connect(self.refresh)
        draft.changed.connect(self._on_draft_changed)
        self.refresh()

    @property
    def problem(self) -> MessageError | None:
        """Why there are no bytes to be sent."""
        return self._problem

    @property
    def sizes(self) -> MessageSizes | None:
        """None while they are not known or not wanted, or there is no message."""
        return self._sizes

    @property
    def is_making(self) -> bool:
        """A large message's bytes are being made."""
        return self._is_making or self.draft.is_reading

    @property
    def note(self) -> str:
        """How much would be sent, beside the page's title."""
        return size_text(self.shown.size) if self._problem is None and self.shown.size else ""

    def refresh(self) -> None:
        """Show what the draft is now."""
        self._later.stop()
        draft = self.draft
        if draft.wire is not None:
            self._problem = None
            self._show(draft.wire)
            self._shown_for = draft.wire
        is_unchecked = draft.wire is None and len(draft.json_text()) > _AT_ONCE and not draft.is_checked
        if draft.is_reading or (is_unchecked and not draft.mistakes):  # asking is what has a large text checked
            self._sizes = None
            self.changed.emit()
            return
        self._make()

    def want_sizes(self, wanted: bool) -> None:
        """Have the sizes of fields made as well; without it that is saved."""
        self._wants_sizes = wanted
        if wanted and self._sizes is None:
            self.refresh()

    # -- edits

    def replace(self, start: int, end: int, data: bytes) -> None:
        """Put `data` in the place of the bytes from `start` to before `end`.

        Nothing is done while the bytes of a large message that was changed elsewhere are not known yet.
        """
        if self._shown_for is not self._held():
            self.refresh()
        if self._problem is None and self._shown_for is self._held():
            whole = self.shown.bytes_between(0, self.shown.size)
            self.take(whole[:start] + data + whole[end:])

    def take(self, data: bytes) -> None:
        """Take bytes in the place of the whole message."""
        self.draft.set_wire(data)
        self.refresh()

    def revert(self) -> None:
        """Give up bytes that are no message for the message that there was before; undo brings them back."""
        self.draft.revert_wire()
        self.refresh()

    # -- one field in both faces

    def go_to_byte(self, offset: int) -> None:
        """The person is at a byte: go to its field, as far as the form has it."""
        if self.draft.form_is_current:
            self.shown.find_path(
                offset,
                lambda path: self.draft.focus.move(form_path(self.draft.descriptor, self.draft.tree, path), "wire"),
            )

    def find_focus(self) -> None:
        """Look for the bytes of the field that the person is at in the form; see `found`."""
        focus = self.draft.focus
        if focus.face == "form" and focus.path and self.draft.form_is_current and self._problem is None:
            self.shown.find_field(wire_path(self.draft.descriptor, self.draft.tree, focus.path), self._tell_found)

    def find_top_field(self, path_name: str) -> None:
        """Look for the bytes of a field of the message itself."""
        self.shown.find_field((path_name,), self._tell_found)

    def _tell_found(self, spans: list[Span]) -> None:
        """Of a list that is not in one piece, the first."""
        if not spans:
            return
        end = spans[0].end
        for span in spans[1:]:
            if span.start != end:
                break
            end = span.end
        self.found.emit(spans[0].start, end)

    # -- inside

    def _on_draft_changed(self) -> None:
        """A large message's bytes wait for a pause in the typing: making them takes the interpreter from it."""
        is_large = self.draft.wire is None and len(self.draft.json_text()) > _LARGE
        self._later.start(_PAUSE_MS if is_large else self._delay)

    def _held(self) -> bytes | str:
        """Another object each time that the draft has changed."""
        return self.draft.json_text() if self.draft.wire is None else self.draft.wire

    def _make(self) -> None:
        if self._is_making:
            self._is_stale = True
            return
        draft = self.draft
        job, self._made_for = self._job(), self._held()
        if len(draft.json_text()) <= _AT_ONCE and len(draft.wire or b"") <= _AT_ONCE:
            self._take_made(job())
            return
        self._is_making, self._is_stale = True, False
        self._worker.run(job, self._on_made)
        self.changed.emit()

    def _job(self) -> Callable[[], Made]:
        serialize, descriptor, schema = self.draft.serializer(), self.draft.descriptor, self.draft.schema
        with_sizes = self._wants_sizes

        def job() -> Made:
            try:
                data = serialize()
                return data, sizes_of(data, descriptor, schema) if with_sizes else None, None
            except MessageError as error:
                return None, None, error

        return job

    def _on_made(self, made: Made) -> None:
        self._is_making = False
        if self._is_stale:
            self._is_stale = False
            self.refresh()
        else:
            self._take_made(made)

    def _take_made(self, made: Made) -> None:
        data, self._sizes, problem = made
        is_typed = self.draft.wire is not None
        self._problem = None if is_typed else problem
        if not is_typed:
            self._show(data or b"")
            self._shown_for = self._made_for
        self.changed.emit()

    def _show(self, data: bytes) -> None:
        if data != self.shown.data or self.shown.descriptor is not self.draft.descriptor:
            self.shown.set_message(data, self.draft.descriptor)


def mistake_text(mistake: WireMistake) -> str:
    """A mistake of bytes as the page says it."""
    return f"byte {mistake.start} (hex {mistake.start:x}): {mistake.sentence}"
