"""Names like the one that was asked for and does not exist."""

import difflib
from collections.abc import Iterable

_MANY = 5000


def near_names(wanted: str, names: Iterable[str], limit: int = 3) -> list[str]:
    """The most similar names, best first; one that differs only in its package or in case goes before others."""
    lowered = wanted.lower()
    last = lowered.rpartition(".")[2]
    by_key: dict[str, str] = {}
    same: list[str] = []
    for name in names:
        key = name.lower()
        by_key.setdefault(key, name)
        if key == lowered or key.rpartition(".")[2] == last:
            same.append(name)
    if len(by_key) > _MANY:
        # Comparing takes some 20 us a name; who mistypes rarely mistypes the first letter.
        by_key = {key: name for key, name in by_key.items() if key.rpartition(".")[2][:1] == last[:1]}
    close = [by_key[key] for key in difflib.get_close_matches(lowered, by_key, n=limit, cutoff=0.7)]
    return list(dict.fromkeys([*same, *close]))[:limit]


def did_you_mean(wanted: str, names: Iterable[str]) -> str:
    """A next step that names them, "" where nothing is near."""
    near = near_names(wanted, names)
    return f"did you mean {' or '.join(near)}?" if near else ""
