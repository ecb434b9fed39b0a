"""The field that the person is at, kept so that each face of a draft can show it."""

from PySide6.QtCore import QObject, Signal

from wirelens.presentation.draft.paths import Path


class FieldFocus(QObject):
    """A place in the form; `moved` tells of another one and of which face it came from ("form", "wire")."""

    moved = Signal(object, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path: Path | None = None
        self._face = ""

    @property
    def path(self) -> Path | None:
        """The field's path; None while no field was gone to."""
        return self._path

    @property
    def face(self) -> str:
        """Where the person went to it."""
        return self._face

    def move(self, path: Path, face: str) -> None:
        """The person is at `path` now."""
        if (path, face) != (self._path, self._face):
            self._path, self._face = path, face
            self.moved.emit(path, face)
