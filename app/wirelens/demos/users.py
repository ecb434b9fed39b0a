"""The users demo: people in memory behind five unary methods, with errors that carry google.rpc details."""

import re
from typing import Any

import grpc
from google.rpc import error_details_pb2

from wirelens.demos.people import PageTokenError, UserStore
from wirelens.demos.rich_status import Mistake, fail, refuse
from wirelens.demos.service import DemoService, MessageTypes, ServicerContext

_DOMAIN = "users.demo.wirelens"
_MAXIMUM_USERS = 10_000
_SET_BY_SERVER = ("id", "create_time", "update_time")
_OWNER = 3
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+\Z")
_TAG = re.compile(r"[a-z][a-z0-9-]*\Z")


class UserService(DemoService):
    """wirelens.demo.users.v1.UserService."""

    def __init__(self, types: MessageTypes) -> None:
        super().__init__(types)
        self._store = UserStore(types)

    async def GetUser(self, request: Any, context: ServicerContext) -> Any:
        return await self._existing(request.id, context)

    async def CreateUser(self, request: Any, context: ServicerContext) -> Any:
        user = self.types.User()
        user.CopyFrom(request.user)
        violations = _mistakes(user, "user.")
        violations += [
            (f"user.{name}", "is set by the server and must be left out")
            for name in _SET_BY_SERVER
            if _is_set(user, name)
        ]
        if violations:
            await refuse(context, violations, _reason("INVALID_FIELDS"))
        await self._require_free_email(user, context)
        if len(self._store) >= _MAXIMUM_USERS:
            await fail(
                context,
                grpc.StatusCode.RESOURCE_EXHAUSTED,
                f"{_MAXIMUM_USERS} users are as many as this demo keeps",
                error_details_pb2.QuotaFailure(
                    violations=[
                        error_details_pb2.QuotaFailure.Violation(
                            subject="users", description=f"at most {_MAXIMUM_USERS}; delete some"
                        )
                    ]
                ),
                _reason("TOO_MANY_USERS"),
            )
        user.role = user.role or 1
        if not request.validate_only:
            self._store.add(user)
        return user

    async def ListUsers(self, request: Any, context: ServicerContext) -> Any:
        if not 0 <= request.page_size <= 100:
            await refuse(
                context, [("page_size", f"must be 0 to 100, not {request.page_size}")], _reason("INVALID_FIELDS")
            )
        try:
            users, token, total = self._store.page(request.filter, request.page_token, request.page_size or 20)
        except PageTokenError as error:
            await refuse(context, [("page_token", str(error))], _reason("INVALID_FIELDS"))
        return self.types.ListUsersResponse(users=users, next_page_token=token, total_size=total)

    async def UpdateUser(self, request: Any, context: ServicerContext) -> Any:
        user = self.types.User()
        user.CopyFrom(await self._existing(request.user.id, context))
        mask = request.update_mask
        if not mask.paths:
            mask.paths.extend(field.name for field, _ in request.user.ListFields() if field.name not in _SET_BY_SERVER)
        elif list(mask.paths) == ["*"]:
            mask.paths[:] = [field.name for field in user.DESCRIPTOR.fields if field.name not in _SET_BY_SERVER]
        violations = _mask_mistakes(mask.paths, user.DESCRIPTOR)
        if violations:
            await refuse(context, violations, _reason("INVALID_FIELDS"))
        mask.MergeMessage(request.user, user, replace_message_field=True, replace_repeated_field=True)
        if violations := _mistakes(user, "user."):
            await refuse(context, violations, _reason("INVALID_FIELDS"))
        await self._require_free_email(user, context)
        self._store.replace(user)
        return user

    async def DeleteUser(self, request: Any, context: ServicerContext) -> Any:
        user = await self._existing(request.id, context)
        if user.role == _OWNER:
            await fail(
                context,
                grpc.StatusCode.FAILED_PRECONDITION,
                f"{user.display_name} is an owner and cannot be deleted",
                error_details_pb2.PreconditionFailure(
                    violations=[
                        error_details_pb2.PreconditionFailure.Violation(
                            type="ROLE", subject=f"users/{user.id}", description="give them another role first"
                        )
                    ]
                ),
                _reason("USER_IS_OWNER", id=str(user.id)),
            )
        self._store.remove(user.id)
        return self.types.named("google.protobuf.Empty")()

    async def _existing(self, user_id: int, context: ServicerContext) -> Any:
        user = self._store.get(user_id)
        if user is None:
            await fail(
                context,
                grpc.StatusCode.NOT_FOUND,
                f"there is no user with the id {user_id}",
                error_details_pb2.ResourceInfo(
                    resource_type="wirelens.demo.users.v1.User",
                    resource_name=f"users/{user_id}",
                    description="ListUsers tells which ids there are",
                ),
                _reason("USER_NOT_FOUND", id=str(user_id)),
            )
        return user

    async def _require_free_email(self, user: Any, context: ServicerContext) -> None:
        other = self._store.with_email(user.email)
        if other is not None and other.id != user.id:
            await fail(
                context,
                grpc.StatusCode.ALREADY_EXISTS,
                f"{user.email} belongs to another user",
                error_details_pb2.ResourceInfo(
                    resource_type="wirelens.demo.users.v1.User",
                    resource_name=f"users/{other.id}",
                    description=f"has the e-mail address {other.email}",
                ),
                _reason("EMAIL_TAKEN", email=user.email),
            )


