"""Writes text, a token at a time: odds from counts of three, two and one words, bent towards the prompt's words.

The odds are those of an interpolated trigram model with absolute discounting (Ney, Essen and Kneser 1994). On top:
words that stood near the prompt's words in the books are favoured, words just used are held back, a group of four
words never comes twice, and no run of the books longer than LONGEST_QUOTATION is followed.
"""

import random
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from wirelens.demos.text_model.ngrams import NgramIndex
from wirelens.demos.text_model.tokens import (
    CLOSING,
    OPENING,
    PARAGRAPH,
    capitalised,
    join_tokens,
    starts_sentence,
)
from wirelens.demos.text_model.topic import Topic

LONGEST_QUOTATION = 9  # tokens, marks included

_DISCOUNT = 0.5
_CONSIDERED = 400  # followers of one word that are weighed; the rest of their odds goes to the likelier ones
_FEW = 20  # followers below which words that fit anywhere are weighed too
_SHORTEST_PASSAGE = 45  # tokens before the end of a paragraph ends the text
_LONGEST_SPEECH = 60  # tokens after which a quotation mark is sought
_NEVER = ("(", ")", "[", "]", "*", "'")  # marks that come in pairs, too far apart to be kept in mind
_MEMORY = 60  # tokens that the repetition penalty looks back


@dataclass(frozen=True, slots=True)
class Manner:
    """How the next token is chosen; see text_generation.proto."""

    temperature: float = 0.7
    top_k: int = 40
    repetition_penalty: float = 1.2


