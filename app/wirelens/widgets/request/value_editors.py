"""Which editor a value gets."""

from typing import Protocol, cast

from PySide6.QtWidgets import QWidget

from wirelens.engine.messages.fields import FieldKind, FieldShape
from wirelens.presentation.draft.field_index import (
    STRING_TYPES,
    TYPE_KEY,
    Structure,
    scalar_shape,
    structure_of,
)
from wirelens.presentation.draft.paths import Path
from wirelens.widgets.request.bytes_editor import BytesEditor
from wirelens.widgets.request.duration_editor import DurationEditor
from wirelens.widgets.request.field_mask_editor import FieldMaskEditor
from wirelens.widgets.request.form_context import FormContext
from wirelens.widgets.request.leaf_editors import BoolEditor, EnumEditor, LineEditor, StringEditor
from wirelens.widgets.request.timestamp_editor import TimestampEditor
from wirelens.widgets.request.type_editor import TypeEditor


class ShowsValue(Protocol):
    """An editor of the value at one path."""

    def refresh(self) -> None:
        """Show what the draft has, without disturbing what is being typed."""
        ...


def stands_below(shape: FieldShape) -> bool:
    """Whether what the field holds needs the form's whole width, below its name, and can be folded away."""
    if not shape.is_map:
        return structure_of(shape) is not Structure.LEAF
    return shape.value is not None and needs_room(shape.value)


def needs_room(element: FieldShape) -> bool:
    """Whether a map's value leaves no room for its key beside it."""
    return (
        structure_of(element) is not Structure.LEAF
        or element.message_name in STRING_TYPES
        or scalar_shape(element).kind is FieldKind.BYTES
    )


def make_editor(context: FormContext, shape: FieldShape, path: Path, parent: QWidget) -> QWidget:
    """The editor for one scalar at `path`; a message has rows of its own instead."""
    if shape.json_name == TYPE_KEY:
        return TypeEditor(context, path, parent)
    if shape.message_name == "google.protobuf.Timestamp":
        return TimestampEditor(context, shape, path, parent)
    if shape.message_name == "google.protobuf.Duration":
        return DurationEditor(context, shape, path, parent)
    if shape.message_name == "google.protobuf.FieldMask":
        return FieldMaskEditor(context, shape, path, parent)
    kind = scalar_shape(shape).kind
    if kind is FieldKind.STRING:
        return StringEditor(context, shape, path, parent)
    if kind is FieldKind.BOOL:
        return BoolEditor(context, shape, path, parent)
    if kind is FieldKind.ENUM:
        return EnumEditor(context, shape, path, parent)
    if kind is FieldKind.BYTES:
        return BytesEditor(context, shape, path, parent)
    return LineEditor(context, shape, path, parent)


def refresh(editor: QWidget) -> None:
    """Have an editor made here show what the draft has."""
    cast(ShowsValue, editor).refresh()
