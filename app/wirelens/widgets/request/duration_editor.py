"""A Duration as an amount and its unit; the exact seconds, which are what is sent, are said below."""

from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QToolButton, QVBoxLayout, QWidget

from wirelens.engine.messages.fields import FieldShape
from wirelens.presentation.draft.duration_text import (
    DurationError,
    Unit,
    amount_in,
    json_from_nanoseconds,
    nanoseconds_from,
    nanoseconds_from_json,
    natural_unit,
)
from wirelens.presentation.draft.json_values import Leaf, Unfinished
from wirelens.presentation.draft.paths import Path
from wirelens.presentation.draft.tree import Value
from wirelens.widgets.controls.focus import pass_focus_on
from wirelens.widgets.request.form_context import FormContext, name_editor
from wirelens.widgets.request.leaf_editors import LineEditor, shown_text


class _AmountLine(LineEditor):
    """Reads and writes in the unit of its editor."""

    unit: Unit | None = None

    def _leaf(self, text: str) -> Leaf:
        if not text.strip():
            return "" if self._always_holds else None
        try:
            nanoseconds, unit = nanoseconds_from(text, self.unit or Unit.SECONDS)
        except DurationError as error:
            return Unfinished(text, "duration", str(error))
        self.unit = unit
        return json_from_nanoseconds(nanoseconds)

    def _text_of(self, value: Value | None) -> str:
        nanoseconds = nanoseconds_from_json(value) if isinstance(value, str) else None
        if nanoseconds is None or isinstance(value, Unfinished):
            return shown_text(self._shape, value)
        amount = amount_in(nanoseconds, self.unit) if self.unit is not None else None
        if amount is None:
            self.unit = natural_unit(nanoseconds)
            amount = amount_in(nanoseconds, self.unit)
        return amount or ""


class DurationEditor(QWidget):
    """The unit is the editor's own; the draft keeps seconds."""

    def __init__(self, context: FormContext, shape: FieldShape, path: Path, parent: QWidget) -> None:
        super().__init__(parent)
        self._context, self._path = context, path
        self._line = _AmountLine(context, shape, path, self)
        self._line.setToolTip("An amount, or one with its unit: 1.5, -20ms, 1h30m")
        self._unit = QToolButton(self)
        self._unit.setProperty("role", "menu")
        name_editor(self._unit, path, "unit")
        self._unit.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self._unit)
        self._menu.aboutToShow.connect(self._fill_menu)
        self._unit.setMenu(self._menu)
        self._exact = QLabel(self)
        self._exact.setProperty("role", "small")
        self._exact.setObjectName(self._line.objectName() + ":exact")
        row = QHBoxLayout()
        row.setSpacing(context.theme.px(4))
        row.addWidget(self._line, 1)
        row.addWidget(self._unit)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(context.theme.px(2))
        column.addLayout(row)
        column.addWidget(self._exact)
        self._line.textEdited.connect(lambda _text: self._say_exactly())
        pass_focus_on(self, self._line)

    def refresh(self) -> None:
        self._line.refresh()
        self._say_exactly()

    def set_unit(self, unit: Unit) -> None:
        """Write the amount in another unit; text that is none yet is read anew in it."""
        value = self._context.draft.value(self._path)
        self._line.unit = unit
        if isinstance(value, Unfinished):
            self._line.textEdited.emit(str(value))
        else:
            self._line.show_anew()
        self.refresh()

    def _say_exactly(self) -> None:
        value = self._context.draft.value(self._path)
        unit = self._line.unit or Unit.SECONDS
        self._unit.setText(unit.value)
        is_whole = isinstance(value, str) and nanoseconds_from_json(value) is not None
        self._exact.setText(f"= {value}" if is_whole and unit is not Unit.SECONDS else "")
        self._exact.setVisible(bool(self._exact.text()))

    def _fill_menu(self) -> None:
        """Units in which the amount would have no end are left out of reach."""
        self._menu.clear()
        value = self._context.draft.value(self._path)
        nanoseconds = nanoseconds_from_json(value) if isinstance(value, str) else None
        for unit in Unit:
            action = self._menu.addAction(unit.value)
            action.setEnabled(nanoseconds is None or amount_in(nanoseconds, unit) is not None)
            action.triggered.connect(lambda _checked=False, chosen=unit: self.set_unit(chosen))
