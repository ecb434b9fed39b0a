"""What a prompt is about: the words that its words keep company with in the books, and stand-ins for unknown ones."""

import math
from collections import Counter
from collections.abc import Sequence

from wirelens.demos.text_model.ngrams import NgramIndex

_COMMON = 1_500  # a word met more often says nothing about a topic
_WORDS = 24  # of a prompt, the last ones
_PLACES = 150  # of each word that are looked at
_NEAR = 9  # tokens to either side
_COMPANIONS = 150  # words that are favoured for keeping company
_RARE = 150  # a word met as often as this, or less, says all that a word can say
_FAVOUR_NAMED = 120.0
_FAVOUR_COMPANION = 25.0
_FAVOUR_LEADING = 60.0
_STAND_INS = 12  # unknown words that get one, the last ones first: looking for one takes some 5 ms
_STAND_IN_COUNTS = range(20, 800)
_STAND_IN_NAME_COUNTS = range(100, 1_200)


class Topic:
    """The prompt's words as the model sees them, and how much each word of the model is favoured.

    Attributes:
        favours: how many times likelier a word is here than elsewhere; words that are not in it have 1.

    Args:
        index: what the model has read.
        texts: what was said so far, as tokens, each with its weight (1 for the last, less for what is long past).
    """

    def __init__(self, index: NgramIndex, texts: Sequence[tuple[Sequence[str], float]]) -> None:
        self._index = index
        self._stand_ins: dict[str, int | None] = {}
        self._shown: dict[int, str] = {}
        self.favours: dict[int, float] = {}
        for tokens, _ in reversed(texts):
            for token in reversed(tokens):
                self.number(token)
        named: dict[int, float] = {}
        for tokens, weight in texts:
            for token in tokens:
                number = self.number(token)
                if number is not None and self._says_something(number):
                    named.pop(number, None)  # so that the last mention counts for what is kept
                    named[number] = max(weight, named.get(number, 0.0))
        self._favour(dict(list(named.items())[-_WORDS:]))

    def number(self, token: str) -> int | None:
        """The word's number, or that of its stand-in; None for what cannot be likened to any word."""
        numbers = self._index.numbers
        lower = token[:1].lower() + token[1:]
        known = [numbers[form] for form in {token, lower, token.lower()} if form in numbers]
        if known:
            return max(known, key=lambda number: (self._index.count(number), number))
        if token not in self._stand_ins:
            may_have_one = token[:1].isalpha() and len(self._shown) < _STAND_INS
            self._stand_ins[token] = stand_in = self._stand_in(token) if may_have_one else None
            if stand_in is not None:
                self._shown.setdefault(stand_in, token)
        return self._stand_ins[token]

    def text(self, number: int) -> str:
        """The word of that number; an unknown word of the prompt is written where its stand-in would be."""
        return self._shown.get(number) or self._index.words[number]

    def _says_something(self, number: int) -> bool:
        word = self._index.words[number]
        return word[0].isalpha() and len(word) > 2 and self._index.count(number) <= _COMMON

    def _favour(self, named: dict[int, float]) -> None:
        index, total = self._index, len(self._index.tokens)
        strength: dict[int, float] = {}
        for word, weight in named.items():
            near: Counter[int] = Counter()
            places = index.places(None, word)
            chosen = places[:: max(1, len(places) // _PLACES)]
            for place in chosen:
                near.update(set(index.tokens[max(0, place - _NEAR) : place + _NEAR + 1]))
            looked_at = len(chosen) * (2 * _NEAR + 1)
            for other, often in near.items():
                ratio = often * total / (looked_at * index.count(other))
                if often >= 3 and ratio > 2.5 and self._says_something(other):
                    strength[other] = strength.get(other, 0.0) + weight * self._telling(word) * math.log(ratio)
        strongest = sorted(strength.items(), key=lambda item: (-item[1], item[0]))[:_COMPANIONS]
        for other, value in strongest:
            self.favours[other] = 1 + (_FAVOUR_COMPANION - 1) * min(1.0, value / 4)
        for word, weight in self._leading_to(named).items():
            self.favours[word] = self.favours.get(word, 1.0) + _FAVOUR_LEADING * weight
        for word, weight in named.items():
            self.favours[word] = 1 + (_FAVOUR_NAMED - 1) * weight * self._telling(word)

    def _leading_to(self, named: dict[int, float]) -> dict[int, float]:
        """Words that the named ones often follow (`Miss` before `Bates`), and how often."""
        index = self._index
        found: dict[int, float] = {}
        for word, weight in named.items():
            before = Counter(index.before[index.starts[word] : index.starts[word + 1]])
            for other, often in before.items():
                if often >= 3 and index.words[other][0].isalpha():
                    found[other] = found.get(other, 0.0) + weight * self._telling(word) * often / index.count(other)
        return {other: share for other, share in found.items() if share > 0.01}

    def _telling(self, number: int) -> float:
        return min(1.0, _RARE / self._index.count(number))

    def _stand_in(self, token: str) -> int | None:
        """A known word that looks alike: the same kind of capital and the longest common ending."""
        is_name = token[:1].isupper()
        counts = _STAND_IN_NAME_COUNTS if is_name else _STAND_IN_COUNTS
        best, best_rank = None, (0, 0)
        for number, word in enumerate(self._index.words):
            count = self._index.count(number)
            if count not in counts or word[0].isupper() != is_name or number in self._shown:
                continue
            if not word[-1].isalpha():
                continue
            rank = (_common_ending(word, token.lower()), count)
            if rank > best_rank:
                best, best_rank = number, rank
        return best


def _common_ending(one: str, other: str) -> int:
    length = 0
    for a, b in zip(reversed(one), reversed(other), strict=False):
        if a != b:
            break
        length += 1
    return length
