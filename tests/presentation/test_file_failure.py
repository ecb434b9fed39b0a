"""What is said of files that could not be read or written."""

from pathlib import Path
from typing import BinaryIO

import pytest

from wirelens.presentation.file_failure import file_failure, written


def test_a_file_is_written_and_nothing_is_said(tmp_path: Path) -> None:
    path = tmp_path / "message.bin"
    path.write_bytes(b"what was there before")
    assert written(path, lambda file: file.write(b"\x01\x02")) == ""
    assert path.read_bytes() == b"\x01\x02"


def test_why_a_file_was_not_written_is_said_with_its_name_alone(tmp_path: Path) -> None:
    assert written(tmp_path / "no" / "message.bin", lambda file: file.write(b"")) == (
        "message.bin: No such file or directory"
    )

    def fill_the_disk(_file: BinaryIO) -> None:
        raise OSError(28, "No space left on device")

    assert written(tmp_path / "message.bin", fill_the_disk) == "message.bin: No space left on device"


def test_an_error_without_a_number_is_said_in_its_own_words() -> None:
    assert file_failure(Path("a/b.bin"), OSError("is no file")) == "b.bin: is no file"


def test_other_mistakes_are_not_taken_for_the_files(tmp_path: Path) -> None:
    def stumble(_file: BinaryIO) -> None:
        raise ValueError

    with pytest.raises(ValueError):
        written(tmp_path / "message.bin", stumble)
