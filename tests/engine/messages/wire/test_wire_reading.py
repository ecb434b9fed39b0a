"""Fields as spans: what each byte is, what the values say, and what is said where bytes cannot be read."""

import itertools
import mmap
import tempfile
from typing import Any

import pytest
from tests.engine.messages.random_wire import tagged, varint

from wirelens.engine.messages.wire.checking import find_mistake
from wirelens.engine.messages.wire.packed import PackedElements
from wirelens.engine.messages.wire.reading import Part, Reading, WireField, read_fields
from wirelens.engine.messages.wire.scanning import Span, WireMistake, WireType
from wirelens.engine.messages.wire.sizes import LevelSizes
from wirelens.engine.messages.wire.values import GuessKind, WireValue, field_value, guess
from wirelens.engine.schema.schema import Schema

_EVERYTHING = "wirelens.demo.fields.v1.Everything"
_PROTO2 = "wirelens.demo.fields.v1.Proto2Everything"


def _only(payload: bytes, schema: Schema, name: str = _EVERYTHING) -> WireField:
    (field,) = read_fields(payload, schema.descriptor(name))
    assert isinstance(field, WireField)
    return field


def _value(payload: bytes, schema: Schema, name: str = _EVERYTHING) -> WireValue | None:
    return field_value(payload, _only(payload, schema, name))


def test_the_parts_of_a_text(schema: Schema) -> None:
    field = _only(b"\x72\x02hi", schema)
    assert (field.path_name, field.wire_type, field.reading) == ("string_value", WireType.LEN, Reading.STRING)
    assert (field.tag, field.length, field.value, field.end_tag) == (Span(0, 1), Span(1, 2), Span(2, 4), None)
    assert [field.part_at(at) for at in range(4)] == [Part.TAG, Part.LENGTH, Part.VALUE, Part.VALUE]


def test_the_parts_of_a_group(schema: Schema) -> None:
    field = _only(b"\x4b\x10\x05\x4c", schema, _PROTO2)
    assert (field.path_name, field.reading, field.length) == ("detail", Reading.MESSAGE, None)
    assert (field.value, field.end_tag) == (Span(1, 3), Span(3, 4))
    assert field.part_at(3) is Part.END_TAG
    assert field.message_type is not None
    assert field.message_type.name == "Detail"


def test_extensions_are_known_by_their_full_name(schema: Schema) -> None:
    assert _only(tagged(100, WireType.VARINT, b"\x07"), schema, _PROTO2).path_name == (
        "[wirelens.demo.fields.v1.extension_number]"
    )


@pytest.mark.parametrize(
    ("number", "wire_type", "content", "value"),
    [
        (2, WireType.VARINT, varint(2**64 - 5), -5),
        (3, WireType.VARINT, varint(2**63), -(2**63)),
        (5, WireType.VARINT, varint(2**64 - 1), 2**64 - 1),
        (6, WireType.VARINT, varint(2**32 - 1), -(2**31)),
        (7, WireType.VARINT, varint(2**64 - 1), -(2**63)),
        (1, WireType.VARINT, b"\x01", True),
        (9, WireType.I64, b"\xff" * 8, 2**64 - 1),
        (10, WireType.I32, b"\xfe\xff\xff\xff", -2),
        (12, WireType.I32, b"\x00\x00\xc0\x3f", 1.5),
        (13, WireType.I64, b"\x00" * 7 + b"\x80", -0.0),
        (14, WireType.LEN, "ä".encode(), "ä"),
        (15, WireType.LEN, b"\xff", b"\xff"),
        (16, WireType.VARINT, b"\x03", 3),
    ],
)
def test_values_are_exact(schema: Schema, number: int, wire_type: WireType, content: bytes, value: Any) -> None:
    assert _value(tagged(number, wire_type, content), schema) == WireValue(value)


