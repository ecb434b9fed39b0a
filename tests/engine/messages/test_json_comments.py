import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirelens.engine.errors import JsonError
from wirelens.engine.messages.json_comments import comment_spans, without_comments
from wirelens.engine.messages.json_parser import parse_json
from wirelens.engine.messages.protojson import checked_from_json, message_from_json
from wirelens.engine.schema.schema import Schema

COMMENTED = """\
// the request
{
  "a": 1, // one, "two"
  /* over
     lines, } */ "b": ["http://x/*y*/", 2, ],
  "c": {"d": "\\"//", },
}
/* the end */"""


def test_comments_and_trailing_commas_are_blank_and_nothing_moves() -> None:
    bare = without_comments(COMMENTED)
    assert json.loads(bare) == {"a": 1, "b": ["http://x/*y*/", 2], "c": {"d": '"//'}}
    assert len(bare) == len(COMMENTED)
    assert [len(line) for line in bare.split("\n")] == [len(line) for line in COMMENTED.split("\n")]
    spans = [COMMENTED[start:end] for start, end in comment_spans(COMMENTED)]
    assert spans == ["// the request", '// one, "two"', "/* over\n     lines, } */", "/* the end */"]


def test_json_without_comments_is_the_same_object() -> None:
    text = '{"a": "// no, /* comment */ ,]", "b": [1, 2]}'
    assert without_comments(text) is text


def test_comments_are_taken_only_where_asked_for() -> None:
    root = parse_json(COMMENTED, comments=True).root
    assert [name.value for name, _ in root.members] == ["a", "b", "c"]
    with pytest.raises(JsonError, match="JSON has no comments"):
        parse_json(COMMENTED)
    with pytest.raises(JsonError, match="a comma before }"):
        parse_json('{"a": 1,}')


@pytest.mark.parametrize(
    ("text", "place", "length", "words"),
    [
        ('{"a": 1} /* more', "1:10", 2, "this comment is not closed"),
        ('{\n  // all\n  "a": 1 /* one *\n}', "3:10", 2, "this comment is not closed"),
        ('{ /* a */ "a": /* b\n */ nope }', "2:5", 4, "nope is no value"),
        ('{"a": 1, // x\n "b": 2 /* y */ "c": 3}', "2:17", 1, "a comma or }"),
        ('{"a": [1, /* x */, 2]}', "1:18", 1, "a value is expected here, not ,"),
        ('{"a": [, /* x */]}', "1:8", 1, "a value or ] is expected here, not ,"),
        ('{"a": [1, , ]}', "1:11", 1, "a value is expected here, not ,"),
        ("{ , /* x */ }", "1:3", 1, "a field name or }"),
        ('{"a": 1 # one\n}', "1:9", 1, "# begins no comment"),
        ('{"a": "b // c\n}', "1:14", 1, "a string cannot go over the end of its line"),
        ("// nothing", "1:1", 1, "there is no JSON here"),
        ('{"a": 1 / 2}', "1:9", 1, "a comma or }"),
    ],
)
def test_mistakes_keep_their_places_among_comments(text: str, place: str, length: int, words: str) -> None:
    with pytest.raises(JsonError) as caught:
        parse_json(text, comments=True)
    assert f"{caught.value.line}:{caught.value.column}" == place
    assert (caught.value.length, words in caught.value.message) == (length, True), caught.value.message
    assert text.count("\n", 0, caught.value.offset) == caught.value.line - 1


def test_fields_are_read_and_marked_among_comments(schema: Schema) -> None:
    descriptor = schema.descriptor("wirelens.demo.fields.v1.Everything")
    text = '{\n  // a number\n  "int32Value": /* signed */ 5,\n  "nope": 1, /* ! */ "int32Value": 6,\n}'
    _message, mistakes = checked_from_json(text, descriptor, schema, comments=True)
    assert [text[each.offset : each.offset + each.length] for each in mistakes] == ['"nope"', '"int32Value"']
    assert mistakes[1].line == 4
    with pytest.raises(JsonError, match="JSON has no comments"):
        message_from_json(text, descriptor, schema)


@given(st.text(st.sampled_from('/*",[]{}:1 \n\\a')))
def test_any_text_keeps_its_length_and_lines(text: str) -> None:
    try:
        bare = without_comments(text)
    except JsonError as error:
        bare = without_comments(text[: error.offset])
        text = text[: error.offset]
    assert len(bare) == len(text)
    assert [place for place, letter in enumerate(bare) if letter == "\n"] == [
        place for place, letter in enumerate(text) if letter == "\n"
    ]
    assert without_comments(bare) == bare
