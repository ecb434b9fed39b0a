"""What is looked for in a draft whose places have changed since they were unfolded."""

import pytest
from google.protobuf.descriptor import Descriptor
from pytestqt.qtbot import QtBot

from wirelens.engine.schema.schema import Schema
from wirelens.presentation.draft import Draft
from wirelens.presentation.draft.field_filter import FieldFilter

_PREFIX = "type.googleapis.com/draft.test."


@pytest.fixture
def draft(qtbot: QtBot, person: Descriptor, person_schema: Schema) -> Draft:
    draft = Draft(person, person_schema, delay_ms=0)
    draft.set_json_text(f'{{"detail": {{"@type": "{_PREFIX}Person"}}, "tags": ["a"]}}')
    return draft


def found(qtbot: QtBot, looked: FieldFilter, text: str) -> bool:
    looked.set_text(text)
    qtbot.waitUntil(lambda: not looked.is_searching)
    return not looked.found_nothing


def test_an_unfolded_place_in_an_any_of_another_type_is_passed_over(qtbot: QtBot, draft: Draft) -> None:
    looked = FieldFilter(draft)
    looked.set_unfolded(("detail", "manager"), True)
    draft.set_value(("detail", "@type"), f"{_PREFIX}Phone")
    assert found(qtbot, looked, "number")
    assert looked.shows(("detail", "number"))


def test_a_reload_folds_what_may_have_no_place_any_more(qtbot: QtBot, draft: Draft, newer_schema: Schema) -> None:
    looked = FieldFilter(draft)
    looked.set_unfolded(("manager", "manager"), True)
    draft.rebase(newer_schema.descriptor("draft.test.Phone"), newer_schema)
    assert found(qtbot, looked, "mobile")