@pytest.mark.parametrize(
    ("payload", "name", "remark"),
    [
        (tagged(14, WireType.LEN, b"ab\xff"), _EVERYTHING, "not UTF-8 from its byte 2 on"),
        (tagged(16, WireType.VARINT, b"\x63"), _EVERYTHING, "not in the enum"),
        (tagged(3, WireType.VARINT, b"\x90\x4d"), _PROTO2, "not in the enum, so protobuf takes it as unknown"),
        (tagged(2, WireType.VARINT, b"\x85\x00"), _EVERYTHING, "in more bytes than it needs"),
        (
            tagged(2, WireType.VARINT, varint(2**32 + 1)),
            _EVERYTHING,
            "more bits than the type has: protobuf drops the upper ones",
        ),
        (
            tagged(14, WireType.VARINT, b"\x01"),
            _EVERYTHING,
            "string is not sent as VARINT, so protobuf takes it as unknown",
        ),
    ],
)
def test_what_is_odd_about_a_value_is_said(schema: Schema, payload: bytes, name: str, remark: str) -> None:
    value = _value(payload, schema, name)
    assert value is not None
    assert value.remarks == (remark,)


def test_overlong_varints_are_marked(schema: Schema) -> None:
    assert _only(b"\xf2\x80\x00\x81\x00a", schema).overlong == (Part.TAG, Part.LENGTH)
    assert _only(b"\x10" + varint(2**64 - 1), schema).overlong == ()  # ten bytes are what -1 takes


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        (b"\x10\x80", "a varint that is cut off"),
        (b"\x10", "the value is missing"),
        (b"\x10" + b"\xff" * 10 + b"\x01", "a varint of more than 10 bytes"),
        (b"\x00\x01", "a field cannot have the number 0"),
        (b"\x80\x80\x80\x80\x10\x01", "field number 536870912 is above 536870911"),
        (b"\x80\x80\x80\x80\x80\x00\x01", "a tag of more than 5 bytes"),
        (b"\x16", "wire type 6 does not exist"),
        (b"\x17", "wire type 7 does not exist"),
        (b"\x72\x05ab", "the length says 5 bytes, but 2 are left"),
        (b"\x72\xff\xff\xff\xff\x0f", "a length of 4294967295 bytes; protobuf allows 2147483647"),
        (b"\x4d\x00", "a value of 4 bytes, but one is left"),
        (b"\x0c", "the end of group 1, which has not begun"),
        (b"\x0b\x10\x01", "group 1 never ends"),
        (b"\x0b\x13\x0c", "the end of group 1 within another group, at byte 4"),
        (b"\x0b\x0e", "wire type 6 does not exist (in group 1, at byte 3)"),
    ],
)
def test_a_mistake_comes_behind_all_that_can_be_read(schema: Schema, broken: bytes, sentence: str) -> None:
    descriptor = schema.descriptor(_EVERYTHING)
    payload = b"\x10\x05" + broken
    good, mistake = read_fields(payload, descriptor)
    assert isinstance(good, WireField)
    assert mistake == WireMistake(2, len(payload), sentence)
    assert find_mistake(payload, descriptor) == mistake


def test_mistakes_below_are_found_in_their_place(schema: Schema) -> None:
    descriptor = schema.descriptor(_EVERYTHING)
    deep = tagged(32, WireType.LEN, tagged(1, WireType.LEN, b"a\xff"))
    assert find_mistake(deep, descriptor) == WireMistake(6, 7, "the text is no UTF-8 from here on")
    packed = tagged(62, WireType.LEN, b"\x01\x80")
    assert find_mistake(packed, descriptor) == WireMistake(4, 5, "a varint that is cut off")
    nested = b""
    for _ in range(101):
        nested = tagged(37, WireType.LEN, nested)
    mistake = find_mistake(nested, descriptor)
    assert mistake is not None
    assert mistake.sentence == "message 101 within another: protobuf's parser takes 100"


