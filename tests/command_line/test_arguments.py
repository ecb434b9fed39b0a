"""What may be typed, and what is said when it cannot be meant."""

import pytest
from tests.command_line.outcome import Wirelens

from wirelens import __version__

VERBS = ["list", "describe", "call", "export", "demo", "self-test"]


async def test_overview_names_every_verb(wirelens: Wirelens) -> None:
    outcome = await wirelens("--help")
    assert outcome.code == 0
    assert [verb for verb in VERBS if f"wirelens {verb}" not in outcome.out] == []


async def test_version(wirelens: Wirelens) -> None:
    assert (await wirelens("--version")).out == f"wirelens {__version__}\n"


@pytest.mark.parametrize("verb", VERBS)
async def test_each_verb_shows_examples_and_exit_codes(wirelens: Wirelens, verb: str) -> None:
    outcome = await wirelens(verb, "--help")
    assert outcome.code == 0
    assert f"wirelens {verb}" in outcome.out.partition("examples:")[2]
    assert "64 + code" in outcome.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["lits", "localhost:1"], "did you mean list?"),
        (["list"], "ADDRESS is missing"),
        (["list", "localhost"], "'localhost' is no address"),
        (["list", "localhost:1", "a.B", "c"], "'c' is one argument too many"),
        (["list", "a.B", "localhost:1"], "the address comes first"),
        (["list", "localhost:1", "--outptu"], "--outptu"),
        (["list", "localhost:1", "--plaintext", "--tls"], "not allowed with"),
        (["list", "localhost:1", "--reflection", "off"], "--proto FILE"),
        (["list", "--proto", "a.proto", "--reflection", "v1"], "give an ADDRESS"),
        (["list", "localhost:1", "-I", "protos"], "--proto"),
        (["list", "localhost:1", "-H", "no colon"], "'name: value'"),
        (["describe", "localhost:1"], "SYMBOL is missing"),
        (["call", "localhost:1"], "SERVICE/METHOD is missing"),
        (["call", "a.B/C", "--proto", "a.proto"], "ADDRESS to call is missing"),
        (["call", "localhost:1", "a.B/C", "--max-time", "soon"], "'soon' is not a number of seconds"),
        (["call", "localhost:1", "a.B/C", "--max-time", "-1"], "not a number of seconds from 0"),
        (["call", "localhost:1", "a.B/C", "--max-message-size", "0"], "not a number of bytes from 1"),
        (["export", "localhost:1"], "-o"),
        (["export", "localhost:1", "-o", "no/such/folder/file"], "does not exist"),
        (["demo", "nobody"], "the demos are users, llm"),
        (["demo", "users", "users"], "twice"),
        (["demo", "users", "--port", "65536"], "not a port"),
        (["demo", "llm", "--openai-model", "x"], "--openai-url"),
    ],
)
async def test_wrong_usage_is_told_on_one_line(wirelens: Wirelens, arguments: list[str], said: str) -> None:
    outcome = await wirelens(*arguments)
    assert outcome.code == 2
    assert outcome.out == ""
    assert said in outcome.err
    assert len(outcome.err.splitlines()) == 1


async def test_a_secret_in_a_broken_header_is_not_repeated(wirelens: Wirelens) -> None:
    outcome = await wirelens("list", "localhost:1", "-H", "authorization Bearer abc123")
    assert outcome.code == 2
    assert "abc123" not in outcome.err
