"""Completion from the schema, on texts as they are while somebody types."""

from datetime import UTC, datetime

import pytest
from tests.presentation.draft.json_places import marked

from wirelens.engine.schema.schema import Schema
from wirelens.presentation.draft.json_completion import Completions, JsonCompleter

MASKED = "wirelens.demo.users.v1.UpdateUserRequest"


@pytest.fixture
def completer(person_schema: Schema) -> JsonCompleter:
    return JsonCompleter(
        person_schema.descriptor("draft.test.Person"),
        person_schema,
        clock=lambda: datetime(2026, 7, 1, 12, 30, tzinfo=UTC),
    )


@pytest.fixture
def everything(fields_schema: Schema) -> JsonCompleter:
    return JsonCompleter(fields_schema.descriptor("wirelens.demo.fields.v1.Everything"), fields_schema)


def offered(completer: JsonCompleter, text: str) -> Completions | None:
    return completer.completions(*marked(text))


def labels(completer: JsonCompleter, text: str) -> list[str]:
    found = offered(completer, text)
    return [] if found is None else [entry.label for entry in found.matching()]


def accepted(completer: JsonCompleter, text: str, label: str) -> str:
    """The text after accepting the entry of that label, with the cursor as `|`."""
    found = offered(completer, text)
    assert found is not None
    entry = next(each for each in found.matching() if each.label == label)
    change = found.change(entry)
    lines = text.replace("|", "").split("\n")
    line = lines[change.line]
    new = line[: change.start] + change.text + line[change.end :]
    place = change.start + change.cursor
    lines[change.line] = f"{new[:place]}|{new[place:]}"
    return "\n".join(lines)


def test_fields_that_are_not_set_yet_with_their_types(completer: JsonCompleter) -> None:
    found = offered(completer, '{"name": "Ada", "|", "age": 1}')
    assert found is not None
    by_label = {entry.label: entry for entry in found.entries}
    assert "name" not in by_label
    assert "age" not in by_label
    assert by_label["shoeSize"].detail == "int32"
    assert by_label["scores"].detail == "map<string, int32>"
    note = completer.note(by_label["id"])
    assert note is not None
    assert "field 2" in note.facts


def test_the_name_at_the_cursor_may_be_chosen_again(completer: JsonCompleter) -> None:
    assert labels(completer, '{"nam|e": 1}')[0] == "name"


@pytest.mark.parametrize(
    "text",
    [
        "{|",
        '{"|',
        '{"|"}',
        "{na|",
        '{"id": 1, "|',
        '{"id": 1,\n  // the name, "quoted" {\n  "|',
        '{"id": 1, /* { */ "|',
        '{"id": [}, "x\n, "|',
        '{"id": 1\n"|',
    ],
)
def test_broken_and_half_typed_texts(completer: JsonCompleter, text: str) -> None:
    assert "name" in labels(completer, text)


@pytest.mark.parametrize(
    "text",
    [
        '{"name": "|"}',
        '{"name" |',
        '{"tags": ["|"]}',
        '// {"|\n{}',
        '/* {"|\n*/{}',
        '{"name": "a" |}',
        "{} |",
        '{"nothing": {"|',
        '{"extra": {"|',
        '{"scores": {"|',
        '{"extra": {"a": |',
    ],
)
def test_where_the_schema_has_nothing_to_offer(completer: JsonCompleter, text: str) -> None:
    assert labels(completer, text) == []


def test_messages_within_messages_lists_and_maps(completer: JsonCompleter) -> None:
    for text in (
        '{"manager": {"reports": [{}, {"phone": {"|',
        '{"byRole": {"boss": {"phone": {"|',
        '{"by_role": {"boss": {"phone": {\n\n"|',
    ):
        assert labels(completer, text) == ["number", "mobile"]


def test_enum_values_by_name_and_number(completer: JsonCompleter) -> None:
    assert labels(completer, '{"priority": |')[:3] == ["PRIORITY_NONE", "PRIORITY_LOW", "PRIORITY_HIGH"]
    assert labels(completer, '{"priority": "hi|"')[0] == "PRIORITY_HIGH"
    assert labels(completer, '{"priority": 2|')[0] == "PRIORITY_HIGH"
    assert accepted(completer, '{"priority": "hi|"}', "PRIORITY_HIGH") == '{"priority": "PRIORITY_HIGH"|}'
    assert accepted(completer, '{"priority": 2|', "PRIORITY_HIGH") == '{"priority": "PRIORITY_HIGH"|'


def test_enum_values_tell_comment_number_and_deprecation(everything: JsonCompleter) -> None:
    found = offered(everything, '{"priority": "|"}')
    assert found is not None
    urgent = next(entry for entry in found.entries if entry.label == "PRIORITY_URGENT")
    assert urgent.is_deprecated
    assert urgent.detail == "4"
    note = everything.note(urgent)
    assert note is not None
    assert note.comment.startswith("No longer in use")


