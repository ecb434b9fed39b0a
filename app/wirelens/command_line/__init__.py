"""The headless verbs, on the engine alone: whatever a person can do at the window, a script can do here."""

from wirelens.command_line.program import main

__all__ = ["main"]
