"""Ranks what the palette offers against what was typed: letters in order, starts of words before middles."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something the palette can do: shown text, a faint detail beside it, and what to run."""

    text: str
    detail: str
    run: Any  # called without arguments


def match_score(query: str, text: str) -> float | None:
    """How well `query` fits `text`, higher is better; None where its letters do not occur in that order.

    Spaces in the query are ignored; a letter at the start of a word (also of a CamelCase or dotted part) counts
    more than one within, and a run of letters more than single ones.
    """
    letters = query.lower().replace(" ", "")
    lowered = text.lower()
    if not letters:
        return 0.0
    where = lowered.find(letters)
    if where >= 0:
        starts = where == 0 or not text[where - 1].isalnum() or (text[where].isupper() and text[where - 1].islower())
        return 100.0 + (50.0 if starts else 0.0) - 0.2 * len(text) - 0.1 * where
    latest = _latest_positions(letters, lowered)
    if latest is None:
        return None
    score, position, previous = 0.0, 0, -2
    for letter, last in zip(letters, latest, strict=True):
        found = _best_position(text, lowered, letter, position, last)
        if found == previous + 1:
            score += 4.0
        if found == 0 or not text[found - 1].isalnum() or text[found].isupper():
            score += 6.0
        score += 1.0
        previous, position = found, found + 1
    return score - 0.1 * len(text)


def best_matches(query: str, candidates: Iterable[Candidate], limit: int = 50) -> list[Candidate]:
    """The fitting candidates, best first; in their given order where they fit alike."""
    scored = []
    for order, candidate in enumerate(candidates):
        in_text = match_score(query, candidate.text)
        in_both = match_score(query, f"{candidate.detail} {candidate.text}")
        scores = [score for score in (in_text, None if in_both is None else in_both - 20.0) if score is not None]
        if scores:
            scored.append((-max(scores), order, candidate))
    scored.sort(key=lambda entry: entry[:2])
    return [candidate for _score, _order, candidate in scored[:limit]]


def _latest_positions(letters: str, lowered: str) -> list[int] | None:
    """How far right each letter may be taken so that those after it still fit; None where they don't fit at all."""
    latest, end = [], len(lowered)
    for letter in reversed(letters):
        end = lowered.rfind(letter, 0, end)
        if end < 0:
            return None
        latest.append(end)
    return latest[::-1]


def _best_position(text: str, lowered: str, letter: str, start: int, last: int) -> int:
    """The next place of `letter` up to `last`; the start of a word is preferred when it is not far."""
    place = first = lowered.find(letter, start)
    while 0 <= place <= min(last, first + 23):
        if place == 0 or not text[place - 1].isalnum() or text[place].isupper():
            return place
        place = lowered.find(letter, place + 1)
    return first
