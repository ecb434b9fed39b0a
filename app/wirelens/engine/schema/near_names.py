"""Names like the one that was asked for and does not exist."""

import difflib
from collections.abc import Iterable

_MANY = 5000


def near_names(wanted: str, names: Iterable[str], limit: int = 3) -> list[str]:
    """The most similar names, best first; one that differs only in its package or in case counts as similar."""
    lowered = wanted.lower()
    last = lowered.rpartition(".")[2]
    by_key = {name.lower(): name for name in reversed(list(names))}
    same = [key for key in by_key if key.rpartition(".")[2] == last] if last else []
    if len(by_key) > _MANY:
        # Comparing takes some 20 us a name; who mistypes rarely mistypes the first letter.
        by_key = {key: name for key, name in by_key.items() if key.rpartition(".")[2][:1] == last[:1]}
    near = {*difflib.get_close_matches(lowered, by_key, n=limit, cutoff=0.7), *same}
    ranked = sorted(near, key=lambda key: (-difflib.SequenceMatcher(None, key, lowered).ratio(), key))
    return [by_key[key] for key in ranked[:limit]]


def suggestion(names: Iterable[str]) -> str:
    """A next step that offers them, "" where there are none."""
    offered = list(names)
    return f"did you mean {' or '.join(offered)}?" if offered else ""


def did_you_mean(wanted: str, names: Iterable[str]) -> str:
    """A next step that names what is near."""
    return suggestion(near_names(wanted, names))
