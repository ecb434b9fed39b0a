"""The verb that prints a saved call, as `call` would have printed it when it was made."""

import argparse
import sys

from wirelens.command_line.calling import EventWriter, concluded, writer_for
from wirelens.command_line.output import EventsAsLines
from wirelens.command_line.program import complain
from wirelens.engine.calls.transcript import EventKind, Transcript
from wirelens.engine.calls.transcript_file import open_transcript
from wirelens.engine.errors import TranscriptError


async def show(options: argparse.Namespace) -> int:
    """Prints the call in FILE and returns the call's exit code.

    Raises:
        TranscriptError: this is no such file; where it is broken further down, once what stands before is printed.
    """
    saved = await open_transcript(options.file)
    transcript = saved.transcript
    try:
        # What was redacted when it was saved stays so; what was not was meant to be seen.
        writer = writer_for(options, saved.schema, saved.method, show_secrets=True)
        if writer is not None:
            _write(transcript, writer)
        if saved.problem is not None:
            raise saved.problem
        return concluded(options, transcript, saved.schema, writer)
    finally:
        transcript.close()


def _write(transcript: Transcript, writer: EventWriter) -> None:
    names = {EventKind.SENT: "sent", EventKind.RECEIVED: "message"}
    left_out = 0
    for row in range(len(transcript)):
        kind = transcript.kind(row)
        if row >= transcript.first_kept_row or kind not in names or not transcript.size(row):
            writer.write(transcript.event(row))
        elif isinstance(writer, EventsAsLines):
            writer.write_unkept(names[kind], transcript.at(row), transcript.size(row))
        else:
            left_out += kind is EventKind.RECEIVED
    sys.stdout.flush()
    if left_out:
        complain(TranscriptError(f"{left_out:,} older messages were no longer kept when the call was saved"))
