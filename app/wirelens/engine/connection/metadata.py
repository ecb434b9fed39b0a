"""Metadata as gRPC carries it: ordered pairs, duplicates allowed, `-bin` values are bytes.

https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md (Custom-Metadata).
"""

import base64
import binascii
import re
from collections.abc import Iterable

from wirelens.engine.errors import MetadataError

Metadata = tuple[tuple[str, str | bytes], ...]

REDACTED = "<redacted>"

_NAME = re.compile(r"[0-9a-z_.-]+\Z")
_SENSITIVE_NAMES = {"authorization", "proxy-authorization", "cookie", "set-cookie"}
_SENSITIVE_PARTS = ("token", "secret", "key", "password")
_RESERVED = {"grpc-timeout": "set the deadline instead", "content-type": "gRPC sets it", "te": "gRPC sets it"}


def is_sensitive(name: str) -> bool:
    """Whether values under this name are credentials: never logged, exported or written to a plain file."""
    lowered = name.lower()
    return lowered in _SENSITIVE_NAMES or any(part in lowered for part in _SENSITIVE_PARTS)


def redacted(metadata: Metadata) -> Metadata:
    """The same pairs with sensitive values replaced."""
    return tuple((name, REDACTED if is_sensitive(name) else value) for name, value in metadata)


def value_as_text(value: str | bytes) -> str:
    """A value as people and JSON see it: binary values in base64."""
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def metadata_entry(name: str, text: str) -> tuple[str, str | bytes]:
    """One checked pair from what a person typed; a `-bin` value is given in base64, padded or not.

    Raises:
        MetadataError: the name or value cannot be sent, said why.
    """
    lowered = name.strip().lower()
    if not lowered:
        raise MetadataError("a metadata name is empty", place="metadata")
    if lowered in _RESERVED:
        raise MetadataError(
            f"{lowered} is not metadata to send", place=f"metadata {lowered}", next_step=_RESERVED[lowered]
        )
    if not _NAME.match(lowered):
        raise MetadataError(
            f"{name!r} is no metadata name: lower-case letters, digits, '-', '_' and '.' are allowed",
            place=f"metadata {name}",
        )
    if lowered.startswith("grpc-") and lowered not in ("grpc-trace-bin", "grpc-tags-bin"):
        raise MetadataError(f"{lowered} is reserved: names that start with grpc- are gRPC's own", place="metadata")
    if lowered.endswith("-bin"):
        return lowered, _decode_base64(lowered, text.strip())
    value = text.strip()
    for index, character in enumerate(value):
        if not " " <= character <= "~":
            raise MetadataError(
                f"character {index + 1} of the value ({character!r}) is not printable ASCII",
                place=f"metadata {lowered}",
                next_step="name it with -bin at the end and give the value in base64",
            )
    return lowered, value


def metadata_from_lines(lines: Iterable[str]) -> Metadata:
    """Pairs from `name: value` lines, as grpcurl's -H takes them.

    Raises:
        MetadataError: a line has no colon, or its name or value cannot be sent.
    """
    pairs: list[tuple[str, str | bytes]] = []
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon:
            first_word = (line.split() or [""])[0]  # what follows may be a credential
            raise MetadataError(f"what begins with {first_word!r} is not of the form 'name: value'", place="metadata")
        pairs.append(metadata_entry(name, value))
    return tuple(pairs)


def _decode_base64(name: str, text: str) -> bytes:
    try:
        padded = text.replace("-", "+").replace("_", "/").rstrip("=")
        return base64.b64decode(padded + "=" * (-len(padded) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise MetadataError(
            "the value of a -bin name is given in base64, and this is not", place=f"metadata {name}"
        ) from error
