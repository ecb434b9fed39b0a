"""When a row that can be unfolded does so by itself: for a match of the filter below it, or as part of all."""

from typing import Protocol

import shiboken6

from wirelens.presentation.draft.paths import Path
from wirelens.widgets.request.form_context import FormContext


class Foldable(Protocol):
    """A row with something below it."""

    path: Path

    def set_unfolded(self, unfolded: bool) -> None: ...
    def is_unfolded(self) -> bool: ...


class Folding:
    """Follows the form's filter for one row. Unfolding waits until the row is in sight: nothing is built unseen."""

    def __init__(self, context: FormContext, row: Foldable) -> None:
        self._context, self._row = context, row
        self._led_by = ""  # the filter's text that unfolded the row, once; it may be folded again by hand
        self._folds_again = False

    def follow(self) -> None:
        """Look what the filter and "expand all" want of the row."""
        filter = self._context.draft.filter
        if filter.leads_to_match(self._row.path):
            if self._led_by != filter.text:
                self._led_by = filter.text
                if not self._row.is_unfolded():
                    self._folds_again = True
                    self._context.build_later(self)
            return
        self._led_by = ""
        if self._folds_again and not filter.is_active:
            self._folds_again = False
            self._row.set_unfolded(False)
        if self._row.path in self._context.to_unfold:
            self._context.to_unfold.discard(self._row.path)
            self._context.build_later(self)

    def build_if_in_sight(self) -> bool:
        if not shiboken6.isValid(self._row):  # it went while it waited
            self._context.built(self)
            return False
        if not self._context.in_sight(self._row):  # type: ignore[arg-type]  # a protocol cannot be a QWidget
            return False
        self._context.built(self)
        self._row.set_unfolded(True)
        return True
