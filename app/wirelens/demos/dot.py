"""Dot, the program that sits in every chat room: it counts along and answers what can be answered by counting."""

import random
import re
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

DOT = "Dot"

_DICE = re.compile(r"\b(?:roll\s+)?(\d{0,2})d(\d{1,4})\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_CAN = "Ask me who is here, how many messages or words there were, for the longest word, the time, or to roll 2d6."


class Dot:
    """What Dot knows of one room. It hears everything and says something only when that is its turn."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._messages: Counter[str] = Counter()
        self._words: Counter[str] = Counter()
        self._longest = ("", "")  # word, who said it

    def greeting(self, name: str, participants: Sequence[str]) -> str:
        """What it says to somebody who came in; `participants` are all in the room but Dot."""
        others = [other for other in participants if other != name]
        said = self._messages.total()
        company = f"{_listed(others)} {'is' if len(others) == 1 else 'are'} here too" if others else "we are alone"
        so_far = f", {_counted(said, 'message')} so far" if said else ""
        return f"Welcome, {name}: {company}{so_far}. I am a program and only count. {_CAN}"

    def hear(self, name: str, text: str) -> None:
        words = _WORD.findall(text)
        self._messages[name] += 1
        self._words[name] += len(words)
        longest = max(words, key=len, default="")
        if len(longest) > len(self._longest[0]):
            self._longest = (longest, name)

    def answer(self, name: str, text: str, participants: Sequence[str]) -> str | None:
        """What it says to that, None when people talk among themselves."""
        asked = text.casefold()
        if not (len(participants) == 1 or DOT.casefold() in asked or "?" in asked or _DICE.search(asked)):
            return None
        return self._found(asked, participants) or self._remark(name, text)

    def _found(self, asked: str, participants: Sequence[str]) -> str | None:
        if dice := _DICE.search(asked):
            return self._roll(int(dice[1] or 1), int(dice[2]))
        if "who" in asked and re.search(r"\b(here|room|there|else|anybody|anyone)\b", asked):
            return f"Here are {_listed([*participants, 'I'])}."
        if "how many" in asked:
            if "word" in asked:
                return f"{_counted(self._words.total(), 'word')}: {self._shares(self._words)}."
            if "message" in asked:
                return f"{_counted(self._messages.total(), 'message')}: {self._shares(self._messages)}."
            return f"{_counted(len(participants), 'person', 'people')} and one program."
        if "longest" in asked:
            word, who = self._longest
            return f"The longest word so far is “{word}”, {len(word)} letters, by {who}."
        if re.search(r"\b(time|date|day)\b", asked):
            return f"It is {datetime.now(UTC):%A, %d %B %Y, %H:%M:%S} UTC."
        return None

    def _remark(self, name: str, text: str) -> str:
        words = _WORD.findall(text)
        said = self._messages[name]
        remark = (
            f"That was message {self._messages.total()} here and your {_ordinal(said)}, {name}: "
            f"{_counted(len(words), 'word')}, {_counted(len(text), 'character')}."
        )
        repeated, often = Counter(word.casefold() for word in words).most_common(1)[0] if words else ("", 0)
        if often > 1:
            remark += f" You said “{repeated}” {often} times."
        elif self._longest == (max(words, key=len, default=""), name):
            remark += f" “{self._longest[0]}” is the longest word so far."
        return f"{remark} {_CAN}" if "?" in text else remark

    def _roll(self, count: int, sides: int) -> str:
        if not (1 <= count <= 20 and sides >= 2):
            return "I have at most twenty dice, with at least two sides each."
        rolled = [self._chance.randint(1, sides) for _ in range(count)]
        sums = f"{' + '.join(map(str, rolled))} = {sum(rolled)}" if count > 1 else str(rolled[0])
        return f"{count}d{sides}: {sums}"

    def _shares(self, counts: Counter[str]) -> str:
        return ", ".join(f"{name} {count}" for name, count in counts.most_common(10)) or "nobody has said anything"


def _listed(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _counted(count: int, one: str, many: str = "") -> str:
    return f"{count} {one if count == 1 else many or one + 's'}"


def _ordinal(number: int) -> str:
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
