"""Calls as grpcurl commands: copied from the window for a terminal, pasted from documentation into the window.

https://github.com/fullstorydev/grpcurl; flags as of its version 1.9.
"""

import math
import re
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from google.protobuf.message import Message

from wirelens.engine.connection.metadata import Metadata, metadata_entry, redacted, value_as_text
from wirelens.engine.connection.target import TlsSettings
from wirelens.engine.errors import MetadataError, UsageError
from wirelens.engine.messages.protojson import message_to_json
from wirelens.engine.shell_words import Shell, split_command

if TYPE_CHECKING:
    from wirelens.engine.schema.schema import Schema

_LONGEST_LINE = 100  # characters; a longer command is written over several lines
_LONGEST_ARGUMENT = 100_000  # bytes; Linux refuses one argument of 128 KiB, so longer messages go in by standard input


@dataclass(frozen=True, slots=True)
class GrpcurlCommand:
    """One call with everything that grpcurl can be told about it.

    `data` is the text of the request messages, JSON one after another; None where the command gives none. `verb` is
    "call", "list" or "describe", and `symbol` the method ("package.Service/Method") or what is listed or described.
    `notes` say what a parsed command holds that could not be taken over.
    """

    address: str = ""
    symbol: str = ""
    verb: str = "call"
    data: str | None = None
    metadata: Metadata = field(default=(), repr=False)  # may hold credentials
    plaintext: bool = False
    tls: TlsSettings = field(default_factory=TlsSettings)
    authority: str | None = None
    max_time: float | None = None  # seconds
    max_message_size: int | None = None  # bytes
    emit_defaults: bool = False
    proto_files: tuple[str, ...] = ()
    import_paths: tuple[str, ...] = ()
    descriptor_sets: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=(), compare=False)


def grpcurl_command(command: GrpcurlCommand, *, show_secrets: bool = False) -> str:
    """The command line for a POSIX shell; values of sensitive metadata are `<redacted>` unless asked for.

    For `data` take `grpcurl_json`: grpcurl reads a FieldMask otherwise than ProtoJSON writes it.
    """
    address, is_socket = _plain_address(command.address)
    arguments: list[list[str]] = []
    if command.plaintext:
        arguments.append(["-plaintext"])
    if is_socket:
        arguments.append(["-unix"])
    arguments.extend(_connection_arguments(command))
    arguments.extend(["-proto", name] for name in command.proto_files)
    arguments.extend(["-import-path", name] for name in command.import_paths)
    arguments.extend(["-protoset", name] for name in command.descriptor_sets)
    for name, value in command.metadata if show_secrets else redacted(command.metadata):
        arguments.append(["-H", f"{name}: {value_as_text(value)}"])
    if command.max_time is not None:
        arguments.append(["-max-time", f"{command.max_time:.15g}"])
    if command.max_message_size is not None:
        arguments.append(["-max-msg-sz", str(command.max_message_size)])
    if command.emit_defaults:
        arguments.append(["-emit-defaults"])
    by_standard_input = command.data is not None and len(command.data.encode("utf-8", "replace")) > _LONGEST_ARGUMENT
    if command.data is not None:
        arguments.append(["-d", "@" if by_standard_input else command.data])
    names = [address, command.symbol] if command.verb == "call" else [address, command.verb, command.symbol]
    arguments.append([name for name in names if name])
    written = _written([" ".join(map(shlex.quote, words)) for words in arguments])
    return f"{written} {_here_document(command.data or '')}" if by_standard_input else written


def grpcurl_json(message: Message, schema: "Schema", *, indent: int | None = None) -> str:
    """A message in the JSON that grpcurl reads: ProtoJSON, but a FieldMask as `{"paths": […]}`.

    grpcurl stands on Go's first jsonpb, which knows no FieldMask (fullstorydev/grpcurl#393).
    """
    return message_to_json(message, schema, indent=indent, field_masks_as_objects=True)


def parse_grpcurl(text: str, *, shell: Shell | None = None) -> GrpcurlCommand:
    """What a pasted grpcurl command says; what cannot be taken over is in its `notes`.

    Line continuations and quotes of POSIX shells, the Windows command prompt and PowerShell are understood, words
    before `grpcurl` (a prompt, sudo, docker run …) passed over, here-documents and `echo … |` taken as its input.

    Raises:
        UsageError: no grpcurl command, a quote that is never closed, a flag without its value.
    """
    line = split_command(text, shell)
    words = _after_program(line.words)
    reader = _FlagReader(words)
    reader.read()
    notes = [*line.notes, *reader.notes]
    data = reader.command.data
    if data == "@":
        data = line.standard_input
        if data is None:
            notes.append("-d @ reads the messages from standard input, which the command does not hold")
    return replace(reader.command, data=data, notes=tuple(notes))


