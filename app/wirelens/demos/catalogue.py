"""Which demo servers there are: for each its .proto file, its service and what makes that service."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # grpc and protobuf are loaded while protoc runs, see serving.py
    from wirelens.demos.service import DemoService, MessageTypes


@dataclass(frozen=True, slots=True)
class Options:
    """What the person who starts the demos may choose; `llm` reads it."""

    openai_url: str | None = None
    openai_model: str | None = None

    def as_arguments(self) -> list[str]:
        """The same choice as arguments of `wirelens demo`."""
        url = ["--openai-url", self.openai_url] if self.openai_url else []
        return url + (["--openai-model", self.openai_model] if self.openai_model else [])


@dataclass(frozen=True, slots=True)
class Demo:
    """One demo server. `make` imports its module only when it is started."""

    proto: str  # below protos/
    service: str
    make: "Callable[[MessageTypes, Options], DemoService]"

    @property
    def package(self) -> str:
        return self.service.rpartition(".")[0]

    @property
    def protos(self) -> tuple[str, ...]:
        """All that the server needs to load: its own file, and those of the services that every demo has."""
        return self.proto, "grpc/health/v1/health.proto", "grpc/reflection/v1/reflection.proto"


def _users(types: "MessageTypes", options: Options) -> "DemoService":
    from wirelens.demos.users import UserService

    return UserService(types)


def _llm(types: "MessageTypes", options: Options) -> "DemoService":
    from wirelens.demos.llm import make_service

    return make_service(types, options.openai_url, options.openai_model)


def _files(types: "MessageTypes", options: Options) -> "DemoService":
    from wirelens.demos.files import FileService

    return FileService(types)


def _chat(types: "MessageTypes", options: Options) -> "DemoService":
    from wirelens.demos.chat import ChatService

    return ChatService(types)


def _fields(types: "MessageTypes", options: Options) -> "DemoService":
    from wirelens.demos.fields import FieldService

    return FieldService(types)


def _faults(types: "MessageTypes", options: Options) -> "DemoService":
    from wirelens.demos.faults import FaultService

    return FaultService(types)


DEMOS = {
    "users": Demo("wirelens/demo/users/v1/users.proto", "wirelens.demo.users.v1.UserService", _users),
    "llm": Demo("wirelens/demo/llm/v1/text_generation.proto", "wirelens.demo.llm.v1.TextGenerationService", _llm),
    "files": Demo("wirelens/demo/files/v1/files.proto", "wirelens.demo.files.v1.FileService", _files),
    "chat": Demo("wirelens/demo/chat/v1/chat.proto", "wirelens.demo.chat.v1.ChatService", _chat),
    "fields": Demo("wirelens/demo/fields/v1/fields.proto", "wirelens.demo.fields.v1.FieldService", _fields),
    "faults": Demo("wirelens/demo/faults/v1/faults.proto", "wirelens.demo.faults.v1.FaultService", _faults),
}
