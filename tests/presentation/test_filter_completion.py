"""What is offered while a filter is typed, and the parts of filters that are made of what a person points at."""

import base64

import pytest
from tests.presentation.answers import answers_schema, decoder, make, transcript_of
from tests.presentation.draft.schemas import extended_schema

from wirelens.engine.calls.transcript import EventKind
from wirelens.engine.messages.message_filter.message_filter import compiled_filter
from wirelens.engine.schema.schema import Schema
from wirelens.presentation.filter_clauses import joined, row_clauses, value_clause
from wirelens.presentation.filter_completion import FilterCompleter
from wirelens.presentation.timeline_model import TimelineModel

__all__ = ["answers_schema", "extended_schema"]


@pytest.fixture
def completer(answers_schema: Schema) -> FilterCompleter:
    return FilterCompleter(
        answers_schema.descriptor("answers.test.Ask"), answers_schema.descriptor("answers.test.Answer")
    )


def offered(completer: FilterCompleter, text: str, cursor: int | None = None) -> list[str]:
    found = completer.completions(text, len(text) if cursor is None else cursor)
    return [entry.label for entry in found.entries]


def accepted(completer: FilterCompleter, text: str) -> str:
    """The text with the first entry in its place."""
    found = completer.completions(text, len(text))
    return text[: found.start] + found.entries[0].text + text[found.end :]


def test_fields_of_both_directions_facts_and_not_begin_an_expression(completer: FilterCompleter) -> None:
    names = offered(completer, "")
    assert names[:3] == ["text", "large", "larger"]
    assert {"prompt", "direction", "gap", "at", "number", "not"} <= set(names)
    assert ".size" in names  # Ask's field; `size` is that of the message
    assert "size" in names
    assert ".at" in names
    assert not {"and", "or"} & set(names)


def test_what_begins_so_comes_first(completer: FilterCompleter) -> None:
    assert offered(completer, "larg") == ["large", "larger"]
    assert offered(completer, "number")[:2] == ["numbers", "number"]
    assert "by_number" in offered(completer, "number")
    assert offered(completer, "larg", 0)[0] == "text"
    assert offered(completer, "xyzzy") == []


def test_fields_below_a_message_and_a_list(completer: FilterCompleter) -> None:
    assert "ratio" in offered(completer, "inner.")
    assert offered(completer, "inner.more[].rat") == ["ratio"]
    assert offered(completer, "by_name[a.b].rat") == ["ratio"]
    assert offered(completer, "inner.more[0].inner.mo") == ["mood", "more"]
    assert offered(completer, "text.") == []
    assert offered(completer, "wrapped.") == []
    assert accepted(completer, "inner.mor") == "inner.more[]"
    assert accepted(completer, "not by_nam") == "not by_name["


def test_values_of_enums_bools_and_directions(completer: FilterCompleter) -> None:
    assert offered(completer, "mood = ") == ["MOOD_NONE", "MOOD_GOOD"]
    assert offered(completer, "mood=go") == ["MOOD_GOOD"]
    assert offered(completer, "inner.known = ") == ["true", "false"]
    assert offered(completer, "direction: ") == ["received", "sent"]
    assert offered(completer, "large > ") == []
    assert accepted(completer, "text = x and mood != ") == "text = x and mood != MOOD_NONE "


def test_operators_and_joining_words_stand_behind_a_field(completer: FilterCompleter) -> None:
    assert offered(completer, "text ") == ["=", "!=", "<", "<=", ">", ">=", "~", "!~", "and", "or"]
    assert offered(completer, "mood ") == ["=", "!=", "~", "!~", "and", "or"]
    assert offered(completer, "inner ") == ["and", "or"]
    assert offered(completer, "size ") == ["=", "!=", "<", "<=", ">", ">=", "and", "or"]
    assert offered(completer, "hello ") == ["and", "or"]
    assert "and" in offered(completer, 'text = "a" an')


def test_nothing_is_offered_within_quotation_marks(completer: FilterCompleter) -> None:
    assert offered(completer, '"tex') == []
    assert offered(completer, 'text = "') == []
    assert offered(completer, '"text"') == []