def _connection_arguments(command: GrpcurlCommand) -> list[list[str]]:
    tls = command.tls
    arguments: list[list[str]] = []
    for flag, path in (("-cacert", tls.ca_file), ("-cert", tls.certificate_file), ("-key", tls.key_file)):
        if path is not None:
            arguments.append([flag, str(path)])
    if command.authority:
        arguments.append(["-authority", command.authority])
    elif tls.server_name:  # grpcurl refuses both at once, and verifies -authority as well
        arguments.append(["-servername", tls.server_name])
    return arguments


def _plain_address(address: str) -> tuple[str, bool]:
    """The address as grpcurl takes it, and whether it is the path of a Unix socket."""
    for prefix in ("grpc://", "grpcs://", "dns:///", "ipv4:", "ipv6:"):
        if address.startswith(prefix):
            return address.removeprefix(prefix), False
    if address.startswith("unix:"):
        path = address.removeprefix("unix:")
        return (path[2:] if path.startswith("//") else path), True
    return address, False


def _written(groups: Sequence[str]) -> str:
    line = " ".join(["grpcurl", *groups])
    if len(line) <= _LONGEST_LINE and "\n" not in line:
        return line
    return " \\\n  ".join(["grpcurl", *groups])


def _here_document(data: str) -> str:
    delimiter = "MESSAGES"
    while re.search(rf"^{delimiter}$", data, re.MULTILINE):
        delimiter += "_"
    return f"<<'{delimiter}'\n{data}\n{delimiter}"


def _after_program(words: Sequence[str]) -> list[str]:
    """The words behind `grpcurl`, `/usr/bin/grpcurl`, `grpcurl.exe` or the image `fullstorydev/grpcurl:latest`."""
    for index, word in enumerate(words):
        if re.fullmatch(r"(?i)(?:.*[/\\])?grpcurl(?:\.exe)?(?::[\w.-]+)?", word):
            return list(words[index + 1 :])
    raise UsageError(
        "this is no grpcurl command",
        place="grpcurl",
        next_step="paste a command like grpcurl -plaintext -d '{}' localhost:50051 package.Service/Method",
    )


class _FlagReader:
    """Go's flag package: -name value, -name=value, --name; a flag that is true or false takes its value by = only."""

    def __init__(self, words: Sequence[str]) -> None:
        self.command = GrpcurlCommand()
        self.notes: list[str] = []
        self._words = list(words)
        self._names: list[str] = []
        self._after_unknown: list[int] = []  # positions in _names of words that may be an unknown flag's value
        self._is_socket = False

    def read(self) -> None:
        """Take all words."""
        while self._words:
            word = self._words.pop(0)
            flag = re.fullmatch(r"--?([A-Za-z][\w-]*)(?:=(.*))?", word, re.DOTALL)
            if word == "--":
                self._names.extend(self._words)
                break
            if flag is None:
                self._names.append(word)
            else:
                self._flag(flag[1], flag[2])
        self._take_names()

    def _flag(self, name: str, value: str | None) -> None:
        if name in _SWITCHES:
            is_on = value is None or value.lower() in ("1", "t", "true")
            if is_on:
                _SWITCHES[name](self)
        elif name in _VALUES:
            if value is None:
                if not self._words:
                    raise UsageError(f"-{name} needs a value", place=f"-{name}")
                value = self._words.pop(0)
            _VALUES[name](self, value)
        else:
            self.notes.append(f"-{name} is not known and was left out")
            if value is None and self._words and not self._words[0].startswith("-"):
                self._after_unknown.append(len(self._names))

    def _take_names(self) -> None:
        """Address, verb and symbol, once the values of unknown flags are told from them."""
        while len(self._names) > 2 and self._after_unknown and self._names[0] not in ("list", "describe"):
            self._names.pop(self._after_unknown.pop())
        names = list(self._names)
        verb, address, symbol = "call", "", ""
        if names and names[0] not in ("list", "describe"):
            address = names.pop(0)
        if names and names[0] in ("list", "describe"):
            verb = names.pop(0)
        if names:
            symbol = names.pop(0).lstrip("/")
        if names:
            self.notes.append(f"{' '.join(names)} was left out: a command has an address and a method")
        if verb == "call" and not (address and symbol):
            missing = "method" if address else "address and no method"
            raise UsageError(
                f"the command names no {missing}",
                place="grpcurl",
                next_step="write grpcurl ADDRESS package.Service/Method",
            )
        if self._is_socket and address and not address.startswith("unix:"):
            address = f"unix:{address}"
        self.set(address=address, symbol=symbol, verb=verb)

    def set(self, **changes: Any) -> None:
        """Note what one flag says."""
        self.command = replace(self.command, **changes)

    def add(self, name: str, value: str) -> None:
        """Note one more value of a flag that may be repeated."""
        self.set(**{name: (*getattr(self.command, name), value)})

    def set_tls(self, **changes: Any) -> None:
        """Note one of the TLS settings."""
        self.set(tls=replace(self.command.tls, **changes))

    def use_socket(self) -> None:
        """The address is the path of a Unix socket."""
        self._is_socket = True

    def add_header(self, text: str) -> None:
        """`name: value`; what is no metadata is said."""
        name, colon, value = text.partition(":")
        if not colon:
            self.notes.append("a header without a colon was left out")
            return
        try:
            self.set(metadata=(*self.command.metadata, metadata_entry(name, value)))
        except MetadataError as error:
            self.notes.append(f"the header {name.strip()} was left out: {error.message}")

    def number(self, flag: str, text: str) -> float | None:
        """A positive number; what is none is said. 0 means no limit, as in grpcurl."""
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if not math.isfinite(number) or number < 0:
            self.notes.append(f"-{flag} {text} was left out: it is no number of seconds or bytes")
            return None
        return number or None

    def leave_out(self, flag: str, why: str) -> None:
        """Say that a known flag has no counterpart here."""
        self.notes.append(f"-{flag} was left out: {why}")


