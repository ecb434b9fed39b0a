"""Searching a text for words or a regular expression, and what takes the place of what is found."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice


@dataclass(frozen=True, slots=True)
class TextQuery:
    """What is looked for. Case is ignored unless it matters by wish, or the words have a capital."""

    text: str
    match_case: bool = False
    whole_word: bool = False
    is_pattern: bool = False  # a regular expression, as Python's `re` has them

    def problem(self) -> str:
        """What is wrong with the regular expression, empty where nothing is."""
        try:
            self._pattern()
        except re.error as error:
            at = f" at character {error.pos + 1}" if error.pos is not None else ""
            return f"{error.msg[:1].upper()}{error.msg[1:]}{at}"
        except (OverflowError, RecursionError):
            return "Too large"
        return ""

    def matches(self, text: str, start: int = 0, end: int | None = None, most: int | None = None) -> list["TextMatch"]:
        """What is found between `start` and `end`, in order, at most so many; nothing of no length.

        Nothing is found by a broken regular expression: see `problem`.
        """
        if not self.text or self.problem():
            return []
        return list(islice(self._found(text, start, len(text) if end is None else end), most))

    def replacement_problem(self, replacement: str) -> str:
        """What is wrong with a replacement: groups that the regular expression does not have."""
        if not self.is_pattern or self.problem():
            return ""
        pattern = self._pattern()
        try:
            re.sub(pattern, replacement, "")  # Python reads the template even where nothing is found
        except (re.error, IndexError) as error:
            return f"{str(error)[:1].upper()}{str(error)[1:]}"
        return ""

    def _found(self, text: str, start: int, end: int) -> Iterator["TextMatch"]:
        for found in self._pattern().finditer(text, start, end):
            if found.end() > found.start():
                yield TextMatch(found, self.is_pattern)

    def _pattern(self) -> re.Pattern[str]:
        source = self.text if self.is_pattern else re.escape(self.text)
        if self.whole_word:
            source = rf"(?<!\w)(?:{source})(?!\w)"
        ignores = not self.match_case and (self.is_pattern or self.text == self.text.lower())
        return re.compile(source, re.MULTILINE | (re.IGNORECASE if ignores else 0))


@dataclass(frozen=True, slots=True)
class TextMatch:
    """One place that was found, in characters of the text."""

    found: re.Match[str]
    is_pattern: bool

    @property
    def start(self) -> int:
        return self.found.start()

    @property
    def end(self) -> int:
        return self.found.end()

    @property
    def text(self) -> str:
        return self.found[0]

    def replaced(self, replacement: str) -> str:
        r"""What takes its place; for a regular expression `\1` and `\g<name>` are its groups."""
        return self.found.expand(replacement) if self.is_pattern else replacement
