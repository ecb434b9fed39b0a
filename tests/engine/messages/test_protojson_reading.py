import json
from typing import Any

import pytest
from google.protobuf.json_format import ParseDict
from google.protobuf.message import Message

from wirelens.engine.errors import JsonError
from wirelens.engine.messages.protojson import checked_from_json, message_from_json, message_to_json
from wirelens.engine.schema.schema import Schema

_EVERYTHING = "wirelens.demo.fields.v1.Everything"
_PROTO2 = "wirelens.demo.fields.v1.Proto2Everything"
_NODE = "odd.v1.Node"
_PREFIX = "type.googleapis.com/"


def _read(schema: Schema, text: str, name: str = _EVERYTHING) -> Any:
    return message_from_json(text, schema.descriptor(name), schema)


def _mistake(schema: Schema, text: str, name: str = _EVERYTHING) -> JsonError:
    with pytest.raises(JsonError) as caught:
        _read(schema, text, name)
    return caught.value


# -- numbers -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("quote", ["", '"'])
def test_64_bit_integers_are_exact_quoted_or_not(schema: Schema, quote: str) -> None:
    high, highest = f"{quote}9223372036854775807{quote}", f"{quote}18446744073709551615{quote}"
    message = _read(
        schema,
        f"""{{"int64Value": {high}, "uint64Value": {highest},
        "repeatedInt64": [{high}, {quote}72057594037927948{quote}],
        "counts": {{"a": {high}}}, "byInt64": {{"-9223372036854775808": "low"}}, "wrappedUint64": {highest},
        "by_uint64": {{"18446744073709551615": "high"}}, "choice_number": {high}}}""",
    )
    assert message.int64_value == message.repeated_int64[0] == message.counts["a"] == 2**63 - 1
    assert message.uint64_value == message.wrapped_uint64.value == 2**64 - 1
    assert message.repeated_int64[1] == 72057594037927948
    assert message.by_int64[-(2**63)] == "low"
    assert message.by_uint64[2**64 - 1] == "high"
    assert message.choice_number == 2**63 - 1


@pytest.mark.parametrize(
    ("text", "number"),
    [("1.0", 1), ("1e2", 100), ("12.50e1", 125), ("-0", 0), ("-0.0e99999999999", 0), ('"1e2"', 100), ("100e-2", 1)],
)
def test_a_fraction_or_exponent_is_taken_where_nothing_is_lost(schema: Schema, text: str, number: int) -> None:
    assert _read(schema, f'{{"int32Value": {text}}}').int32_value == number


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("uint32Value", "4294967296", "4294967295 is the largest uint32"),
        ("int32Value", "-2147483649", "-2147483648 is the smallest int32"),
        ("sint64Value", "9223372036854775808", "9223372036854775807 is the largest sint64"),
        ("fixed64Value", "-1", "0 is the smallest fixed64"),
        ("int64Value", "9223372036854775807.5", "no whole number"),
        ("int64Value", "1e19", "too large"),
        ("int64Value", "1e999999999", "too large"),
        ("int64Value", "-1e999999999999999999999", "too small"),
        ("int64Value", "1e-999999999", "no whole number"),
        ("int32Value", '" 1"', "takes a whole number"),
        ("int32Value", '""', "takes a whole number"),
        ("int32Value", '"0x10"', "takes a whole number"),
        ("int32Value", '"1_0"', "takes a whole number"),
        ("int32Value", '"٣"', "takes a whole number"),
        ("int32Value", "true", "not true"),
        ("int32Value", "[]", "not an array"),
        ("floatValue", "3.5e38", "ends at 3.4028235e+38"),
        ("floatValue", '"1e999999999"', 'beyond float'),
        ("doubleValue", "-1e309", "beyond double"),
        ("doubleValue", '"nan"', "takes a number"),
        ("doubleValue", '" 1"', "takes a number"),
        ("boolValue", '"true"', "is true or false"),
        ("boolValue", "0", "is true or false"),
        ("stringValue", "5", "takes a string"),
        ("bytesValue", '"aGk!"', "'!', character 4"),
        ("bytesValue", '"a"', "in the middle of a byte"),
        ("bytesValue", '"aGk=="', "ends in 1 '='"),
        ("bytesValue", '"aGk\\n"', "no digit of base64"),
        ("priority", "1.5", "no whole number"),
        ("priority", "2147483648", "which are int32"),
        ("priority", "true", "takes a name or a number"),
    ],
)  # fmt: skip
def test_a_value_that_does_not_fit_is_refused_at_its_place(schema: Schema, field: str, text: str, words: str) -> None:
    whole = f'{{\n  "{field}": {text}\n}}'
    error = _mistake(schema, whole)
    assert words in error.message
    assert (error.line, error.column) == (2, len(field) + 7)
    assert error.offset == whole.index(text, len(field) + 5)
    assert error.length == (len(text) if text != "[]" else 1)
    assert error.field_path.replace("_", "") == field.lower()


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity"])
def test_names_of_numbers_that_json_lacks_are_quoted(schema: Schema, text: str) -> None:
    message = _read(schema, f'{{"floatValue": "{text}", "doubleValue": "{text}"}}')
    assert repr(message.double_value) == repr(message.float_value) == repr(float(text))
    assert "in quotes" in _mistake(schema, f'{{"doubleValue": {text}}}').next_step


