"""Searching a text for words or a regular expression, and what takes the place of what is found.

The regular expressions are those of the `regex` package, which reads what Python's `re` reads. A search with it can be
given a time to end, and does not hold up the other threads.
"""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import regex


@dataclass(frozen=True, slots=True)
class TextQuery:
    """What is looked for. Case is ignored unless it matters by wish, or the words have a capital."""

    text: str
    match_case: bool = False
    whole_word: bool = False
    is_pattern: bool = False  # a regular expression

    def problem(self) -> str:
        """What is wrong with the regular expression, empty where nothing is."""
        try:
            self._pattern()
        except regex.error as error:
            message, _at, place = str(error).partition(" at position ")
            at = f" at character {int(place) + 1}" if place.isdecimal() else ""
            return f"{message[:1].upper()}{message[1:]}{at}"
        except (OverflowError, RecursionError):
            return "Too large"
        return ""

    def matches(
        self,
        text: str,
        start: int = 0,
        end: int | None = None,
        most: int | None = None,
        seconds: float | None = None,
    ) -> list["TextMatch"]:
        """What is found between `start` and `end`, in order, at most so many; nothing of no length.

        Nothing is found by a broken regular expression: see `problem`.

        Raises:
            TimeoutError: it is not done after so many seconds.
        """
        if not self.text or self.problem():
            return []
        return list(islice(self._found(text, start, len(text) if end is None else end, seconds), most))

    def replacement_problem(self, replacement: str) -> str:
        """What is wrong with a replacement: groups that the regular expression does not have."""
        if not self.is_pattern or self.problem():
            return ""
        pattern = self._pattern()
        names = {number: name for name, number in pattern.groupindex.items()}
        groups = (f"(?P<{names[number]}>)" if number in names else "()" for number in range(1, pattern.groups + 1))
        try:
            re.sub("".join(groups), replacement, "")  # Python reads the template by the groups alone
        except (re.error, IndexError) as error:
            return f"{str(error)[:1].upper()}{str(error)[1:]}"
        return ""

    def _found(self, text: str, start: int, end: int, seconds: float | None) -> Iterator["TextMatch"]:
        enough = None if seconds is None else time.perf_counter() + seconds
        for found in self._pattern().finditer(text, start, end, concurrent=True, timeout=seconds):
            if found.end() > found.start():
                yield TextMatch(found, self.is_pattern)
            if enough is not None and time.perf_counter() > enough:
                raise TimeoutError

    def _pattern(self) -> regex.Pattern[str]:
        source = self.text if self.is_pattern else re.escape(self.text)
        if self.whole_word:
            source = rf"(?<!\w)(?:{source})(?!\w)"
        ignores = not self.match_case and (self.is_pattern or self.text == self.text.lower())
        return regex.compile(source, regex.MULTILINE | (regex.IGNORECASE if ignores else 0))


@dataclass(frozen=True, slots=True)
class TextMatch:
    """One place that was found, in characters of the text."""

    found: regex.Match[str]
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


def with_replacements(text: str, found: list[TextMatch], replacement: str) -> str:
    """What stands from the first match to the end of the last, with all of them replaced."""
    parts: list[str] = []
    done = found[0].start
    for match in found:
        parts += (text[done : match.start], match.replaced(replacement))
        done = match.end
    return "".join(parts)