def test_every_path_that_is_offered_makes_sense(completer: FilterCompleter, answers_schema: Schema) -> None:
    ask, answer = (answers_schema.descriptor(f"answers.test.{name}") for name in ("Ask", "Answer"))
    for start in ("", "inner.", "more[]."):
        for entry in completer.completions(start, len(start)).entries:
            if entry.kind.value == "field":
                path = start + entry.text.removesuffix("[")
                assert compiled_filter(path, ask, answer, answers_schema) is not None


@pytest.mark.parametrize(
    ("path", "copied", "clause"),
    [
        ("large", "9223372036854775807", "large = 9223372036854775807"),
        ("text", 'say "hi"\n', 'text = "say \\"hi\\"\\n"'),
        ("text", "", 'text = ""'),
        ("mood", "MOOD_GOOD", "mood = MOOD_GOOD"),
        ("mood", "7", "mood = 7"),
        ("data", base64.b64encode(b"\xc0\xff").decode(), "data = 0xc0ff"),
        ("numbers[2]", "-3", "numbers[] = -3"),
        ("numbers", "[\n 1\n]", "numbers"),
        ("inner.ratio", "0.1", "inner.ratio = 0.1"),
        ("inner.ratio", "-Infinity", "inner.ratio = -Infinity"),
        ("more[3].inner", "{}", "more[].inner"),
        ('by_name["a b"].text', "x", 'by_name["a b"].text = "x"'),
        ('by_name["a"].text', "x", 'by_name[a].text = "x"'),
        ("by_number[-7]", "x", 'by_number[-7] = "x"'),
        ("at", '"2026-01-31T12:00:00Z"', ".at = 2026-01-31T12:00:00Z"),
        ("wrapped", '"42"', "wrapped = 42"),
        ("known", "true", "known = true"),
        ("detail.@value.text", "x", None),
        ("99", "x", None),
        ("text", "x" * 10_000, None),
    ],
)
def test_a_value_in_a_message_as_a_clause(answers_schema: Schema, path: str, copied: str, clause: str | None) -> None:
    answer = answers_schema.descriptor("answers.test.Answer")
    made = value_clause(path, copied, answer)
    assert made == clause
    if made is not None:
        assert compiled_filter(made, answer, answer, answers_schema) is not None


def test_a_row_as_clauses(answers_schema: Schema) -> None:
    ask, answer = make(answers_schema, "Ask", prompt="hi"), make(answers_schema, "Answer", text="ho")
    transcript = transcript_of([ask], [answer])
    model = TimelineModel()
    model.set_transcript(transcript, decoder(answers_schema))
    assert row_clauses(transcript, 0, model.gap(0)) == ["direction: sent", "size >= 4B"]
    last = len(transcript) - 1
    assert transcript.kind(last) is EventKind.RECEIVED
    clauses = row_clauses(transcript, last, model.gap(last))
    assert clauses == ["direction: received", "size >= 4B", "gap >= 30.0ms"]
    assert row_clauses(transcript, 1, None) == []
    for clause in clauses:
        assert compiled_filter(clause, ask.DESCRIPTOR, answer.DESCRIPTOR, answers_schema) is not None


def test_clauses_are_joined() -> None:
    assert joined("", "b") == "b"
    assert joined("a ", "b") == "a and b"
    assert joined("a or c", "b") == "(a or c) and b"
    assert joined('"a or c"', "b") == '"a or c" and b'
    assert joined('"a', "b") == "b"
    assert joined("b", "b") == "b"


def test_extensions_are_offered_in_brackets(extended_schema: Schema) -> None:
    metric = extended_schema.descriptor("open.test.Metric")
    completer = FilterCompleter(metric, metric)
    assert "[open.test.load]" in offered(completer, "")
    assert offered(completer, "[open.test.l") == ["[open.test.load]", "[open.test.label]"]
    assert accepted(completer, "[open.test.lo") == "[open.test.load]"
    assert accepted(completer, "own = 1 and inner.[open.test.c") == "own = 1 and inner.[open.test.cores][]"
    assert offered(completer, "[open.test.part].") == ["number", "[open.test.Holder.HasField]"]
    assert ">" in offered(completer, "[open.test.load] ")


def test_an_extension_within_a_message_as_a_clause(extended_schema: Schema) -> None:
    metric = extended_schema.descriptor("open.test.Metric")
    made = value_clause("inner.[open.test.load]", "0.5", metric)
    assert made == "inner.[open.test.load] = 0.5"
    assert compiled_filter(made, metric, metric, extended_schema) is not None