def test_minus_zero_keeps_its_sign(schema: Schema) -> None:
    assert repr(_read(schema, '{"doubleValue": -0}').double_value) == "-0.0"
    assert message_to_json(_read(schema, '{"value": -0}'), schema, indent=None) == '{"value": -0.0}'


# -- names, presence, oneofs ---------------------------------------------------------------------------------


def test_an_unknown_name_is_an_error_with_place_path_and_near_names(schema: Schema) -> None:
    error = _mistake(schema, '{\n  "point": {"x": 1},\n  "tree": {"children": [{}, {"lable": "a"}]}\n}')
    assert error.place == "3:30 tree.children[1].lable"
    assert error.length == len('"lable"')
    assert error.message == "Tree has no field 'lable'"
    assert "label" in error.next_step


def test_both_spellings_of_a_name_are_taken_but_not_both_at_once(schema: Schema) -> None:
    assert _read(schema, '{"int32_value": 1}') == _read(schema, '{"int32Value": 1}')
    error = _mistake(schema, '{"int32_value": 1,\n "int32Value": 2}')
    assert error.place == "2:2 int32Value"
    assert error.message == "the field int32Value is given twice, first as int32_value on line 1, column 2"


@pytest.mark.parametrize(
    "text",
    [
        '{"point": {"x": 1, "x": 1}}',
        '{"byString": {"a": "", "a": ""}}',
        '{"byInt32": {"1": "", "1.0": ""}}',
        '{"struct": {"a": {"b": 1, "b": 1}}}',
        '{"any": {"@type": "a/b", "@type": "a/b"}}',
        '{"wrappedBool": true, "wrapped_bool": null}',
    ],
)
def test_doubles_are_refused_everywhere(schema: Schema, text: str) -> None:
    assert "is given twice" in _mistake(schema, text).message


def test_two_members_of_a_oneof_are_refused_but_null_is_none(schema: Schema) -> None:
    error = _mistake(schema, '{"choiceText": "",\n "choiceNumber": 0}')
    assert error.place == "2:2 choice_number"
    assert "oneof choice" in error.message
    message = _read(schema, '{"choiceText": null, "choiceNumber": 0}')
    assert message.WhichOneof("choice") == "choice_number"


def test_presence_survives_zero_and_empty(schema: Schema) -> None:
    text = '{"optionalInt32": 0, "optionalString": "", "point": {}, "choiceNothing": {}, "flags": {"": false}}'
    message = _read(schema, text)
    assert message.HasField("optional_int32")
    assert message.HasField("optional_string")
    assert message.HasField("point")
    assert message.HasField("choice_nothing")
    assert dict(message.flags) == {"": False}


def test_null_unsets_but_is_no_element(schema: Schema) -> None:
    everything = schema.descriptor(_EVERYTHING)
    names = [field.name for field in everything.fields if field.name not in ("value", "null_value")]
    assert not _read(schema, json.dumps(dict.fromkeys(names))).ListFields()
    assert _mistake(schema, '{"repeatedInt32": [1, null]}').place == "1:23 repeated_int32[1]"
    assert _mistake(schema, '{"repeatedPoint": [null]}').field_path == "repeated_point[0]"
    assert _mistake(schema, '{"byString": {"k": null}}').field_path == 'by_string["k"]'
    assert "in { }" in _mistake(schema, "null").message


