"""Text into tokens and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirelens.demos.text_model.tokens import join_tokens, split_text, starts_sentence


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", []),
        ("Mr. Darcy's ball", ["Mr.", "Darcy's", "ball"]),
        ('"Oh!" said she--"no."', ["“", "Oh", "!", "”", "said", "she", "—", "“", "no", ".", "”"]),
        ("drawing-room, 10,000 or 3rd", ["drawing-room", ",", "10,000", "or", "3rd"]),
        ('One "open\n\nTwo "', ["One", "“", "open", "\n\n", "Two", "“"]),
        ("wait... (ä 中 🙂)", ["wait", "...", "(", "ä", "中", "🙂", ")"]),
    ],
)
def test_words_and_marks(text: str, tokens: list[str]) -> None:
    assert split_text(text) == tokens


@pytest.mark.parametrize(
    "text",
    [
        "“Oh!” said she, “it is a truth—universally (I hope) acknowledged.”",
        "First; then: last.\n\nMr. Elton's carriage?",
    ],
)
def test_text_comes_back_with_its_spaces(text: str) -> None:
    assert "".join(join_tokens(split_text(text))) == text


@given(st.text())
def test_any_text_can_be_split(text: str) -> None:
    assert all(split_text(text))


@pytest.mark.parametrize(
    ("before", "before_that", "answer"),
    [(".", "x", True), ("”", ".", True), ("”", "?", False), ("“", ",", False), ("“", ".", True), ("the", ".", False)],
)
def test_where_sentences_start(before: str, before_that: str, answer: bool) -> None:
    assert starts_sentence(before, before_that) is answer