def _size(reader: _FlagReader, text: str) -> None:
    number = reader.number("max-msg-sz", text)
    reader.set(max_message_size=None if number is None else int(number))


def _format(reader: _FlagReader, text: str) -> None:
    if text != "json":
        reader.leave_out(f"format {text}", "messages are JSON here")


def _nothing(reader: _FlagReader) -> None:
    """A flag about grpcurl's own output."""


def _left_out(flag: str, why: str) -> Callable[[_FlagReader], None]:
    return lambda reader: reader.leave_out(flag, why)


def _value_left_out(flag: str, why: str) -> Callable[[_FlagReader, str], None]:
    return lambda reader, _: reader.leave_out(flag, why)


_SWITCHES: dict[str, Callable[[_FlagReader], None]] = {
    "plaintext": lambda reader: reader.set(plaintext=True),
    "unix": _FlagReader.use_socket,
    "emit-defaults": lambda reader: reader.set(emit_defaults=True),
    "insecure": _left_out("insecure", "certificates are always verified; name the server's CA (-cacert) instead"),
    "expand-headers": _left_out("expand-headers", "${NAME} in headers stands as it is"),
    "allow-unknown-fields": _left_out("allow-unknown-fields", "a field that the schema lacks is an error here"),
    "keep-proto-names": _left_out("keep-proto-names", "answers are shown with their JSON names"),
    "alts": _left_out("alts", "ALTS is not spoken here"),
    "msg-template": _nothing,
    "format-error": _nothing,
    "use-reflection": _nothing,
    "v": _nothing,
    "vv": _nothing,
    "help": _nothing,
    "version": _nothing,
}

_VALUES: dict[str, Callable[[_FlagReader, str], None]] = {
    "d": lambda reader, value: reader.set(data=value),
    "H": _FlagReader.add_header,
    "rpc-header": _FlagReader.add_header,
    "reflect-header": _value_left_out("reflect-header", "reflection gets the call's metadata; add it there"),
    "cacert": lambda reader, value: reader.set_tls(ca_file=Path(value)),
    "cert": lambda reader, value: reader.set_tls(certificate_file=Path(value)),
    "key": lambda reader, value: reader.set_tls(key_file=Path(value)),
    "servername": lambda reader, value: reader.set_tls(server_name=value),
    "authority": lambda reader, value: reader.set(authority=value),
    "max-time": lambda reader, value: reader.set(max_time=reader.number("max-time", value)),
    "max-msg-sz": _size,
    "proto": lambda reader, value: reader.add("proto_files", value),
    "import-path": lambda reader, value: reader.add("import_paths", value),
    "protoset": lambda reader, value: reader.add("descriptor_sets", value),
    "format": _format,
    "connect-timeout": _value_left_out("connect-timeout", "the deadline covers connecting too"),
    "keepalive-time": _value_left_out("keepalive-time", "keepalive is not set here"),
    "user-agent": _value_left_out("user-agent", "gRPC sends its own"),
    "protoset-out": _value_left_out("protoset-out", "export the schema instead"),
    "proto-out-dir": _value_left_out("proto-out-dir", "export the schema instead"),
    "alts-handshaker-service": _value_left_out("alts-handshaker-service", "ALTS is not spoken here"),
    "alts-target-service-account": _value_left_out("alts-target-service-account", "ALTS is not spoken here"),
}