def test_null_is_a_value_where_the_type_has_one(schema: Schema) -> None:
    message = _read(schema, '{"value": null, "listValue": [null], "dynamicValues": {"a": null}}')
    assert message.value.WhichOneof("kind") == "null_value"
    text = '{"nothings": [null, "NULL_VALUE", 0], "namedNothings": {"a": null}, "values": [null, 1]}'
    enums = _read(schema, text, "odd.v1.Enums")
    assert list(enums.nothings) == [0, 0, 0]
    assert enums.values[0].HasField("null_value")


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ('{"repeatedInt32": 5}', "1:19 repeated_int32", "takes an array, not 5"),
        ('{"repeatedPoint": {"x": 1}}', "1:19 repeated_point", "takes an array, not an object"),
        ('{"byString": ["a"]}', "1:14 by_string", "takes an object, in { }, not an array"),
        ('{"flags": {"a": 1}}', '1:17 flags["a"]', "true or false"),
        ('{"points": {"a": {"z": 1}}}', '1:19 points["a"].z', "Point has no field 'z'"),
        ('{"point": "1,2"}', "1:11 point", "a JSON object, in { }, not the string '1,2'"),
        ('{"struct": [1]}', "1:12 struct", "Struct is a JSON object"),
        ('{"listValue": {}}', "1:15 list_value", "ListValue is a JSON array"),
        ('{"nothing": {"a": 1}}', "1:14 nothing.a", "Nothing has no field 'a'"),
        ("[]", "1:1", "Everything is a JSON object"),
    ],
)
def test_a_value_of_another_form_is_refused_at_its_place(schema: Schema, text: str, place: str, words: str) -> None:
    error = _mistake(schema, text)
    assert error.place == place
    assert words in error.message


def test_repeated_messages_maps_of_messages_and_null_values_are_read(schema: Schema) -> None:
    message = _read(schema, '{"repeatedPoint": [{"x": 1}, {}], "points": {"a": {"y": 2}}, "nullValue": null}')
    assert [point.x for point in message.repeated_point] == [1, 0]
    assert message.points["a"].y == 2


def test_names_that_collide_with_python_are_fields_like_others(schema: Schema) -> None:
    names = ["class", "Clear", "SerializeToString", "None", "self", "snakeCaseName", "@odd name", "DESCRIPTOR"]
    text = json.dumps({name: name for name in names})
    message = message_from_json(text, schema.descriptor("odd.v1.Names"), schema)
    assert json.loads(message_to_json(message, schema)) == json.loads(text)


# -- enums, maps, bytes, text --------------------------------------------------------------------------------


def test_enums_are_names_or_numbers(schema: Schema) -> None:
    message = _read(
        schema,
        '{"priority": "PRIORITY_NEVER", "repeatedPriority": [3, "PRIORITY_LOW", 77], "weekday": "WEEKDAY_SONNABEND"}',
    )
    assert message.priority == -1
    assert list(message.repeated_priority) == [3, 1, 77]
    assert message.weekday == 6


def test_a_wrong_enum_name_suggests_the_right_one(schema: Schema) -> None:
    assert "PRIORITY_HIGH" in _mistake(schema, '{"priority": "PRIORITY_HGIH"}').next_step
    assert _mistake(schema, '{"priority": "high"}').next_step == "did you mean PRIORITY_HIGH?"
    assert "PRIORITY_LOW" in _mistake(schema, '{"priority": "whatever"}').next_step


