"""What is said of bytes: the role of each, its words, its path; large messages are read as far as one looks."""

import time
from collections.abc import Iterator

import pytest
from google.protobuf.descriptor import Descriptor
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot
from tests.engine.messages.random_wire import damaged, payloads, tagged
from tests.presentation.draft.schemas import person, person_schema

from wirelens.engine.messages.wire.places import WirePath, place_at
from wirelens.engine.messages.wire.scanning import Span, WireType
from wirelens.presentation.wire import AnnotatedBytes
from wirelens.presentation.wire.byte_spans import ByteRole, SpanIndex
from wirelens.presentation.wire.byte_words import outline_of, wire_path_text

__all__ = ["person", "person_schema"]
_QUICK = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
T, L, N, S, B, W, U, X = (
    ByteRole.TAG,
    ByteRole.LENGTH,
    ByteRole.NUMBER,
    ByteRole.TEXT,
    ByteRole.BYTES,
    ByteRole.WORD,
    ByteRole.UNKNOWN,
    ByteRole.MISTAKE,
)


@pytest.fixture
def shown(qtbot: QtBot) -> Iterator[AnnotatedBytes]:
    owner = QObject()  # else a thread that still looks for something could be the last to hold it
    yield AnnotatedBytes(owner)
    owner.deleteLater()


def roles(shown: AnnotatedBytes) -> list[ByteRole]:
    return [ByteRole(role) for role in shown.roles(0, shown.size)]


def words(shown: AnnotatedBytes, offset: int) -> str:
    found = shown.words_at(offset)
    assert found is not None
    return "\n".join(found.lines)


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        (b"\x0a\x03Ada", [T, L, S, S, S]),
        (b"\x10\x2a\x60\x02\x68\x01", [T, N, T, W, T, W]),
        (b"\x5a\x02\x00\xff", [T, L, B, B]),
        (b"\x3a\x03\x0a\x01x", [T, L, T, L, S]),  # a message within: its own fields
        (b"\xb2\x01\x02\x01\x05", [T, T, L, N, N]),  # packed
        (b"\xa2\x06\x02hi", [T, T, L, U, U]),
        (b"\xa3\x06\x08\x01\xa4\x06", [T, T, T, U, T, T]),  # a group that nobody knows
        (b"\x10\x2a\x0a\x05hi", [T, N, X, X, X, X]),
        (b"\x0a\x02\xc3\x28\x10\x01", [T, L, X, X, T, N]),  # no UTF-8
        (b"\x3a\x02\x0a\x05", [T, L, X, X]),
        (b"", []),
    ],
)
def test_each_byte_has_the_role_that_the_format_gives_it(
    shown: AnnotatedBytes, person: Descriptor, payload: bytes, expected: list[ByteRole]
) -> None:
    shown.set_message(payload, person)
    assert roles(shown) == expected


def test_words_name_field_type_and_value(shown: AnnotatedBytes, person: Descriptor) -> None:
    shown.set_message(b"\x0a\x03Ada\x60\x02\x3a\x05\x32\x03\x0a\x01k", person)
    assert words(shown, 0) == 'name · tag, 1 byte\nField: 1, LEN\nType: string\nLength: 3 B\nValue: "Ada"'
    assert words(shown, 1).startswith("name · length, 1 byte")
    assert "Value: PRIORITY_HIGH (2)" in words(shown, 6)
    assert words(shown, 13).startswith("manager.scores[] (key) · value, 1 byte")
    span = shown.span_at(13)
    assert span is not None
    assert outline_of(span) == [
        (0, "manager  Person  7 B"),
        (1, "scores  map<string, int32>  5 B"),
        (2, "key  string  3 B"),
    ]


def test_words_tell_what_is_odd(shown: AnnotatedBytes, person: Descriptor) -> None:
    shown.set_message(b"\x10\xaa\x00\x8a\x00\x01x\xa2\x06\x02hi\x0a\x09", person)
    assert "in more bytes than it needs" in words(shown, 1)
    assert "tag in more bytes than it needs" in words(shown, 3) or "wire type" in words(shown, 3)
    shown.set_message(b"\xa2\x06\x02hi\x0a\x09", person)
    assert "Type: not in the schema" in words(shown, 3)
    assert "reads as text" in words(shown, 3)
    assert "Cannot be read from byte 5 on: the length says 9 bytes, but none is left" in words(shown, 6)
    assert shown.mistake is not None
    assert shown.words_at(99) is None


def test_an_element_of_a_packed_list_is_told(shown: AnnotatedBytes, person: Descriptor) -> None:
    shown.set_message(b"\xb2\x01\x03\x01\xac\x02", person)
    assert "Element: 1\nValue: 300" in words(shown, 5)
    paths: list[WirePath] = []
    shown.find_path(5, paths.append)
    assert [wire_path_text(path) for path in paths] == ["numbers[1]"]
    places: list[list[Span]] = []
    shown.find_field(("numbers", 1), places.append)
    assert places == [[Span(4, 6)]]


