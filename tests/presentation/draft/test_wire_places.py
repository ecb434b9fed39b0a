"""From the form to the bytes that are sent, and from a byte to the form."""

import pytest
from google.protobuf.descriptor import Descriptor
from pytestqt.qtbot import QtBot

from wirelens.engine.messages.wire.places import occurrences, place_at
from wirelens.engine.schema.schema import Schema
from wirelens.presentation.draft import Draft
from wirelens.presentation.draft.paths import Path
from wirelens.presentation.draft.wire_places import form_path, wire_path

_JSON = """{
  "name": "Ada", "tags": ["one", "two"], "scores": {"go": 3, "chess": 300},
  "manager": {"name": "Grace", "reports": [{"name": "x"}, {"name": "yy"}]},
  "byRole": {"second": {"name": "b"}, "first": {"name": "aa"}},
  "numbers": ["1", "300"],
  "extra": {"a": [null, {"b": "deep"}], "c": 1},
  "detail": {"@type": "type.googleapis.com/draft.test.Phone", "number": "12"}
}"""


@pytest.fixture
def draft(qtbot: QtBot, person: Descriptor, person_schema: Schema) -> Draft:
    draft = Draft(person, person_schema, delay_ms=0)
    draft.set_json_text(_JSON)
    return draft


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("name",), b"Ada"),
        (("tags", 1), b"two"),
        (("manager", "reports", 1, "name"), b"yy"),
        (("by_role", 1, "name"), b"aa"),
        (("numbers", 1), b"\xac\x02"),
        (("detail", "@type"), b"type.googleapis.com/draft.test.Phone"),
    ],
)
def test_the_form_and_the_bytes_find_each_other(draft: Draft, path: Path, value: bytes) -> None:
    payload = draft.serialized()
    (found,) = occurrences(payload, draft.descriptor, wire_path(draft.descriptor, draft.tree, path))
    assert payload[slice(*found.value)] == value
    place = place_at(payload, draft.descriptor, found.value.start)
    assert form_path(draft.descriptor, draft.tree, place.path) == path


def test_an_entry_that_is_gone_leads_to_its_map(draft: Draft) -> None:
    assert wire_path(draft.descriptor, draft.tree, ("scores", 2)) == ("scores",)
    assert wire_path(draft.descriptor, draft.tree, ("by_role", 5, "name")) == ("by_role",)


def test_an_entry_of_a_map_is_found_by_its_key(draft: Draft) -> None:
    payload = draft.serialized()
    (found,) = occurrences(payload, draft.descriptor, wire_path(draft.descriptor, draft.tree, ("scores", 1)))
    assert b"chess" in payload[slice(*found.field.span)]
    assert form_path(draft.descriptor, draft.tree, place_at(payload, draft.descriptor, found.field.end - 1).path) == (
        "scores",
        1,
    )


def test_bytes_that_the_form_has_no_place_for_lead_as_far_as_it_goes(draft: Draft) -> None:
    payload = draft.serialized()
    draft.set_json_text('{"manager": {"name": "Grace"}}')
    (found,) = occurrences(payload, draft.descriptor, ("manager", "reports", 1, "name"))
    place = place_at(payload, draft.descriptor, found.value.start)
    assert place.path == ("manager", "reports", 1, "name")
    assert form_path(draft.descriptor, draft.tree, place.path) == ("manager",)


@pytest.mark.parametrize(
    ("name", "text", "path", "value"),
    [
        ("Struct", '{"a": [null, {"b": "deep"}], "c": 1}', (0, 1, 0), b"deep"),
        ("Value", '[1, ["deep"]]', (1, 0), b"deep"),
        ("ListValue", '[{"a": 1, "b": "deep"}]', (0, 1), b"deep"),
    ],
)
def test_rows_of_json_are_found_through_the_fields_around_them(
    qtbot: QtBot, person_schema: Schema, name: str, text: str, path: Path, value: bytes
) -> None:
    draft = Draft(person_schema.descriptor(f"google.protobuf.{name}"), person_schema)
    draft.set_json_text(text)
    payload = draft.serialized()
    (found,) = occurrences(payload, draft.descriptor, wire_path(draft.descriptor, draft.tree, path))
    assert value in payload[slice(*found.value)]
    place = place_at(payload, draft.descriptor, payload.index(value))
    assert form_path(draft.descriptor, draft.tree, place.path) == path


def test_what_an_any_holds_is_one_value_on_the_wire(draft: Draft) -> None:
    payload = draft.serialized()
    (found,) = occurrences(payload, draft.descriptor, wire_path(draft.descriptor, draft.tree, ("detail", "number")))
    assert payload[slice(*found.value)] == b"\n\x0212"
    place = place_at(payload, draft.descriptor, found.value.start)
    assert form_path(draft.descriptor, draft.tree, place.path) == ("detail",)
