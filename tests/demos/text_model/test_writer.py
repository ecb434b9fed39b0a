"""What the model writes: it follows the prompt, does not quote at length and never goes round in circles."""

import itertools
from collections.abc import Iterator

import pytest

from wirelens.demos.text_model.ngrams import NgramIndex
from wirelens.demos.text_model.tokens import CLOSING, OPENING, split_text
from wirelens.demos.text_model.topic import Topic
from wirelens.demos.text_model.writer import LONGEST_QUOTATION, Manner, Writer

PROMPTS = (
    "The weather in London was",
    "It is a truth universally acknowledged, that",
    "Tell me about a ball at Netherfield.",
    "Explain how Kubernetes schedules containers.",
    "",
    "中文 🙂",
)
PLAIN = Manner()
DULL = Manner(temperature=0.0, repetition_penalty=1.0)


def write(index: NgramIndex, prompt: str, manner: Manner = PLAIN, seed: int = 1, count: int = 200) -> str:
    tokens = split_text(prompt)
    pieces = Writer(index, tokens, Topic(index, [(tokens, 1.0)]), manner, seed).pieces()
    return "".join(itertools.islice(pieces, count))


def groups(tokens: list[str], size: int) -> Iterator[tuple[str, ...]]:
    return zip(*(tokens[start:] for start in range(size)), strict=False)


def quotations(index: NgramIndex, text: str, size: int) -> list[str]:
    """Runs of `size` tokens that stand in the books as they are (but for the capitals of sentences)."""
    books = "\0".join(["", *(index.words[number].lower() for number in index.tokens), ""])
    runs = ("\0".join(["", *group, ""]) for group in groups([token.lower() for token in split_text(text)], size))
    return [run for run in runs if run in books]


@pytest.mark.parametrize("prompt", PROMPTS)
def test_the_same_seed_writes_the_same_text_and_another_another(index: NgramIndex, prompt: str) -> None:
    assert write(index, prompt) == write(index, prompt) != write(index, prompt, seed=2)


@pytest.mark.parametrize("manner", [PLAIN, DULL, Manner(temperature=1.5)], ids=str)
def test_no_long_passage_is_quoted(index: NgramIndex, manner: Manner) -> None:
    text = "\n\n".join(write(index, prompt, manner, count=60) for prompt in PROMPTS[:3])
    assert quotations(index, text, LONGEST_QUOTATION + 1) == []


@pytest.mark.parametrize("prompt", PROMPTS)
def test_even_the_dullest_manner_does_not_loop(index: NgramIndex, prompt: str) -> None:
    text = write(index, prompt, DULL, count=400)
    found = list(groups(split_text(text), 4))
    assert len(found) == len(set(found))


def test_the_words_of_the_prompt_come_again_with_their_company(index: NgramIndex) -> None:
    ball = " ".join(
        write(index, "Tell me about a ball at Netherfield.", seed=seed, count=80) for seed in range(10)
    ).lower()
    sea = " ".join(write(index, "A walk by the sea at Lyme.", seed=seed, count=60) for seed in range(8)).lower()
    for word, here, there in (
        ("ball", ball, sea),
        ("netherfield", ball, sea),
        ("danc", ball, sea),
        ("lyme", sea, ball),
    ):
        assert here.count(word) > 2 * there.count(word), word


def test_an_unknown_word_stands_where_one_like_it_would(index: NgramIndex) -> None:
    prompt = "Tell me more about Mrs. Kubernetes and Mr. Kubernetes."
    assert any("Kubernetes" in write(index, prompt, seed=seed) for seed in range(12))


def test_speech_is_opened_and_closed_in_turn(index: NgramIndex) -> None:
    for seed in range(6):
        marks = [mark for mark in write(index, "", seed=seed) if mark in (OPENING, CLOSING)]
        assert marks == [OPENING if number % 2 == 0 else CLOSING for number in range(len(marks))]


def test_sentences_begin_with_a_capital(index: NgramIndex) -> None:
    text = write(index, "It was over.")
    assert text[0].isupper() or text[0] == OPENING
    after_stop = [text[at + 2] for at in range(len(text) - 2) if text[at : at + 2] == ". "]
    assert after_stop
    assert all(not letter.islower() for letter in after_stop)


def test_a_text_ends_by_itself(index: NgramIndex) -> None:
    lengths = [len(split_text(write(index, "It was over.", seed=seed, count=2000))) for seed in range(6)]
    assert min(lengths) >= 45
    assert max(lengths) < 2000


def test_a_prompt_of_unknown_words_is_taken_quickly(index: NgramIndex) -> None:
    words = [f"q{'x' * (number % 7)}{chr(97 + number % 26)}{chr(97 + number // 26 % 26)}z" for number in range(4000)]
    topic = Topic(index, [(words, 1.0)])
    assert 1 <= sum(topic.text(number) in words for number in range(len(index.words))) <= 12
