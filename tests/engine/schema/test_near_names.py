"""Suggestions for names that do not exist."""

import pytest

from wirelens.engine.schema.near_names import did_you_mean, near_names

NAMES = ["a.v1.Users", "a.v1.Orders", "a.v2.Orders", "b.Something"]


@pytest.mark.parametrize(
    ("wanted", "first"),
    [
        ("a.v1.Order", "a.v1.Orders"),
        ("orders", "a.v1.Orders"),
        ("a.v2.ORDERS", "a.v2.Orders"),
        ("c.Users", "a.v1.Users"),
    ],
)
def test_the_best_comes_first(wanted: str, first: str) -> None:
    assert near_names(wanted, NAMES)[0] == first


def test_nothing_is_near() -> None:
    assert near_names("entirely.Else", NAMES) == []
    assert did_you_mean("", NAMES) == ""


def test_a_large_source_is_searched_quickly_enough() -> None:
    many = [f"p{i}.Message{i}" for i in range(20_000)]
    assert near_names("p7.Mesage7", many)[0] == "p7.Message7"