def test_a_long_value_is_shown_by_its_beginning(shown: AnnotatedBytes, person: Descriptor) -> None:
    shown.set_message(tagged(1, WireType.LEN, "ä".encode() * 5000) + tagged(11, WireType.LEN, b"\0" * 5000), person)
    assert words(shown, 50).endswith("ää…")
    assert "Length: 9.8 KiB" in words(shown, 50)
    assert words(shown, shown.size - 1).endswith("00 00 …")


def test_goes_from_field_to_field(shown: AnnotatedBytes, person: Descriptor) -> None:
    shown.set_message(b"\x0a\x03Ada\x3a\x03\x0a\x01x\x10\x01", person)
    stops = [0]
    while stops[-1] < shown.size:
        stops.append(shown.field_after(stops[-1]))
    assert stops == [0, 5, 7, 10, 12]
    back = [shown.size]
    while back[-1]:
        back.append(shown.field_before(back[-1]))
    assert back == [12, 10, 7, 5, 0]


def test_a_mistake_far_in_a_large_message_is_found_in_the_background(
    qtbot: QtBot, shown: AnnotatedBytes, person: Descriptor
) -> None:
    payload = b"\x0a\x03Ada" * 4000 + b"\x0a\x02\xff\xff"
    with qtbot.waitSignal(shown.annotated):
        shown.set_message(payload, person)
    assert shown.mistake is not None
    assert shown.mistake.start == len(payload) - 2
    qtbot.waitUntil(lambda: shown.roles(len(payload) - 2, len(payload)) == bytes([X, X]))


def test_the_path_of_a_byte_far_in_comes_later_and_only_for_these_bytes(
    qtbot: QtBot, shown: AnnotatedBytes, person: Descriptor
) -> None:
    payload = b"\x2a\x01x" * 10_000
    shown.set_message(payload, person)
    paths: list[WirePath] = []
    shown.find_path(29_000, paths.append)
    assert paths == []
    qtbot.waitUntil(lambda: paths == [("tags", 9666)])
    shown.find_path(29_000, paths.append)
    shown.set_message(b"\x0a\x00", person)
    shown.find_path(0, paths.append)
    assert paths[1:] == [("name",)]


def test_100_mb_are_opened_at_once_and_read_where_one_looks(
    qtbot: QtBot, shown: AnnotatedBytes, person: Descriptor
) -> None:
    element = tagged(8, WireType.LEN, b"\x0a\x03Ada" * 20_000)
    payload = element * 1000
    began = time.perf_counter()
    shown.set_message(payload, person)
    assert shown.roles(0, 8) == bytes([T, L, L, L, T, L, S, S])
    assert time.perf_counter() - began < 0.1
    end = shown.size
    shown.roles(end - 5, end)
    qtbot.waitUntil(lambda: shown.roles(end - 5, end) == bytes([T, L, S, S, S]), timeout=5000)


@_QUICK
@given(data=st.data())
def test_every_stretch_is_the_same_as_the_whole(data: st.DataObject, person: Descriptor) -> None:
    payload = data.draw(payloads(person))
    if data.draw(st.booleans()):
        payload = data.draw(damaged(payload) | st.binary(max_size=30))
    payload *= data.draw(st.sampled_from([1, 1, 400]))
    index = SpanIndex(payload, person)
    index.spans(0, len(payload))
    while index.advance(1000):
        pass
    whole = index.spans(0, len(payload))
    while index.is_missing_some:
        index.advance(10_000)
        whole = index.spans(0, len(payload))
    covered = [offset for span in whole for offset in range(span.start, span.end)]
    assert covered == list(range(len(payload)))
    if not payload:
        return
    first = data.draw(st.integers(0, len(payload) - 1))
    last = data.draw(st.integers(first + 1, min(len(payload), first + 200)))
    other = SpanIndex(payload, person)
    part = other.spans(first, last)
    while other.is_missing_some:
        other.advance(100)
        part = other.spans(first, last)
    assert part == [span for span in whole if span.end > first and span.start < last]


@_QUICK
@given(data=st.data())
def test_words_never_fail_and_names_agree_with_the_path(data: st.DataObject, person: Descriptor, qtbot: QtBot) -> None:
    payload = data.draw(payloads(person))
    if data.draw(st.booleans()):
        payload = data.draw(damaged(payload) | st.binary(max_size=30))
    shown = AnnotatedBytes()
    shown.set_message(payload, person)
    for offset in range(len(payload)):
        found = shown.words_at(offset)
        assert found is not None
        assert all(isinstance(line, str) for line in found.lines)
        place = place_at(payload, person, offset)
        names = [step for step in place.path if isinstance(step, str)]
        plain = found.path.replace("[]", "").replace(" (key)", "").replace(" (value)", "")
        if place.mistake is None and "(" not in plain:
            assert plain.split(".")[: len(names)] == names
    shown.field_after(len(payload))
