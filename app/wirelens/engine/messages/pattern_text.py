"""A text that matches a regular expression, as RE2 writes it, for patterns such as people put into rules."""

import random
from collections.abc import Callable

_DIGITS = "0123456789"
_LOWER = "abcdefghijklmnopqrstuvwxyz"
_WORD = _LOWER + _DIGITS
_ESCAPED_CLASSES = {"d": _DIGITS, "w": _WORD, "s": " ", "D": _LOWER, "W": "-", "S": _LOWER}
_NAMED_CLASSES = {
    "alpha": _LOWER,
    "digit": _DIGITS,
    "alnum": _WORD,
    "upper": _LOWER.upper(),
    "lower": _LOWER,
    "space": " ",
    "xdigit": "0123456789abcdef",
    "word": _WORD,
    "punct": "-._",
}
_ESCAPED_CHARACTERS = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "a": "\a"}
_PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))
_MORE = 3  # repetitions beyond the least, where the pattern sets no end
_MOST_REPEATED = 300
_DEEPEST = 40
_LONGEST = 20_000

_Part = Callable[[random.Random], str]


def matching_text(pattern: str, seed: int = 0) -> str | None:
    """A text that `pattern` should match, the same for each seed; None where the pattern is beyond this reader.

    Look-around does not exist in RE2; word boundaries are passed over, so that the caller has to check the text.
    """
    try:
        return _Reader(pattern).whole()(random.Random(seed))
    except (ValueError, LookupError, RecursionError):
        return None


class _Reader:
    """Reads a pattern from left to right into parts that each write a piece of text."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0
        self._depth = 0

    def whole(self) -> _Part:
        part = self._alternatives()
        if self._at < len(self._pattern):
            raise ValueError("a bracket too many")
        return part

    def _alternatives(self) -> _Part:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise ValueError("nested too deep")
        choices = [self._sequence()]
        while self._take("|"):
            choices.append(self._sequence())
        self._depth -= 1
        return choices[0] if len(choices) == 1 else lambda chance: chance.choice(choices)(chance)

    def _sequence(self) -> _Part:
        parts: list[_Part] = []
        while self._at < len(self._pattern) and self._pattern[self._at] not in "|)":
            parts.append(self._repeated(self._one()))
        return lambda chance: "".join(part(chance) for part in parts)

    def _one(self) -> _Part:
        character = self._next()
        if character in "^$":
            return lambda _chance: ""
        if character == ".":
            return lambda chance: chance.choice(_LOWER)
        if character == "(":
            if self._group_is_flags():
                return lambda _chance: ""
            part = self._alternatives()
            if not self._take(")"):
                raise ValueError("a bracket is open")
            return part
        if character == "[":
            letters = self._class()
            return lambda chance: chance.choice(letters)
        if character == "\\":
            letters = self._escaped()
            return lambda chance: chance.choice(letters) if letters else ""
        return lambda _chance: character

    def _repeated(self, part: _Part) -> _Part:
        while self._at < len(self._pattern):
            if self._take("*"):
                low, high = 0, _MORE
            elif self._take("+"):
                low, high = 1, 1 + _MORE
            elif self._take("?"):
                low, high = 0, 1
            elif self._pattern[self._at] == "{":
                low, high = self._counts()
            else:
                break
            self._take("?")  # a lazy one repeats as well
            part = _times(part, low, high)
        return part

    def _counts(self) -> tuple[int, int]:
        end = self._pattern.index("}", self._at)
        least, comma, most = self._pattern[self._at + 1 : end].partition(",")
        self._at = end + 1
        low = int(least or 0)
        high = low if not comma else int(most) if most else low + _MORE
        if not low <= high <= _MOST_REPEATED:
            raise ValueError("repeated too often")
        return low, high

    def _group_is_flags(self) -> bool:
        """Pass over what stands in front of a group; whether the group is nothing but flags, as in `(?i)`."""
        if not self._take("?"):
            return False
        if self._pattern.startswith(("P<", "<"), self._at):
            if self._pattern[self._at + 1] in "=!":
                raise ValueError("look-behind")
            self._at = self._pattern.index(">", self._at) + 1
            return False
        while (character := self._next()) != ":":
            if character == ")":
                return True
            if character not in "imsU-":
                raise ValueError("a group of its own kind")
        return False

    def _escaped(self) -> str:
        character = self._next()
        if character in _ESCAPED_CLASSES:
            return _ESCAPED_CLASSES[character]
        if character in "bBAzZ":
            return ""
        if character == "x":
            digits = self._next()
            if digits == "{":
                end = self._pattern.index("}", self._at)
                digits, self._at = self._pattern[self._at : end], end + 1
            else:
                digits += self._next()
            return chr(int(digits, 16))
        if character in "pPQECk" or character.isdigit():
            raise ValueError("beyond this reader")
        return _ESCAPED_CHARACTERS.get(character, character)

    def _class(self) -> str:
        is_negated = self._take("^")
        letters = ""
        is_first = True
        while is_first or self._pattern[self._at] != "]":
            is_first = False
            if self._pattern.startswith("[:", self._at):
                end = self._pattern.index(":]", self._at)
                letters += _NAMED_CLASSES[self._pattern[self._at + 2 : end]]
                self._at = end + 2
                continue
            first = self._next()
            part = self._escaped() if first == "\\" else first
            if len(part) == 1 and self._pattern[self._at] == "-" and self._pattern[self._at + 1] != "]":
                self._at += 1
                last = self._next()
                last = self._escaped() if last == "\\" else last
                if len(last) != 1:
                    raise ValueError("a range ends with one character")
                span = range(ord(part), min(ord(last), ord(part) + 255) + 1)
                part = "".join(map(chr, span))
            letters += part
        self._at += 1
        if is_negated:
            letters = "".join(letter for letter in _LOWER + _PRINTABLE if letter not in letters)
        if not letters:
            raise ValueError("an empty class")
        return letters

    def _next(self) -> str:
        self._at += 1
        return self._pattern[self._at - 1]

    def _take(self, character: str) -> bool:
        if self._pattern.startswith(character, self._at):
            self._at += 1
            return True
        return False


def _times(part: _Part, low: int, high: int) -> _Part:
    def repeated(chance: random.Random) -> str:
        text = ""
        for _ in range(chance.randint(low, high)):
            text += part(chance)
            if len(text) > _LONGEST:
                raise ValueError("longer than anybody would want")
        return text

    return repeated
