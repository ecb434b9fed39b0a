"""Searching bytes with a find bar."""

from PySide6.QtCore import QObject, Qt, Signal

from wirelens.presentation.thread_worker import ThreadWorker
from wirelens.presentation.wire import AnnotatedBytes
from wirelens.presentation.wire.byte_search import find_bytes, needles_of
from wirelens.widgets.controls.find_bar import FindBar
from wirelens.widgets.controls.hex_view import HexView

_MOST = 10_000


class ByteFind(QObject):
    """Lets a FindBar search what a HexView shows, in a thread. `found` comes with each match that was gone to."""

    found = Signal(int, int)

    def __init__(self, bar: FindBar, view: HexView, shown: AnnotatedBytes) -> None:
        super().__init__(bar)
        self.bar, self._view, self._shown = bar, view, shown
        self._worker = ThreadWorker(self)
        self._matches: list[tuple[int, int]] = []
        self._current = -1
        bar.query_edit.setPlaceholderText("Find text or bytes: 0a ff")
        bar.query_edit.setToolTip('Text, or bytes in hex such as 0a ff; within "quotes" it is text alone')
        bar.query_changed.connect(self._search)
        bar.next_requested.connect(lambda: self._go(self._current + 1))
        bar.previous_requested.connect(lambda: self._go(max(self._current, 0) - 1))
        bar.closed.connect(lambda: view.setFocus(Qt.FocusReason.OtherFocusReason))
        shown.changed.connect(self._on_changed)

    def _on_changed(self) -> None:
        if self.bar.is_open:
            self._search()

    def _search(self) -> None:
        query = self.bar.query
        needles, data = needles_of(query), self._shown.view_between(0, self._shown.size)
        asked_of = self._shown.data

        def on_found(found: list[tuple[int, int]]) -> None:
            if query == self.bar.query and self._shown.data is asked_of:
                self._take(found)

        self._worker.run(lambda: find_bytes(data, needles, _MOST), on_found)

    def _take(self, found: list[tuple[int, int]]) -> None:
        self._matches, self._current = found, -1
        here = self._view.selection.start
        if found:
            self._go(next((at for at, (start, _end) in enumerate(found) if start >= here), 0))
        else:
            self.bar.set_found(0, 0)

    def _go(self, index: int) -> None:
        if self._matches:
            self._current = index % len(self._matches)
            start, end = self._matches[self._current]
            self._view.select(start, end)
            self.bar.set_found(self._current + 1, len(self._matches), more=len(self._matches) == _MOST)
            self.found.emit(start, end)
