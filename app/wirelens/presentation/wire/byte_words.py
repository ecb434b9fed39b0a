"""A span of bytes in words: which field it is of, what it says, and what is odd about it."""

import json
from dataclasses import dataclass

from wirelens.engine.messages.fields import FieldKind
from wirelens.engine.messages.wire.packed import PackedElements
from wirelens.engine.messages.wire.places import MapKey, WirePath
from wirelens.engine.messages.wire.reading import Part, Reading, WireField
from wirelens.engine.messages.wire.scalars import Scalar
from wirelens.engine.messages.wire.scanning import Span, WireType
from wirelens.engine.messages.wire.values import field_value, guess
from wirelens.presentation.amounts import count_text, size_text
from wirelens.presentation.wire.byte_spans import ByteSpan, holds_message

_SHOWN = 160  # bytes or characters of a value
_COUNTED = 4096  # bytes of a packed list in which elements are told apart


@dataclass(frozen=True, slots=True)
class SpanWords:
    """`path` names the field, `part` says what the bytes are of it; `facts` are (label, text), `remarks` sentences."""

    path: str
    part: str
    facts: tuple[tuple[str, str], ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def lines(self) -> list[str]:
        """All of it, a line each."""
        head = " · ".join(text for text in (self.path, self.part) if text)
        return [*([head] if head else []), *(f"{label}: {text}" for label, text in self.facts), *self.remarks]


def words_of(data: memoryview, span: ByteSpan, offset: int) -> SpanWords:
    """What the byte at `offset`, which is one of `span`'s, is."""
    if span.mistake is not None:
        sentence = f"Cannot be read from byte {span.mistake.start} on: {span.mistake.sentence}"
        return SpanWords(names_text(span.holders), "", remarks=(sentence,))
    field = span.field
    assert field is not None
    assert span.part is not None
    facts = [
        ("Field", f"{field.number}, {field.wire_type.name}"),
        ("Type", field.shape.type_name if field.shape is not None and field.is_known else "not in the schema"),
    ]
    if field.length is not None:
        facts.append(("Length", size_text(field.value.size)))
    remarks = tuple(f"{part.value} in more bytes than it needs" for part in field.overlong if part is not Part.VALUE)
    element = element_at(data, field, offset) if span.part is Part.VALUE else None
    value, more = _value_words(data, field, element[1] if element else None)
    if element is not None:
        facts.append(("Element", str(element[0])))
    facts.append(("Value", value))
    part = f"{span.part.value}, {count_text(span.end - span.start, 'byte')}"
    return SpanWords(names_text((*span.holders, field)), part, tuple(facts), (*remarks, *more))


def outline_of(span: ByteSpan) -> list[tuple[int, str]]:
    """The messages around a span and its field, as (depth, words)."""
    fields = [*span.holders, *([span.field] if span.field is not None else [])]
    return [(depth, f"{each.path_name}  {_type_text(each)}  {size_text(each.end - each.start)}")
            for depth, each in enumerate(fields)]  # fmt: skip


def names_text(fields: tuple[WireField, ...]) -> str:
    """Field names without positions, which only reading from the beginning could tell: `reports[].name`."""
    names: list[str] = []
    in_entry = False
    for field in fields:
        shape = field.shape if field.is_known else None
        if in_entry:
            names[-1] += f" ({field.path_name})"
        else:
            names.append(field.path_name + ("[]" if shape is not None and (shape.is_repeated or shape.is_map) else ""))
        in_entry = shape is not None and shape.is_map
    return ".".join(names)


def wire_path_text(path: WirePath) -> str:
    """`reports[1].scores["go"]`."""
    text = ""
    for step in path:
        if isinstance(step, MapKey):
            text += f"[{json.dumps(step.text, ensure_ascii=False)}]"
        elif isinstance(step, int):
            text += f"[{step}]"
        else:
            text += f".{step}" if text else step
    return text


def _type_text(field: WireField) -> str:
    return field.shape.type_name if field.shape is not None and field.is_known else field.wire_type.name


def element_at(data: memoryview, field: WireField, offset: int) -> tuple[int, Span] | None:
    """Which number of a packed list the byte belongs to, where the list is a short one."""
    is_short = field.reading is Reading.PACKED and field.value.size <= _COUNTED
    if field.shape is None or not is_short or not field.value.start <= offset < field.value.end:
        return None
    packed = PackedElements(data, field.shape, *field.value)
    packed.count_on()
    if packed.mistake is not None and offset >= packed.mistake.start:
        return None
    index = packed.index_at(offset)
    return index, packed[index]


def _value_words(data: memoryview, field: WireField, element: Span | None) -> tuple[str, tuple[str, ...]]:
    if holds_message(field):
        name = field.message_type.name if field.message_type is not None else "a group"
        return (f"{name}, {size_text(field.value.size)}" if field.value.size else f"{name}, empty"), ()
    if field.reading is Reading.PACKED and element is None:
        return f"packed list, {size_text(field.value.size)}", ()
    if field.wire_type is WireType.LEN and element is None and field.value.size > _SHOWN:
        return _beginning(data, field), _guessed(data, field)
    found = field_value(data, field, element)
    if found is None:
        return "", ()
    return _scalar_text(field, found.value), (*found.remarks, *_guessed(data, field))


def _guessed(data: memoryview, field: WireField) -> tuple[str, ...]:
    if field.is_known or field.wire_type is not WireType.LEN:
        return ()
    return (guess(data, field.value).sentence,)


def _beginning(data: memoryview, field: WireField) -> str:
    content = bytes(data[field.value_start : field.value_start + _SHOWN])
    if field.reading is Reading.STRING:
        return (
            json.dumps(content.decode("utf-8", "replace"), ensure_ascii=False)[:-1].rstrip("\N{REPLACEMENT CHARACTER}")
            + "…"
        )
    return content[: _SHOWN // 3].hex(" ") + " …"


def _scalar_text(field: WireField, value: Scalar) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, bytes):
        return value.hex(" ") if value else "no bytes"
    shape = field.shape
    if shape is not None and field.is_known and shape.kind is FieldKind.ENUM:
        name = next((each.name for each in shape.enum_values if each.number == value), "")
        return f"{name} ({value})" if name else str(value)
    return str(value)
