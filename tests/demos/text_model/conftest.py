"""The model as it ships, trained once for all tests."""

import pytest

from wirelens.demos.text_model.books import bundled_books
from wirelens.demos.text_model.ngrams import NgramIndex, train


@pytest.fixture(scope="session")
def index() -> NgramIndex:
    return train(line for book in bundled_books() for line in book.paragraphs())
