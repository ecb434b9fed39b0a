"""What an Any holds: its type to choose, and the fields of that type."""

from google.protobuf.descriptor import Descriptor
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from wirelens.engine.messages.fields import FieldShape
from wirelens.presentation.draft.field_index import FieldIndex, any_index, message_type
from wirelens.presentation.draft.paths import Path, path_text
from wirelens.presentation.draft.tree import AnyValue
from wirelens.widgets.request.form_context import FormContext
from wirelens.widgets.request.fragment_editor import FragmentEditor
from wirelens.widgets.request.message_form import MessageForm


class AnyForm(QWidget):
    """The type's row stays while the fields below it change with the type; of an unknown type the JSON is edited."""

    def __init__(self, context: FormContext, shape: FieldShape, path: Path, level: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._context, self._shape, self._path, self._level = context, shape, path, level
        self._any_type: Descriptor = message_type(shape)
        self._form = MessageForm(context, self._index(), path, level, self)
        self._note = QLabel(self)
        self._note.setObjectName(f"note:{path_text(path)}")
        self._note.setProperty("role", "small")
        self._note.setWordWrap(True)
        self._text: FragmentEditor | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(context.theme.px(8))
        self._column.addWidget(self._form)
        self._column.addWidget(self._note)
        context.measured.connect(self._measure)
        self._measure()

    def row(self, step: str | int) -> QWidget | None:
        """The row of the type, or of a field of it."""
        return self._form.row(step)

    def refresh(self) -> None:
        value = self._context.draft.value(self._path)
        has_fields = value is None or isinstance(value, AnyValue)
        self._form.setEnabled(has_fields)  # half a JSON text has no type; what it had is shown until it is whole
        if has_fields:
            self._form.show_fields(self._index())
            self._form.refresh()
        note = _note(value) if isinstance(value, AnyValue) else ""
        self._note.setText(note)
        self._note.setVisible(bool(note))
        is_text = not has_fields or (isinstance(value, AnyValue) and _is_of_no_known_type(value))
        if is_text and self._text is None:
            self._text = FragmentEditor(self._context, None, self._path, self)
            self._text.setObjectName(f"text:{path_text(self._path)}")
            self._column.addWidget(self._text)
            self._context.rearranged()
        if self._text is not None:
            self._text.setVisible(is_text)
            if is_text:
                self._text.refresh()

    def _index(self) -> FieldIndex:
        value = self._context.draft.value(self._path)
        return value.index if isinstance(value, AnyValue) else any_index(self._any_type, None)

    def _measure(self) -> None:
        """What is said of the type stands below it."""
        self._note.setContentsMargins(self._context.label_width(self._level), 0, 0, 0)


def _is_of_no_known_type(value: AnyValue) -> bool:
    """Whether there is something in the Any that only its JSON can show."""
    return value.content is None and bool(value.fields or value.strangers)


def _note(value: AnyValue) -> str:
    """What is to be known of the type before there are fields."""
    if not (value.fields or value.strangers):
        return "Without a type an empty Any is sent."
    if value.content is not None:
        has_rows = len(value.index.shapes) > 1
        return "" if has_rows else f"{value.content.name} has no fields"
    if not value.type_name:
        return "The JSON has no type. Choose one, and what fits its fields is taken over."
    return f'The schema does not know {value.type_name}: here is its JSON. Its bytes go in base64 under "value".'
