import json
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirelens.engine.errors import JsonError
from wirelens.engine.messages.json_parser import parse_json
from wirelens.engine.messages.json_text import JsonKind, JsonNode, MessageSplitter, TextSlice, split_messages


def _plain(node: JsonNode) -> object:
    if node.kind is JsonKind.OBJECT:
        return {str(name.value): _plain(value) for name, value in node.members}
    if node.kind is JsonKind.ARRAY:
        return [_plain(element) for element in node.elements]
    return node.value


def _mistake(text: str) -> JsonError:
    with pytest.raises(JsonError) as caught:
        parse_json(text)
    return caught.value


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers().map(str) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(_JSON, st.sampled_from([None, 1, 4]), st.booleans())
def test_whatever_python_writes_is_read_the_same(value: object, indent: int | None, ascii_only: bool) -> None:
    assert _plain(parse_json(json.dumps(value, indent=indent, ensure_ascii=ascii_only)).root) == value


@given(st.text(st.sampled_from("{}[]\",:\\/ \n\t-+.0123456789eEnulltrfasuNI\ud800\u00a0#'é")))
def test_texts_are_read_exactly_where_python_reads_them(text: str) -> None:
    error = _error_of(text)
    assert (error is None) == _is_json_to_python(text)
    if error is not None:
        assert 0 <= error.offset <= len(text)
        assert error.length >= 1
        assert text.count("\n", 0, error.offset) == error.line - 1


def _error_of(text: str) -> JsonError | None:
    try:
        parse_json(text)
    except JsonError as error:
        return error
    return None


def _is_json_to_python(text: str) -> bool:
    try:
        json.loads(text, parse_constant=_refuse)
    except ValueError:
        return False
    return True


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def test_nodes_know_where_they_stand() -> None:
    text = '{"a": [1,\n  "x\\n\\u00e9", true]}'
    document = parse_json(text)
    name, array = document.root.members[0]
    assert text[name.offset : name.end] == '"a"'
    assert [text[node.offset : node.end] for node in array.elements] == ["1", '"x\\n\\u00e9"', "true"]
    assert array.elements[1].value == "x\né"
    assert document.position(array.elements[1].offset) == (2, 3)


def test_numbers_keep_every_digit_and_doubles_are_kept() -> None:
    root = parse_json('{"n": 9007199254740993.000000000000000001e+5, "n": -0}').root
    assert [value.value for _, value in root.members] == ["9007199254740993.000000000000000001e+5", "-0"]


def test_no_depth_is_too_much() -> None:
    depth = sys.getrecursionlimit() * 20
    node = parse_json("[" * depth + "]" * depth).root
    while node.elements:
        node = node.elements[0]
    assert node.end == node.offset + 2
    assert "is not closed" in _mistake('{"a":' * depth).message


@pytest.mark.parametrize(
    ("text", "place", "words", "next_step"),
    [
        ('{"a": 1,}', "1:8", "a comma before } is not JSON", "delete the comma"),
        ("[1, 2, ]", "1:6", "a comma before ] is not JSON", "delete the comma"),
        ('{\n  // all\n  "a": 1}', "2:3", "JSON has no comments", "delete the comment"),
        ('{"a": 1 /* one */}', "1:9", "JSON has no comments", "delete the comment"),
        ('{"a": NaN}', "1:7", "NaN is no value of JSON", 'write "NaN" in quotes'),
        ('{"a": -Infinity}', "1:7", "-Infinity is no value", 'write "-Infinity" in quotes'),
        ('{"a": True}', "1:7", "True is no value", "write true"),
        ('{"a": None}', "1:7", "None is no value", "write null"),
        ('{"a": yes}', "1:7", "yes is no value", "strings stand in double quotes"),
        ("{'a': 1}", "1:2", "double quotes", 'write "'),
        ("{“a”: 1}", "1:2", "“ is no quote of JSON", 'write "'),
        ("{a: 1}", "1:2", "a field name", 'write "a"'),
        ('{"a" 1}', "1:6", 'a colon after the name "a"', ""),
        ('{"a": 1 "b": 2}', "1:9", "a comma or }", ""),
        ('{"a": 007}', "1:7", "007 is no number", "no zeros in front"),
        ('{"a": +1}', "1:7", "+1 is no number", "no + in front"),
        ('{"a": .5}', "1:7", ".5 is no number", "before the decimal point"),
        ('{"a": 5.}', "1:7", "5. is no number", "after the decimal point"),
        ('{"a": 0x1F}', "1:7", "0x1F is no number", "decimal"),
        ('{"a": 1_000}', "1:7", "1_000 is no number", "without _"),
        ('{"a": "x\ny"}', "1:9", "over the end of its line", "\\n"),
        ('{"a": "x\ty"}', "1:9", "control character (U+0009)", "write \\t"),
        ('{"a": "C:\\data"}', "1:10", "\\d is no escape", "\\\\"),
        ('{"a": "\\u12"}', "1:8", "\\u needs four hex digits", ""),
        ('{"a": "x', "1:7", "no closing quote", ""),
        ('{"a": [1, 2}', "1:12", "a comma or ]", ""),
        ('{\n"a": [1,\n', "2:8", "the [ of line 2, column 6 is not closed", "close it with ]"),
        ("{}}", "1:3", "closes nothing", ""),
        ("{} {}", "1:4", "the end of the text", "one message"),
        ("", "1:1", "there is no JSON here", "{}"),
        (" \n ", "1:1", "there is no JSON here", "{}"),
        ("[\u00a01]", "1:2", "U+00A0", ""),
        ("{\u200b}", "1:2", "U+200B", ""),
    ],
)
def test_a_mistake_says_what_stands_there_and_what_to_write(text: str, place: str, words: str, next_step: str) -> None:
    error = _mistake(text)
    assert error.place == place
    assert words in error.message
    assert next_step in error.next_step


