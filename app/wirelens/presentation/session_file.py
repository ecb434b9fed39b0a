"""What the window finds again at its next start: one JSON file, written whole or not at all.

Reading and writing happen in a thread; a file that cannot be read is kept aside under another name, never lost.
"""

import asyncio
import contextlib
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from wirelens.engine.errors import StorageError
from wirelens.presentation.later import made

VERSION = 1


class SessionFile:
    """The session file of one window."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = asyncio.Lock()
        self._written: str | None = None

    def read(self) -> dict[str, Any]:
        """The saved session, empty at the first start. Small enough to be read before the window is shown.

        Raises:
            StorageError: the file cannot be read or is damaged; it was moved aside, `next_step` says where to.
        """
        try:
            text = self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return {}
        except (OSError, UnicodeDecodeError) as error:
            raise self._set_aside(str(error)) from error
        try:
            data = json.loads(text)
            if not isinstance(data, dict) or not isinstance(data.get("version"), int):
                raise ValueError("it is no session file")
        except (ValueError, RecursionError) as error:
            raise self._set_aside(str(error)) from error
        if data["version"] > VERSION:
            raise self._set_aside(f"it was written by a newer Wirelens (version {data['version']})")
        return data

    async def write(self, data: dict[str, Any]) -> None:
        """Replace the file, off the event loop; the same content is not written twice. `data` stays as it is meanwhile,
        and what in it is for Later is made there.

        Raises:
            StorageError: the file cannot be written.
        """
        async with self._lock:
            try:
                await asyncio.to_thread(self._replace, data)
            except OSError as error:
                raise StorageError(
                    f"the session could not be saved: {error.strerror or error}", place=str(self.path)
                ) from error

    def _replace(self, data: dict[str, Any]) -> None:
        # In ASCII: text may hold half a surrogate pair.
        text = json.dumps({"version": VERSION, **data}, indent=1, default=made)
        if text == self._written:
            return
        # What was typed may be private: the folder and the file are the user's alone.
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, name = tempfile.mkstemp(dir=self.path.parent, prefix=f".{self.path.name}.")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, self.path)
            self._written = text
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(name)
            raise

    def keep_copy(self) -> str:
        """Copy the file aside, before it is written anew without what made no sense; the copy's name, or ""."""
        kept = self.path.with_suffix(".unreadable.json")
        try:
            shutil.copy2(self.path, kept)
        except OSError:
            return ""
        return kept.name

    def _set_aside(self, reason: str) -> StorageError:
        kept = self.path.with_suffix(".unreadable.json")
        try:
            os.replace(self.path, kept)
            next_step = f"it was kept as {kept.name}; Wirelens starts empty"
        except OSError:
            next_step = "Wirelens starts empty"
        return StorageError(f"the last session could not be read: {reason}", place=str(self.path), next_step=next_step)