def _reason(reason: str, **metadata: str) -> error_details_pb2.ErrorInfo:
    return error_details_pb2.ErrorInfo(reason=reason, domain=_DOMAIN, metadata=metadata)


def _is_set(user: Any, name: str) -> bool:
    return any(field.name == name for field, _ in user.ListFields())


def _mistakes(user: Any, prefix: str) -> list[Mistake]:
    """Everything that is wrong with a user, at once."""
    found: list[Mistake] = []
    if not user.display_name.strip():
        found.append(("display_name", "must not be empty"))
    elif len(user.display_name) > 80:
        found.append(("display_name", f"has {len(user.display_name)} characters, at most 80 are allowed"))
    if not _EMAIL.match(user.email):
        found.append(("email", f"must look like name@example.org, not {user.email[:80]!r}"))
    if user.role not in user.DESCRIPTOR.fields_by_name["role"].enum_type.values_by_number:
        found.append(("role", f"{user.role} is no role"))
    if len(user.tags) > 8:
        found.append(("tags", f"has {len(user.tags)} entries, at most 8 are allowed"))
    found += [
        (f"tags[{index}]", f"must be a lower-case word, not {tag[:80]!r}")
        for index, tag in enumerate(user.tags)
        if not _TAG.match(tag)
    ]
    if user.address.country_code and not re.fullmatch(r"[A-Z]{2}", user.address.country_code):
        found.append(("address.country_code", "must be two capital letters as in ISO 3166-1, such as GB"))
    if len(user.attributes) > 16:
        found.append(("attributes", f"has {len(user.attributes)} entries, at most 16 are allowed"))
    return [(prefix + field, description) for field, description in found]


def _mask_mistakes(paths: Any, user: Any) -> list[Mistake]:
    found: list[Mistake] = []
    for index, path in enumerate(paths):
        place = f"update_mask.paths[{index}]"
        if path.split(".")[0] in _SET_BY_SERVER:
            found.append((place, f"{path} is set by the server and cannot be changed"))
            continue
        message = user
        for position, part in enumerate(path.split(".")):
            field = message.fields_by_name.get(part) if message is not None else None
            if field is None:
                found.append((place, f"{path!r} is no field of a user"))
                break
            if position and field.containing_type.GetOptions().map_entry:
                found.append((place, f"{path!r} goes into a map; name the map itself"))
                break
            message = None if field.is_repeated else field.message_type
    return found
