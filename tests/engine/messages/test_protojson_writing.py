import json
import math
from typing import Any

import pytest
from google.protobuf.json_format import MessageToDict

from wirelens.engine.messages.examples import example_message
from wirelens.engine.messages.protojson import message_from_json, message_to_json
from wirelens.engine.schema.schema import Schema

_EVERYTHING = "wirelens.demo.fields.v1.Everything"
_PREFIX = "type.googleapis.com/"


def _json(schema: Schema, message: Any, *, emit_defaults: bool = False) -> Any:
    return json.loads(message_to_json(message, schema, emit_defaults=emit_defaults))


def _new(schema: Schema, name: str) -> Any:
    return schema.message_class(name)()


@pytest.mark.parametrize("emit_defaults", [False, True])
def test_it_is_what_protobufs_own_json_is(schema: Schema, emit_defaults: bool) -> None:
    for service in schema.services:
        for method in service.methods:
            message = example_message(schema.descriptor(method.request), schema)
            reference = MessageToDict(
                message, descriptor_pool=schema.pool, always_print_fields_with_no_presence=emit_defaults
            )
            assert _json(schema, message, emit_defaults=emit_defaults) == reference


def test_64_bit_integers_are_strings_and_others_numbers(schema: Schema) -> None:
    message = _new(schema, _EVERYTHING)
    message.int64_value, message.uint64_value, message.uint32_value = -(2**63), 2**64 - 1, 2**32 - 1
    message.by_fixed64[2**64 - 1] = "x"
    message.counts["a"] = 2**53 + 1
    assert _json(schema, message) == {
        "int64Value": "-9223372036854775808",
        "uint64Value": "18446744073709551615",
        "uint32Value": 4294967295,
        "byFixed64": {"18446744073709551615": "x"},
        "counts": {"a": "9007199254740993"},
    }


def test_floats_have_the_digits_of_their_type(schema: Schema) -> None:
    message = _new(schema, _EVERYTHING)
    message.float_value, message.double_value = 0.1, 0.1
    message.repeated_float.extend([math.nan, math.inf, -math.inf, 16777216.0, 3.4028234663852886e38, 1e-45, -0.0])
    text = message_to_json(message, schema, indent=None)
    assert '"floatValue": 0.1, "doubleValue": 0.1' in text
    assert '["NaN", "Infinity", "-Infinity", 16777216.0, 3.4028235e+38, 1.4013e-45, -0.0]' in text
    assert message_from_json(text, message.DESCRIPTOR, schema).repeated_float[4] == 3.4028234663852886e38


def test_fields_stand_in_the_order_of_their_declaration_and_maps_by_their_keys(schema: Schema) -> None:
    message = _new(schema, "wirelens.demo.users.v1.User")
    message.attributes.update({key: key for key in "hgfedcba"})
    message.email = "x"
    value = _json(schema, message, emit_defaults=True)
    assert list(value) == ["id", "displayName", "email", "role", "tags", "attributes"]
    assert list(value["attributes"]) == list("abcdefgh")


def test_unknown_enum_numbers_stay_numbers(schema: Schema) -> None:
    message = _new(schema, _EVERYTHING)
    message.priority = 77
    assert _json(schema, message) == {"priority": 77}


def test_an_any_of_unknown_type_falls_back_in_place(schema: Schema) -> None:
    message = _new(schema, "odd.v1.Node")
    message.label = "before"
    message.any.type_url, message.any.value = f"{_PREFIX}no.such.Type", b"\x01\x02"
    message.next.any.type_url = f"{_PREFIX}google.protobuf.Int32Value"
    message.next.any.value = b"\x08\x05"
    value = {
        "next": {"any": {"@type": f"{_PREFIX}google.protobuf.Int32Value", "value": 5}},
        "label": "before",
        "any": {"@type": f"{_PREFIX}no.such.Type", "value": "AQI="},
    }
    assert _json(schema, message) == value
    assert message_from_json(json.dumps(value), message.DESCRIPTOR, schema) == message


@pytest.mark.parametrize("value", [b"\xff", b"\x0a\x05ab", b"\x0b"])
def test_an_any_with_broken_bytes_falls_back_in_place(schema: Schema, value: bytes) -> None:
    message = _new(schema, "odd.v1.Node")
    message.any.type_url, message.any.value = f"{_PREFIX}wirelens.demo.users.v1.User", value
    assert _json(schema, message)["any"]["@type"] == f"{_PREFIX}wirelens.demo.users.v1.User"
    assert set(_json(schema, message)["any"]) == {"@type", "value"}


