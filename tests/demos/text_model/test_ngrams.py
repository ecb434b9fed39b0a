"""Counting the books, and keeping the counts."""

from pathlib import Path

import pytest

from wirelens.demos.text_model.books import bundled_books, fingerprint
from wirelens.demos.text_model.ngrams import CacheError, NgramIndex, TrainingStopped, train

TEXT = ["The cat sat. A cat ran, and the dog sat.", "Will the cat sit? Mary will. The end"]


def following(index: NgramIndex, first: str | None, second: str) -> dict[str, int]:
    numbers = index.numbers
    counts = index.following(numbers[first] if first else None, numbers[second])
    return {index.words[number]: count for number, count in counts.items()}


def test_what_followed_one_word_and_two() -> None:
    index = train(TEXT)
    assert following(index, None, "cat") == {"sat": 1, "ran": 1, "sit": 1}
    assert following(index, "the", "cat") == {"sat": 1, "sit": 1}
    assert following(index, "cat", "Mary") == {}
    assert following(index, None, "the") == {"cat": 2, "dog": 1, "end": 1}


def test_capitals_of_sentences_are_forgotten_and_those_of_names_kept() -> None:
    index = train(TEXT)
    assert "The" not in index.numbers
    assert "Mary" in index.numbers
    assert index.count(index.numbers["will"]) == 2


def test_counts_survive_the_cache(tmp_path: Path) -> None:
    index = train(TEXT)
    file = tmp_path / "folder" / "model.bin"
    index.save(file, "mark")
    again = NgramIndex.load(file, "mark")
    assert (again.words, again.tokens, again.positions, again.before) == (
        index.words,
        index.tokens,
        index.positions,
        index.before,
    )
    assert [path.name for path in file.parent.iterdir()] == ["model.bin"]


@pytest.mark.parametrize("damage", ["other mark", "cut", "no header", "empty", "wild numbers", "not UTF-8"])
def test_a_cache_that_is_not_right_is_refused(tmp_path: Path, damage: str) -> None:
    index = train(TEXT)
    file = tmp_path / "model.bin"
    index.save(file, "mark")
    data = file.read_bytes()
    header, _, rest = data.partition(b"\n")
    vocabulary = int(header.split(b" : ")[1].split()[0])
    file.write_bytes(
        {
            "other mark": data,
            "cut": data[:-10],
            "no header": b"\x80\x04" + data,
            "empty": b"",
            "wild numbers": header + b"\n" + rest[:vocabulary] + b"\xff" * (len(rest) - vocabulary),
            "not UTF-8": header + b"\n" + b"\xff" * vocabulary + rest[vocabulary:],
        }[damage]
    )
    with pytest.raises(CacheError):
        NgramIndex.load(file, "another mark" if damage == "other mark" else "mark")


def test_training_can_be_stopped() -> None:
    with pytest.raises(TrainingStopped):
        train(TEXT, lambda: True)


def test_the_bundled_books_are_there_whole() -> None:
    books = bundled_books()
    assert [book.title for book in books] == [
        "Emma",
        "Mansfield Park",
        "Northanger Abbey",
        "Persuasion",
        "Pride and Prejudice",
        "Sense and Sensibility",
    ]
    assert sum(len(book.packed) for book in books) < 1_000_000
    assert all(len(book.paragraphs()) > 500 for book in books)
    assert fingerprint(books) != fingerprint(books[:5])
