"""One state of a draft, as undo keeps it."""

from dataclasses import dataclass

from wirelens.engine.errors import JsonError
from wirelens.engine.messages.wire.scanning import WireMistake
from wirelens.presentation.draft.tree import Value, value_text
from wirelens.presentation.history import History


@dataclass(frozen=True, eq=False)
class Snapshot:
    """One state of a draft: the tree, and the JSON or the bytes as typed where those are what was edited last.

    With a `problem` the text is no JSON, with a `wire_mistake` the bytes in `wire` are no such message; the tree is
    then the last good one. `is_read` is False while a large text or message waits to be read; the tree is then an
    older one as well. What `is_outdated` was read by an older schema, and is read anew when it is wanted.
    """

    tree: Value
    text: str | None = None
    problem: JsonError | None = None
    is_read: bool = True
    wire: bytes | None = None
    wire_mistake: WireMistake | None = None
    is_outdated: bool = False

    def json_text(self) -> str:
        """The JSON as typed, or as the tree writes it."""
        return value_text(self.tree) if self.text is None else self.text

    @property
    def weight(self) -> int:
        """What it costs to keep, in characters and bytes: the tree is shared with the states beside it."""
        return len(self.text or "") + len(self.wire or b"")


def new_history(present: Snapshot) -> History[Snapshot]:
    """Undo for a message that begins with `present`."""
    return History(present, weight=lambda snapshot: snapshot.weight)
