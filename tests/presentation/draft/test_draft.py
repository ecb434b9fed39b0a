import asyncio
import json
from collections.abc import Callable

import pytest
from google.protobuf.descriptor import Descriptor
from pytestqt.qtbot import QtBot

from wirelens.engine.errors import MessageError
from wirelens.engine.schema.schema import Schema
from wirelens.presentation.draft import Draft
from wirelens.presentation.draft.json_values import Number, Unfinished
from wirelens.presentation.draft.tree import Fragment, ListValue, MapValue, MessageValue


@pytest.fixture
def draft(qtbot: QtBot, person: Descriptor, person_schema: Schema) -> Draft:
    return Draft(person, person_schema, delay_ms=0)


def test_begins_empty(draft: Draft) -> None:
    assert draft.json_text() == "{}"
    assert draft.serialized() == b""
    assert not draft.can_undo()


def test_a_field_shows_in_the_json_and_is_sent(draft: Draft) -> None:
    draft.set_value(("name",), "Ada")
    draft.set_value(("id",), "9223372036854775807")
    assert json.loads(draft.json_text()) == {"name": "Ada", "id": "9223372036854775807"}
    message = draft.message()
    assert (message.name, message.id) == ("Ada", 9223372036854775807)  # type: ignore[attr-defined]


def test_json_shows_in_the_fields(draft: Draft) -> None:
    draft.set_json_text('{"id": 9223372036854775807, "shoeSize": 0, "tags": ["a", "b"], "scores": {"go": 3}}')
    assert draft.value(("id",)) == Number("9223372036854775807")
    assert draft.value(("shoe_size",)) == Number("0")
    assert draft.value(("tags", 1)) == "b"
    assert draft.value(("scores", 0)) == Number("3")
    assert draft.value(("name",)) is None


def test_fields_are_written_in_the_order_of_their_declaration(draft: Draft) -> None:
    draft.set_value(("age",), Number("3"))
    draft.set_value(("name",), "Ada")
    draft.set_value(("id",), "1")
    assert list(json.loads(draft.json_text())) == ["name", "id", "age"]


def test_nested_messages_become_present_with_their_first_field(draft: Draft) -> None:
    draft.set_value(("manager", "manager", "name"), "Grace")
    assert json.loads(draft.json_text()) == {"manager": {"manager": {"name": "Grace"}}}


def test_zero_is_not_unset_where_there_is_presence(draft: Draft) -> None:
    draft.set_value(("shoe_size",), Number("0"))
    assert draft.message().HasField("shoe_size")
    draft.unset(("shoe_size",))
    assert not draft.message().HasField("shoe_size")
    draft.make_present(("nick",))
    assert draft.message().HasField("nick")


def test_unset_and_set_again_brings_back_what_was_typed(draft: Draft) -> None:
    draft.set_value(("manager", "name"), "Grace")
    draft.unset(("manager",))
    assert draft.json_text() == "{}"
    draft.make_present(("manager",))
    assert draft.value(("manager", "name")) == "Grace"


def test_a_oneof_keeps_what_was_typed_in_its_other_members(draft: Draft) -> None:
    draft.choose_member((), "contact", "email")
    draft.set_value(("email",), "ada@example.org")
    draft.choose_member((), "contact", "phone")
    draft.set_value(("phone", "number"), "123")
    assert json.loads(draft.json_text()) == {"phone": {"number": "123"}}
    draft.choose_member((), "contact", None)
    assert draft.json_text() == "{}"
    draft.choose_member((), "contact", "email")
    assert json.loads(draft.json_text()) == {"email": "ada@example.org"}
    draft.choose_member((), "contact", "phone")
    assert draft.value(("phone", "number")) == "123"


def test_a_oneof_member_set_to_zero_is_sent(draft: Draft) -> None:
    draft.choose_member((), "contact", "badge")
    assert draft.message().WhichOneof("contact") == "badge"
    assert draft.serialized() == bytes.fromhex("7800")


def test_rows_are_added_duplicated_moved_and_removed(draft: Draft) -> None:
    for name in ("a", "b", "c"):
        draft.set_value(("tags", draft.add_row(("tags",))), name)
    draft.move_row(("tags",), 2, 0)
    draft.duplicate_row(("tags",), 0)
    draft.remove_row(("tags",), 3)
    assert json.loads(draft.json_text()) == {"tags": ["c", "c", "a"]}
    for _ in range(3):
        draft.remove_row(("tags",), 0)
    assert draft.json_text() == "{}"


