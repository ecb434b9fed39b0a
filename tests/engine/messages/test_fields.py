from wirelens.engine.messages.fields import EnumValue, FieldKind, FieldShape, message_extensions, message_fields
from wirelens.engine.schema.schema import Schema

_EVERYTHING = "wirelens.demo.fields.v1.Everything"


def _by_name(schema: Schema, message: str) -> dict[str, FieldShape]:
    return {shape.name: shape for shape in message_fields(schema.descriptor(message))}


def test_encodings_of_one_kind_keep_their_type_names_and_share_a_range(schema: Schema) -> None:
    fields = _by_name(schema, _EVERYTHING)
    for name in ("int64", "sint64", "sfixed64"):
        shape = fields[f"{name}_value"]
        assert (shape.kind, shape.type_name) == (FieldKind.INT64, name)
        assert shape.integer_range == (-(2**63), 2**63 - 1)
        assert shape.kind.is_integer
    assert fields["fixed32_value"].integer_range == (0, 2**32 - 1)
    assert not fields["double_value"].kind.is_integer
    assert fields["double_value"].integer_range is None


def test_types_are_written_as_in_the_proto_without_their_package(schema: Schema) -> None:
    fields = _by_name(schema, _EVERYTHING)
    assert fields["by_int32"].type_name == "map<int32, string>"
    assert fields["innermost"].type_name == "Inner.Innermost"
    assert fields["repeated_point"].type_name == "repeated Point"
    assert fields["times"].type_name == "map<string, Timestamp>"
    assert fields["inner"].message_name == f"{_EVERYTHING}.Inner"


def test_a_map_is_no_list_and_tells_its_key_and_value(schema: Schema) -> None:
    shape = _by_name(schema, _EVERYTHING)["priorities"]
    assert shape.is_map
    assert not shape.is_repeated
    assert shape.key is not None
    assert shape.value is not None
    assert shape.key.kind is FieldKind.STRING
    assert shape.value.enum_name == "wirelens.demo.fields.v1.Priority"


def test_presence_tells_optional_from_plain_fields(schema: Schema) -> None:
    fields = _by_name(schema, _EVERYTHING)
    assert fields["optional_int32"].has_presence
    assert not fields["int32_value"].has_presence
    assert fields["point"].has_presence
    assert not fields["repeated_point"].has_presence


def test_only_oneofs_that_somebody_wrote_are_named(schema: Schema) -> None:
    fields = _by_name(schema, "synthetic.v1.Optionals")
    assert {name: shape.oneof for name, shape in fields.items()} == {
        "count": None,  # protoc made a oneof called _count for it
        "real": "_real",
        "left": "pair",
        "right": "pair",
        "plain": None,
    }


def test_enum_values_keep_aliases_numbers_and_deprecation(schema: Schema) -> None:
    fields = _by_name(schema, _EVERYTHING)
    assert EnumValue("PRIORITY_URGENT", 4, deprecated=True) in fields["priority"].enum_values
    weekdays = {value.name: value.number for value in fields["weekday"].enum_values}
    assert weekdays["WEEKDAY_SATURDAY"] == weekdays["WEEKDAY_SONNABEND"] == 6
    assert not fields["priority"].enum_is_closed


def test_proto2_has_required_fields_defaults_groups_and_closed_enums(schema: Schema) -> None:
    fields = _by_name(schema, "wirelens.demo.fields.v1.Proto2Everything")
    assert fields["required_text"].is_required
    assert fields["default_number"].default == -42
    assert fields["default_bytes"].default == b"\x01\x02\xff"
    assert fields["default_shade"].default == 2
    assert fields["default_shade"].enum_is_closed
    assert fields["detail"].kind is FieldKind.GROUP
    assert fields["entry"].type_name == "repeated Entry"


def test_editions_decide_presence_and_encoding_by_features(schema: Schema) -> None:
    fields = _by_name(schema, "wirelens.demo.fields.v1.EditionsEverything")
    assert fields["explicit_text"].has_presence
    assert not fields["implicit_text"].has_presence
    assert fields["required_text"].is_required
    assert fields["delimited"].kind is FieldKind.GROUP
    assert fields["length_prefixed"].kind is FieldKind.MESSAGE
    assert fields["season"].enum_is_closed


def test_extensions_are_apart_and_named_in_brackets(schema: Schema) -> None:
    descriptor = schema.descriptor("odd.v1.Old")
    assert [shape.name for shape in message_fields(descriptor)] == ["text"]
    extensions = message_extensions(descriptor)
    assert [shape.json_name for shape in extensions] == ["[odd.v1.when]", "[odd.v1.shades]", "[odd.v1.inner_old]"]
    assert all(shape.is_extension for shape in extensions)
    assert message_extensions(schema.descriptor("odd.v1.Empty")) == ()


def test_fields_come_in_the_order_of_their_declaration_and_are_made_once(schema: Schema) -> None:
    descriptor = schema.descriptor(_EVERYTHING)
    fields = message_fields(descriptor)
    assert [shape.name for shape in fields[:3]] == ["bool_value", "int32_value", "int64_value"]
    assert message_fields(schema.descriptor(_EVERYTHING)) is fields
