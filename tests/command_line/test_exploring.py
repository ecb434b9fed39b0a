"""list, describe and export, by reflection and from files."""

import json
from pathlib import Path

import pytest
from tests.command_line.outcome import Wirelens
from tests.engine.messages.ruled import write_ruled

from wirelens.bundled import protos

USERS = "wirelens.demo.users.v1.UserService"
USERS_PROTO = str(protos() / "wirelens/demo/users/v1/users.proto")


async def test_services_one_a_line(wirelens: Wirelens, demos: dict[str, str]) -> None:
    outcome = await wirelens("list", demos["users"])
    assert outcome.code == 0
    assert USERS in outcome.out.splitlines()
    assert "grpc.health.v1.Health" in outcome.out.splitlines()


async def test_methods_of_one_service_can_be_pasted_into_call(wirelens: Wirelens, demos: dict[str, str]) -> None:
    outcome = await wirelens("list", demos["users"], USERS)
    methods = ["GetUser", "CreateUser", "ListUsers", "UpdateUser", "DeleteUser"]
    assert outcome.out.splitlines() == [f"{USERS}/{method}" for method in methods]


async def test_list_as_json(wirelens: Wirelens, demos: dict[str, str]) -> None:
    outcome = await wirelens("list", "--json", demos["llm"])
    services = {service["name"]: service for service in json.loads(outcome.out)["services"]}
    generation = services["wirelens.demo.llm.v1.TextGenerationService"]
    assert generation["error"] is None
    assert generation["methods"][0] == {
        "name": "Generate",
        "pattern": "server_streaming",
        "request": "wirelens.demo.llm.v1.GenerateRequest",
        "response": "wirelens.demo.llm.v1.GenerateResponse",
    }
    assert generation["methods"][1]["pattern"] == "bidi_streaming"


async def test_json_of_one_service_holds_only_that(wirelens: Wirelens, demos: dict[str, str]) -> None:
    outcome = await wirelens("list", demos["users"], USERS, "--json")
    assert [service["name"] for service in json.loads(outcome.out)["services"]] == [USERS]


@pytest.mark.parametrize("version", ["auto", "v1", "v1alpha"])
async def test_either_version_of_reflection(wirelens: Wirelens, demos: dict[str, str], version: str) -> None:
    outcome = await wirelens("list", demos["users"], "--reflection", version)
    assert USERS in outcome.out


async def test_files_need_no_address(wirelens: Wirelens) -> None:
    outcome = await wirelens("list", "--proto", USERS_PROTO, USERS)
    assert f"{USERS}/GetUser" in outcome.out.splitlines()


async def test_no_such_service_suggests_near_ones(wirelens: Wirelens, demos: dict[str, str]) -> None:
    outcome = await wirelens("list", demos["users"], "wirelens.demo.users.v1.UserServise")
    assert outcome.code == 1
    assert outcome.out == ""
    assert USERS in outcome.err


@pytest.mark.parametrize(
    "symbol",
    [USERS, f"{USERS}/GetUser", f"{USERS}.GetUser", "wirelens.demo.users.v1.User", "wirelens.demo.users.v1.Role"],
)
async def test_describe_prints_source_with_comments(wirelens: Wirelens, demos: dict[str, str], symbol: str) -> None:
    outcome = await wirelens("describe", demos["users"], symbol)
    assert outcome.code == 0
    assert symbol.replace("/", ".").rpartition(".")[2] in outcome.out
    assert "//" in outcome.out


async def test_describe_a_field(wirelens: Wirelens) -> None:
    outcome = await wirelens("describe", "--proto", USERS_PROTO, "wirelens.demo.users.v1.User.newsletter")
    assert "optional bool newsletter = 8;" in outcome.out
    assert "the user never said" in outcome.out


async def test_a_server_that_is_not_there(wirelens: Wirelens) -> None:
    outcome = await wirelens("list", "127.0.0.1:1")
    assert outcome.code == 64 + 14
    assert "127.0.0.1:1" in outcome.err
    assert len(outcome.err.splitlines()) == 1