def test_a_closed_enum_takes_no_other_numbers(schema: Schema) -> None:
    error = _mistake(schema, '{"closed": 7}', "odd.v1.Enums")
    assert error.message == "Closed has no value with number 7, and is closed"
    assert _read(schema, '{"closed": 2}', "odd.v1.Enums").closed == 2


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        ("byBool", "true", "True"),
        ("byInt32", "-2147483648", "2147483648"),
        ("byUint32", "4294967295", "-1"),
        ("bySint64", "-9223372036854775808", "-9223372036854775809"),
        ("byFixed64", "18446744073709551615", "18446744073709551616"),
        ("bySfixed32", "0", ""),
        ("byInt64", "1", "1.5"),
        ("byInt64", "1", " 1"),
        ("byString", "", "\ud800"),
    ],
)
def test_map_keys_of_each_kind(schema: Schema, field: str, good: str, bad: str) -> None:
    message = _read(schema, json.dumps({field: {good: "v"}}))
    assert json.loads(message_to_json(message, schema)) == {field: {good: "v"}}
    error = _mistake(schema, json.dumps({field: {good: "v", bad: "w"}}))
    assert error.field_path.endswith(f'["{bad}"]')


@pytest.mark.parametrize(
    ("text", "data"), [("aGk=", b"hi"), ("aGk", b"hi"), ("-_8=", b"\xfb\xff"), ("+/8", b"\xfb\xff"), ("", b"")]
)
def test_base64_of_either_alphabet_padded_or_not(schema: Schema, text: str, data: bytes) -> None:
    assert _read(schema, json.dumps({"optionalBytes": text})).optional_bytes == data


def test_half_a_surrogate_pair_is_refused_and_a_whole_one_read(schema: Schema) -> None:
    assert _read(schema, '{"stringValue": "\\ud83d\\ude42"}').string_value == "🙂"
    for text in ('"\\ud83d"', '"\\ude42\\ud83d"', '"a\ud800"'):
        assert "half of a surrogate pair" in _mistake(schema, f'{{"stringValue": {text}}}').message
        assert "half of a surrogate pair" in _mistake(schema, f'{{"struct": {{"a": {text}}}}}').message
    assert "half of a surrogate pair" in _mistake(schema, '{"struct": {"\\ud800": 1}}').message


# -- well-known types ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-31T12:30:00Z",
        "2026-01-31T12:30:00.123456789Z",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59.999999999Z",
    ],
)
def test_timestamps_come_back_as_they_were(schema: Schema, text: str) -> None:
    message = _read(schema, json.dumps({"timestamp": text, "times": {"a": text}}))
    assert json.loads(message_to_json(message, schema)) == {"timestamp": text, "times": {"a": text}}


def test_a_timestamp_with_an_offset_is_the_same_moment(schema: Schema) -> None:
    message = _read(schema, '{"timestamp": "2026-01-31T12:30:00.5+02:00"}')
    assert message_to_json(message, schema, indent=None) == '{"timestamp": "2026-01-31T10:30:00.500Z"}'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('"2026-01-31"', '"2026-01-31T00:00:00Z"'),
        ('"2026-01-31 12:30:00Z"', "a capital T"),
        ('"2026-01-31T12:30:00"', '"2026-01-31T12:30:00Z" for UTC'),
        ('"2026-02-30T00:00:00Z"', "does not exist"),
        ('"2026-01-31T25:00:00Z"', "does not exist"),
        ('"2026-01-31T12:30:00.1234567891Z"', "nine digits"),
        ('"0001-01-01T00:00:00+01:00"', "outside the years"),
        ('"9999-12-31T23:59:59-01:00"', "outside the years"),
        ('"now"', "RFC 3339"),
        ('{"seconds": 5}', "RFC 3339"),
        ("5", "RFC 3339"),
    ],
)
def test_what_is_no_timestamp_says_how_it_is_written(schema: Schema, text: str, words: str) -> None:
    error = _mistake(schema, f'{{"timestamp": {text}}}')
    assert words in error.one_line()
    assert error.field_path == "timestamp"


@pytest.mark.parametrize(
    "text",
    [
        "0s",
        "1.500s",
        "-0.500s",
        "-3.000000001s",
        "315576000000s",
        "315576000000.999999999s",
        "-315576000000.999999999s",
    ],
)
def test_durations_come_back_as_they_were(schema: Schema, text: str) -> None:
    assert json.loads(message_to_json(_read(schema, f'{{"duration": "{text}"}}'), schema)) == {"duration": text}


@pytest.mark.parametrize("text", ['"1"', '"1.s"', '"1 s"', '"315576000001s"', '"1e3s"', '"0.0000000001s"', "1", '"s"'])
def test_what_is_no_duration_is_refused(schema: Schema, text: str) -> None:
    assert _mistake(schema, f'{{"duration": {text}}}').field_path == "duration"


