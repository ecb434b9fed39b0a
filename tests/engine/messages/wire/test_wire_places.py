"""Paths to bytes and back."""

import pytest
from tests.engine.messages.random_wire import tagged

from wirelens.engine.messages.wire.places import MapKey, WirePath, occurrences, place_at
from wirelens.engine.messages.wire.reading import Part
from wirelens.engine.messages.wire.scanning import Span, WireType
from wirelens.engine.schema.schema import Schema

_EVERYTHING = "wirelens.demo.fields.v1.Everything"
LEN, VARINT = WireType.LEN, WireType.VARINT


def _spans(schema: Schema, payload: bytes, *path: str | int | MapKey) -> list[Span]:
    return [each.value for each in occurrences(payload, schema.descriptor(_EVERYTHING), path)]


def _place(schema: Schema, payload: bytes, offset: int) -> tuple[WirePath, Part | None]:
    place = place_at(payload, schema.descriptor(_EVERYTHING), offset)
    return place.path, place.part


def test_a_list_in_pieces_is_one_list(schema: Schema) -> None:
    payload = tagged(62, LEN, b"\x01\x80\x01") + tagged(62, VARINT, b"\x07") + tagged(62, LEN, b"\x09")
    assert _spans(schema, payload, "repeated_int32") == [Span(3, 6), Span(8, 9), Span(12, 13)]
    assert _spans(schema, payload, "repeated_int32", 1) == [Span(4, 6)]
    assert _spans(schema, payload, "repeated_int32", 2) == [Span(8, 9)]
    assert _spans(schema, payload, "repeated_int32", 3) == [Span(12, 13)]
    assert _spans(schema, payload, "repeated_int32", 4) == []
    assert _place(schema, payload, 5) == (("repeated_int32", 1), Part.VALUE)
    assert _place(schema, payload, 6) == (("repeated_int32", 2), Part.TAG)
    assert _place(schema, payload, 11) == (("repeated_int32",), Part.LENGTH)
    assert _place(schema, payload, 12) == (("repeated_int32", 3), Part.VALUE)


def test_a_message_in_pieces_is_one_message(schema: Schema) -> None:
    label, child = tagged(1, LEN, b"x"), tagged(3, LEN, tagged(1, LEN, b"y"))
    payload = tagged(35, LEN, child + label) + tagged(35, LEN, child)
    assert len(_spans(schema, payload, "tree")) == 2
    assert _spans(schema, payload, "tree", "children", 1, "label") == [Span(len(payload) - 1, len(payload))]
    assert _place(schema, payload, len(payload) - 1) == (("tree", "children", 1, "label"), Part.VALUE)


def test_maps_are_entered_by_key(schema: Schema) -> None:
    entries = [tagged(1, LEN, key) + tagged(2, LEN, tagged(1, WireType.I64, bytes(8))) for key in (b"b", b"a", b"b")]
    payload = b"".join(tagged(106, LEN, entry) for entry in entries)
    size = len(payload) // 3
    assert len(_spans(schema, payload, "points", MapKey("b"))) == 2
    assert _spans(schema, payload, "points", MapKey("b"), "x") == [Span(len(payload) - 8, len(payload))]
    assert _spans(schema, payload, "points", 1) == _spans(schema, payload, "points", MapKey("a"))
    assert _spans(schema, payload, "points", MapKey("c")) == []
    assert _place(schema, payload, size) == (("points", MapKey("a")), Part.TAG)
    place = place_at(payload, schema.descriptor(_EVERYTHING), size + 5)
    assert (place.path, place.field.path_name if place.field else "") == (("points", MapKey("a")), "key")
    assert _place(schema, payload, size * 2 - 1) == (("points", MapKey("a"), "x"), Part.VALUE)


def test_a_cleared_member_of_a_oneof_is_not_there(schema: Schema) -> None:
    payload = tagged(41, LEN, b"x") + tagged(42, VARINT, b"\x05")
    assert _spans(schema, payload, "choice_text") == []
    assert len(_spans(schema, payload, "choice_number")) == 1
    assert _place(schema, payload, 0) == (("choice_text",), Part.TAG)


def test_strangers_and_broken_bytes_have_places_too(schema: Schema) -> None:
    payload = tagged(1000, VARINT, b"\x05") + b"\x72\x05a"
    assert _place(schema, payload, 2) == (("#1000",), Part.VALUE)
    place = place_at(payload, schema.descriptor(_EVERYTHING), 4)
    assert place.mistake is not None
    assert (place.field, place.path) == (None, ())
    with pytest.raises(IndexError):
        place_at(payload, None, len(payload))
