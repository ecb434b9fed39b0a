"""The books that the model is trained on."""

import bz2
import hashlib
from dataclasses import dataclass
from pathlib import Path

from wirelens import bundled


@dataclass(frozen=True, slots=True)
class Book:
    """One book, packed as it ships."""

    title: str
    packed: bytes

    def paragraphs(self) -> list[str]:
        return bz2.decompress(self.packed).decode("utf-8").splitlines()


def bundled_books() -> list[Book]:
    """Jane Austen's six novels, by title."""
    return [Book(_title(path), path.read_bytes()) for path in sorted((bundled.resources() / "text").glob("*.txt.bz2"))]


def fingerprint(books: list[Book]) -> str:
    """Changes when a book does."""
    digest = hashlib.sha256()
    for book in books:
        digest.update(hashlib.sha256(book.packed).digest())
    return digest.hexdigest()


def _title(path: Path) -> str:
    """`pride-and-prejudice.txt.bz2` -> `Pride and Prejudice`."""
    words = path.name.split(".")[0].split("-")
    return " ".join(word if word == "and" else word.capitalize() for word in words)
