"""Two calls of a tab beside each other: their figures, and their answers by number."""

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QHeaderView, QLabel, QTableView, QVBoxLayout, QWidget

from wirelens.presentation.run_pairs import PairColumn, RunPairs
from wirelens.presentation.run_words import compared_figures, file_words, time_text
from wirelens.presentation.runs import Run
from wirelens.widgets.controls.named import named
from wirelens.widgets.controls.tables import dress_table
from wirelens.widgets.theme import Theme, restyle

_WIDTHS = {
    PairColumn.NUMBER: 72,
    PairColumn.FIRST_AT: 100,
    PairColumn.FIRST_SIZE: 96,
    PairColumn.SECOND_AT: 100,
    PairColumn.SECOND_SIZE: 96,
}


class RunComparisonDialog(QDialog):
    """`pair_chosen` tells two answers that somebody wants to see beside each other: a Run and the row of its
    transcript, twice. Closed with Esc; the calls may go meanwhile, what is left of them stays readable here."""

    pair_chosen = Signal(object, int, object, int)

    def __init__(self, first: Run, second: Run, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runs = (first, second)
        self._theme = theme
        self.setObjectName("runComparison")
        self.setWindowTitle(f"Run {first.number} and run {second.number}")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._grid = QGridLayout()
        self._fill_figures()
        self.pairs = RunPairs(first, second, self)
        self.table = named(QTableView(self), "runPairs", "Answers of both calls by their numbers")
        self.table.setModel(self.pairs)
        self.table.setTabKeyNavigation(False)
        dress_table(self.table, theme)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(PairColumn.VERDICT, QHeaderView.ResizeMode.Stretch)
        self.table.activated.connect(self._choose)
        self.table.doubleClicked.connect(self._choose)
        self._hint = QLabel("Enter or a double click sets two answers beside each other.", self)
        restyle(self._hint, role="small")
        self._column = QVBoxLayout(self)
        self._head = QHBoxLayout()
        self._head.addLayout(self._grid)
        self._head.addStretch(1)
        self._column.addLayout(self._head)
        self._column.addWidget(self.table, 1)
        self._column.addWidget(self._hint)
        theme.follow(self, self._dress)

    def _fill_figures(self) -> None:
        for column, run in enumerate(self._runs, start=1):
            title = QLabel(f"Run {run.number}", self)
            title.setToolTip(file_words(run) or time_text(run.started_at))
            restyle(title, role="strong")
            self._grid.addWidget(title, 0, column)
        for row, figure in enumerate(compared_figures(*self._runs), start=1):
            caption = QLabel(figure.caption, self)
            restyle(caption, role="muted")
            self._grid.addWidget(caption, row, 0)
            for column, text in enumerate((figure.first, figure.second), start=1):
                label = QLabel(text, self)
                label.setTextFormat(Qt.TextFormat.PlainText)
                label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
                label.setAccessibleName(f"{figure.caption} of run {self._runs[column - 1].number}: {text}")
                restyle(label, role="warn" if figure.is_different else "")
                self._grid.addWidget(label, row, column)

    def _choose(self, index: QModelIndex) -> None:
        first, second = self.pairs.rows(index.row())
        if first is not None and second is not None:
            self.pair_chosen.emit(self._runs[0], first, self._runs[1], second)

    def _dress(self) -> None:
        px = self._theme.px
        self._column.setContentsMargins(px(16), px(16), px(16), px(12))
        self._column.setSpacing(px(12))
        self._grid.setHorizontalSpacing(px(24))
        self._grid.setVerticalSpacing(px(4))
        for column, width in _WIDTHS.items():
            self.table.horizontalHeader().resizeSection(column, px(width))
        self.resize(px(640), px(640))
