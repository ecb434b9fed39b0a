"""Broken rules at their places in JSON text."""

import pytest
from tests.engine.messages.ruled import load_ruled

from wirelens.engine.messages.rule_child import MOST_TOLD, findings_in_text
from wirelens.engine.schema.schema import Schema


@pytest.fixture(scope="module")
async def ruled(tmp_path_factory: pytest.TempPathFactory) -> Schema:
    return await load_ruled(tmp_path_factory.mktemp("ruled"))


def marks(schema: Schema, name: str, text: str) -> dict[str, tuple[str, int, str]]:
    """By field path: what is marked, in which line, and what is missing from there on."""
    found = {}
    for one in findings_in_text(text, f"ruled.v1.{name}", schema).broken:
        assert one.mark is not None
        start = one.mark.offset
        assert text.count("\n", 0, start) + 1 == one.mark.line
        assert start - (text.rfind("\n", 0, start) + 1) + 1 == one.mark.column
        found[one.field_path] = (text[start : start + one.mark.length], one.mark.line, one.mark.missing)
    return found


def test_values_keys_lists_and_what_is_missing(ruled: Schema) -> None:
    text = """// a comment
{
  "tags": ["aa", "b"],
  "stock": {"long": 1, "ab": 0,},
  "choices": [{"byName": "ok"}, {}, {"by_name": "x"}],
  "byNumber": {"4": {}}
}"""
    assert marks(ruled, "Many", text) == {
        "tags[1]": ('"b"', 3, ""),
        'stock["long"]': ('"long"', 4, ""),
        'stock["ab"]': ("0", 4, ""),
        "choices[1].way": ("{", 5, "way"),
        "choices[2].by_name": ('"x"', 5, ""),
        'by_number["4"].way': ('"4"', 6, "way"),
    }


def test_rules_of_a_message_are_at_its_name_and_of_the_whole_at_its_bracket(ruled: Schema) -> None:
    assert marks(ruled, "Pair", ' {"low": 5, "high": 2, "left": "a"}') == {"": ("{", 1, "")}
    inner = '{"pair": {"low": 5, "high": 2, "left": "a"}}'
    assert marks(ruled, "All", inner) == {"pair": ('"pair"', 1, "")}
    assert marks(ruled, "All", '{"others": {"color": 1, "present": "x"}}') == {"others.texts": ('"others"', 1, "texts")}


def test_an_any_is_walked_into(ruled: Schema) -> None:
    text = """{
  "any": {"@type": "type.googleapis.com/ruled.v1.Packed", "innerOne": {
    "many": [{"@type": "type.googleapis.com/ruled.v1.Choice", "byName": "x"}]
  }}
}"""
    assert marks(ruled, "Packed", text) == {"any.inner_one.many[0].by_name": ('"x"', 3, "")}


def test_text_with_a_mistake_breaks_no_rule(ruled: Schema) -> None:
    for text in ('{"tags": [', '{"tags": 5}', '{"nothing": 1}', "", '{"tags": ["\ud800"]}'):
        findings = findings_in_text(text, "ruled.v1.Many", ruled)
        assert findings.broken == ()
        assert findings.problem == ""
    assert findings_in_text("{}", "ruled.v1.Nobody", ruled).broken == ()


def test_of_very_many_the_first_are_told_and_that_is_said(ruled: Schema) -> None:
    text = '{"choices": [' + ", ".join(['{"byName": "x"}'] * (MOST_TOLD + 5)) + "]}"
    findings = findings_in_text(text, "ruled.v1.Many", ruled)
    assert len(findings.broken) == MOST_TOLD
    assert f"the first {MOST_TOLD} of" in findings.problem