def test_a_field_mask_is_one_string_in_lower_camel_case(schema: Schema) -> None:
    message = _read(schema, '{"fieldMask": "displayName,address.postalCode"}')
    assert list(message.field_mask.paths) == ["display_name", "address.postal_code"]
    assert _mistake(schema, '{"fieldMask": "a,display_name"}').next_step == "write displayName"
    assert "is empty" in _mistake(schema, '{"fieldMask": "a,,b"}').message
    assert _mistake(schema, '{"fieldMask": {"paths": ["display_name", "id"]}}').next_step == 'write "displayName,id"'


def test_struct_value_and_list_hold_any_json(schema: Schema) -> None:
    value = {"a": [1, 2.5, "x", True, None, {"b": {}}, []], "": ""}
    message = _read(schema, json.dumps({"struct": value, "value": value, "listValue": value["a"]}))
    assert json.loads(message_to_json(message, schema)) == {"struct": value, "value": value, "listValue": value["a"]}


def test_a_struct_refuses_whole_numbers_that_a_double_would_change(schema: Schema) -> None:
    assert _read(schema, '{"value": 9007199254740992}').value.number_value == 2**53
    assert _read(schema, '{"value": 1e30}').value.number_value == 1e30
    error = _mistake(schema, '{"struct": {"id": 9007199254740993}}')
    assert error.place == '1:19 struct["id"]'
    assert "would become 9007199254740992" in error.message
    assert "beyond double" in _mistake(schema, '{"value": 1e999999999}').message


def test_wrappers_are_their_value(schema: Schema) -> None:
    message = _read(schema, '{"wrappedInt64": "0", "wrappedBool": false, "wrappedString": "", "wrappedBytes": null}')
    assert message.HasField("wrapped_int64")
    assert message.HasField("wrapped_bool")
    assert message.HasField("wrapped_string")
    assert not message.HasField("wrapped_bytes")
    assert "value alone" in _mistake(schema, '{"wrappedInt64": {"value": 1}}').message
    assert "4294967295" in _mistake(schema, '{"wrappedUint32": 4294967296}').message


@pytest.mark.parametrize(
    "value",
    [
        {"@type": f"{_PREFIX}wirelens.demo.fields.v1.Point", "x": 1.5},
        {"@type": f"{_PREFIX}google.protobuf.StringValue", "value": "x"},
        {"@type": f"{_PREFIX}google.protobuf.Struct", "value": {"a": [1]}},
        {"@type": f"{_PREFIX}google.protobuf.ListValue", "value": [1, None]},
        {"@type": f"{_PREFIX}google.protobuf.Duration", "value": "1.500s"},
        {"@type": f"{_PREFIX}google.protobuf.Empty"},
        {"@type": "no.such/host/wirelens.demo.fields.v1.Nothing"},
        {"@type": "wirelens.demo.fields.v1.Point", "y": 1.5},
        {"@type": f"{_PREFIX}google.rpc.ErrorInfo", "reason": "TEST", "metadata": {"a": "b"}},
        {"@type": f"{_PREFIX}google.protobuf.Any", "value": {"@type": "a/google.protobuf.Int64Value", "value": "1"}},
        {"@type": f"{_PREFIX}odd.v1.Node", "any": {"@type": "a/google.protobuf.Duration", "value": "1s"}},
        {"@type": "unknown/no.such.Type", "value": "AQI="},
        {},
    ],
)  # fmt: skip
def test_an_any_holds_every_type(schema: Schema, value: dict[str, Any]) -> None:
    message = _read(schema, json.dumps({"any": value}))
    assert json.loads(message_to_json(message, schema)) == {"any": value}
    reordered = dict(reversed(list(value.items())))
    assert _read(schema, json.dumps({"any": reordered})) == message


def test_go_writes_an_empty_any_with_a_value(schema: Schema) -> None:
    url = f"{_PREFIX}google.protobuf.Empty"
    assert _read(schema, f'{{"any": {{"@type": "{url}", "value": {{}}}}}}') == _read(
        schema, f'{{"any": {{"@type": "{url}"}}}}'
    )


