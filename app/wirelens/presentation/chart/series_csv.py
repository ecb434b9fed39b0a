"""All points of the chart's tracks as CSV, a row for each message, written a piece at a time."""

import csv
import io
from collections.abc import Iterator, Sequence

from wirelens.engine.calls.transcript import EventKind, Transcript
from wirelens.presentation.chart.chart_choice import Measure
from wirelens.presentation.chart.tracks import Track

_ROWS = 4096
_WORDS = {EventKind.SENT: "sent", EventKind.RECEIVED: "received"}
_COLUMNS = {Measure.ARRIVAL: "messages", Measure.GAP: "gap_s", Measure.SIZE: "size_bytes"}


def csv_pieces(transcript: Transcript, tracks: Sequence[Track]) -> Iterator[str]:
    """The header, then the points of one track after the other: RFC 4180 with a row for each point.

    Columns: what is measured (`gap_s`, `size_bytes`, a field's path), direction, message number, seconds since the
    call began, value. Durations and moments are in seconds; floats are written so that they read back the same.
    """
    yield "series,direction,number,time_s,value\r\n"
    for track in tracks:
        name = _COLUMNS.get(track.key.measure, track.key.path)
        direction = _WORDS[track.key.kind]
        is_whole = track.key.measure in (Measure.ARRIVAL, Measure.SIZE)
        for start in range(0, track.curve.count, _ROWS):
            stop = min(start + _ROWS, track.curve.count)
            text = io.StringIO()
            writer = csv.writer(text)
            for at in range(start, stop):
                value = track.curve.values[at]
                number = transcript.message_number(track.curve.rows[at])
                shown = int(value) if is_whole else repr(value)
                writer.writerow((name, direction, number, repr(track.curve.times[at]), shown))
            yield text.getvalue()
