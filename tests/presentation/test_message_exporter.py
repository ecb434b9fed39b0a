"""Copying and saving in the background: small at once, long with progress, cancelled, too large, refused."""

from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray
from pytestqt.qtbot import QtBot
from tests.presentation.answers import answers_schema, decoder, make, transcript_of
from tests.waiting import until

from wirelens.engine.calls.transcript import Transcript
from wirelens.engine.message_export.formats import MessageFormat
from wirelens.engine.schema.schema import Schema
from wirelens.presentation.message_exporter import ExportState, MessageExporter

__all__ = ["answers_schema"]


@pytest.fixture
def many(answers_schema: Schema) -> Transcript:
    return transcript_of((), [make(answers_schema, "Answer", large=number) for number in range(20_000)])


def running(exporter: MessageExporter) -> bool:
    return exporter.state is ExportState.RUNNING


def test_a_few_messages_are_copied_at_once(qtbot: QtBot, answers_schema: Schema) -> None:
    exporter = MessageExporter()
    transcript = transcript_of((), [make(answers_schema, "Answer", text="x"), b"\xff"])
    with qtbot.waitSignal(exporter.text_ready, timeout=0) as text:
        exporter.copy(transcript, range(len(transcript)), MessageFormat.BASE64, decoder(answers_schema), 4)
    assert text.args == [b"CgF4\n/w=="]
    assert (exporter.state, exporter.has_notes) == (ExportState.DONE, False)
    exporter.copy(transcript, range(len(transcript)), MessageFormat.NDJSON, decoder(answers_schema), 4)
    assert exporter.sentence.startswith("2 messages copied as NDJSON. 1 message cannot be decoded")
    assert exporter.has_notes


async def test_a_long_export_shows_how_far_it_is(
    qtbot: QtBot, answers_schema: Schema, many: Transcript, tmp_path: Path
) -> None:
    exporter = MessageExporter(patience_ms=0)
    seen: list[float] = []
    exporter.changed.connect(lambda: seen.append(exporter.progress) if exporter.is_told else None)
    path = tmp_path / "messages.csv"
    exporter.save(many, range(len(many)), MessageFormat.CSV, decoder(answers_schema), path)
    await until(lambda: not running(exporter), exporter.changed)
    assert exporter.sentence == "20,000 messages saved to messages.csv."
    assert len(path.read_bytes().splitlines()) == 20_001
    assert seen == sorted(seen)
    assert 0 <= seen[0] < seen[-1] <= 1


async def test_cancelling_leaves_nothing(
    qtbot: QtBot, answers_schema: Schema, many: Transcript, tmp_path: Path
) -> None:
    exporter = MessageExporter(patience_ms=0)
    exporter.save(many, range(len(many)), MessageFormat.NDJSON, decoder(answers_schema), tmp_path / "messages")
    await until(lambda: exporter.is_told and exporter.progress > 0.05, exporter.changed)
    assert len(list(tmp_path.iterdir())) == 1
    exporter.cancel()
    assert exporter.state is ExportState.NONE
    await exporter.aclose()
    assert list(tmp_path.iterdir()) == []


async def test_another_export_takes_the_place_of_the_one_before(
    qtbot: QtBot, answers_schema: Schema, many: Transcript, tmp_path: Path
) -> None:
    exporter = MessageExporter()
    texts: list[QByteArray] = []
    exporter.text_ready.connect(texts.append)
    exporter.save(many, range(len(many)), MessageFormat.NDJSON, decoder(answers_schema), tmp_path / "messages")
    exporter.copy(many, range(2, 12_000), MessageFormat.BASE64, decoder(answers_schema), 2**20)
    await until(lambda: not running(exporter), exporter.changed)
    assert texts[0].count(b"\n") + 1 == 11_998
    assert list(tmp_path.iterdir()) == []


async def test_too_much_for_the_clipboard_is_told_as_such(
    qtbot: QtBot, answers_schema: Schema, many: Transcript
) -> None:
    exporter = MessageExporter(largest_text=2**17)
    exporter.copy(many, range(len(many)), MessageFormat.NDJSON, decoder(answers_schema), 2**20)
    await until(lambda: not running(exporter), exporter.changed)
    assert exporter.state is ExportState.TOO_LARGE
    assert exporter.error is not None
    assert exporter.error.next_step == "save them to a file, or select fewer"
    exporter.dismiss()
    assert exporter.state is ExportState.NONE


async def test_a_place_that_cannot_be_written_is_told(
    qtbot: QtBot, answers_schema: Schema, many: Transcript, tmp_path: Path
) -> None:
    exporter = MessageExporter()
    exporter.save(many, range(3), MessageFormat.NDJSON, decoder(answers_schema), tmp_path / "no" / "messages")
    await until(lambda: not running(exporter), exporter.changed)
    assert exporter.state is ExportState.FAILED
    assert exporter.error is not None
    assert "no/messages" in exporter.error.one_line()