def test_map_rows_get_keys_of_their_own(draft: Draft) -> None:
    draft.set_key(("scores",), draft.add_row(("scores",)), "go")
    draft.set_value(("scores", 0), Number("1"))
    draft.add_row(("scores",))
    draft.duplicate_row(("scores",), 0)
    scores = draft.value(("scores",))
    assert isinstance(scores, MapValue)
    assert [key for key, _ in scores.entries] == ["go", "key2", ""]
    assert dict(draft.message().scores) == {"go": 1, "key2": 1, "": 0}  # type: ignore[attr-defined]


def test_two_rows_with_one_key_are_a_mistake_of_the_second(draft: Draft) -> None:
    draft.add_row(("scores",))
    draft.add_row(("scores",))
    draft.set_key(("scores",), 1, "")
    assert "given twice" in draft.mistake_at(("scores", 1))
    with pytest.raises(MessageError, match="given twice"):
        draft.serialized()


def test_text_that_is_no_value_yet_is_kept_and_marked(draft: Draft) -> None:
    draft.set_value(("age",), Number("4294967296"))
    assert "4294967295 is the largest uint32" in draft.mistake_at(("age",))
    assert json.loads(draft.json_text()) == {"age": 4294967296}
    draft.set_value(("id",), "12x")
    assert json.loads(draft.json_text())["id"] == "12x"
    assert "whole number" in draft.mistake_at(("id",))
    with pytest.raises(MessageError) as caught:
        draft.serialized()
    assert "id" in caught.value.place


def test_unfinished_hex_is_never_sent_although_it_could_be_base64(draft: Draft) -> None:
    draft.set_value(("avatar",), Unfinished("abcd1234abc", "hex", "one digit is missing"))
    assert draft.mistake_at(("avatar",)) == "one digit is missing"
    with pytest.raises(MessageError, match="one digit is missing") as caught:
        draft.message()
    assert caught.value.place == "avatar"
    draft.set_json_text(draft.json_text().replace("{", '{"name": "Ada",', 1))
    assert isinstance(draft.value(("avatar",)), Unfinished)


def test_mistakes_deep_within_find_their_row(draft: Draft) -> None:
    draft.set_json_text('{"byRole": {"x": {}, "the \\"boss\\"": {"reports": [{}, {"age": -1}]}}}')
    assert "0 is the smallest uint32" in draft.mistake_at(("by_role", 1, "reports", 1, "age"))


def test_broken_json_is_kept_as_it_is_and_the_form_keeps_the_last_good_tree(draft: Draft) -> None:
    draft.set_value(("name",), "Ada")
    broken = '{"name": "Grace", "id": }'
    draft.set_json_text(broken)
    assert draft.json_text() == broken
    assert draft.problem is not None
    assert (draft.problem.line, draft.problem.column) == (1, 25)
    assert draft.value(("name",)) == "Ada"
    assert not draft.form_is_current
    draft.set_value(("name",), "lost")  # a greyed form changes nothing
    assert draft.json_text() == broken
    with pytest.raises(MessageError):
        draft.message()
    draft.set_json_text('{"name": "Grace"}')
    assert draft.value(("name",)) == "Grace"
    assert draft.form_is_current


def test_names_that_are_no_field_are_kept_marked_and_refused(draft: Draft) -> None:
    draft.set_json_text('{"nmae": "Ada", "id": "1"}')
    assert draft.homeless_mistake is not None
    assert "nmae" in draft.homeless_mistake.message
    assert "name" in draft.homeless_mistake.next_step
    draft.set_value(("id",), "2")
    assert json.loads(draft.json_text()) == {"nmae": "Ada", "id": "2"}
    with pytest.raises(MessageError, match="nmae"):
        draft.serialized()


def test_json_of_the_wrong_structure_stays_in_its_place(draft: Draft) -> None:
    draft.set_json_text('{"tags": "no list", "manager": [1], "name": {"a": 1}}')
    for path in (("tags",), ("manager",), ("name",)):
        assert isinstance(draft.value(path), Fragment)
        assert draft.mistake_at(path)
    draft.set_value(("id",), "1")
    assert json.loads(draft.json_text())["tags"] == "no list"