@pytest.mark.parametrize(
    ("any_text", "path", "words"),
    [
        ('{"x": 1}', "any", 'needs "@type"'),
        ('"text"', "any", 'JSON object with "@type"'),
        ('{"@type": 5}', "any.@type", "takes a string"),
        ('{"@type": "t/wirelens.demo.fields.v1.Piont"}', "any.@type", "wirelens.demo.fields.v1.Point"),
        ('{"@type": "t/no.Such", "value": 5}', "any.@type", "the schema has no type 'no.Such'"),
        ('{"@type": "t/no.Such", "x": "AQI="}', "any.@type", "the schema has no type 'no.Such'"),
        ('{"@type": "t/google.protobuf.Duration"}', "any", 'needs "value"'),
        ('{"@type": "t/google.protobuf.Duration", "value": "1s", "x": 1}', "any.x", 'has only "value"'),
        ('{"@type": "t/google.protobuf.Duration", "value": "1"}', "any.value", "no duration"),
        ('{"@type": "t/wirelens.demo.fields.v1.Point", "z": 1}', "any.z", "Point has no field 'z'"),
    ],
)
def test_a_mistake_in_an_any_is_placed(schema: Schema, any_text: str, path: str, words: str) -> None:
    error = _mistake(schema, f'{{"any": {any_text}}}')
    assert error.field_path == path
    assert words in error.one_line()


# -- proto2 and editions -------------------------------------------------------------------------------------


def test_groups_and_extensions_of_proto2(schema: Schema) -> None:
    text = """{"requiredText": "a", "requiredNumber": "1", "detail": {"number": 1}, "entry": [{"key": "k"}],
        "choicegroup": {"number": 2}, "[wirelens.demo.fields.v1.extension_number]": 9223372036854775807,
        "[wirelens.demo.fields.v1.extension_inner]": [{"requiredText": "x"}],
        "[wirelens.demo.fields.v1.Proto2Everything.nested_extension]": "n"}"""
    message = _read(schema, text, _PROTO2)
    reference = ParseDict(json.loads(text), schema.message_class(_PROTO2)(), descriptor_pool=schema.pool)
    assert message == reference
    assert message.IsInitialized()


def test_an_unknown_extension_is_refused_with_near_ones(schema: Schema) -> None:
    error = _mistake(schema, '{"[wirelens.demo.fields.v1.extension_numbr]": 1}', _PROTO2)
    assert "[wirelens.demo.fields.v1.extension_number]" in error.next_step
    assert "has no extension" in _mistake(schema, '{"[odd.v1.when]": 1}', _PROTO2).message
    assert "has no extension" in _mistake(schema, '{"[]": 1}', _PROTO2).message


def test_extensions_of_every_kind(schema: Schema) -> None:
    value = {
        "[odd.v1.when]": "2026-01-31T12:30:00Z",
        "[odd.v1.shades]": ["COLOR_BLUE"],
        "[odd.v1.inner_old]": {"text": "x"},
    }
    message = _read(schema, json.dumps(value), "odd.v1.Old")
    assert json.loads(message_to_json(message, schema)) == value
    assert _mistake(schema, '{"[odd.v1.when]": 5}', "odd.v1.Old").field_path == "[odd.v1.when]"


def test_missing_required_fields_are_left_to_serialising(schema: Schema) -> None:
    message = _read(schema, "{}", _PROTO2)
    assert message.FindInitializationErrors() == ["required_text", "required_number"]
    _read(schema, f'{{"any": {{"@type": "t/{_PROTO2}"}}}}')


def test_editions_messages_survive(schema: Schema) -> None:
    text = {
        "explicitText": "",
        "implicitText": "a",
        "requiredText": "b",
        "delimited": {"text": "c"},
        "season": "SEASON_AUTUMN",
    }
    message = _read(schema, json.dumps(text), "wirelens.demo.fields.v1.EditionsEverything")
    assert json.loads(message_to_json(message, schema)) == text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("google.protobuf.StringValue", '"a"'),
        ("google.protobuf.Timestamp", '"2026-01-31T12:30:00Z"'),
        ("google.protobuf.Value", "[1, null]"),
        ("google.protobuf.Value", "null"),
        ("google.protobuf.Struct", '{"a": null}'),
        ("google.protobuf.ListValue", "[]"),
        ("google.protobuf.Empty", "{}"),
    ],
)
def test_a_request_may_be_a_well_known_type_itself(schema: Schema, name: str, text: str) -> None:
    assert message_to_json(_read(schema, text, name), schema, indent=None) == text