@pytest.mark.parametrize(
    ("content", "kind", "words"),
    [
        (b"", GuessKind.EMPTY, "empty: a text, bytes or a message without fields"),
        (b"hello, w\xc3\xb6rld", GuessKind.TEXT, "reads as text"),
        (b"\x08\x01\x12\x02hi", GuessKind.MESSAGE, "could be a message, with fields 1, 2"),
        (b"\xff\xfe", GuessKind.BYTES, "bytes that read neither as text nor as a message"),
        (b"x" * 100_000, GuessKind.TEXT, "reads as text at its beginning"),
        (tagged(1, WireType.LEN, b"\x00" * 100_000), GuessKind.MESSAGE, "could be a message at its beginning, "),
        (b"\x0a\x0aabcdefghij", GuessKind.TEXT, "reads as text; it could be a message as well"),
    ],
)
def test_a_guess_says_no_more_than_it_knows(content: bytes, kind: GuessKind, words: str) -> None:
    found = guess(b"\xff\0" + content + b"\xff\0", Span(2, 2 + len(content)))  # what is around it tells nothing
    assert found.kind is kind
    assert found.sentence.startswith(words)


@pytest.mark.parametrize("count", [0, 1, 700, 5000])
def test_packed_numbers_are_found_by_position(schema: Schema, count: int) -> None:
    numbers = [(number * 7919) ** 3 % 2**40 for number in range(count)]
    payload = tagged(63, WireType.LEN, b"".join(map(varint, numbers)))
    field = _only(payload, schema)
    assert field.shape is not None
    elements = PackedElements(payload, field.shape, *field.value)
    assert len(elements) == count
    for index in {0, 1, count // 2, count - 1} & set(range(count)):
        shown = field_value(payload, field, elements[index])
        assert shown is not None
        assert shown.value == numbers[index]
        assert elements.index_at(elements[index].start) == elements.index_at(elements[index].end - 1) == index
    assert [field_value(payload, field, each).value for each in elements[-3:]] == numbers[-3:]  # type: ignore[union-attr]
    with pytest.raises(IndexError):
        elements[count]


def test_counting_goes_in_steps(schema: Schema) -> None:
    payload = tagged(62, WireType.LEN, b"\x01" * 10_000)
    field = _only(payload, schema)
    assert field.shape is not None
    elements = PackedElements(payload, field.shape, *field.value)
    assert not elements.count_on(2)
    assert elements.count_on()
    assert len(elements) == 10_000


@pytest.mark.parametrize("before", [0, 4090, 4095, 4096, 5000])
def test_a_packed_varint_that_is_too_long_is_found_wherever_it_is(schema: Schema, before: int) -> None:
    payload = tagged(62, WireType.LEN, b"\x01" * before + b"\xff" * 10 + b"\x01\x01")
    field = _only(payload, schema)
    assert field.shape is not None
    elements = PackedElements(payload, field.shape, *field.value)
    assert len(elements) == before
    start = field.value.start + before
    assert elements.mistake == WireMistake(start, field.end, "a varint of more than 10 bytes")
    assert find_mistake(payload, schema.descriptor(_EVERYTHING)) == elements.mistake


def test_a_mapped_file_is_read_without_a_copy(schema: Schema) -> None:
    with tempfile.TemporaryFile() as file:
        file.write(b"\x10\x05" * 1000)
        file.flush()
        fields = read_fields(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), schema.descriptor(_EVERYTHING))
        assert [each.start for each in itertools.islice(fields, 3)] == [0, 2, 4]


def test_sizes_are_added_up_with_tags_and_lengths(schema: Schema) -> None:
    sizes = LevelSizes()
    fields = read_fields(b"\x72\x02hi\x10\x05\x72\x00\x9a\x3f\x00\x10", schema.descriptor(_EVERYTHING))
    sizes.add(itertools.islice(fields, 2))
    sizes.add(fields)
    assert [(each.path_name, each.count, each.size) for each in sizes.by_size] == [
        ("string_value", 2, 6),
        ("#1011", 1, 3),
        ("int32_value", 1, 2),
    ]
    assert sizes.unreadable == 1
    assert sizes.of("bool_value") == 0
