"""The users demo: state, validation and details, through a real server."""

import asyncio
from typing import Any

import grpc
import protovalidate
import pytest
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.json_format import ParseDict
from google.protobuf.message_factory import GetMessageClass
from google.rpc import error_details_pb2
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

from wirelens.engine.connection.channels import Connection
from wirelens.engine.connection.target import parse_target
from wirelens.engine.messages.validation import broken_rules
from wirelens.engine.schema.reflection import load_by_reflection

LARGE = 2**53


async def test_users_are_seeded_with_small_ids_and_ids_that_no_double_holds(serve: Any) -> None:
    users = await serve("users")
    ada = (await users.call("GetUser", {"id": "42"})).reply
    assert (ada.display_name, ada.email, list(ada.tags)) == (
        "Ada Lovelace",
        "ada.lovelace@example.org",
        ["mathematics", "machines", "poetry"],
    )
    newest = (await users.call("ListUsers", {"pageSize": 1})).reply.users[0]
    assert newest.id > LARGE
    assert int(float(newest.id)) != newest.id
    assert (await users.call("GetUser", {"id": str(newest.id)})).reply == newest


async def test_a_missing_user_is_answered_with_what_was_looked_for(serve: Any) -> None:
    users = await serve("users")
    answer = await users.call("GetUser", {"id": "9007199254740991"})
    assert answer.code == "NOT_FOUND"
    info = error_details_pb2.ResourceInfo.FromString(answer.details["ResourceInfo"])
    assert info.resource_name == "users/9007199254740991"
    assert error_details_pb2.ErrorInfo.FromString(answer.details["ErrorInfo"]).reason == "USER_NOT_FOUND"


async def test_all_mistakes_of_a_new_user_come_at_once(serve: Any) -> None:
    users = await serve("users")
    answer = await users.call(
        "CreateUser",
        {
            "user": {
                "id": "5",
                "email": "nobody",
                "role": 77,
                "tags": ["fine", "Not Fine", *"abcdefgh"],
                "address": {"countryCode": "Germany"},
                "attributes": {str(number): "" for number in range(17)},
            }
        },
    )
    assert answer.code == "INVALID_ARGUMENT"
    violations = error_details_pb2.BadRequest.FromString(answer.details["BadRequest"]).field_violations
    assert [violation.field for violation in violations] == [
        "user.display_name",
        "user.email",
        "user.role",
        "user.tags",
        "user.tags[1]",
        "user.address.country_code",
        "user.attributes",
        "user.id",
    ]
    assert answer.message == "user.display_name must not be empty (and 7 more)"


async def test_a_user_is_created_read_changed_and_deleted(serve: Any) -> None:
    users = await serve("users")
    created = (
        await users.call("CreateUser", {"user": {"displayName": "Ida Rhodes", "email": "ida@example.org"}})
    ).reply
    assert created.id > LARGE
    assert created.role == 1
    assert created.HasField("create_time")
    update = {"user": {"id": str(created.id), "address": {"city": "London"}}, "updateMask": "address.city,displayName"}
    answer = await users.call("UpdateUser", update)
    assert answer.code == "INVALID_ARGUMENT"  # display_name is in the mask and left out, so it would become empty
    update["updateMask"] = "address.city"
    changed = (await users.call("UpdateUser", update)).reply
    assert (changed.display_name, changed.address.city) == ("Ida Rhodes", "London")
    assert changed.update_time.ToNanoseconds() > created.update_time.ToNanoseconds()
    assert (await users.call("GetUser", {"id": str(created.id)})).reply == changed
    assert (await users.call("DeleteUser", {"id": str(created.id)})).code == "OK"
    assert (await users.call("GetUser", {"id": str(created.id)})).code == "NOT_FOUND"


async def test_without_a_mask_what_is_set_changes(serve: Any) -> None:
    users = await serve("users")
    changed = (await users.call("UpdateUser", {"user": {"id": "42", "displayName": "Ada King", "tags": ["x"]}})).reply
    assert (changed.display_name, list(changed.tags), changed.address.city) == ("Ada King", ["x"], "London")


async def test_a_mask_may_clear_and_replace_everything(serve: Any) -> None:
    users = await serve("users")
    await users.call("UpdateUser", {"user": {"id": "42", "newsletter": False}, "updateMask": "newsletter,address,tags"})
    ada = (await users.call("GetUser", {"id": "42"})).reply
    assert (ada.HasField("newsletter"), ada.newsletter, ada.HasField("address"), list(ada.tags)) == (
        True,
        False,
        False,
        [],
    )
    await users.call("UpdateUser", {"user": {"id": "42", "displayName": "A", "email": "a@b.c"}, "updateMask": "*"})
    ada = (await users.call("GetUser", {"id": "42"})).reply
    assert (ada.display_name, ada.email, ada.role, ada.HasField("newsletter")) == ("A", "a@b.c", 0, False)


async def test_a_mask_that_names_no_field_is_refused_with_its_place(serve: Any) -> None:
    users = await serve("users")
    mask = "displayName,nonsense,address.town,attributes.x,createTime"
    answer = await users.call("UpdateUser", {"user": {"id": "42"}, "updateMask": mask})
    violations = error_details_pb2.BadRequest.FromString(answer.details["BadRequest"]).field_violations
    assert [violation.field for violation in violations] == [f"update_mask.paths[{index}]" for index in (1, 2, 3, 4)]


async def test_pages_go_on_where_the_last_one_ended(serve: Any) -> None:
    users = await serve("users")
    seen, token, total = [], "", 0
    while True:
        page = (await users.call("ListUsers", {"pageSize": 25, "pageToken": token})).reply
        seen += [user.id for user in page.users]
        total, token = page.total_size, page.next_page_token
        if not token:
            break
        # Whoever is deleted between two pages shifts nothing.
        await users.call("DeleteUser", {"id": str(page.users[-1].id)})
    assert len(seen) == len(set(seen)) == 56
    assert total == 54


