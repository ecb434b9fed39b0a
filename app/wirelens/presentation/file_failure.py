"""What is said of a file of the person's that could not be read or written."""

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO


def file_failure(path: Path, error: OSError) -> str:
    """`message.bin: No space left on device`."""
    return f"{path.name}: {error.strerror or error}"


def written(path: Path, write: Callable[[BinaryIO], object]) -> str:
    """Have a file written anew, meant for a thread; why it was not, empty where it was."""
    try:
        with path.open("wb") as file:
            write(file)
    except OSError as error:
        return file_failure(path, error)
    return ""