class Writer:
    """One text in the making. The same index, prompt, manner and seed write the same text.

    Args:
        index: what the model has read.
        prompt: tokens to go on from.
        topic: which words are favoured.
        seed: of the random choices.
    """

    def __init__(self, index: NgramIndex, prompt: Sequence[str], topic: Topic, manner: Manner, seed: int) -> None:
        self._index = index
        self._topic = topic
        self._manner = manner
        self._random = random.Random(seed)
        self._prompt = prompt
        numbers = [number for token in prompt[-8:] if (number := topic.number(token)) is not None]
        self._context: list[int] = [self._paragraph, self._paragraph, *numbers]
        self._written: list[int] = []
        self._recent: deque[int] = deque(maxlen=_MEMORY)
        self._recent_set: set[int] = set()
        self._groups: Counter[tuple[int, ...]] = Counter()
        self._after_three: dict[tuple[int, ...], set[int]] = {}
        self._runs: dict[int, int] = {}  # place in the books of the last token -> how many tokens were the same so far
        self._speech = _open_speech(prompt)

    @property
    def _paragraph(self) -> int:
        return self._index.numbers[PARAGRAPH]

    def pieces(self) -> Iterator[str]:
        """The text's tokens with their spaces; ends by itself at the end of a passage."""
        before_that, before = [PARAGRAPH, PARAGRAPH, *self._prompt][-2:]

        def tokens() -> Iterator[str]:
            nonlocal before, before_that
            for number in self._numbers():
                token = self._topic.text(number)
                plain = token
                if starts_sentence(before, before_that):
                    token = capitalised(token)
                before, before_that = plain, before
                yield token

        yield from join_tokens(tokens())

    def _numbers(self) -> Iterator[int]:
        while True:
            chosen = self._choose(self._weights())
            if chosen == self._paragraph and len(self._written) >= _SHORTEST_PASSAGE:
                return
            self._take(chosen)
            yield chosen

    def _choose(self, weights: Mapping[int, float]) -> int:
        best = sorted(weights.items(), key=lambda item: (-item[1], item[0]))[: self._manner.top_k]
        if self._manner.temperature < 0.01:
            return best[0][0]
        # Scaled by the best, so that a small temperature cannot bring all to zero.
        power = 1 / self._manner.temperature
        scaled = [(weight / best[0][1]) ** power for _, weight in best]
        return self._random.choices([number for number, _ in best], scaled)[0]

    def _weights(self) -> dict[int, float]:
        """What may come next, bent by topic and by what was written; never empty."""
        first, second = self._context[-2:]
        odds = self._odds(first, second)
        barred = self._barred()
        favours = self._topic.favours
        weights = {
            number: probability * favours.get(number, 1.0) * self._restraint(number)
            for number, probability in odds.items()
            if number not in barred
        }
        closing = self._index.numbers.get(CLOSING, -1)
        if closing in weights and (self._speech or 0) > _LONGEST_SPEECH:
            weights[closing] *= 10
        return weights or odds

    def _odds(self, first: int, second: int) -> dict[int, float]:
        lower = dict(_pair_odds(self._index, second))
        after_second = self._index.following(None, second)
        for number in self._topic.favours:
            if number in after_second and number not in lower:
                lower[number] = (after_second[number] - _DISCOUNT) / after_second.total()
        seen = self._index.following(first, second)
        total = seen.total()
        if not total:
            return lower
        kept = _DISCOUNT * len(seen) / total
        odds = {number: kept * probability for number, probability in lower.items()}
        for number, count in seen.items():
            odds[number] = odds.get(number, 0.0) + (count - _DISCOUNT) / total
        return odds

    def _restraint(self, number: int) -> float:
        """Below 1 for what was used a moment ago."""
        penalty = self._manner.repetition_penalty
        factor = 1.0
        if penalty > 1:
            often = self._recent.count(number) if number in self._recent_set else 0
            if often:
                # `the` may come again soon, `precipitation` may not.
                rarity = min(1.0, 400 / (self._index.count(number) + 1))
                factor /= penalty ** (often * 6 * rarity)
        # A pair may come again, `of the` must; three words had better not, and four never do (see _barred).
        factor *= 0.6 ** min(2, self._groups[(self._context[-1], number)])
        if self._groups[(*self._context[-2:], number)]:
            factor *= 0.1
        return factor

    def _barred(self) -> set[int]:
        """What must not come next."""
        numbers, tokens = self._index.numbers, self._index.tokens
        barred = {tokens[place + 1] for place, run in self._runs.items() if run >= LONGEST_QUOTATION}
        barred |= self._after_three.get(tuple(self._written[-3:]), set())
        if not self._written:
            barred.add(numbers[PARAGRAPH])
        misplaced = (CLOSING,) if self._speech is None else (OPENING, PARAGRAPH)
        barred.update(numbers[mark] for mark in (*misplaced, *_NEVER) if mark in numbers)
        return barred

    def _take(self, number: int) -> None:
        index = self._index
        first, second = self._context[-2:]
        last = len(index.tokens) - 1
        self._runs = {
            place + 1: self._runs.get(place, 2) + 1
            for place in index.places(first, second)
            if place + 1 < last and index.tokens[place + 1] == number  # the last place leads nowhere
        }
        self._context = [second, number]
        self._after_three.setdefault(tuple(self._written[-3:]), set()).add(number)
        self._written.append(number)
        self._recent.append(number)
        self._recent_set = set(self._recent)
        for size in (2, 3):
            if len(self._written) >= size:
                self._groups[tuple(self._written[-size:])] += 1
        word = index.words[number]
        if word == OPENING:
            self._speech = 0
        elif word in (CLOSING, PARAGRAPH):
            self._speech = None
        elif self._speech is not None:
            self._speech += 1


@lru_cache(maxsize=512)
def _pair_odds(index: NgramIndex, word: int) -> dict[int, float]:
    """The odds of the likelier followers of one word, by what followed it and by how widely each is met."""
    seen = index.following(None, word)
    total = seen.total()
    kept = _DISCOUNT * len(seen) / total if total else 1.0
    odds = {
        number: (count - _DISCOUNT) / total + kept * index.breadth[number] / index.total_breadth
        for number, count in seen.most_common(_CONSIDERED)
    }
    if len(odds) < _FEW:
        for number in index.widest:
            odds.setdefault(number, kept * index.breadth[number] / index.total_breadth)
    return odds


def _open_speech(prompt: Sequence[str]) -> int | None:
    """How long the prompt's last speech has gone on, None where it is closed."""
    for length, token in enumerate(reversed(prompt)):
        if token in (CLOSING, PARAGRAPH):
            return None
        if token == OPENING:
            return length
    return None
