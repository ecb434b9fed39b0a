"""Every error the engine raises, and what the person can do about each.

WirelensError
├── UsageError                 an argument or setting that cannot be meant (exit code 2)
│   ├── AddressError           an address that names no server
│   ├── FilterError            a filter expression that cannot be meant; carries its place
│   ├── MetadataError          a metadata name or value that gRPC does not allow
│   └── TlsSettingsError       certificates that are missing, unreadable or do not belong together
├── SchemaError                no schema, or not the part that was asked for
│   ├── ReflectionError        the server's reflection failed; carries its status code
│   ├── ProtoFileError         .proto files that do not compile; carries every diagnostic
│   ├── DescriptorSetError     a file that is no descriptor set, or lacks what it imports
│   └── UnknownSymbolError     no such service, method or type in the schema
├── MessageError               bytes or JSON that are not the message they should be
│   ├── JsonError              a mistake in JSON text; carries line, column and field path
│   └── DecodeError            bytes that are no such message
├── CallStateError             a call asked for what it cannot do now (send after half-close)
├── TranscriptError            the record of a call cannot be kept or read (disk full)
├── DemoServerError            a bundled demo server that did not start or died
└── StorageError               settings or saved state that cannot be read or written

A gRPC status other than OK is an answer, not an exception: it is the last event of a call.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import grpc  # only named: the window shows errors before it has loaded grpc


def printable(text: str) -> str:
    """A server's words without control characters: they end on a terminal."""
    return "".join(character if character.isprintable() else " " for character in text)


class WirelensError(Exception):
    """What went wrong, where, and what to do next.

    Args:
        message: one sentence without a full stop at its end being required.
        place: file:line:column, field path, address or step; empty where the message names it.
        next_step: what the person can do; empty where nothing sensible can be said.
    """

    def __init__(self, message: str, *, place: str = "", next_step: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.place = place
        self.next_step = next_step

    def one_line(self) -> str:
        """The whole error on one line, as the headless command prints it."""
        where = f"{self.place}: " if self.place else ""
        then = f" ({self.next_step})" if self.next_step else ""
        return " ".join(f"{where}{self.message}{then}".split())

    def __str__(self) -> str:
        return self.one_line()


class UsageError(WirelensError):
    """An argument or setting that cannot be meant."""


class AddressError(UsageError):
    """An address that names no server."""


class FilterError(UsageError):
    """A filter expression that cannot be meant; `offset` and `length` count characters of it."""

    def __init__(self, message: str, *, offset: int, length: int = 1, next_step: str = "") -> None:
        super().__init__(message, place=f"column {offset + 1}", next_step=next_step)
        self.offset = offset
        self.length = length


class MetadataError(UsageError):
    """A metadata name or value that gRPC does not allow."""


class TlsSettingsError(UsageError):
    """Certificates that are missing, unreadable or do not belong together."""


class SchemaError(WirelensError):
    """No schema, or not the part that was asked for."""


class ReflectionError(SchemaError):
    """The server's reflection failed.

    `code` is what the stream ended with, or the code inside the server's error response;
    UNIMPLEMENTED means that the server offers neither v1 nor v1alpha.
    """

    def __init__(self, message: str, *, code: "grpc.StatusCode", place: str = "", next_step: str = "") -> None:
        super().__init__(message, place=place, next_step=next_step)
        self.code = code


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One thing the .proto compiler said. `line` and `column` are 1-based, 0 where it named none."""

    file: str
    line: int
    column: int
    text: str
    is_warning: bool = False
    source_line: str = ""  # the line of the file it speaks of, where there is one

    @property
    def place(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


class ProtoFileError(SchemaError):
    """.proto files that do not compile. The message is the first diagnostic's, `diagnostics` has all."""

    def __init__(
        self, message: str, *, diagnostics: tuple[Diagnostic, ...] = (), place: str = "", next_step: str = ""
    ) -> None:
        super().__init__(message, place=place, next_step=next_step)
        self.diagnostics = diagnostics


class DescriptorSetError(SchemaError):
    """A file that is no descriptor set, or lacks what it imports."""


class UnknownSymbolError(SchemaError):
    """No such service, method or type in the schema."""


class MessageError(WirelensError):
    """Bytes or JSON that are not the message they should be."""


class JsonError(MessageError):
    """A mistake in JSON text.

    `line` and `column` are 1-based, `offset` and `length` count characters of the text,
    `field_path` is like `user.tags[2]` (empty for the message itself).
    """

    def __init__(
        self,
        message: str,
        *,
        line: int,
        column: int,
        offset: int,
        length: int = 1,
        field_path: str = "",
        next_step: str = "",
    ) -> None:
        place = f"{line}:{column}" + (f" {field_path}" if field_path else "")
        super().__init__(message, place=place, next_step=next_step)
        self.line = line
        self.column = column
        self.offset = offset
        self.length = length
        self.field_path = field_path


class DecodeError(MessageError):
    """Bytes that are no such message."""


class CallStateError(WirelensError):
    """A call asked for what it cannot do now, such as a send after half-close."""


class TranscriptError(WirelensError):
    """The record of a call cannot be kept or read."""


class DemoServerError(WirelensError):
    """A bundled demo server that did not start, or died."""


class StorageError(WirelensError):
    """Settings or saved state that cannot be read or written."""
