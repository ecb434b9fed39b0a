"""The check of `buf.validate` rules as a child process of this program: `wirelens --rules-child SECONDS`.

The library of the rules holds the interpreter's lock for a whole check, and so does the reading of JSON text; neither
is done in the window's own process. The child reads the files of one schema, says that it is ready, and then answers
one question after another until its standard input ends, as it also does when the parent is killed.

Everything goes over the pipes in frames, a length of 8 bytes and that many bytes:

- the schema: the number of files, then name and FileDescriptorProto of each; the answer is an empty frame,
- a question: the full name of a message type and the message as JSON text; the answer is the findings as JSON.

A check that takes longer than SECONDS ends the child, even where nobody is there any more to stop it.
"""

import faulthandler
import json
import os
import struct
import sys
from collections.abc import Mapping, Sequence
from typing import BinaryIO

from wirelens.engine.errors import JsonError, MessageError, SchemaError
from wirelens.engine.messages.json_parser import parse_json
from wirelens.engine.messages.protojson import message_from_document
from wirelens.engine.messages.rule_places import marked
from wirelens.engine.messages.validation import NOTHING_FOUND, BrokenRule, RuleFindings, TextMark, broken_rules, prepare
from wirelens.engine.schema.file_table import FileTable
from wirelens.engine.schema.schema import Origin, Schema

MOST_TOLD = 500  # broken rules of one message; more marks than that help nobody
_LENGTH = struct.Struct(">Q")


def main(arguments: Sequence[str]) -> int:
    """Answers until standard input ends; `arguments` are the seconds that a check may take."""
    seconds = float(arguments[0])
    questions, answers = sys.stdin.buffer, sys.stdout.buffer
    try:
        schema = _read_schema(questions)
        prepare(schema)
        write_frame(answers, b"")
        with open(os.devnull, "w") as nowhere:
            while True:
                name = read_frame(questions).decode()
                text = read_frame(questions).decode("utf-8", "surrogatepass")
                # Its watchdog is no Python thread: it ends the process while the library holds the interpreter.
                faulthandler.dump_traceback_later(seconds, exit=True, file=nowhere)
                findings = findings_in_text(text, name, schema)
                faulthandler.cancel_dump_traceback_later()
                write_frame(answers, encoded(findings))
    except (EOFError, BrokenPipeError):
        return 0


def findings_in_text(text: str, message_name: str, schema: Schema) -> RuleFindings:
    """The rules that a message of JSON text breaks, each with its mark; nothing where the text has a mistake.

    Of more than MOST_TOLD the first are told.
    """
    try:
        descriptor = schema.descriptor(message_name)
        document = parse_json(text, comments=True)
        message = message_from_document(document, descriptor, schema)
    except (JsonError, MessageError, SchemaError):
        return NOTHING_FOUND  # the mistake is said, and comes first
    found = broken_rules(message, schema)
    problem = found.problem
    if len(found.broken) > MOST_TOLD:
        problem = problem or f"the first {MOST_TOLD} of {len(found.broken)} broken rules are told"
    return RuleFindings(tuple(marked(found.broken[:MOST_TOLD], document, descriptor, schema)), problem)


# -- frames


def write_schema(pipe: BinaryIO, files: Mapping[str, bytes]) -> None:
    """Write the files of a schema, as the child begins with."""
    write_frame(pipe, str(len(files)).encode())
    for name, data in files.items():
        write_frame(pipe, name.encode("utf-8", "surrogatepass"))
        write_frame(pipe, data)


def write_frame(pipe: BinaryIO, data: bytes) -> None:
    """Write one frame.

    Raises:
        OSError: nobody reads any more.
    """
    pipe.write(_LENGTH.pack(len(data)))
    pipe.write(data)
    pipe.flush()


def read_frame(pipe: BinaryIO) -> bytes:
    """Read one frame.

    Raises:
        EOFError: the pipe ended before or within it.
    """
    (length,) = _LENGTH.unpack(_read(pipe, _LENGTH.size))
    return _read(pipe, length)


def encoded(findings: RuleFindings) -> bytes:
    """Findings as they go over the pipe."""
    broken = [
        [one.steps, one.sentence, one.rule_id, one.for_key, None if one.mark is None else _mark_parts(one.mark)]
        for one in findings.broken
    ]
    return json.dumps([broken, findings.problem]).encode()


def decoded(data: bytes) -> RuleFindings:
    """Findings as they came over the pipe."""
    broken, problem = json.loads(data)
    return RuleFindings(
        tuple(
            BrokenRule(
                tuple(tuple(step) if isinstance(step, list) else step for step in steps),
                sentence,
                rule_id,
                for_key,
                None if mark is None else TextMark(*mark),
            )
            for steps, sentence, rule_id, for_key, mark in broken
        ),
        problem,
    )


def _mark_parts(mark: TextMark) -> tuple[int, int, int, int, str]:
    return mark.offset, mark.length, mark.line, mark.column, mark.missing


def _read_schema(pipe: BinaryIO) -> Schema:
    files: dict[str, bytes] = {}
    for _ in range(int(read_frame(pipe))):
        name = read_frame(pipe).decode("utf-8", "surrogatepass")
        files[name] = read_frame(pipe)
    return Schema(FileTable(files), (), Origin("the parent's"))


def _read(pipe: BinaryIO, length: int) -> bytes:
    data = pipe.read(length)
    if len(data) < length:
        raise EOFError
    return data
