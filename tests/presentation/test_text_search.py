"""What is found in a text, and what takes its place."""

import pytest

from wirelens.presentation.text_search import TextQuery


def found(query: TextQuery, text: str) -> list[str]:
    return [match.text for match in query.matches(text)]


def test_case_matters_by_wish_or_by_a_capital() -> None:
    text = "the The THE"
    assert found(TextQuery("the"), text) == ["the", "The", "THE"]
    assert found(TextQuery("The"), text) == ["The"]
    assert found(TextQuery("the", match_case=True), text) == ["the"]
    assert found(TextQuery("[A-T]he", is_pattern=True), text) == ["the", "The", "THE"]


def test_whole_words() -> None:
    assert found(TextQuery("id", whole_word=True), 'id, idle, "id", void, id') == ["id", "id", "id"]
    assert found(TextQuery('"a', whole_word=True), '"a "ab') == ['"a']


def test_regular_expressions() -> None:
    query = TextQuery(r"(\w)(\d+)", is_pattern=True)
    assert [match.replaced(r"\2\1") for match in query.matches("a1 b22")] == ["1a", "22b"]
    assert found(TextQuery("^b", is_pattern=True), "a\nb") == ["b"]
    assert found(TextQuery("x*", is_pattern=True), "axx") == ["xx"]


def test_words_are_replaced_as_they_stand() -> None:
    assert [match.replaced(r"\1") for match in TextQuery("a").matches("a")] == [r"\1"]


@pytest.mark.parametrize("pattern", ["(", "a{2", "[", "*", "(?P<a", "\\"])
def test_what_is_wrong_is_said_and_nothing_found(pattern: str) -> None:
    query = TextQuery(pattern, is_pattern=True)
    if pattern != "a{2":  # Python takes it for letters
        assert query.problem()
        assert query.matches("((a") == []
    assert TextQuery(pattern).problem() == ""


def test_a_replacement_that_names_no_group() -> None:
    query = TextQuery("(a)", is_pattern=True)
    assert query.replacement_problem(r"\1") == ""
    assert "group" in query.replacement_problem(r"\2").lower()
    assert query.replacement_problem(r"\g<b>")
    assert TextQuery("(a)").replacement_problem(r"\2") == ""


def test_only_a_part_of_the_text() -> None:
    assert [match.start for match in TextQuery("a").matches("aaaa", 1, 3)] == [1, 2]
    assert len(TextQuery("a").matches("aaaa", most=2)) == 2


def test_a_search_that_does_not_come_to_an_end_is_given_up() -> None:
    query = TextQuery("(a|aa)+$", is_pattern=True)
    with pytest.raises(TimeoutError):
        query.matches("a" * 60 + "z", seconds=0.05)
    assert len(TextQuery("x").matches("x" * 60, seconds=5)) == 60


def test_named_groups_in_a_replacement() -> None:
    query = TextQuery("(?P<key>a)(b)", is_pattern=True)
    assert query.replacement_problem(r"\g<key>\2") == ""
    assert query.replacement_problem(r"\3")
    assert [match.replaced(r"\2\g<key>") for match in query.matches("ab")] == ["ba"]