def test_typing_in_one_place_is_one_undo_step(person: Descriptor, person_schema: Schema, qtbot: QtBot) -> None:
    draft = Draft(person, person_schema)
    for text in ("A", "Ad", "Ada"):
        draft.set_value(("name",), text)
    draft.set_value(("age",), Number("3"))
    draft.undo()
    assert draft.value(("name",)) == "Ada"
    draft.undo()
    assert draft.value(("name",)) is None
    assert not draft.can_undo()
    draft.redo()
    draft.redo()
    assert draft.value(("age",)) == Number("3")
    assert not draft.can_redo()


def test_a_new_edit_ends_what_could_be_redone(draft: Draft) -> None:
    draft.set_value(("name",), "Ada")
    draft.undo()
    draft.set_value(("id",), "1")
    assert not draft.can_redo()
    draft.redo()
    assert json.loads(draft.json_text()) == {"id": "1"}


def test_setting_what_is_there_is_no_edit(draft: Draft) -> None:
    draft.set_json_text('{"name":   "Ada"}')
    draft.set_value(("name",), "Bob")
    draft.undo()
    draft.set_value(("name",), "Ada")
    assert draft.json_text() == '{"name":   "Ada"}'
    assert draft.can_redo()
    draft.redo()
    assert draft.value(("name",)) == "Bob"


def test_undo_crosses_form_and_json(draft: Draft) -> None:
    draft.set_value(("name",), "Ada")
    draft.set_json_text('{"name": "Ada", ')
    draft.set_json_text('{"name": "Ada", "id": 7}')
    draft.add_row(("tags",))
    draft.undo()
    assert draft.json_text() == '{"name": "Ada", "id": 7}'
    draft.undo()
    assert draft.json_text() == '{\n  "name": "Ada"\n}'
    draft.redo()
    assert draft.value(("id",)) == Number("7")


def test_json_as_typed_stays_around_an_edited_field(draft: Draft) -> None:
    typed = '{ "shoe_size":1,   "name" : "Ada" }'
    draft.set_json_text(typed)
    assert draft.json_text() == typed
    draft.set_value(("shoe_size",), Number("2"))
    assert draft.json_text() == '{ "shoe_size":2,   "name" : "Ada" }'


def test_changed_comes_once_for_many_changes(draft: Draft, qtbot: QtBot) -> None:
    seen: list[str] = []
    draft.changed.connect(lambda: seen.append(draft.json_text()))
    for text in "abc":
        draft.set_value(("name",), text)
    assert seen == []
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == ['{\n  "name": "c"\n}']


def test_state_brings_everything_back(draft: Draft, person: Descriptor, person_schema: Schema) -> None:
    draft.choose_member((), "contact", "phone")
    draft.set_value(("phone", "number"), "123")
    draft.choose_member((), "contact", "email")
    draft.set_value(("email",), "ada@example.org")
    draft.set_value(("manager", "avatar"), Unfinished("abc", "hex", "one digit is missing"))
    draft.set_value(("age",), "many")
    state = json.loads(json.dumps(draft.state()))

    again = Draft(person, person_schema)
    again.restore(state)
    assert again.json_text() == draft.json_text()
    assert again.mistake_at(("manager", "avatar")) == "one digit is missing"
    assert again.value(("age",)) == "many"
    again.choose_member((), "contact", "phone")
    assert again.value(("phone", "number")) == "123"


def test_state_keeps_broken_json_and_the_tree_before_it(
    draft: Draft, person: Descriptor, person_schema: Schema
) -> None:
    draft.set_value(("name",), "Ada")
    draft.set_json_text('{"name": ')
    again = Draft(person, person_schema)
    again.restore(json.loads(json.dumps(draft.state())))
    assert again.json_text() == '{"name": '
    assert again.problem is not None
    assert again.value(("name",)) == "Ada"


@pytest.mark.parametrize(
    "state",
    [
        {},
        {"json": 5},
        {"json": "{}", "kept": [[["nope"], "x", "1"], "what", [[3], 4, 5], [[], "email", "{"]]},
        {"json": '{"manager": {}}', "unknown": [[["manager"], "no base64!"]], "unfinished": {"a": 1}},
    ],
)
def test_a_damaged_state_is_survived(draft: Draft, state: dict[str, object]) -> None:
    draft.restore(state)
    assert draft.form_is_current


