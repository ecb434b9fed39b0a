"""Metadata as people type it, and what of it is secret."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirelens.engine.connection.metadata import (
    REDACTED,
    is_sensitive,
    metadata_entry,
    metadata_from_lines,
    redacted,
    value_as_text,
)
from wirelens.engine.errors import MetadataError


@pytest.mark.parametrize(
    ("name", "text", "entry"),
    [
        ("x-id", "7", ("x-id", "7")),
        (" X-Request-ID ", "  a b  ", ("x-request-id", "a b")),
        ("a.b_c-1", "", ("a.b_c-1", "")),
        ("x-bin", "AP8=", ("x-bin", b"\x00\xff")),
        ("x-bin", "AP8", ("x-bin", b"\x00\xff")),
        ("x-bin", "-_8", ("x-bin", b"\xfb\xff")),
        ("x-bin", "", ("x-bin", b"")),
        ("grpc-trace-bin", "AA", ("grpc-trace-bin", b"\x00")),
    ],
)
def test_what_can_be_sent(name: str, text: str, entry: tuple[str, str | bytes]) -> None:
    assert metadata_entry(name, text) == entry


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("", "x", "name is empty"),
        ("a b", "x", "no metadata name"),
        ("a:b", "x", "no metadata name"),
        ("ä", "x", "no metadata name"),
        ("a\n", "x\ny", "character 2"),
        ("a", "naïve", "character 3"),
        ("a", "tab\there", "character 4"),
        ("a-bin", "not base64!", "base64"),
        ("a-bin", "A", "base64"),
        ("grpc-timeout", "1S", "not metadata to send"),
        ("content-type", "x", "not metadata to send"),
        ("grpc-anything", "x", "reserved"),
    ],
)
def test_what_cannot_be_sent_is_refused_by_name(name: str, text: str, message: str) -> None:
    with pytest.raises(MetadataError, match=message):
        metadata_entry(name, text)


def test_a_deadline_typed_as_metadata_is_shown_its_place() -> None:
    """Kreya#58: silently ignored elsewhere."""
    with pytest.raises(MetadataError) as refused:
        metadata_entry("grpc-timeout", "5S")
    assert refused.value.next_step == "set the deadline instead"


def test_lines_keep_their_order_and_duplicates() -> None:
    lines = ["b: 1", "a:2", "b: 3:4", "c:"]
    assert metadata_from_lines(lines) == (("b", "1"), ("a", "2"), ("b", "3:4"), ("c", ""))


def test_a_line_without_a_colon_is_not_repeated() -> None:
    with pytest.raises(MetadataError) as refused:
        metadata_from_lines(["authorization Bearer hunter2"])
    assert "hunter2" not in refused.value.one_line()


@pytest.mark.parametrize(
    "name",
    ["authorization", "Authorization", "cookie", "set-cookie", "x-api-key", "my-token", "x-secret", "password-bin"],
)
def test_credentials_are_redacted(name: str) -> None:
    assert is_sensitive(name)
    assert redacted(((name, "hunter2"), ("x", "y"))) == ((name, REDACTED), ("x", "y"))


@pytest.mark.parametrize("name", ["x-id", "traceparent", "author", "accept"])
def test_ordinary_names_are_shown(name: str) -> None:
    assert not is_sensitive(name)


@given(st.binary(max_size=50))
def test_binary_values_survive_being_shown_and_typed(value: bytes) -> None:
    assert metadata_entry("x-bin", value_as_text(value)) == ("x-bin", value)
