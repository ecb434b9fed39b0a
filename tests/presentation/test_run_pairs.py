"""The answers of two calls by their numbers."""

from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot
from tests.presentation.answers import answers_schema, make, transcript_of

from wirelens.engine.calls.events import CompressedTotals, Status
from wirelens.engine.schema.schema import Schema
from wirelens.presentation.run_pairs import PairColumn, RunPairs
from wirelens.presentation.run_words import compared_figures
from wirelens.presentation.runs import AskedFor, Run

__all__ = ["answers_schema"]


def run(schema: Schema, number: int, *texts: str) -> Run:
    received = [make(schema, "Piece", delta=text) for text in texts]
    return Run(number, transcript_of(received=received, status=Status(0)), AskedFor(), "here:1")


def test_paired_by_number(qtbot: QtBot, qtmodeltester: ModelTester, answers_schema: Schema) -> None:
    first, second = run(answers_schema, 1, "a", "b", "c"), run(answers_schema, 4, "a", "x")
    pairs = RunPairs(first, second)
    qtmodeltester.check(pairs)  # type: ignore[no-untyped-call]
    qtbot.waitUntil(lambda: pairs.is_complete)
    assert [pairs.verdict(place) for place in range(pairs.rowCount())] == ["same", "different", "only in run 1"]
    assert pairs.rows(2) == (4, None)
    assert pairs.index(2, PairColumn.SECOND_SIZE).data() == ""
    assert pairs.index(0, PairColumn.FIRST_SIZE).data() == "3 B"
    first.transcript.close()
    assert "no longer kept" in pairs.verdict(0)


def test_figures_that_differ_are_marked_and_times_are_not(answers_schema: Schema) -> None:
    first, second = run(answers_schema, 1, "a", "b"), run(answers_schema, 2, "a")
    first.transcript.encodings = {}
    second.transcript.encodings = {"gzip": CompressedTotals(1, 20, 3)}
    figures = compared_figures(first, second)
    marked = [figure.caption for figure in figures if figure.is_different]
    assert marked == ["received", "received bytes", "encoding"]
    first.transcript.encodings = None  # a file of before this was kept
    figures = compared_figures(first, second)
    assert "encoding" not in [figure.caption for figure in figures if figure.is_different]
    words = {figure.caption: (figure.first, figure.second) for figure in figures}
    assert words["received"] == ("2 messages", "1 message")
    assert words["encoding"] == ("–", "gzip")
