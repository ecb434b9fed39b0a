"""Prepared messages in a file: one line of ProtoJSON each."""

from pathlib import Path

from wirelens.engine.errors import UsageError
from wirelens.presentation.draft.snapshot import Snapshot
from wirelens.presentation.history import History
from wirelens.presentation.prepared_messages import PreparedMessages, TakenMessages


def read_message_file(path: Path, messages: PreparedMessages) -> list[History[Snapshot]]:
    """The messages of an NDJSON file (or of concatenated JSON), in UTF-8; a broken one keeps its text.

    Raises:
        UsageError: the file cannot be read, is no text, or has no message in it.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(f"cannot be read: {error.strerror or error}", place=str(path)) from error
    except UnicodeDecodeError as error:
        raise UsageError(
            f"is no UTF-8 text: {error.reason} at byte {error.start}",
            place=str(path),
            next_step="messages are read from NDJSON: one JSON object a line",
        ) from error
    histories = messages.read(text)
    if not histories:
        raise UsageError("has no message in it", place=str(path), next_step="put one JSON object on each line")
    return histories


def write_message_file(path: Path, messages: TakenMessages) -> int:
    """Write messages; gives how many.

    Raises:
        MessageError: one of them is no message; it names it, and nothing is written.
        UsageError: the file cannot be written.
    """
    text = messages.ndjson()
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot be written: {error.strerror or error}", place=str(path)) from error
    return text.count("\n")
