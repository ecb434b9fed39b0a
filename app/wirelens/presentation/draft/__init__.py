"""The request being edited: a tree of field states beside the JSON text, with undo; see `Draft`."""

from wirelens.presentation.draft.draft import Draft

__all__ = ["Draft"]