def test_unknown_fields_survive_form_and_json_edits(draft: Draft, person_schema: Schema, newer_schema: Schema) -> None:
    message = person_schema.message_class("draft.test.Person")()
    unknown = bytes.fromhex("c0 3e 05")  # field 1000, varint 5
    message.MergeFromString(b"\x3a\x03" + unknown)  # within manager
    message.MergeFromString(unknown)
    draft.set_message(message)
    draft.set_value(("manager", "name"), "Grace")
    draft.set_json_text(draft.json_text().replace("Grace", "Hopper"))
    sent = person_schema.message_class("draft.test.Person").FromString(draft.serialized())
    assert sent.manager.name == "Hopper"  # type: ignore[attr-defined]
    assert draft.serialized().count(unknown) == 2


def test_a_new_schema_keeps_what_was_typed(draft: Draft, newer_schema: Schema) -> None:
    draft.set_value(("name",), "Ada")
    draft.set_value(("age",), Number("36"))
    draft.set_value(("id",), "not yet")
    draft.set_value(("shoe_size",), Number("38"))
    draft.choose_member((), "contact", "email")
    draft.set_value(("email",), "a@b")
    draft.choose_member((), "contact", "phone")
    draft.rebase(newer_schema.descriptor("draft.test.Person"), newer_schema)
    assert json.loads(draft.json_text())["age"] == 36
    assert draft.homeless_mistake is not None
    assert "age" in draft.homeless_mistake.message
    assert draft.value(("id",)) == "not yet"
    assert draft.mistake_at(("shoe_size",))
    draft.choose_member((), "contact", "email")
    assert draft.value(("email",)) == "a@b"
    draft.undo()
    draft.undo()
    assert isinstance(draft.value(("phone",)), MessageValue) or draft.value(("phone",)) is None
    assert draft.value(("name",)) == "Ada"


def test_a_new_schema_keeps_broken_json(draft: Draft, newer_schema: Schema) -> None:
    draft.set_value(("name",), "Ada")
    draft.set_json_text("{ not json")
    draft.rebase(newer_schema.descriptor("draft.test.Person"), newer_schema)
    assert draft.json_text() == "{ not json"
    assert draft.problem is not None
    assert draft.value(("name",)) == "Ada"


def test_a_message_within_itself_to_any_depth(draft: Draft) -> None:
    path: tuple[str, ...] = ()
    for _ in range(90):
        path = (*path, "manager")
    draft.set_value((*path, "name"), "top")
    assert draft.serialized()
    draft.set_value((*path * 2, "name"), "too deep")
    with pytest.raises(MessageError, match="100"):
        draft.serialized()


def test_json_nested_beyond_reading_is_a_mistake_and_kept(draft: Draft) -> None:
    text = '{"extra": ' + "[" * 20000 + "]" * 20000 + "}"
    draft.set_json_text(text)
    assert draft.json_text() == text
    with pytest.raises(MessageError):
        draft.message()


def test_format_indents_what_was_typed(draft: Draft) -> None:
    draft.set_json_text('{"shoe_size":1,"tags":[],"name":"\u00a0"}')
    draft.format_json()
    assert draft.json_text() == '{\n  "shoe_size": 1,\n  "tags": [],\n  "name": "\\u00a0"\n}'
    draft.undo()
    assert draft.json_text().startswith('{"shoe_size":1')


def test_example_and_clear_can_be_undone(draft: Draft) -> None:
    draft.set_value(("name",), "mine")
    draft.fill_example()
    assert draft.serialized()
    assert draft.mistakes == ()
    draft.clear()
    assert draft.serialized() == b""
    draft.undo()
    draft.undo()
    assert draft.value(("name",)) == "mine"


def test_reset_of_a_row_goes_back_to_its_default(draft: Draft) -> None:
    draft.set_value(("numbers", draft.add_row(("numbers",))), "5")
    draft.reset(("numbers", 0))
    assert draft.value(("numbers",)) is not None
    assert draft.message().numbers == [0]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "name", ["StringValue", "Timestamp", "Struct", "Value", "ListValue", "Any", "Empty", "Int64Value"]
)
def test_a_request_that_is_a_well_known_type(name: str, fields_schema: Schema, qtbot: QtBot) -> None:
    draft = Draft(fields_schema.descriptor(f"google.protobuf.{name}"), fields_schema)
    draft.fill_example()
    state = draft.state()
    assert draft.mistakes == ()
    draft.serialized()
    draft.clear()
    draft.restore(state)
    draft.serialized()


