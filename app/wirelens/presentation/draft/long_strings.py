"""Very long JSON strings cut short for an editor, and put back when its text is read.

A text editor lays out a line as a whole: one photo's base64 would stop the window for seconds. The cut is a mark
within the string that says how much is left out; what was cut is remembered by that mark.
"""

import bisect
import re
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST = 8192  # characters of a string that are shown whole
_HEAD = 64
_REMEMBERED = 1000  # cuts; a mark older than that and typed back in would be taken for text
_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"')
_HALF_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{0,3})?$")
_MARK = re.compile(r"…\[[0-9,]+ characters more, #[0-9]+\]")


def has_long_line(text: str) -> bool:
    """Whether a line of `text` is longer than editors bear."""
    start = 0
    while len(text) - start > LONGEST:  # from line end to line end, as far apart as they may be
        start = text.rfind("\n", start, start + LONGEST + 1) + 1
        if not start:
            return True
    return False


@dataclass(frozen=True, slots=True)
class _Cut:
    start: int  # in the whole text
    end: int
    shown_start: int  # where the mark begins in the shown text
    shown_end: int


class LongStrings:
    """One text's cuts. Marks stay the same from one text to the next as long as what they stand for does."""

    def __init__(self) -> None:
        self._marks: dict[str, str] = {}  # what was cut -> its mark
        self._tails: dict[str, str] = {}  # the same the other way round
        self._cuts: list[_Cut] = []
        self._count = 0

    @property
    def has_cuts(self) -> bool:
        """Whether the last text was cut anywhere."""
        return bool(self._cuts)

    def shorten(self, text: str) -> str:
        """`text` with its long strings cut."""
        self._cuts = []
        if not has_long_line(text):
            return text
        parts: list[str] = []
        done = shown = 0
        for start, end in _long_strings(text):
            half = _HALF_ESCAPE.search(text, start + 1, start + 1 + _HEAD)
            cut = half.start() if half is not None else start + 1 + _HEAD
            mark = self._mark(text[cut : end - 1])
            parts += (text[done:cut], mark)
            shown += cut - done
            self._cuts.append(_Cut(cut, end - 1, shown, shown + len(mark)))
            shown += len(mark)
            done = end - 1
        return "".join((*parts, text[done:])) if parts else text

    def expand(self, shown: str) -> str:
        """The whole text of an editor's: marks become what they stand for."""
        if not self._tails or "…[" not in shown:
            return shown
        return _MARK.sub(lambda found: self._tails.get(found[0], found[0]), shown)

    def shown_offset(self, offset: int) -> int:
        """Where a place of the whole text is in the shown one."""
        index = bisect.bisect_right(self._cuts, offset, key=lambda cut: cut.start) - 1
        if index < 0:
            return offset
        cut = self._cuts[index]
        return cut.shown_end + offset - cut.end if offset >= cut.end else cut.shown_start

    def _mark(self, tail: str) -> str:
        mark = self._marks.get(tail)
        if mark is None:
            self._count += 1
            mark = f"…[{len(tail):,} characters more, #{self._count}]"
            if len(self._marks) >= _REMEMBERED:
                forgotten = next(iter(self._marks))
                del self._tails[self._marks.pop(forgotten)]
            self._marks[tail] = mark
            self._tails[mark] = tail
        return mark


def _strings(line: str) -> Iterator[tuple[int, int]]:
    """Start and end of each string of a line."""
    if "\\" in line:
        yield from (string.span() for string in _STRING.finditer(line))
        return
    start = line.find('"')
    while start >= 0:
        end = line.find('"', start + 1)
        if end < 0:
            return
        yield start, end + 1
        start = line.find('"', end + 1)


def _long_strings(text: str) -> list[tuple[int, int]]:
    """Start and end (quotes included) of every string that is too long, looking at long lines only."""
    found: list[tuple[int, int]] = []
    line_start = 0
    for line in text.split("\n"):
        if len(line) > LONGEST:
            found += [
                (line_start + start, line_start + end) for start, end in _strings(line) if end - start > LONGEST + 2
            ]
        line_start += len(line) + 1
    return found
