"""The rows of a message's tree, made from its bytes level by level: only what somebody opens is read."""

import base64
import json
from collections.abc import Sequence
from typing import Any

from google.protobuf.descriptor import Descriptor
from google.protobuf.message import DecodeError, Message
from google.protobuf.message_factory import GetMessageClass

from wirelens.engine.messages.fields import FieldKind, FieldShape, message_fields
from wirelens.engine.messages.json_writing import scalar_to_json
from wirelens.engine.messages.message_plan import WRAPPER_TYPES
from wirelens.engine.messages.preview import message_preview, payload_preview
from wirelens.engine.messages.protojson import message_to_json
from wirelens.engine.messages.wire.level import Content, ListContent, MapContent, MessageLevel, Spans, joined
from wirelens.engine.messages.wire.scalars import Scalar, scalar
from wirelens.engine.messages.wire.scanning import Buffer, Span, WireMistake, WireType, read_varint
from wirelens.engine.messages.wire.values import GuessKind, guess
from wirelens.engine.schema.schema import Schema
from wirelens.presentation.amounts import count_text, size_text
from wirelens.presentation.message_nodes import MessageNode, NodeContent, NodeRole, in_pages, progress_node
from wirelens.presentation.value_words import (
    LONGEST,
    broken_text,
    bytes_words,
    clipped,
    copied_text,
    first_bad_byte,
    scalar_words,
)

_HEAD = 4 * LONGEST + 4  # bytes in which there are as many characters
_CHECKED = 256 * 1024  # bytes of a text that is checked for being UTF-8: some 0.1 ms
_JOINED = 2**20  # bytes of a message in pieces that are put together for its line
_IN_ORDER = 5000  # entries of a map that are put in the order of their keys; sorting them takes some 2 ms
_SAID_IN_ONE_LINE = WRAPPER_TYPES | {f"google.protobuf.{name}" for name in ("Timestamp", "Duration", "FieldMask")}
_WIRE_TYPES = {
    WireType.VARINT: "varint",
    WireType.I64: "64 bits",
    WireType.LEN: "bytes",
    WireType.SGROUP: "group",
    WireType.I32: "32 bits",
}


def root_node(
    payload: Buffer,
    descriptor: Descriptor | None,
    schema: Schema | None,
    *,
    with_defaults: bool = False,
    patience: float | None = None,
) -> MessageNode:
    """The invisible row above a message's fields.

    Args:
        payload: the message as it came; nothing of it is copied, so it must stay as it is.
        descriptor: None where nothing is known of its type: all fields are unknown ones then.
        patience: seconds that making a row's children may take; a message that needs longer is not whole then, and
            whoever shows it has it `read_on`. None: it is read to its end.
    """
    data = memoryview(payload)
    maker = _RowMaker(data, schema, with_defaults, patience)
    spans = (Span(0, len(data)),)
    return maker.message("", "", "", descriptor, spans) if descriptor is not None else maker.guessed("", "", *spans)