def test_required_fields_are_named(fields_schema: Schema, qtbot: QtBot) -> None:
    draft = Draft(fields_schema.descriptor("wirelens.demo.fields.v1.Proto2Everything"), fields_schema)
    with pytest.raises(MessageError, match="required_text"):
        draft.serialized()


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", ["Everything", "Proto2Everything", "EditionsEverything"])
def test_every_kind_of_field_survives_tree_and_text(name: str, seed: int, fields_schema: Schema, qtbot: QtBot) -> None:
    draft = Draft(fields_schema.descriptor(f"wirelens.demo.fields.v1.{name}"), fields_schema)
    draft.fill_example(seed)
    sent = draft.serialized()
    assert sent
    draft.set_json_text(draft.json_text() + "\n")  # read again
    everything = draft.tree
    assert isinstance(everything, MessageValue)
    key, value = next(iter(everything.fields.items()))
    draft.set_value((key,), value)  # written anew from the tree
    assert draft.serialized() == sent


@pytest.mark.parametrize(
    "path",
    [
        ("tags", 1),
        ("reports", 0, "name"),
        ("by_role", 0, "name"),
        ("extra", 0),
        ("detail", "mobile"),
        ("manager", "detail", "value"),
    ],
)
def test_an_editor_that_outlives_its_place_changes_nothing(draft: Draft, path: tuple[str | int, ...]) -> None:
    draft.set_json_text('{"tags": ["a"], "detail": {"@type": "x/draft.test.Person"}}')
    before = draft.json_text()
    draft.set_value(path, "late")
    assert draft.json_text() == before
    assert draft.value(path) is None


class TestLarge:
    """Beyond what can be read between two frames, reading goes to a thread."""

    @pytest.fixture
    def large(self) -> Callable[[str], str]:
        def text(name: str) -> str:
            reports = [{"name": f"person {number}", "id": str(number)} for number in range(8000)]
            return json.dumps({"name": name, "reports": reports}, indent=1)

        return text

    async def test_is_read_in_the_background(self, draft: Draft, large: Callable[[str], str]) -> None:
        draft.set_json_text(large("Ada"))
        assert draft.is_reading
        assert draft.value(("name",)) is None
        await draft.settled()
        assert draft.value(("name",)) == "Ada"
        assert draft.is_checked
        assert len(draft.message().reports) == 8000  # type: ignore[attr-defined]
        reports = draft.value(("reports",))
        assert isinstance(reports, ListValue)
        assert len(reports.items) == 8000

    async def test_the_last_text_wins(self, draft: Draft, large: Callable[[str], str]) -> None:
        draft.set_json_text(large("first"))
        draft.set_json_text(large("second"))
        draft.set_json_text(large("third")[:-1])
        await draft.settled()
        assert draft.problem is not None
        draft.undo()
        await draft.settled()
        assert draft.value(("name",)) is None

    async def test_mistakes_come_with_a_change(self, draft: Draft, large: Callable[[str], str]) -> None:
        draft.set_json_text(large("Ada").replace('"id": "7999"', '"id": "x"'))
        await draft.settled()
        assert len(draft.mistakes) == 1
        assert draft.mistake_at(("reports", 7999, "id"))

    async def test_an_undo_step_meets_a_newer_schema_in_the_background(
        self, draft: Draft, large: Callable[[str], str], newer_schema: Schema
    ) -> None:
        draft.set_json_text(large("Ada").replace('"Ada"', '"Ada", "years": 36'))
        await draft.settled()
        assert "years" in draft.mistakes[0].message
        draft.set_json_text("{}", is_typing=False)
        draft.rebase(newer_schema.descriptor("draft.test.Person"), newer_schema)
        assert draft.form_is_current
        draft.undo()
        assert draft.is_reading
        await draft.settled()
        assert draft.value(("years",)) == Number("36")
        assert draft.mistakes == ()
        draft.redo()
        assert draft.json_text() == "{}"

    async def test_a_large_text_meets_two_newer_schemas_at_once(
        self, draft: Draft, large: Callable[[str], str], newer_schema: Schema, person_schema: Schema
    ) -> None:
        draft.set_json_text(large("Ada").replace('"Ada"', '"Ada", "years": 36'))
        for schema in (newer_schema, person_schema, newer_schema):
            draft.rebase(schema.descriptor("draft.test.Person"), schema)
        await draft.settled()
        assert draft.value(("years",)) == Number("36")

    async def test_a_check_that_a_reload_overtakes_is_not_taken(self, draft: Draft, newer_schema: Schema) -> None:
        draft.set_json_text(json.dumps({"age": 3, "tags": ["tag"] * 30000}))
        async with asyncio.TaskGroup() as group:
            group.create_task(draft.settled())
            await asyncio.sleep(0)  # the check by the older schema has begun
            draft.rebase(newer_schema.descriptor("draft.test.Person"), newer_schema)
        await draft.settled()
        assert len(draft.mistakes) == 1
        assert "age" in draft.mistakes[0].message