def test_an_any_without_a_type_shows_its_bytes(schema: Schema) -> None:
    message = _new(schema, "odd.v1.Node")
    message.any.value = b"\x01"
    assert _json(schema, message) == {"any": {"@type": "", "value": "AQ=="}}


def test_anys_within_anys_end(schema: Schema) -> None:
    message = _new(schema, "google.protobuf.Any")
    for _ in range(400):
        outer = _new(schema, "google.protobuf.Any")
        outer.type_url, outer.value = f"{_PREFIX}google.protobuf.Any", message.SerializeToString()
        message = outer
    assert message_to_json(message, schema).count("@type") > 50


def test_values_outside_their_calendar_are_shown_by_their_fields(schema: Schema) -> None:
    message = _new(schema, _EVERYTHING)
    message.timestamp.seconds = 2**62
    message.duration.seconds, message.duration.nanos = 2**62, 5
    message.field_mask.paths.append("not/a_Path__")
    message.value.number_value = math.nan
    message.string_value = "around it"
    assert _json(schema, message) == {
        "stringValue": "around it",
        "timestamp": {"seconds": str(2**62)},
        "duration": {"seconds": str(2**62), "nanos": 5},
        "fieldMask": {"paths": ["not/a_Path__"]},
        "value": "NaN",
    }


def test_text_that_is_no_utf8_is_shown_with_replacement_characters(schema: Schema) -> None:
    loose = schema.message_class("odd.v1.Loose")
    message = loose.FromString(
        b"\x0a\x03a\xffb"  # text
        b"\x12\x02\xff\xfe"  # texts
        b"\x1a\x07\x0a\x01\xff\x12\x02\xfea"  # pairs
        b"\x1a\x06\x0a\x01k\x12\x01v"
        b"\x22\x07\x0a\x01\xff\x12\x02\x22\x00"  # nodes
        b"\x2a\x01\xff"  # data
    )
    assert _json(schema, message) == {
        "text": "a\ufffdb",
        "texts": ["\ufffd\ufffd"],
        "pairs": {"k": "v", "\ufffd": "\ufffda"},
        "nodes": {"\ufffd": {"label": ""}},
        "data": "/w==",
    }


def test_unknown_fields_stay_in_the_message(schema: Schema) -> None:
    payload = b"\x0a\x01a" + b"\xf8\x07\x01"
    message = schema.message_class("odd.v1.Loose").FromString(payload)
    assert _json(schema, message) == {"text": "a"}
    assert message.SerializeToString() == payload


def test_defaults_are_shown_where_there_is_no_presence(schema: Schema) -> None:
    value = _json(schema, _new(schema, "wirelens.demo.fields.v1.Everything"), emit_defaults=True)
    assert value["int64Value"] == "0"
    assert value["stringValue"] == ""
    assert value["priority"] == "PRIORITY_UNSPECIFIED"
    assert value["repeatedPoint"] == []
    assert value["byString"] == {}
    assert "optionalInt32" not in value
    assert "choiceText" not in value
    assert "point" not in value


def test_one_line_or_indented_and_letters_as_they_are(schema: Schema) -> None:
    message = _new(schema, "odd.v1.Node")
    message.label = "grün 🙂"
    assert message_to_json(message, schema, indent=None) == '{"label": "grün 🙂"}'
    assert message_to_json(message, schema) == '{\n  "label": "grün 🙂"\n}'


def test_an_empty_message_is_an_empty_object(schema: Schema) -> None:
    assert message_to_json(_new(schema, "odd.v1.Empty"), schema) == "{}"


def test_a_field_mask_may_be_asked_for_as_an_object(schema: Schema) -> None:
    message = _new(schema, _EVERYTHING)
    message.field_mask.paths.append("display_name")
    assert message_to_json(message, schema, indent=None, field_masks_as_objects=True) == (
        '{"fieldMask": {"paths": ["display_name"]}}'
    )


def test_anys_that_nest_deeply_again_and_again_end_too(schema: Schema) -> None:
    message = _new(schema, "odd.v1.Node")
    for _ in range(6):
        outer = innermost = _new(schema, "odd.v1.Node")
        for _ in range(98):
            innermost = innermost.children.add()
        innermost.any.type_url, innermost.any.value = f"{_PREFIX}odd.v1.Node", message.SerializeToString()
        message = outer
    text = message_to_json(message, schema, indent=None)
    assert text.count("children") >= 98
    assert '"value": "' in text