async def test_a_proto_that_does_not_compile(wirelens: Wirelens, tmp_path: Path) -> None:
    broken = tmp_path / "broken.proto"
    broken.write_text('syntax = "proto3";\nmessage A { Foo foo = 1; }\n')
    outcome = await wirelens("list", "--proto", str(broken))
    assert outcome.code == 1
    assert "broken.proto:2:13" in outcome.err


async def test_export_as_descriptor_set_is_a_source_again(
    wirelens: Wirelens, demos: dict[str, str], tmp_path: Path
) -> None:
    exported = tmp_path / "users.binpb"
    assert (await wirelens("export", demos["users"], "-o", str(exported))).code == 0
    outcome = await wirelens("list", "--descriptor-set", str(exported))
    assert USERS in outcome.out.splitlines()


async def test_export_as_a_tree_is_a_source_again(wirelens: Wirelens, demos: dict[str, str], tmp_path: Path) -> None:
    assert (await wirelens("export", demos["users"], "-o", f"{tmp_path / 'tree'}/")).code == 0
    assert (tmp_path / "tree/wirelens/demo/users/v1/users.proto").is_file()
    outcome = await wirelens("describe", "--proto", str(tmp_path / "tree"), f"{USERS}/GetUser")
    assert "Try 42." in outcome.out


async def test_files_and_reflection_together(wirelens: Wirelens, demos: dict[str, str]) -> None:
    outcome = await wirelens("list", demos["users"], "--proto", USERS_PROTO, "--reflection", "auto")
    assert USERS in outcome.out.splitlines()


async def test_export_to_nowhere_does_not_fill_the_current_folder(
    wirelens: Wirelens, demos: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = await wirelens("export", demos["users"], "-o", "")
    assert outcome.code == 2
    assert not list(tmp_path.iterdir())


async def test_an_example_of_a_methods_request_can_be_sent(wirelens: Wirelens, demos: dict[str, str]) -> None:
    example = await wirelens("describe", demos["users"], f"{USERS}/CreateUser", "--example")
    assert (example.code, example.err) == (0, "")
    assert json.loads(example.out)["user"]["displayName"]
    answer = await wirelens("call", demos["users"], f"{USERS}/CreateUser", "-d", example.out)
    assert answer.code == 0


async def test_an_example_of_a_message_from_files(wirelens: Wirelens) -> None:
    outcome = await wirelens("describe", "--proto", USERS_PROTO, "wirelens.demo.users.v1.Address", "--example")
    assert json.loads(outcome.out)["countryCode"] == "GB"


@pytest.mark.parametrize("symbol", [USERS, "wirelens.demo.users.v1.Role", "wirelens.demo.users.v1.User.email"])
async def test_what_has_no_example_is_wrong_usage(wirelens: Wirelens, symbol: str) -> None:
    outcome = await wirelens("describe", "--proto", USERS_PROTO, symbol, "--example")
    assert outcome.code == 2
    assert "is no message" in outcome.err
    assert outcome.out == ""


async def test_an_example_of_what_is_not_there_suggests_near_names(wirelens: Wirelens) -> None:
    outcome = await wirelens("describe", "--proto", USERS_PROTO, "wirelens.demo.users.v1.Usr", "--example")
    assert outcome.code == 1
    assert "wirelens.demo.users.v1.User" in outcome.err


async def test_rules_that_no_example_keeps_are_told_beside_it(wirelens: Wirelens, tmp_path: Path) -> None:
    write_ruled(tmp_path)
    outcome = await wirelens("describe", "--proto", str(tmp_path), "ruled.v1.Impossible", "--example")
    assert outcome.code == 0
    assert json.loads(outcome.out)["number"] in (1, 2)
    assert "the example breaks a rule: number: must not be in list [1, 2]" in outcome.err