class _RowMaker:
    """Makes rows with what all rows of one tree have in common."""

    def __init__(self, data: memoryview, schema: Schema | None, with_defaults: bool, patience: float | None) -> None:
        self._data = data
        self._schema = schema
        self._with_defaults = with_defaults
        self._patience = patience

    def message(
        self,
        name: str,
        path: str,
        type_name: str,
        descriptor: Descriptor,
        spans: Sequence[Span],
        documentation: str = "",
    ) -> MessageNode:
        size = sum(span.size for span in spans)
        has_children = bool(size) or (self._with_defaults and bool(descriptor.fields))
        node = MessageNode(
            name,
            lambda: clipped(self._line(descriptor, spans, size)),
            type_name or descriptor.name,
            NodeRole.SUMMARY,
            path,
            copy=lambda: self._json(descriptor, spans),
            make_children=(lambda: self._rows(node)) if has_children else None,
            make_level=lambda: MessageLevel(self._data, spans, descriptor),
            documentation=documentation,
            says_all=descriptor.full_name in _SAID_IN_ONE_LINE,
            size=size,
            spans=tuple(spans),
        )
        return node

    def guessed(self, name: str, path: str, span: Span) -> MessageNode:
        """Bytes that may be a message of a type that nobody named."""
        node = MessageNode(
            name,
            lambda: self._guessed_words(span),
            f"{_WIRE_TYPES[WireType.LEN]}, not in the schema",
            NodeRole.UNKNOWN,
            path,
            copy=lambda: base64.b64encode(self._data[slice(*span)]).decode(),
            make_children=lambda: self._rows(node),
            may_have_children=lambda: not path or guess(self._data, span).kind is GuessKind.MESSAGE,
            make_level=lambda: MessageLevel(self._data, [span], None),
            size=span.size,
            spans=(span,),
            content=NodeContent.BYTES,
        )
        return node

    def _rows(self, node: MessageNode) -> list[MessageNode]:
        node.read_on(self._patience)
        level, path = node.level, node.path
        assert level is not None
        rows: list[MessageNode] = []
        if level.descriptor is not None:
            if level.descriptor.full_name == "google.protobuf.Any":
                rows += self._any(level, level.descriptor, path)
            for shape in message_fields(level.descriptor):
                content = level.content(shape)
                if content is not None:
                    rows.append(self._field(level, shape, content, path))
                elif self._with_defaults and level.is_whole:
                    rows.append(self._unset(shape, path))
            for shape in level.extensions():
                content = level.content(shape)
                assert content is not None
                rows.append(self._field(level, shape, content, path))
        rows += self._unknown(level, path)
        rows += [self._mistake(level, mistake, path) for mistake in level.mistakes]
        return rows if level.is_whole else [*rows, progress_node(level, path)]

    def _field(self, level: MessageLevel, shape: FieldShape, content: Content, path: str) -> MessageNode:
        name = shape.path_name
        path = f"{path}.{name}" if path else name
        documentation = self._documentation(shape)
        if isinstance(content, MapContent):
            return self._map(level, shape, content, path, documentation)
        if isinstance(content, ListContent):
            return self._list(level, name, shape, content, path, documentation)
        spans = (content,) if isinstance(content, Span) else tuple(content)
        return self._single(name, shape, spans, path, _type_words(shape), documentation)

    def _single(
        self, name: str, shape: FieldShape, spans: Spans, path: str, type_name: str, documentation: str = ""
    ) -> MessageNode:
        if shape.descriptor.message_type is not None:
            return self.message(name, path, type_name, shape.descriptor.message_type, spans, documentation)
        text, role = self._scalar(shape, spans)
        if role is NodeRole.MISTAKE:
            type_name = f"{type_name} · not UTF-8"
        content = {FieldKind.STRING: NodeContent.TEXT, FieldKind.BYTES: NodeContent.BYTES}.get(shape.kind)
        return MessageNode(
            name,
            text,
            type_name,
            role,
            path,
            copy=lambda: copied_text(shape, self._value(shape, spans)),
            json=lambda: json.dumps(scalar_to_json(shape, self._value(shape, spans)), ensure_ascii=False),
            documentation=documentation,
            size=spans[-1].size if content is not None and spans else 0,
            spans=spans[-1:],
            content=content if spans else None,
        )

    def _list(
        self, level: MessageLevel, name: str, shape: FieldShape, values: ListContent, path: str, documentation: str
    ) -> MessageNode:
        element_type = shape.type_name.removeprefix("repeated ")

        def rows(start: int, end: int) -> list[MessageNode]:
            return [
                self._single(f"[{at}]", shape, (span,), f"{path}[{at}]", element_type)
                for at, span in enumerate(values[start:end], start)
            ]

        return MessageNode(
            name,
            _so_far(count_text(len(values), "element"), level),
            _type_words(shape),
            NodeRole.SUMMARY,
            path,
            copy=lambda: json.dumps([self._plain(shape, (span,)) for span in values], indent=2, ensure_ascii=False),
            make_children=lambda: in_pages(rows, len(values), path),
            documentation=documentation,
            size=min(level.size, abs(values[-1].end - values[0].start)),  # at most
            spans=(Span(values[0].start, values[-1].end),),
            position=values.position,
        )

    def _map(
        self, level: MessageLevel, shape: FieldShape, content: MapContent, path: str, documentation: str
    ) -> MessageNode:
        key_shape, value_shape = shape.key, shape.value
        assert key_shape is not None
        assert value_shape is not None

        def in_order() -> list[tuple[Scalar, Spans]]:
            return content.by_key() if len(content) <= _IN_ORDER else content.entries(0, len(content))

        def position(entry: Span) -> int | None:
            for at, (_, spans) in enumerate(in_order()):
                if any(entry.start <= span.start and span.end <= entry.end for span in spans):
                    return at
            return None

        def rows() -> list[MessageNode]:
            entries = in_order()

            def some(start: int, end: int) -> list[MessageNode]:
                made = []
                for key, spans in entries[start:end]:
                    word = scalar_words(key_shape, key)[0]
                    made.append(self._single(word, value_shape, spans, f"{path}[{word}]", value_shape.type_name))
                return made

            return in_pages(some, len(content), path)

        return MessageNode(
            shape.path_name,
            _so_far(f"{len(content):,} entries" if len(content) != 1 else "1 entry", level),
            _type_words(shape),
            NodeRole.SUMMARY,
            path,
            copy=lambda: json.dumps(
                {copied_text(key_shape, key): self._plain(value_shape, spans) for key, spans in content.by_key()},
                indent=2,
                ensure_ascii=False,
            ),
            make_children=rows,
            documentation=documentation,
            size=level.size,  # at most
            position=position,
        )

    def _unset(self, shape: FieldShape, path: str) -> MessageNode:
        path = f"{path}.{shape.name}" if path else shape.name
        if shape.has_presence or shape.kind.is_message or shape.is_repeated:
            text = "not sent" if shape.has_presence else "empty"
        else:
            text = scalar_words(shape, shape.default)[0]
        return MessageNode(
            shape.name,
            text,
            _type_words(shape),
            NodeRole.DEFAULT,
            path,
            copy=lambda: "" if shape.has_presence else text,
            documentation=self._documentation(shape),
        )

    def _any(self, level: MessageLevel, descriptor: Descriptor, path: str) -> list[MessageNode]:
        """What is in an Any, as its type; nothing where the schema lacks the type."""
        type_url, value = (level.content(shape) for shape in message_fields(descriptor))
        if self._schema is None or not isinstance(type_url, Span):
            return []
        url = bytes(self._data[slice(*type_url)]).decode("utf-8", "replace")
        inner = self._schema.resolve_type_url(url)
        if inner is None:
            return []
        spans = (value,) if isinstance(value, Span) else ()
        return [self.message("@value", f"{path}.@value" if path else "@value", inner.full_name, inner, spans)]

    def _unknown(self, level: MessageLevel, path: str) -> list[MessageNode]:
        def rows(start: int, end: int) -> list[MessageNode]:
            return [self._unknown_field(*level.unknown[at], path) for at in range(start, end)]

        return in_pages(rows, len(level.unknown), path)

    def _unknown_field(self, number: int, wire_type: WireType, span: Span, path: str) -> MessageNode:
        name = f"#{number}"
        path = f"{path}.{name}" if path else name
        if wire_type is WireType.SGROUP:
            node = MessageNode(
                name,
                "not in the schema",
                _WIRE_TYPES[wire_type],
                NodeRole.UNKNOWN,
                path,
                copy=lambda: "",
                make_children=lambda: self._rows(node),
                make_level=lambda: MessageLevel(self._data, [span], None),
                size=span.size,
                spans=(span,),
            )
            return node
        if wire_type is WireType.LEN:
            return self.guessed(name, path, span)
        text = str(self._number(wire_type, span))
        type_name = f"{_WIRE_TYPES[wire_type]}, not in the schema"
        return MessageNode(name, text, type_name, NodeRole.UNKNOWN, path, copy=lambda: text, spans=(span,))

    def _mistake(self, level: MessageLevel, mistake: WireMistake, path: str) -> MessageNode:
        of_what = f" as a {level.descriptor.full_name}" if level.descriptor is not None else ""
        return MessageNode(
            f"byte {mistake.start:,}",
            mistake.sentence,
            f"{size_text(mistake.end - mistake.start)} unread",
            NodeRole.MISTAKE,
            path,
            copy=lambda: mistake.sentence,
            documentation=f"From byte {mistake.start:,} to {mistake.end - 1:,} the message cannot be read{of_what}. "
            "Check that the schema is the server's, and reload it.",
            spans=(Span(mistake.start, mistake.end),),
        )

    # -- values

    def _value(self, shape: FieldShape, spans: Spans) -> Any:
        return scalar(self._data, shape, spans[-1]) if spans else shape.default

    def _scalar(self, shape: FieldShape, spans: Spans) -> tuple[str, NodeRole]:
        """A value on one line; of a long text only the beginning is looked at."""
        if not spans or shape.kind not in (FieldKind.STRING, FieldKind.BYTES):
            return scalar_words(shape, self._value(shape, spans))
        span = spans[-1]
        if shape.kind is FieldKind.BYTES:
            return self._bytes_words(span), NodeRole.STRING
        content = bytes(self._data[span.start : min(span.end, span.start + _CHECKED)])
        bad = first_bad_byte(content)
        if bad is None or (span.size > _CHECKED and bad >= _CHECKED - 3):  # else a character is cut
            return scalar_words(shape, content[:_HEAD].decode("utf-8", "ignore"))
        return broken_text(content), NodeRole.MISTAKE

    def _guessed_words(self, span: Span) -> str:
        """What the bytes say, and what they may be."""
        found = guess(self._data, span)
        if found.kind is GuessKind.TEXT:
            head = bytes(self._data[span.start : min(span.end, span.start + _HEAD)]).decode("utf-8", "ignore")
            return clipped(f"{clipped(json.dumps(head, ensure_ascii=False))}  {found.sentence}")
        if found.kind is GuessKind.BYTES:
            return self._bytes_words(span)
        return f"{found.sentence}  {size_text(span.size)}"

    def _bytes_words(self, span: Span) -> str:
        return bytes_words(bytes(self._data[span.start : min(span.end, span.start + 17)]), span.size)

    def _number(self, wire_type: WireType, span: Span) -> int:
        if wire_type is WireType.VARINT:
            return read_varint(self._data, *span)[0]
        return int.from_bytes(self._data[slice(*span)], "little")

    def _documentation(self, shape: FieldShape) -> str:
        return self._schema.comment(shape.descriptor.full_name) if self._schema is not None else ""

    def _line(self, descriptor: Descriptor, spans: Sequence[Span], size: int) -> str:
        if len(spans) == 1 or size > _JOINED:  # of a large one in pieces the line has only a beginning anyway
            largest = max(spans, key=lambda span: span.size)
            return payload_preview(self._data[slice(*largest)], descriptor, LONGEST)
        return payload_preview(joined(self._data, spans), descriptor, LONGEST)

    def _plain(self, shape: FieldShape, spans: Spans) -> Any:
        if shape.descriptor.message_type is not None:
            return json.loads(self._json(shape.descriptor.message_type, spans))
        return scalar_to_json(shape, self._value(shape, spans))

    def _json(self, descriptor: Descriptor, spans: Sequence[Span]) -> str:
        payload = joined(self._data, spans)
        try:
            message: Message = GetMessageClass(descriptor).FromString(payload)
        except DecodeError:
            return json.dumps(base64.b64encode(payload).decode())
        if self._schema is None:
            return message_preview(message, 2**31)
        return message_to_json(message, self._schema)


def _so_far(count: str, level: MessageLevel) -> str:
    return count if level.is_whole else f"{count} so far"


def _type_words(shape: FieldShape) -> str:
    return f"{shape.type_name} · oneof {shape.oneof}" if shape.oneof else shape.type_name