def test_members_of_a_chosen_oneof_come_last_and_say_so(completer: JsonCompleter) -> None:
    found = offered(completer, '{"email": "a@b", "|"}')
    assert found is not None
    assert [(entry.label, entry.note) for entry in found.entries[-2:]] == [
        ("phone", "email is set"),
        ("badge", "email is set"),
    ]
    assert all(not entry.note for entry in found.entries[:-2])


def test_words(completer: JsonCompleter) -> None:
    assert labels(completer, '{"active": t|') == ["true"]
    assert labels(completer, '{"active": |') == ["true", "false", "null"]
    assert labels(completer, '{"ratio": "N|')[0] == "NaN"
    assert labels(completer, '{"wrapped": nu|') == ["null"]
    assert labels(completer, '{"tags": [n|') == []


def test_any_offers_types_and_then_the_fields_of_the_chosen_one(completer: JsonCompleter) -> None:
    assert labels(completer, '{"detail": {"|"}}') == ["@type"]
    types = labels(completer, '{"detail": {"@type": "|"}}')
    assert {"draft.test.Phone", "google.rpc.RetryInfo", "google.protobuf.Duration"} <= set(types)
    assert labels(completer, '{"detail": {"@type": "type.goo|"}}') == types
    assert labels(completer, '{"detail": {"@type": "type.googleapis.com/Pho|"}}')[0] == "draft.test.Phone"
    assert accepted(completer, '{"detail": {"@type": "pho|"}}', "draft.test.Phone") == (
        '{"detail": {"@type": "type.googleapis.com/draft.test.Phone"|}}'
    )
    phone = '{"detail": {"@type": "type.googleapis.com/draft.test.Phone", "|"}}'
    assert labels(completer, phone) == ["number", "mobile"]
    assert labels(completer, '{"detail": {"|", "@type": "x/draft.test.Phone"}}') == ["number", "mobile"]
    duration = '{"detail": {"@type": "type.googleapis.com/google.protobuf.Duration", "|"}}'
    assert labels(completer, duration) == ["value"]
    nested = '{"detail": {"@type": "x/draft.test.Person", "detail": {"@type": "x/draft.test.Phone", "|"}}}'
    assert labels(completer, nested) == ["number", "mobile"]


def test_a_timestamp_may_be_now(completer: JsonCompleter) -> None:
    assert accepted(completer, '{"born": |', "now") == '{"born": "2026-07-01T12:30:00.000Z"|'
    assert accepted(completer, '{"born": "n|"}', "now") == '{"born": "2026-07-01T12:30:00.000Z"|}'


@pytest.mark.parametrize(
    ("text", "label", "then"),
    [
        ("{|}", "name", '{"name": "|"}'),
        ('{"na|"}', "name", '{"name": "|"}'),
        ('{"na|', "name", '{"name": "|"'),
        ("{na|}", "name", '{"name": "|"}'),
        ('{"a|"}', "age", '{"age": |}'),
        ('{"tag|"}', "tags", '{"tags": [|]}'),
        ('{"scor|"}', "scores", '{"scores": {|}}'),
        ('{"man|"}', "manager", '{"manager": {|}}'),
        ('{"id|"}', "id", '{"id": "|"}'),
        ('{"nam|": "x"}', "name", '{"name"|: "x"}'),
        ('{"id": 1\n  "na|"\n}', "name", '{"id": 1\n  , "name": "|"\n}'),
        ('{"na|"\n "id": 1}', "name", '{"name": "|",\n "id": 1}'),
        ('{"na|", "id": 1}', "name", '{"name": "|", "id": 1}'),
        ('{"manager": |}', "{ }", '{"manager": {|}}'),
        ('{"active": tr|\n"id": 1}', "true", '{"active": true|,\n"id": 1}'),
    ],
)
def test_accepting_inserts_colon_opening_and_commas(completer: JsonCompleter, text: str, label: str, then: str) -> None:
    assert accepted(completer, text, label) == then


def test_paths_of_a_field_mask(users_schema: Schema) -> None:
    completer = JsonCompleter(users_schema.descriptor(MASKED), users_schema)
    assert {"displayName", "email", "address"} <= set(labels(completer, '{"updateMask": "|"}'))
    assert labels(completer, '{"updateMask": "email,add|"}')[0] == "address"
    assert accepted(completer, '{"updateMask": "email,add|"}', "address") == '{"updateMask": "email,address|"}'
    assert accepted(completer, '{"updateMask": |}', "email") == '{"updateMask": "email|"}'
    assert "address.city" in labels(completer, '{"updateMask": "address.|"}')


def test_a_large_text_is_answered_at_once_wherever_the_cursor_is(completer: JsonCompleter) -> None:
    rows = ",\n".join('    {"name": "somebody", "id": "1", "tags": ["one", "two"]}' for _ in range(15_000))
    outline, line, column = marked(f'{{"reports": [\n{rows},\n{{"|"}}\n]}}')
    assert completer.completions(outline, line, column) is None  # not looked through yet
    while not outline.advance(0.01):
        pass
    found = completer.completions(outline, line, column)
    assert found is not None
    assert found.entries[0].label == "name"
