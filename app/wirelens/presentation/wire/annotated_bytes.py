"""The bytes of a message with what is known of each, for a hex view: as much as is looked at, and never too long."""

import time
from collections.abc import Callable
from typing import TypeVar

from google.protobuf.descriptor import Descriptor
from PySide6.QtCore import QObject, QTimer, Signal

from wirelens.engine.messages.wire.checking import find_mistake
from wirelens.engine.messages.wire.places import Occurrence, WirePath, occurrences, place_at
from wirelens.engine.messages.wire.scanning import Buffer, Span, WireMistake
from wirelens.presentation.thread_worker import ThreadWorker
from wirelens.presentation.wire.byte_spans import ByteRole, ByteSpan, SpanIndex, holds_message
from wirelens.presentation.wire.byte_words import SpanWords, words_of

_AT_ONCE = 8 * 1024  # bytes read from the beginning on without a thread: some 2 ms
_AT_ALL = 4 * 2**20  # bytes; reading more from the beginning takes seconds and is not done unasked
_SLICE = 0.004  # seconds of reading at a time
_FIELDS = 500  # between two looks at the clock

T = TypeVar("T")


class AnnotatedBytes(QObject):
    """Bytes and their message type. `changed` tells of other bytes, `annotated` that more is known of these."""

    changed = Signal()
    annotated = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker = ThreadWorker(self)
        self._read_on = QTimer(self, singleShot=True, interval=0)
        self._read_on.timeout.connect(self._advance)
        self._mistake: WireMistake | None = None
        self._begin(b"", None)

    @property
    def data(self) -> Buffer:
        return self._data

    @property
    def descriptor(self) -> Descriptor | None:
        """The type of the message; None where nothing is known of it."""
        return self._descriptor

    @property
    def size(self) -> int:
        return len(self._view)

    @property
    def mistake(self) -> WireMistake | None:
        """The first place that protobuf refuses. Of more than 8 KiB it is found in the background, of more than 4 MiB
        not at all; what cannot be read where one looks is marked all the same."""
        return self._mistake

    def set_message(self, data: Buffer, descriptor: Descriptor | None) -> None:
        """Show these bytes; without a type all fields are unknown ones."""
        self._begin(data, descriptor)
        if descriptor is not None and self.size <= _AT_ALL:
            self._find(lambda: find_mistake(data, descriptor), self.size, self._take_mistake)
        self.changed.emit()

    def set_plain(self, data: Buffer) -> None:
        """Show bytes that are no message: none of them has a meaning of its own."""
        self._begin(data, None)
        self._is_plain = True
        self.changed.emit()

    def clear(self) -> None:
        """Let the bytes go."""
        self.set_message(b"", None)

    def bytes_between(self, start: int, end: int) -> bytes:
        return bytes(self._view[start:end])

    def view_between(self, start: int, end: int) -> memoryview:
        """The same bytes, not copied."""
        return self._view[start:end]

    def roles(self, first: int, last: int) -> bytearray:
        """The ByteRole of each byte from `first` to before `last`. What is not read yet is read on; see `annotated`."""
        last = min(last, self.size)
        if self._is_plain:
            return bytearray([ByteRole.BYTES]) * (last - first)
        found = bytearray(last - first)
        for span in self._spans(first, last):
            start, end = max(span.start, first), min(span.end, last)
            found[start - first : end - first] = bytes([span.role]) * (end - start)
        if self._mistake is not None:
            start, end = max(self._mistake.start, first), min(self._mistake.end, last)
            if start < end:
                found[start - first : end - first] = bytes([ByteRole.MISTAKE]) * (end - start)
        return found

    def span_at(self, offset: int) -> ByteSpan | None:
        """The span of a byte; None behind the end, and where nothing is read yet."""
        found = self._spans(offset, offset + 1)
        return found[-1] if found else None

    def words_at(self, offset: int) -> SpanWords | None:
        """The same in words."""
        span = self.span_at(offset)
        if span is None:
            return None
        words = words_of(self._view, span, offset)
        mistake = self._mistake
        if mistake is not None and mistake.start <= offset < mistake.end and mistake != span.mistake:
            return SpanWords(words.path, words.part, words.facts, (*words.remarks, mistake.sentence))
        return words

    def field_after(self, offset: int) -> int:
        """Where the next field begins, or the end."""
        span = self.span_at(offset)
        if span is None or span.field is None:
            return self.size
        inside = holds_message(span.field) and span.field.value.size and offset < span.field.value_start
        return span.field.value_start if inside else span.field.end

    def field_before(self, offset: int) -> int:
        """Where the field before begins, or the one that `offset` is in the midst of."""
        span = self.span_at(offset - 1) if offset else None
        if span is None:
            return 0
        return span.field.start if span.field is not None else span.start

    def find_path(self, offset: int, deliver: Callable[[WirePath], None]) -> None:
        """Hand over the path of what the byte is of: not for one beyond 4 MiB, nor once there are other bytes."""
        data, descriptor = self._data, self._descriptor
        if not self._is_plain and 0 <= offset < min(self.size, _AT_ALL):
            self._find(lambda: place_at(data, descriptor, offset).path, offset, deliver)

    def find_field(self, path: WirePath, deliver: Callable[[list[Span]], None]) -> None:
        """Hand over where the bytes of a field are, whole fields but of packed lists the element."""
        data, descriptor = self._data, self._descriptor
        if descriptor is not None:
            self._find(lambda: [_whole(each) for each in occurrences(data, descriptor, path)], self.size, deliver)

    def _find(self, job: Callable[[], T], size: int, deliver: Callable[[T], None]) -> None:
        if size <= _AT_ONCE:
            deliver(job())
            return
        asked_of = self._data

        def on_found(found: T) -> None:
            if self._data is asked_of:
                deliver(found)

        self._worker.run(job, on_found)

    def _take_mistake(self, mistake: WireMistake | None) -> None:
        self._mistake = mistake
        self.annotated.emit()

    def _begin(self, data: Buffer, descriptor: Descriptor | None) -> None:
        self._data, self._descriptor = data, descriptor
        self._view = memoryview(data)
        self._index = SpanIndex(data, descriptor)
        self._mistake = None
        self._is_plain = False
        self._read_on.stop()

    def _spans(self, first: int, last: int) -> list[ByteSpan]:
        if self._is_plain:
            return []
        found = self._index.spans(first, last)
        if self._index.is_missing_some:
            self._read_on.start()
        return found

    def _advance(self) -> None:
        enough = time.perf_counter() + _SLICE
        while self._index.advance(_FIELDS):
            if time.perf_counter() > enough:
                self._read_on.start()
                return
        self.annotated.emit()


def _whole(found: Occurrence) -> Span:
    return found.element or found.field.span