COMMENTED = '{\n  "name": "Ada", // who\n  /* how old */ "age": 36,\n}'


def test_comments_and_trailing_commas_are_taken_and_survive(
    draft: Draft, person: Descriptor, person_schema: Schema
) -> None:
    draft.set_json_text(COMMENTED)
    assert draft.mistakes == ()
    assert draft.value(("age",)) == Number("36")
    assert draft.message().name == "Ada"  # type: ignore[attr-defined]
    assert json.loads(draft.strict_json()) == {"name": "Ada", "age": 36}
    draft.format_json()
    assert draft.json_text().count("// who") == draft.json_text().count("/* how old */") == 1
    draft.undo()
    again = Draft(person, person_schema)
    again.restore(json.loads(json.dumps(draft.state())))
    assert again.json_text() == COMMENTED
    assert again.value(("name",)) == "Ada"
    again.set_value(("name",), "Grace")
    assert again.json_text() == COMMENTED.replace("Ada", "Grace")


def test_an_open_comment_is_a_mistake_with_its_place(draft: Draft) -> None:
    draft.set_json_text('{"name": "Ada"}')
    draft.set_json_text('{"name": "Ada",\n  /* "age": 3}')
    assert draft.problem is not None
    assert (draft.problem.line, draft.problem.column, draft.problem.offset) == (2, 3, 18)
    assert draft.value(("name",)) == "Ada"


@pytest.mark.parametrize(
    ("text", "marked", "words"),
    [
        ('{"age": 1, // one\n "age": 2}', '"age"', "given twice"),
        ('{"manager": { /* he */ "nmae": 1}}', '"nmae"', "no field"),
        ('{"byRole": {"a": {}, /* again */ "a": {}}}', '"a"', "given twice"),
        ('{"byRole": {"a": {/**/"age": 1, "age": 2}}}', '"age"', "given twice"),
        ('{"scores": {"x": 1, // x\n"x": 2,}}', '"x"', "given twice"),
        ('{"extra": {"k": 1, /**/ "k": 2}}', '"k"', "given twice"),
        (
            '{"detail": {"@type": "type.googleapis.com/draft.test.Phone", // a phone\n "nmber": "1"}}',
            '"nmber"',
            "no field",
        ),
        (
            '{"detail": {"@type": "type.googleapis.com/draft.test.Phone", "number": "1", /**/ "number": "2"}}',
            '"number"',
            "given twice",
        ),
    ],
)
def test_doubles_and_strangers_are_marked_where_they_are_among_comments(
    draft: Draft, text: str, marked: str, words: str
) -> None:
    draft.set_json_text(text)
    (mistake,) = draft.mistakes
    assert words in mistake.message
    assert mistake.offset == text.rindex(marked)
    assert mistake.length == len(marked)


def test_only_what_is_typed_makes_one_step(draft: Draft) -> None:
    for text in ("a", "ab", "abc"):
        draft.set_json_text(text)
    draft.set_json_text("pasted", is_typing=False)
    draft.set_json_text("pasted.")
    draft.undo()
    assert draft.json_text() == "pasted"
    draft.undo()
    assert draft.json_text() == "abc"
    draft.undo()
    assert draft.json_text() == "{}"


def test_each_undo_step_is_read_by_the_newer_schema(draft: Draft, newer_schema: Schema) -> None:
    for text in ('{"years": 36}', "broken", '{"years": 37, "shoeSize": "38"}', "{}"):
        draft.set_json_text(text, is_typing=False)
    draft.set_wire(b"\x18\x05")
    draft.rebase(newer_schema.descriptor("draft.test.Person"), newer_schema)
    assert draft.value(("years",)) == Number("5")
    draft.undo()
    draft.undo()
    assert (draft.value(("years",)), draft.value(("shoe_size",)), draft.mistakes) == (Number("37"), "38", ())
    draft.undo()
    assert draft.problem is not None
    draft.undo()
    assert draft.value(("years",)) == Number("36")
    draft.set_value(("years",), Number("39"))
    assert draft.json_text() == '{"years": 39}'