async def test_a_filter_looks_for_every_word_and_for_roles(serve: Any) -> None:
    users = await serve("users")
    found = (await users.call("ListUsers", {"filter": "LONDON machines"})).reply
    assert {user.display_name for user in found.users} == {"Charles Babbage", "Alan Turing", "Ada Lovelace"}
    owners = (await users.call("ListUsers", {"filter": "role:owner"})).reply
    assert [user.id for user in owners.users] == [1]


async def test_tokens_of_another_filter_and_sizes_out_of_range_are_refused(serve: Any) -> None:
    users = await serve("users")
    token = (await users.call("ListUsers", {"pageSize": 2})).reply.next_page_token
    for request in (
        {"pageToken": token, "filter": "london"},
        {"pageToken": "Kaffee"},
        {"pageSize": -1},
        {"pageSize": 101},
    ):
        answer = await users.call("ListUsers", request)
        assert answer.code == "INVALID_ARGUMENT"
        assert "BadRequest" in answer.details


async def test_an_address_that_is_taken_says_by_whom(serve: Any) -> None:
    users = await serve("users")
    answer = await users.call("CreateUser", {"user": {"displayName": "X", "email": "ADA.lovelace@example.org"}})
    assert answer.code == "ALREADY_EXISTS"
    assert error_details_pb2.ResourceInfo.FromString(answer.details["ResourceInfo"]).resource_name == "users/42"


async def test_an_owner_cannot_be_deleted(serve: Any) -> None:
    users = await serve("users")
    answer = await users.call("DeleteUser", {"id": "1"})
    assert answer.code == "FAILED_PRECONDITION"
    failure = error_details_pb2.PreconditionFailure.FromString(answer.details["PreconditionFailure"])
    assert failure.violations[0].subject == "users/1"


async def test_validate_only_keeps_nothing(serve: Any) -> None:
    users = await serve("users")
    request = {"user": {"displayName": "X", "email": "x@example.org"}, "validateOnly": True}
    assert (await users.call("CreateUser", request)).reply.id == 0
    assert (await users.call("ListUsers", {"filter": "x@example.org"})).reply.total_size == 0


# -- the rules that the .proto carries


GOOD = {"displayName": "Ida Rhodes", "email": "ida.rhodes@example.org", "tags": ["machines"]}
RULES = [
    ("CreateUser", {"user": {**GOOD, "displayName": ""}}, ["user"]),
    ("CreateUser", {"user": {**GOOD, "displayName": " "}}, ["user.display_name"]),
    ("CreateUser", {"user": {**GOOD, "displayName": "x" * 81}}, ["user.display_name"]),
    ("CreateUser", {"user": {**GOOD, "email": ""}}, ["user"]),
    ("CreateUser", {"user": {**GOOD, "email": "nobody"}}, ["user.email"]),
    ("CreateUser", {"user": {**GOOD, "role": 77}}, ["user.role"]),
    ("CreateUser", {"user": {**GOOD, "tags": ["fine", "Not Fine"]}}, ["user.tags[1]"]),
    ("CreateUser", {"user": {**GOOD, "tags": list("abcdefghi")}}, ["user.tags"]),
    ("CreateUser", {"user": {**GOOD, "address": {"countryCode": "Germany"}}}, ["user.address.country_code"]),
    ("CreateUser", {"user": {**GOOD, "attributes": {str(n): "" for n in range(17)}}}, ["user.attributes"]),
    ("CreateUser", {"user": {**GOOD, "id": "5"}}, ["user"]),
    ("CreateUser", {"user": {**GOOD, "createTime": "2026-01-31T12:30:00Z"}}, ["user"]),
    ("CreateUser", {}, ["user"]),
    ("CreateUser", {"user": GOOD}, []),
    ("ListUsers", {"pageSize": -1}, ["page_size"]),
    ("ListUsers", {"pageSize": 101}, ["page_size"]),
    ("ListUsers", {"pageSize": 100}, []),
    ("UpdateUser", {"user": {"id": "42", "email": "nobody"}}, ["user.email"]),
    ("UpdateUser", {"user": {"id": "42", "displayName": "Ada King"}, "updateMask": "displayName"}, []),
]


@pytest.mark.parametrize(("method", "request_", "broken"), RULES)
async def test_the_rules_say_beforehand_what_the_server_refuses(
    serve: Any, method: str, request_: dict[str, Any], broken: list[str]
) -> None:
    users = await serve("users")
    connection = Connection(parse_target(users.address))
    try:
        schema = await load_by_reflection(connection)
    finally:
        await connection.close()
    message = schema.message_class(schema.method(f"wirelens.demo.users.v1.UserService/{method}").request)()
    ParseDict(request_, message)
    findings = broken_rules(message, schema)
    assert findings.problem == ""
    assert [one.field_path for one in findings.broken] == broken
    assert (await users.call(method, request_)).code == ("INVALID_ARGUMENT" if broken else "OK")


async def test_reflection_hands_the_rules_to_other_clients(serve: Any) -> None:
    """grpcio's own client, and the library that would then check with what it got."""
    users = await serve("users")

    def broken_email() -> list[str]:
        with grpc.insecure_channel(users.address) as channel:
            pool = DescriptorPool(ProtoReflectionDescriptorDatabase(channel))
            user = GetMessageClass(pool.FindMessageTypeByName("wirelens.demo.users.v1.User"))(email="nobody")
            return [violation.proto.rule_id for violation in protovalidate.collect_violations(user)]

    assert await asyncio.to_thread(broken_email) == ["string.email"]
