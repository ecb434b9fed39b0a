"""Which words follow which: an index of all places in the books, from which counts of 1, 2 and 3 words are read.

No table of n-grams is kept. The places of each word, sorted by the word before them, answer "what followed `a b`?"
as one run of an array; so training is one sorting, memory some ten bytes a word, and the cache plain arrays.
"""

import itertools
import os
import sys
from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property, lru_cache
from pathlib import Path

from wirelens.demos.text_model.tokens import PARAGRAPH, split_text, starts_sentence

_FORMAT = 3
_SLICE = 20_000  # words between two looks at whether to go on


class CacheError(ValueError):
    """A cache file that is of another version, cut off or not one of ours."""


class TrainingStopped(Exception):  # noqa: N818 (no error: somebody asked for it)
    """The training was asked to end before its time."""


class NgramIndex:
    """All tokens of the books and where they stand.

    Attributes:
        words: the vocabulary; a word's number is its position here.
        tokens: the books as numbers, one after the other.
        positions: indices into `tokens`, by token, then by the token before it.
        before: the token before each of `positions`.
        starts: where each word's part of `positions` begins, and its end as a last entry.
    """

    def __init__(self, words: list[str], tokens: "array[int]", positions: "array[int]", starts: "array[int]") -> None:
        self.words = words
        self.tokens = tokens
        self.positions = positions
        self.starts = starts
        self.before = array("H", (tokens[index - 1] if index else 0 for index in positions))
        self.numbers = {word: number for number, word in enumerate(words)}
        self.following = lru_cache(maxsize=2048)(self._following)

    def count(self, word: int) -> int:
        return self.starts[word + 1] - self.starts[word]

    def places(self, first: int | None, second: int) -> "array[int]":
        """Indices of `second` in the books; only those that stand after `first` where that is given."""
        low, high = self.starts[second], self.starts[second + 1]
        if first is None:
            return self.positions[low:high]
        return self.positions[bisect_left(self.before, first, low, high) : bisect_right(self.before, first, low, high)]

    def _following(self, first: int | None, second: int) -> "Counter[int]":
        """How often each word followed `first second`, or `second` alone."""
        tokens = self.tokens
        last = len(tokens) - 1
        return Counter([tokens[index + 1] for index in self.places(first, second) if index < last])

    @cached_property
    def breadth(self) -> "array[int]":
        """After how many different words each word was met: Kneser and Ney's measure of a word's own odds."""
        return array(
            "I",
            (
                sum(1 for _ in itertools.groupby(self.before[self.starts[word] : self.starts[word + 1]]))
                for word in range(len(self.words))
            ),
        )

    @cached_property
    def widest(self) -> list[int]:
        """The 200 words that were met after the most different words."""
        return sorted(range(len(self.words)), key=lambda word: (-self.breadth[word], word))[:200]

    @cached_property
    def total_breadth(self) -> int:
        return sum(self.breadth)

    # The cache: a line that says what it is, the vocabulary, then the arrays as they lie in memory.

    def save(self, path: Path, fingerprint: str) -> None:
        """Writes the index; a reader never sees half of it."""
        path.parent.mkdir(parents=True, exist_ok=True)
        vocabulary = "\0".join(self.words).encode()
        sizes = f"{len(vocabulary)} {len(self.tokens)} {len(self.starts)}"
        part = path.with_suffix(f".{os.getpid()}.part")
        try:
            with part.open("wb") as file:
                file.write(f"{_header(fingerprint)} : {sizes}\n".encode())
                file.write(vocabulary)
                for numbers in (self.tokens, self.positions, self.starts):
                    numbers.tofile(file)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)

    @classmethod
    def load(cls, path: Path, fingerprint: str) -> "NgramIndex":
        """Reads what `save` wrote.

        Raises:
            CacheError: the file is damaged, or for other books or another version.
            OSError: it cannot be read.
        """
        with path.open("rb") as file:
            header, _, sizes = file.readline(300).decode("ascii", "replace").partition(" : ")
            if header != _header(fingerprint):
                raise CacheError("made of other books or by another version")
            try:
                vocabulary_size, token_count, start_count = (int(size) for size in sizes.split())
                words = file.read(vocabulary_size).decode().split("\0")
                tokens, positions, starts = array("H"), array("I"), array("I")
                for numbers, count in ((tokens, token_count), (positions, token_count), (starts, start_count)):
                    numbers.fromfile(file, count)
            except (ValueError, EOFError, MemoryError) as error:
                raise CacheError("damaged") from error
        if len(starts) != len(words) + 1 or starts[-1] != token_count or (token_count and max(tokens) >= len(words)):
            raise CacheError("damaged")
        return cls(words, tokens, positions, starts)


def train(paragraphs: Iterable[str], is_stopped: Callable[[], bool] = lambda: False) -> NgramIndex:
    """Counts the books. Runs in a thread: pure Python in small steps, so that others get their turn.

    Raises:
        TrainingStopped: `is_stopped` said so.
    """
    words, tokens = _numbered(_with_plain_case(paragraphs, is_stopped))
    places: list[list[int]] = [[] for _ in words]
    for index, token in enumerate(tokens):
        places[token].append(index)
        if index % _SLICE == 0 and is_stopped():
            raise TrainingStopped
    positions, starts = array("I"), array("I", [0])
    for number, found in enumerate(places):
        found.sort(key=lambda index: tokens[index - 1] if index else 0)
        positions.extend(found)
        starts.append(len(positions))
        if number % 1000 == 0 and is_stopped():
            raise TrainingStopped
    return NgramIndex(words, tokens, positions, starts)


def _with_plain_case(paragraphs: Iterable[str], is_stopped: Callable[[], bool]) -> Iterator[str]:
    """All tokens of the books; a word that has its capital only from the start of a sentence loses it."""
    read: list[list[str]] = []
    counts: Counter[str] = Counter()
    for number, paragraph in enumerate(paragraphs):
        tokens = split_text(paragraph)
        tokens.append(PARAGRAPH)
        read.append(tokens)
        counts.update(tokens)  # starts of sentences too: they are few against the rest
        if number % 200 == 0 and is_stopped():
            raise TrainingStopped
    lower = {
        word: plain
        for word in counts
        if word[0].isupper() and counts[plain := word[0].lower() + word[1:]] * 2 >= counts[word]
    }
    before, before_that = PARAGRAPH, ""
    for tokens in read:
        for token in tokens:
            yield lower.get(token, token) if starts_sentence(before, before_that) else token
            before, before_that = token, before


def _numbered(tokens: Iterable[str]) -> tuple[list[str], "array[int]"]:
    numbers: dict[str, int] = {}
    found = array("H", (numbers.setdefault(token, len(numbers)) for token in tokens))
    return list(numbers), found


def _header(fingerprint: str) -> str:
    return f"wirelens-ngrams {_FORMAT} {sys.byteorder} {fingerprint}"
