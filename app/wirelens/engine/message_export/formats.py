"""What messages can be written as."""

import enum


class MessageFormat(enum.Enum):
    """A form in which messages leave the program.

    JSON is one object for a single message and an array for several; NDJSON one object a line; CSV one record a
    message under a line of names (csv_columns says which); BASE64 the bytes of one message a line; HEX the bytes as
    hexadecimal digits, one message a line. FILES is one file of bytes for each message, in a folder. GRPC_FRAMES and
    VARINT_DELIMITED are all messages in one file, each behind its length: as gRPC sends them, uncompressed
    (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md: a zero byte, four bytes of length, big-endian),
    or as protobuf's `writeDelimitedTo` does.
    """

    JSON = "JSON"
    NDJSON = "NDJSON"
    CSV = "CSV"
    BASE64 = "base64"
    HEX = "hex"
    FILES = "one file for each message"
    GRPC_FRAMES = "gRPC frames"
    VARINT_DELIMITED = "varint-delimited messages"

    @property
    def is_text(self) -> bool:
        """Whether it can be pasted."""
        return self in _TEXTS

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder of files instead of one."""
        return self is MessageFormat.FILES

    @property
    def suffix(self) -> str:
        """How a file's name ends, with the dot; empty for a folder."""
        return _SUFFIXES[self]


_TEXTS = (MessageFormat.JSON, MessageFormat.NDJSON, MessageFormat.CSV, MessageFormat.BASE64, MessageFormat.HEX)
_SUFFIXES = {
    MessageFormat.JSON: ".json",
    MessageFormat.NDJSON: ".ndjson",
    MessageFormat.CSV: ".csv",
    MessageFormat.BASE64: ".base64.txt",
    MessageFormat.HEX: ".hex.txt",
    MessageFormat.FILES: "",
    MessageFormat.GRPC_FRAMES: ".grpc-frames.bin",
    MessageFormat.VARINT_DELIMITED: ".delimited.bin",
}
