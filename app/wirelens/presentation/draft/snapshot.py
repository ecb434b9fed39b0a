"""One state of a draft, as undo keeps it."""

from dataclasses import dataclass

from wirelens.engine.errors import JsonError
from wirelens.presentation.draft.tree import Value
from wirelens.presentation.history import History


@dataclass(frozen=True, eq=False)
class Snapshot:
    """One state of a draft: the tree, and the JSON as it was typed where that is what was edited last.

    With a `problem` the text is no JSON, and the tree the last good one. `is_read` is False while a large text
    waits to be read; the tree is then an older one as well.
    """

    tree: Value
    text: str | None = None
    problem: JsonError | None = None
    is_read: bool = True

    @property
    def weight(self) -> int:
        """What it costs to keep, in characters: the tree is shared with the states beside it, a typed text is not."""
        return len(self.text) if self.text is not None else 0


def new_history(present: Snapshot) -> History[Snapshot]:
    """Undo for a message that begins with `present`."""
    return History(present, weight=lambda snapshot: snapshot.weight)
