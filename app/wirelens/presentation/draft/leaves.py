"""Scalars between the text an editor shows and the JSON value the draft keeps.

Text that is no value yet goes into the draft as it was typed: ProtoJSON's own check says what is wrong with it.
"""

import re

from wirelens.engine.messages.fields import FieldKind, FieldShape
from wirelens.presentation.draft.bytes_text import Notation, text_from_bytes
from wirelens.presentation.draft.field_index import Structure, scalar_shape, structure_of
from wirelens.presentation.draft.json_values import Leaf, Number, is_number, json_string

WIDE_INTEGERS = frozenset({FieldKind.INT64, FieldKind.UINT64})
FLOATS = frozenset({FieldKind.FLOAT, FieldKind.DOUBLE})

_LOOSE_INTEGER = re.compile(r"[+-]?[0-9]{1,40}")
_GROUPED_INTEGER = re.compile(r"[+-]?[0-9]{1,40}(?:_[0-9]{1,40})+")  # 1_000_000, as sources write it
_HEX_INTEGER = re.compile(r"[+-]?0[xX][0-9a-fA-F]{1,40}(?:_[0-9a-fA-F]{1,40})*")
_LOOSE_FLOAT = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_SPECIAL_FLOATS = {
    "nan": "NaN",
    "infinity": "Infinity",
    "inf": "Infinity",
    "+infinity": "Infinity",
    "+inf": "Infinity",
    "-infinity": "-Infinity",
    "-inf": "-Infinity",
    "∞": "Infinity",
    "-∞": "-Infinity",
}
_START_VALUES = {
    "google.protobuf.Timestamp": "1970-01-01T00:00:00Z",
    "google.protobuf.Duration": "0s",
    "google.protobuf.FieldMask": "",
}


def leaf_from_text(shape: FieldShape, text: str) -> Leaf:
    """What the draft keeps when `text` stands in the editor of a field; None (unset) for an emptied number."""
    shape = scalar_shape(shape)
    if shape.kind is FieldKind.STRING:
        return text
    text = text.strip()
    if not text:
        return None
    if shape.kind.is_integer:
        return _integer_leaf(shape, text)
    if shape.kind in FLOATS:
        return _float_leaf(text)
    if shape.kind is FieldKind.BOOL:
        return {"true": True, "false": False}.get(text.lower(), text)
    if shape.kind is FieldKind.ENUM:
        return _enum_leaf(shape, text)
    return text


def text_from_leaf(shape: FieldShape, leaf: Leaf) -> str:
    """What an editor shows for what the draft keeps."""
    if leaf is None:
        return ""
    if isinstance(leaf, bool):
        return "true" if leaf else "false"
    return str(leaf)


def default_leaf(shape: FieldShape) -> bool | str:
    """What a field holds when it is made present without a word: its default, which for most is zero or empty."""
    shape = scalar_shape(shape)
    if shape.kind is FieldKind.BOOL:
        return bool(shape.default)
    if shape.kind is FieldKind.ENUM:
        number = shape.default if isinstance(shape.default, int) else 0
        names = [value.name for value in shape.enum_values if value.number == number]
        return names[0] if names else Number(str(number))
    if shape.kind.is_integer:
        digits = str(shape.default or 0)
        return digits if shape.kind in WIDE_INTEGERS else Number(digits)
    if shape.kind in FLOATS:
        leaf = _float_leaf(repr(float(shape.default or 0.0)).removesuffix(".0"))
        return leaf if leaf is not None else Number("0")
    if shape.kind is FieldKind.STRING and isinstance(shape.default, str):
        return shape.default
    if shape.kind is FieldKind.BYTES and isinstance(shape.default, bytes):
        return text_from_bytes(shape.default, Notation.BASE64)
    return _START_VALUES.get(shape.message_name or "", "")


def unset_meaning(shape: FieldShape) -> str:
    """What it means that the field is unset, in a few words for its place in the form."""
    if shape.is_required:
        return "unset · required"
    if shape.has_presence:
        if structure_of(shape) is Structure.LEAF and scalar_shape(shape) is shape and _has_own_default(shape):
            return f"unset · default {_default_text(shape)}"
        return "unset · not sent"
    if shape.kind is FieldKind.BYTES:
        return "unset · means no bytes"
    return f"unset · means {_default_text(shape)}"


def _has_own_default(shape: FieldShape) -> bool:
    return bool(shape.descriptor.has_default_value)


def _default_text(shape: FieldShape) -> str:
    leaf = default_leaf(shape)
    if shape.kind is FieldKind.STRING:
        return json_string(str(leaf))
    return text_from_leaf(shape, leaf)


def _integer_leaf(shape: FieldShape, text: str) -> Leaf:
    """`007`, `+5`, `1_000` and `0x1F` are taken as well; the draft keeps plain digits."""
    if _HEX_INTEGER.fullmatch(text):
        text = str(int(text.replace("_", ""), 16))
    elif _GROUPED_INTEGER.fullmatch(text) and len(text) < 60:
        text = text.replace("_", "")
    if _LOOSE_INTEGER.fullmatch(text):
        text = str(int(text))
        return text if shape.kind in WIDE_INTEGERS else Number(text)
    return Number(text) if is_number(text) else text


def tidied_number(text: str) -> str | None:
    """`text` as JSON writes the number that it is, digit for digit; None where it is none."""
    if is_number(text):
        return text
    return _tidied_float(text) if _LOOSE_FLOAT.fullmatch(text) else None


def _float_leaf(text: str) -> Leaf:
    number = tidied_number(text)
    return Number(number) if number is not None else _SPECIAL_FLOATS.get(text.lower(), text)


def _tidied_float(text: str) -> str:
    """`+.5`, `1.` and `007` as JSON writes them, digit for digit."""
    sign = "-" if text.startswith("-") else ""
    mantissa, letter, exponent = text.lstrip("+-").replace("E", "e").partition("e")
    whole, _, fraction = mantissa.partition(".")
    number = sign + (whole.lstrip("0") or "0") + (f".{fraction}" if fraction else "")
    return f"{number}{letter}{exponent}"


def _enum_leaf(shape: FieldShape, text: str) -> Leaf:
    """A name, a number, or what the list of choices says: `NAME = 2`."""
    name, equals, digits = (part.strip() for part in text.partition("="))
    if equals and any(value.name == name for value in shape.enum_values):
        return name
    if _LOOSE_INTEGER.fullmatch(digits if equals and not name else text):
        number = int(digits or text)
        names = [value.name for value in shape.enum_values if value.number == number]
        return names[0] if names else Number(str(number))
    return text