# -- depth and several mistakes ------------------------------------------------------------------------------


def _deepest(schema: Schema, before: str, after: str) -> int:
    """How many levels of `before … after` are taken."""
    depth = 1
    while not checked_from_json(before * (depth + 1) + "{}" + after * (depth + 1), schema.descriptor(_NODE), schema)[1]:
        depth += 1
    return depth


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('{"next":', "}"),
        ('{"children":[{},', "]}"),
        ('{"named":{"k":', "}}"),
        ('{"any":{"@type":"t/odd.v1.Node","next":', "}}"),
    ],
)
def test_messages_nest_as_deep_as_parsers_take_them(schema: Schema, before: str, after: str) -> None:
    depth = _deepest(schema, before, after)
    message = _read(schema, before * depth + "{}" + after * depth, _NODE)
    assert type(message).FromString(message.SerializeToString()) == message
    error = _mistake(schema, before * (depth + 1) + "{}" + after * (depth + 1), _NODE)
    assert "more than 100 messages deep" in error.message
    assert error.offset > len(before) * depth


@pytest.mark.parametrize(
    ("field", "before", "after"), [("value", "[", "]"), ("object", '{"a":', "}"), ("list", "[", "]")]
)
def test_dynamic_values_nest_as_deep_as_parsers_take_them(schema: Schema, field: str, before: str, after: str) -> None:
    inside = "{}" if field == "object" else "[]"

    def text(depth: int) -> str:
        return f'{{"{field}": {before * depth}{inside}{after * depth}}}'

    depth = next(n for n in range(200) if checked_from_json(text(n + 1), schema.descriptor(_NODE), schema)[1])
    message = _read(schema, text(depth), _NODE)
    assert type(message).FromString(message.SerializeToString()) == message
    deeper = ParseDict(json.loads(text(depth + 1)), type(message)(), max_recursion_depth=1000)
    with pytest.raises(Exception, match="MaxDepth"):
        type(message).FromString(deeper.SerializeToString())


def test_absurd_depth_is_refused_in_place(schema: Schema) -> None:
    error = _mistake(schema, '{"next":' * 20000 + "{}" + "}" * 20000, _NODE)
    assert error.offset == 8 * 101
    assert len(error.field_path) < 200


def test_every_mistake_is_found_in_the_order_of_the_text(schema: Schema) -> None:
    text = """{
      "int32Value": "x",
      "wrong": 1,
      "choiceText": "a", "choiceFlag": true,
      "repeatedInt32": [1, 2.5, null, 99999999999],
      "point": {"x": "no", "q": 0},
      "any": {"@type": "t/google.protobuf.Duration", "value": 5},
      "timestamp": "2026-01-31T12:30:00Z"
    }"""
    mistakes = checked_from_json(text, schema.descriptor(_EVERYTHING), schema)[1]
    assert [mistake.field_path for mistake in mistakes] == [
        "int32_value",
        "wrong",
        "choice_flag",
        "repeated_int32[1]",
        "repeated_int32[2]",
        "repeated_int32[3]",
        "point.x",
        "point.q",
        "any.value",
    ]
    assert [mistake.offset for mistake in mistakes] == sorted(mistake.offset for mistake in mistakes)
    assert checked_from_json('{"timestamp": "2026-01-31T12:30:00Z"}', schema.descriptor(_EVERYTHING), schema)[1] == []


def test_endless_mistakes_end(schema: Schema) -> None:
    text = json.dumps({"repeatedInt32": ["x"] * 5000})
    assert 10 <= len(checked_from_json(text, schema.descriptor(_EVERYTHING), schema)[1]) <= 1000


def test_reading_gives_messages_of_the_schemas_own_pool(schema: Schema) -> None:
    message: Message = _read(schema, "{}")
    assert isinstance(message, schema.message_class(_EVERYTHING))
