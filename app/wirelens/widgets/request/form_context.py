"""What every part of a form shares: the draft, the theme, the measures, and what is still to be built."""

import time
from collections.abc import Callable
from typing import Protocol

import shiboken6
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QWidget

from wirelens.engine.messages.fields import FieldShape
from wirelens.presentation.draft import Draft
from wirelens.presentation.draft.paths import Path, path_text
from wirelens.presentation.thread_worker import ThreadWorker
from wirelens.widgets.theme import Theme

_INDENT = 14
_NARROWEST_LABEL = 96
_WIDEST_LABEL = 240
_TURN = 0.004  # seconds of building in one turn of the event loop, before the piece that goes beyond


class BuildsLater(Protocol):
    """A part of the form with something left to build."""

    def build_if_in_sight(self) -> bool:
        """Build one more piece if it would be seen; True if it did."""
        ...


class FormContext(QObject):
    """Handed to every row and editor of one form."""

    measured = Signal()  # the label column has another width
    dressed = Signal()  # fonts have changed
    noticed = Signal()  # something is to be said at a field that the draft does not know of
    arranged = Signal()  # rows came or went: the order of Tab follows

    def __init__(self, draft: Draft, theme: Theme, in_sight: Callable[[QWidget], bool], parent: QObject) -> None:
        super().__init__(parent)
        self.draft = draft
        self.theme = theme
        self.in_sight = in_sight
        self._label_column = 162
        self.worker = ThreadWorker(self)  # reads what takes longer than a frame
        self.to_unfold: set[Path] = set()  # what "expand all" still wants open
        self._notice: tuple[Path, str] | None = None
        draft.changed.connect(self._forget_notice)
        theme.follow(self, self._dress)
        self._unbuilt: list[BuildsLater] = []
        self._build_soon = QTimer(self, singleShot=True, interval=0)
        self._build_soon.timeout.connect(self._build)
        self._arrange_soon = QTimer(self, singleShot=True, interval=30)
        self._arrange_soon.timeout.connect(self.arranged)

    @property
    def is_building(self) -> bool:
        """Whether there is more to build on the next turns of the event loop."""
        return self._build_soon.isActive()

    def label_width(self, level: int) -> int:
        """The label column of a message `level` steps deep, so that editors stay in one column."""
        narrowest = self.theme.px(_NARROWEST_LABEL)
        return max(self._label_column - level * self.indent, narrowest)

    @property
    def indent(self) -> int:
        return self.theme.px(_INDENT)

    def measure(self, width: int) -> None:
        """Fit the label column to a form that is `width` wide."""
        column = min(max(round(width * 0.37), self.theme.px(_NARROWEST_LABEL)), self.theme.px(_WIDEST_LABEL))
        if column != self._label_column:
            self._label_column = column
            self.measured.emit()

    def comment(self, shape: FieldShape) -> str:
        """The field's documentation, empty where the schema has none."""
        return self.draft.schema.comment(shape.descriptor.full_name)

    def refuse(self, path: Path, sentence: str) -> None:
        """Say at a field why something was not done, until the draft changes."""
        self._notice = path, sentence
        self.noticed.emit()

    def sentence_at(self, path: Path) -> str:
        """What is wrong at a field, or what was refused there; empty where there is nothing to say."""
        if self._notice is not None and self._notice[0] == path:
            return self._notice[1]
        return self.draft.mistake_at(path)

    def build_later(self, part: BuildsLater) -> None:
        """Have `part` build the rest of itself once that comes into sight."""
        self._unbuilt.append(part)
        self.look_again()

    def built(self, part: BuildsLater) -> None:
        """`part` has nothing left to build."""
        if part in self._unbuilt:
            self._unbuilt.remove(part)

    def look_again(self) -> None:
        """Something moved: see what has come into sight."""
        if self._unbuilt:
            self._build_soon.start()

    def rearranged(self) -> None:
        """Rows came or went."""
        self._arrange_soon.start()

    def _forget_notice(self) -> None:
        self._notice = None

    def _dress(self) -> None:
        """Faces are asked for once a form: a thousand labels use the same two."""
        self.name_font = self.theme.label_font(500)
        self.type_font = self.theme.label_font(size="small")
        self.data_font = self.theme.data_font()
        self.label_font = self.theme.label_font()
        self.name_metrics = QFontMetrics(self.name_font)
        self.type_metrics = QFontMetrics(self.type_font)
        self.dressed.emit()
        self.measured.emit()

    def _build(self) -> None:
        """A few pieces a turn of the event loop, so that no key press waits for a long form."""
        # rows that went took the blocks within them along
        self._unbuilt = [part for part in self._unbuilt if shiboken6.isValid(part)]
        enough = time.perf_counter() + _TURN
        while time.perf_counter() < enough:
            if not self._build_one():
                return
        self._build_soon.start()

    def _build_one(self) -> bool:
        for part in list(self._unbuilt):
            if part.build_if_in_sight():
                self.rearranged()
                return True
        return False


def name_editor(widget: QWidget, path: Path, what: str = "") -> None:
    """Give an editor the names by which tests and screen readers know it: `field:user.tags[0]`."""
    place = path_text(path)
    widget.setObjectName(f"field:{place}{':' + what if what else ''}")
    widget.setAccessibleName(f"{place} {what}".strip() or "message")
