import json
from typing import Any

import pytest
from google.protobuf.descriptor import Descriptor
from pytestqt.qtbot import QtBot

from wirelens.engine.schema.schema import Schema
from wirelens.presentation.draft import Draft, edits
from wirelens.presentation.draft.json_values import Number
from wirelens.presentation.draft.pasting import PasteError, rows_from_lines, value_from_json
from wirelens.presentation.draft.paths import Path


@pytest.fixture
def draft(qtbot: QtBot, person: Descriptor, person_schema: Schema) -> Draft:
    return Draft(person, person_schema, delay_ms=0)


def written(draft: Draft) -> Any:
    return json.loads(draft.json_text())


@pytest.mark.parametrize(
    ("path", "text", "result"),
    [
        (("age",), "36", {"age": 36}),
        (("name",), '"Ada"', {"name": "Ada"}),
        (("manager",), '{"name": "Grace",\n "phone": {"mobile": true}}', None),
        (("tags",), '["a", "b"]', {"tags": ["a", "b"]}),
        (("scores",), '{"go": 3}', {"scores": {"go": 3}}),
        (("numbers", 0), '"7"', {"numbers": ["7", "2"], "byRole": {"boss": {}}}),
        (("by_role", 0), '{"age": 4}', {"numbers": ["1", "2"], "byRole": {"boss": {"age": 4}}}),
        (("by_role", 0, "tags"), '["x"]', {"numbers": ["1", "2"], "byRole": {"boss": {"tags": ["x"]}}}),
        (("wrapped",), '"5"', {"wrapped": "5"}),
        (("detail",), '{"@type": "type.googleapis.com/draft.test.Phone", "number": "1"}', None),
        (("extra",), '{"a": [1, null]}', {"extra": {"a": [1, None]}}),
        (("name",), "null", {}),
    ],
)
def test_json_is_pasted_at_any_place(draft: Draft, path: Path, text: str, result: Any) -> None:
    if len(path) > 1:
        draft.set_json_text('{"numbers": ["1", "2"], "byRole": {"boss": {}}}')
    draft.replace(path, value_from_json(draft.descriptor, draft.schema, draft.tree, path, text))
    assert written(draft) == (result if result is not None else {draft_name(path): json.loads(text)})
    assert draft.mistakes == ()


def draft_name(path: Path) -> str:
    return str(path[0])


@pytest.mark.parametrize(
    ("path", "text", "said"),
    [
        (("age",), "-1", "0 is the smallest uint32"),
        (("age",), '{"a": 1}', "uint32 takes a whole number"),
        (("tags",), '"a"', "tags"),
        (("scores",), "[1]", "scores"),
        (("manager",), '{"name": "Grace",\n "nmae": ""}', "line 2, column 2"),
        (("manager",), '1, "id": 2', "column 2"),
        (("detail",), '{"@type": "type.googleapis.com/draft.test.Nobody"}', "Nobody"),
        (("tags", 0), "null", "a row cannot be null"),
        (("scores", 0), '"x"', "int32"),
        (("name",), "", "no text"),
        (("name",), "Ada", "no JSON at line 1, column 1"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(draft: Draft, path: Path, text: str, said: str) -> None:
    draft.set_json_text('{"tags": ["a"], "scores": {"go": 1}}')
    with pytest.raises(PasteError, match=said):
        value_from_json(draft.descriptor, draft.schema, draft.tree, path, text)


@pytest.mark.parametrize(
    ("field", "text", "rows"),
    [
        ("tags", "a\r\nb\n\n c \n", [("", "a"), ("", "b"), ("", ""), ("", " c ")]),
        ("numbers", " 1\n\n0x10\n1_000", [("", "1"), ("", "16"), ("", "1000")]),
        (
            "scores",
            "a\t1\nb=2\nc: 3\n\nd = x",
            [("a", Number("1")), ("b", Number("2")), ("c", Number("3")), ("d", "x")],
        ),
    ],
)
def test_lines_become_rows(draft: Draft, field: str, text: str, rows: Any) -> None:
    shape = edits.shape_at(draft.descriptor, draft.tree, (field,))
    assert list(rows_from_lines(shape, text)) == rows


def test_messages_are_pasted_as_a_line_of_json_each(draft: Draft) -> None:
    shape = edits.shape_at(draft.descriptor, draft.tree, ("reports",))
    draft.insert_rows(("reports",), 0, rows_from_lines(shape, '{"name": "Ada"}\n{"name": "Grace"}\n'))
    assert written(draft) == {"reports": [{"name": "Ada"}, {"name": "Grace"}]}
    with pytest.raises(PasteError, match="line 2 is no JSON"):
        rows_from_lines(shape, '{"name": "Ada"}\nGrace')


def test_a_line_without_a_key_is_refused(draft: Draft) -> None:
    with pytest.raises(PasteError, match="line 2 has no key"):
        rows_from_lines(edits.shape_at(draft.descriptor, draft.tree, ("scores",)), "a=1\nb")


def test_pasted_rows_are_one_step_to_undo(draft: Draft) -> None:
    draft.set_json_text('{"tags": ["a", "", "z"]}')
    shape = edits.shape_at(draft.descriptor, draft.tree, ("tags",))
    draft.insert_rows(("tags",), 1, rows_from_lines(shape, "b\nc"), replaced=1)
    assert written(draft) == {"tags": ["a", "b", "c", "z"]}
    draft.undo()
    assert written(draft) == {"tags": ["a", "", "z"]}


def test_replacing_is_no_typing(draft: Draft) -> None:
    draft.set_value(("name",), "A")
    draft.replace(("name",), "Ada")
    draft.undo()
    assert written(draft) == {"name": "A"}


def test_set_to_default_is_set_where_there_is_presence(draft: Draft) -> None:
    draft.set_json_text('{"shoeSize": 42, "tags": ["a"], "wrapped": "3"}')
    for field in ("shoe_size", "tags", "wrapped"):
        draft.set_to_default((field,))
    assert written(draft) == {"shoeSize": 0, "wrapped": "0"}
    draft.undo()
    assert written(draft) == {"shoeSize": 0, "wrapped": "3"}
