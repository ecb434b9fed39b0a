import pytest

from wirelens.presentation.command_search import Candidate, best_matches, match_score


def ranked(query: str, *texts: str) -> list[str]:
    return [found.text for found in best_matches(query, [Candidate(text, "", lambda: None) for text in texts])]


def test_initials_find_a_camel_case_method() -> None:
    assert ranked("gu", "GenerateText", "UpdateUser", "GetUser")[0] == "GetUser"


def test_what_starts_with_the_query_comes_before_what_contains_it() -> None:
    assert ranked("user", "DeleteUser", "UserService", "abuser") == ["UserService", "DeleteUser", "abuser"]


def test_letters_in_another_order_do_not_match() -> None:
    assert match_score("resu", "User") is None
    assert ranked("zz", "GetUser") == []


def test_a_word_further_on_is_not_taken_where_the_rest_would_not_fit_any_more() -> None:
    text = "Export the schema as .proto files"
    assert ranked("export proto files", text) == [text]
    assert ranked("export schema files", text) == [text]
    assert ranked("export files proto", text) == []


def test_nothing_typed_keeps_the_order_given() -> None:
    assert ranked("", "b", "a", "c") == ["b", "a", "c"]


def test_the_detail_is_searched_too_but_counts_less() -> None:
    candidates = [
        Candidate("GetUser", "wirelens.demo.users.v1.UserService", lambda: None),
        Candidate("Open demo users", "", lambda: None),
    ]
    assert [found.text for found in best_matches("demo users", candidates)] == ["Open demo users", "GetUser"]


@pytest.mark.parametrize("query", ["", " ", ".", "ß", "İ", "a" * 500])
def test_any_query_gets_an_answer(query: str) -> None:
    assert isinstance(ranked(query, "GetUser", "", "İstanbul", "straße"), list)
