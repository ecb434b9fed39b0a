"""The field of a received message that the person is at, kept so that tree and bytes show the same."""

from PySide6.QtCore import QObject, Signal

from wirelens.engine.messages.wire.level import Spans


class MessageFocus(QObject):
    """A row's path and the bytes of its value; `moved` tells of another one.

    The path outlives the message: in the next one the same field is looked for.
    """

    moved = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path = ""
        self._spans: Spans = ()

    @property
    def path(self) -> str:
        """`user.tags[2]`; empty while no field was gone to."""
        return self._path

    @property
    def spans(self) -> Spans:
        """Where its value is in the message; none where it was not sent."""
        return self._spans

    def move(self, path: str, spans: Spans) -> None:
        """The person is at this field now."""
        if (path, spans) != (self._path, self._spans):
            self._path, self._spans = path, spans
            self.moved.emit()
