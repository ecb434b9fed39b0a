"""A long column of rows of which only those in sight are built; the others are room of about their height."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Generic, TypeVar

from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from wirelens.widgets.request.form_context import FormContext

_BLOCK = 3  # rows that are built in one turn of the event loop
_AT_ONCE = 2  # blocks that are there when the form opens
_ROW_HEIGHT = 36
_NO_LIMIT = 16_777_215  # QWIDGETSIZE_MAX

Key = TypeVar("Key")
Row = TypeVar("Row", bound=QWidget)


class LazyRows(QWidget, Generic[Key, Row]):
    """One row for each key, in blocks. `make` gives a row that shows the draft already, within the parent it is given.

    Here and in all that a form is made of, parents are known from the start: a widget that moves to another parent is
    dressed anew by the style sheet, with all that is in it, and again at each step out.
    """

    def __init__(
        self, context: FormContext, make: Callable[[Key, QWidget], Row], spacing: int, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._context, self._make, self._spacing = context, make, spacing
        self._blocks: list[_Block[Key, Row]] = []
        self._shows: Callable[[Key], bool] | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(context.theme.px(spacing))

    def __len__(self) -> int:
        return sum(len(block.keys) for block in self._blocks)

    def built(self) -> Iterator[Row]:
        """The rows there are, from the top."""
        for block in self._blocks:
            yield from block.rows

    def row(self, position: int) -> Row:
        """The row at `position`, built if it was not."""
        block = self._blocks[position // _BLOCK]
        block.build()
        return block.rows[position % _BLOCK]

    def set_keys(self, keys: Sequence[Key]) -> None:
        """Keep the rows of the keys that stay at their places; the first rows are built at once."""
        same = 0
        for mine, wanted in zip(self._keys(), keys, strict=False):
            if mine != wanted:
                break
            same += 1
        while len(self) > same:
            self._drop_last()
        for key in keys[same:]:
            self._append(key)
        for block in self._blocks[:_AT_ONCE]:
            block.build()

    def show_only(self, shows: Callable[[Key], bool] | None) -> None:
        """Hide the rows of the keys that `shows` says False of; None shows all. What has the focus is never hidden."""
        if shows is None and self._shows is None:
            return
        self._shows = shows
        with _layouts_at_rest(self):
            for block in self._blocks:
                block.show_only(shows)
        self._context.rearranged()
        self._context.look_again()

    def _keys(self) -> Iterator[Key]:
        for block in self._blocks:
            yield from block.keys

    def _append(self, key: Key) -> None:
        if not self._blocks or len(self._blocks[-1].keys) == _BLOCK:
            block = _Block(self._context, self._make, self._spacing, self)
            self._blocks.append(block)
            self._column.addWidget(block)
        self._blocks[-1].append(key)
        if self._shows is not None:
            self._blocks[-1].show_only(self._shows)

    def _drop_last(self) -> None:
        block = self._blocks[-1]
        block.drop_last()
        if not block.keys:
            self._blocks.pop()
            self._context.built(block)
            self._column.removeWidget(block)
            block.hide()
            block.deleteLater()
        self._context.rearranged()


@contextmanager
def _layouts_at_rest(widget: QWidget) -> Iterator[None]:
    """Lay out once for all that happens meanwhile: each row that is shown would have all around it laid out again."""
    layouts = []
    around: QWidget | None = widget
    while around is not None and (layout := around.layout()) is not None:
        if layout.isEnabled():
            layout.setEnabled(False)
            layouts.append(layout)
        around = around.parentWidget()
    try:
        yield
    finally:
        for layout in layouts:
            layout.setEnabled(True)
        widget.updateGeometry()


class _Block(QWidget, Generic[Key, Row]):
    def __init__(
        self, context: FormContext, make: Callable[[Key, QWidget], Row], spacing: int, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._context, self._make, self._spacing = context, make, spacing
        self.keys: list[Key] = []
        self.rows: list[Row] = []
        self._shows: Callable[[Key], bool] | None = None
        self._is_built = False
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(context.theme.px(spacing))
        context.build_later(self)

    def append(self, key: Key) -> None:
        self.keys.append(key)
        if self._is_built:
            self._add(key)
        else:
            self._reserve()

    def drop_last(self) -> None:
        self.keys.pop()
        if not self._is_built:
            self._reserve()
            return
        row = self.rows.pop()
        self._column.removeWidget(row)
        row.hide()
        row.deleteLater()

    def show_only(self, shows: Callable[[Key], bool] | None) -> None:
        self._shows = shows
        if self._is_built:
            for key, row in zip(self.keys, self.rows, strict=True):
                row.setVisible(self._is_shown(key, row))
            self.setVisible(any(not row.isHidden() for row in self.rows))
        else:
            self._reserve()

    def _is_shown(self, key: Key, row: QWidget) -> bool:
        if self._shows is None or self._shows(key):
            return True
        focus = QApplication.focusWidget()
        return focus is not None and row.isAncestorOf(focus)

    def build_if_in_sight(self) -> bool:
        if not self._context.in_sight(self):
            return False
        self.build()
        return True

    def build(self) -> None:
        if self._is_built:
            return
        self._is_built = True
        self._context.built(self)
        for key in self.keys:
            self._add(key)
        self.setMinimumHeight(0)
        self.setMaximumHeight(_NO_LIMIT)

    def _add(self, key: Key) -> None:
        row = self._make(key, self)
        self.rows.append(row)
        if self._shows is not None and not self._shows(key):
            row.hide()
        self._column.addWidget(row)
        self._context.rearranged()

    def _reserve(self) -> None:
        px = self._context.theme.px
        count = len(self.keys) if self._shows is None else sum(map(self._shows, self.keys))
        self.setVisible(bool(count) or not self.keys)
        self.setFixedHeight(max(0, count * px(_ROW_HEIGHT) - px(self._spacing)))
