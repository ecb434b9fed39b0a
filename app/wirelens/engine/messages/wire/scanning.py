"""Where the fields of one message begin and end: tags, varints, lengths and groups, and nothing of types.

https://protobuf.dev/programming-guides/encoding/; limits are those of protobuf's own parser (upb): a tag and a length
have at most five bytes, a varint at most ten.
"""

import enum
import mmap
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

Buffer: TypeAlias = bytes | bytearray | memoryview | mmap.mmap

_LONGEST_VARINT = 10
_LONGEST_TAG = 5
_LARGEST_TAG = 2**32 - 1
_LONGEST_LENGTH = 2**31 - 1
_MASK = 2**64 - 1
_TICK = 256  # fields within a group between two ticks


class WireType(enum.IntEnum):
    """The last three bits of a tag, by the names of the encoding's specification."""

    VARINT = 0
    I64 = 1
    LEN = 2
    SGROUP = 3
    EGROUP = 4
    I32 = 5


class Span(NamedTuple):
    """Bytes `start` to before `end` of a buffer."""

    start: int
    end: int

    @property
    def size(self) -> int:
        return self.end - self.start


class RawField(NamedTuple):
    """A field's places in the buffer, for readers that go through millions of them.

    The tag ends at `tag_end`, the value begins at `value_start`; between them is a LEN field's length. Behind the value
    of a group, which ends at `value_end`, is the tag that ends it.
    """

    start: int
    tag_end: int
    number: int
    wire_type: int
    value_start: int
    value_end: int
    end: int


@dataclass(frozen=True, slots=True)
class WireMistake:
    """The bytes from `start` to `end` cannot be read: `sentence` says what is wrong at byte `start` or behind it."""

    start: int
    end: int
    sentence: str


class Malformed(Exception):  # noqa: N818 - not an error of the program; it never leaves this package
    """Bytes that the wire format has no meaning for."""


def raw_fields(
    data: memoryview, start: int, end: int, *, is_unknown_group: bool = False
) -> Iterator[RawField | WireMistake | None]:
    """The fields of one message from `start` to before `end`; a mistake comes last.

    In a group that its schema lacks protobuf lets fields with the number 0 pass, and so `is_unknown_group` does.

    None is a tick: the end of a large group is still looked for. Whoever works in slices may pause there.
    """
    position = field_start = start
    try:
        while position < end:
            field_start = position
            tag = data[position]
            position += 1
            if tag > 0x7F:
                tag, position = read_tag(data, field_start, end)
            tag_end = position
            number, wire_type = tag >> 3, tag & 7
            if number == 0 and not is_unknown_group:
                raise Malformed("a field cannot have the number 0")
            if wire_type == 2:
                value_start, position = read_length(data, position, end)
                yield RawField(field_start, tag_end, number, 2, value_start, position, position)
            elif wire_type == 0:
                if position < end and data[position] < 0x80:
                    position += 1
                else:
                    position = read_varint(data, position, end)[1]
                yield RawField(field_start, tag_end, number, 0, tag_end, position, position)
            elif wire_type == 5 or wire_type == 1:
                position += 4 if wire_type == 5 else 8
                if position > end:
                    raise Malformed(f"a value of {position - tag_end} bytes, but {_left(end - tag_end)}")
                yield RawField(field_start, tag_end, number, wire_type, tag_end, position, position)
            elif wire_type == 3:
                value_end, position = yield from _group_end(data, position, end, number)
                yield RawField(field_start, tag_end, number, 3, tag_end, value_end, position)
            elif wire_type == 4:
                raise Malformed(f"the end of group {number}, which has not begun")
            else:
                raise Malformed(f"wire type {wire_type} does not exist")
    except Malformed as problem:
        yield WireMistake(field_start, end, str(problem))


def _group_end(data: memoryview, position: int, end: int, number: int) -> Generator[None, None, tuple[int, int]]:
    """Where the group's value ends, and where the tag that ends it does."""
    open_groups = [number]
    fields = 0
    while position < end:
        fields += 1
        if fields % _TICK == 0:
            yield None
        tag_start = position
        tag, position = read_tag(data, position, end)
        inner, wire_type = tag >> 3, tag & 7
        if wire_type == 0:
            position = read_varint(data, position, end)[1]
        elif wire_type == 2:
            position = read_length(data, position, end)[1]
        elif wire_type == 1:
            position += 8
        elif wire_type == 5:
            position += 4
        elif wire_type == 3:
            open_groups.append(inner)
        elif wire_type == 4:
            if open_groups.pop() != inner:
                raise Malformed(f"the end of group {inner} within another group, at byte {tag_start}")
            if not open_groups:
                return tag_start, position
        else:
            raise Malformed(f"wire type {wire_type} does not exist (in group {number}, at byte {tag_start})")
    raise Malformed(f"group {open_groups[-1]} never ends")


def read_varint(data: memoryview, position: int, end: int) -> tuple[int, int]:
    """The number at `position`, of which 64 bits count, and where it ends.

    Raises:
        Malformed: it does not end, or not within ten bytes.
    """
    start = position
    number = shift = 0
    while position < end:
        byte = data[position]
        position += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number & _MASK, position
        shift += 7
        if shift == 7 * _LONGEST_VARINT:
            raise Malformed("a varint of more than 10 bytes")
    raise Malformed("a varint that is cut off" if position > start else "the value is missing")


def read_tag(data: memoryview, position: int, end: int) -> tuple[int, int]:
    """A tag and where it ends.

    Raises:
        Malformed: as read_varint; or the field's number is above 2^29 - 1.
    """
    tag, after = read_varint(data, position, end)
    if after - position > _LONGEST_TAG:
        raise Malformed("a tag of more than 5 bytes")
    if tag > _LARGEST_TAG:
        raise Malformed(f"field number {tag >> 3} is above 536870911")
    return tag, after


def read_length(data: memoryview, position: int, end: int) -> tuple[int, int]:
    """Where a LEN value begins and ends, from the length at `position`.

    Raises:
        Malformed: as read_varint; or there are fewer bytes than the length says.
    """
    if position < end and data[position] < 0x80:
        length, start = data[position], position + 1
    else:
        length, start = read_varint(data, position, end)
        if start - position > _LONGEST_TAG:
            raise Malformed("a length of more than 5 bytes")
        if length > _LONGEST_LENGTH:
            raise Malformed(f"a length of {length} bytes; protobuf allows 2147483647")
    if length > end - start:
        raise Malformed(f"the length says {length} bytes, but {_left(end - start)}")
    return start, start + length


def _left(count: int) -> str:
    return f"{count} are left" if count > 1 else f"{'one' if count else 'none'} is left"
