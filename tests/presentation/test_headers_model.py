"""Headers and trailers as a table."""

import json

from pytestqt.modeltest import ModelTester
from tests.presentation.answers import transcript_of

from wirelens.engine.calls.events import Status
from wirelens.presentation.headers_model import HeadersColumn, HeadersModel


def table(model: HeadersModel) -> list[list[str]]:
    return [[model.data(model.index(row, column)) for column in HeadersColumn] for row in range(model.rowCount())]


def test_pairs_in_the_servers_order_with_secrets_hidden(qtmodeltester: ModelTester) -> None:
    model = HeadersModel()
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]
    transcript = transcript_of(
        headers=(("a", "1"), ("a", "2"), ("trace-bin", b"\x00\xff")),
        status=Status(0, trailers=(("session-token", "hush"),)),
    )
    model.set_transcript(transcript)
    assert table(model) == [
        ["headers", "a", "1", "1 B"],
        ["headers", "a", "2", "1 B"],
        ["headers", "trace-bin", "AP8=", "2 B"],
        ["trailers", "session-token", "<redacted>", "4 B"],
    ]
    assert model.has_secrets
    assert model.summary == "4 pairs, 32 B"
    assert model.value_bytes(2) == b"\x00\xff"
    assert model.as_text() == "a: 1\na: 2\ntrace-bin: AP8=\nsession-token: <redacted>"
    assert json.loads(model.as_json()) == {
        "headers": [["a", "1"], ["a", "2"], ["trace-bin", "AP8="]],
        "trailers": [["session-token", "<redacted>"]],
    }
    assert json.loads(model.as_json([1])) == {"headers": [["a", "2"]]}
    model.set_shows_secrets(True)
    assert table(model)[3][2] == "hush"
    assert json.loads(model.as_json([3])) == {"trailers": [["session-token", "hush"]]}
    assert model.line(0) == "a: 1"
    model.set_transcript(None)
    assert table(model) == []
