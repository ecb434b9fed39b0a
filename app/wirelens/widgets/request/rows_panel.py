"""The rows of a repeated field or a map: add, duplicate, move, remove, by button, menu and keyboard."""

from collections import Counter
from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from wirelens.engine.messages.fields import FieldKind, FieldShape
from wirelens.presentation.draft.edits import row_count
from wirelens.presentation.draft.field_index import is_json_row
from wirelens.presentation.draft.paths import Path, path_text
from wirelens.presentation.draft.tree import Fragment, MapValue
from wirelens.widgets.controls.focus import pass_focus_on
from wirelens.widgets.request.element_row import ElementRow
from wirelens.widgets.request.field_menu import paste_rows
from wirelens.widgets.request.form_context import FormContext
from wirelens.widgets.request.lazy_rows import LazyRows
from wirelens.widgets.request.paste_keys import PasteKeys
from wirelens.widgets.request.row_drag import RowDrag
from wirelens.widgets.request.value_editors import stands_below

PAGE = 200  # rows


class RowsPanel(QWidget):
    """Shows one page of the rows and builds of that what is in sight."""

    def __init__(self, context: FormContext, shape: FieldShape, path: Path, level: int, parent: QWidget) -> None:
        super().__init__(parent)
        element = shape.value if shape.is_map else shape
        assert element is not None
        self._context, self._shape, self._element, self.path, self._level = context, shape, element, path, level
        self.setObjectName(f"rows:{path_text(path)}")
        self._page = 0
        self._shown: Sequence[int] = ()  # the positions that the filter lets through
        self._doubles: frozenset[str] = frozenset()
        self._rows: LazyRows[int, ElementRow] = LazyRows(context, self._make_row, spacing=6, parent=self)
        self._misfit = QLabel(self)
        self._misfit.setProperty("role", "bad")
        self._misfit.setWordWrap(True)
        self._misfit.hide()
        self._add = QPushButton("Add" if not shape.is_map else "Add entry", self)
        self._add.setProperty("role", "link")
        self._add.setObjectName(f"add:{path_text(path)}")
        self._add.setAccessibleName(f"Add to {path_text(path)}")
        self._add.setToolTip("Add a row. Ctrl+V here adds a row for each line on the clipboard")
        self._add.clicked.connect(lambda: self.add_row())
        context.theme.set_icon(self._add, "plus", "link")
        PasteKeys(self._add, lambda: self.paste_rows(row_count(context.draft.value(path))))
        self._dragged_among: object = None  # the rows as they were when the drag began
        self._drag = RowDrag(context.theme, self, lambda: ((r.index, r) for r in self._rows.built()), self.move_row)
        self._earlier, self._place, self._later = self._page_buttons()
        self._lay_out()
        pass_focus_on(self, self._add)

    def refresh(self) -> None:
        value = self._context.draft.value(self.path)
        if self._drag.is_under_way and value is not self._dragged_among:
            for row in self._rows.built():
                row.let_go()  # else what has come to its place would be moved
        self._misfit.setVisible(isinstance(value, Fragment))
        if isinstance(value, Fragment):
            self._misfit.setText("The JSON has something else here: " + " ".join(value.text(0).split())[:80])
        self._shown = self._context.draft.filter.rows(self.path, row_count(value))
        count = len(self._shown)
        self._page = min(self._page, max(0, (count - 1) // PAGE))
        first = self._page * PAGE
        self._doubles = self._double_keys()
        self._rows.set_keys(self._shown[first : first + PAGE])
        for row in self._rows.built():
            row.refresh(self._doubles)
        self._rows.setVisible(bool(count))
        self._show_pages(count)

    def row(self, step: str | int) -> QWidget | None:
        """The row of an element, its page turned to; None where there is no such element."""
        if not isinstance(step, int) or not 0 <= step < row_count(self._context.draft.value(self.path)):
            return None
        return self._turned_to(step)

    def add_row(self, index: int | None = None) -> None:
        """Add a row and go to it."""
        place = self._context.draft.add_row(self.path, index)
        self._go_to(place)

    def duplicate_row(self, index: int) -> None:
        self._context.draft.duplicate_row(self.path, index)
        self._go_to(index + 1)

    def move_row(self, index: int, to: int) -> None:
        if 0 <= to < row_count(self._context.draft.value(self.path)):
            self._context.draft.move_row(self.path, index, to)
            self._go_to(to)

    def remove_row(self, index: int) -> None:
        self._context.draft.remove_row(self.path, index)
        count = row_count(self._context.draft.value(self.path))
        if count:
            self._go_to(min(index, count - 1))
        else:
            self.refresh()
            self._add.setFocus(Qt.FocusReason.OtherFocusReason)

    def paste_rows(self, index: int, *, replaced: int = 0) -> None:
        """Put a row for each line on the clipboard before `index`, over `replaced` rows, and go to the last."""
        place = (*self.path, index) if replaced else self.path
        count = paste_rows(
            self._context.draft,
            self.path,
            index,
            lambda _path, sentence: self._context.refuse(place, sentence),
            replaced=replaced,
        )
        if count:
            self._go_to(index + count - 1)

    def drag_row(self, index: int, place: QPoint) -> None:
        """The row at `index` is dragged and held at `place` on the screen."""
        if not self._drag.is_under_way:
            self._dragged_among = self._context.draft.value(self.path)
        self._drag.over(index, place)

    def drop_row(self) -> None:
        self._dragged_among = None
        self._drag.drop()

    def abandon_row(self) -> None:
        self._dragged_among = None
        self._drag.abandon()

    def _make_row(self, index: int, parent: QWidget) -> ElementRow:
        row = ElementRow(self._context, self._shape, self._element, (*self.path, index), self._level, self, parent)
        row.refresh(self._doubles)
        return row

    def _go_to(self, index: int) -> None:
        """Show the row at `index`, whatever the filter says of it, and put the focus there."""
        self._turned_to(index).focus()

    def _turned_to(self, index: int) -> ElementRow:
        """The row at `index`, whatever the filter says of it, its page turned to."""
        self.refresh()
        if index not in self._shown:
            self._context.draft.filter.set_text("")
        place = self._shown.index(index)
        self._page = place // PAGE
        self.refresh()
        return self._rows.row(place % PAGE)

    def _double_keys(self) -> frozenset[str]:
        value = self._context.draft.value(self.path)
        if not isinstance(value, MapValue):
            return frozenset()
        is_text = self._shape.key is not None and self._shape.key.kind is FieldKind.STRING
        counts = Counter(key if is_text else key.strip() for key, _item in value.entries)
        return frozenset(key for key, count in counts.items() if count > 1)

    def _page_buttons(self) -> tuple[QToolButton, QLabel, QToolButton]:
        buttons = []
        for icon, name, step in (("chevron-left", "Earlier rows", -1), ("chevron-right", "Later rows", 1)):
            button = QToolButton(self)
            button.setProperty("role", "small")
            button.setAccessibleName(f"{name} of {path_text(self.path)}")
            button.setObjectName(f"{name.partition(' ')[0].lower()}:{path_text(self.path)}")
            button.setToolTip(name)
            button.clicked.connect(lambda _checked=False, by=step: self._turn(by))
            self._context.theme.set_icon(button, icon)
            buttons.append(button)
        place = QLabel(self)
        place.setProperty("role", "small")
        return buttons[0], place, buttons[1]

    def _turn(self, by: int) -> None:
        self._page += by
        self.refresh()

    def _show_pages(self, count: int) -> None:
        many = count > PAGE
        for widget in (self._earlier, self._place, self._later):
            widget.setVisible(many)
        if many:
            first = self._page * PAGE
            self._place.setText(f"{first + 1:,}\u2013{min(first + PAGE, count):,} of {count:,}")
            self._earlier.setEnabled(self._page > 0)
            self._later.setEnabled(first + PAGE < count)

    def _measure(self) -> None:
        """Where rows have names before them, the button to add one stands below their editors.

        That of JSON stands below its keys: lists in lists end together, and each is set in as far as its rows.
        """
        if stands_below(self._shape) and not is_json_row(self._element):
            self._foot.setContentsMargins(self._context.label_width(self._level), 0, 0, 0)

    def _lay_out(self) -> None:
        theme = self._context.theme
        foot = QHBoxLayout()
        foot.setSpacing(theme.px(4))
        self._foot = foot
        self._measure()
        self._context.measured.connect(self._measure)
        foot.addWidget(self._add)
        foot.addStretch(1)
        for widget in (self._earlier, self._place, self._later):
            foot.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(4))
        column.addWidget(self._misfit)
        column.addWidget(self._rows)
        column.addLayout(foot)