def test_a_byte_order_mark_is_passed_over() -> None:
    assert parse_json("\ufeff{}").root.offset == 1
    assert split_messages("\ufeff{}") == [TextSlice("{}", 1, 1, 1)]


def test_messages_are_cut_out_with_their_places() -> None:
    text = '  {"a": "}{\\""}\n{"b": [\n1]} 12 "x"true\n'
    slices = split_messages(text)
    assert [piece.text for piece in slices] == ['{"a": "}{\\""}', '{"b": [\n1]}', "12", '"x"', "true"]
    assert [(piece.line, piece.column) for piece in slices] == [(1, 3), (2, 1), (3, 5), (3, 8), (3, 11)]
    assert all(text[piece.offset :].startswith(piece.text) for piece in slices)


def test_a_message_goes_out_as_soon_as_it_is_complete() -> None:
    splitter = MessageSplitter()
    assert splitter.feed('{"a": ') == []
    assert [piece.text for piece in splitter.feed('1}{"b"')] == ['{"a": 1}']
    assert splitter.feed(": 2") == []
    assert [piece.text for piece in splitter.feed("}")] == ['{"b": 2}']
    assert splitter.close() == []


def test_what_was_never_completed_comes_at_the_end() -> None:
    splitter = MessageSplitter()
    assert splitter.feed('{"a": [1') == []
    assert splitter.close() == [TextSlice('{"a": [1', 1, 1)]
    assert splitter.close() == []


def test_a_broken_line_does_not_swallow_the_next() -> None:
    assert [piece.text for piece in split_messages('{"a": "x\n{"b": 1}\n')] == ['{"a": "x\n', '{"b": 1}']
    assert [piece.text for piece in split_messages("}{}")] == ["}", "{}"]


@given(st.lists(_JSON.map(json.dumps), max_size=5), st.sampled_from([" ", "\n", "\r\n\t"]), st.integers(1, 7))
def test_splitting_does_not_depend_on_how_the_text_arrives(values: list[str], between: str, size: int) -> None:
    text = between.join(values)
    splitter = MessageSplitter()
    pieces = [piece for start in range(0, len(text), size) for piece in splitter.feed(text[start : start + size])]
    pieces += splitter.close()
    assert pieces == split_messages(text)
    assert [piece.text for piece in pieces] == values


@given(st.text(st.sampled_from('{}[]",\\ \n1a')), st.integers(1, 5))
def test_splitting_loses_nothing_but_white_space(text: str, size: int) -> None:
    splitter = MessageSplitter()
    pieces = [piece for start in range(0, len(text), size) for piece in splitter.feed(text[start : start + size])]
    pieces += splitter.close()
    end = 0
    for piece in pieces:
        assert not text[end : piece.offset].strip()
        assert text[piece.offset :].startswith(piece.text)
        end = piece.offset + len(piece.text)
    assert not text[end:].strip()
