"""The text in one string field of a large message, piece by piece and without the message ever being made."""

import codecs
from collections.abc import Iterator, Sequence

from wirelens.engine.messages.wire.scanning import Buffer, RawField, Span, WireMistake, WireType, raw_fields

_PIECE = 64 * 1024  # bytes
_TICK = 2_000  # fields


def long_text(buffer: Buffer, numbers: Sequence[int]) -> Iterator[str]:
    """The string at the end of a path of field numbers, each but the last that of a message; its last occurrence.

    Empty pieces come while the field is looked for: whoever works in slices may pause at any. Bytes that are no UTF-8
    become U+FFFD; a message that is malformed further down is read as far as it goes.
    """
    data = memoryview(buffer)
    span = Span(0, len(data))
    for number in numbers:
        found: RawField | None = None
        for count, field in enumerate(raw_fields(data, span.start, span.end), start=1):
            if isinstance(field, WireMistake):
                break
            if field is not None and field.number == number and field.wire_type == WireType.LEN:
                found = field
            if field is None or count % _TICK == 0:
                yield ""
        if found is None:
            return
        span = Span(found.value_start, found.value_end)
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    for start in range(span.start, span.end, _PIECE):
        end = min(start + _PIECE, span.end)
        yield decoder.decode(bytes(data[start:end]), final=end == span.end)
