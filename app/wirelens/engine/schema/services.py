"""What a schema lists: services, their methods, and the four patterns of a method."""

import enum
from dataclasses import dataclass


class Pattern(enum.Enum):
    """Which sides of a method stream; the values are what `list --json` prints."""

    UNARY = "unary"
    SERVER_STREAMING = "server_streaming"
    CLIENT_STREAMING = "client_streaming"
    BIDI_STREAMING = "bidi_streaming"

    @classmethod
    def of(cls, *, client_streaming: bool, server_streaming: bool) -> "Pattern":
        if client_streaming:
            return cls.BIDI_STREAMING if server_streaming else cls.CLIENT_STREAMING
        return cls.SERVER_STREAMING if server_streaming else cls.UNARY

    @property
    def client_streams(self) -> bool:
        return self in (Pattern.CLIENT_STREAMING, Pattern.BIDI_STREAMING)

    @property
    def server_streams(self) -> bool:
        return self in (Pattern.SERVER_STREAMING, Pattern.BIDI_STREAMING)

    @property
    def label(self) -> str:
        """As it is said to people: `server streaming`."""
        return {"bidi_streaming": "bidirectional"}.get(self.value, self.value.replace("_", " "))


@dataclass(frozen=True, slots=True)
class Method:
    """One method of a service. `request` and `response` are full message names without a leading dot."""

    service: str
    name: str
    pattern: Pattern
    request: str
    response: str
    documentation: str = ""
    deprecated: bool = False

    @property
    def full_name(self) -> str:
        return f"{self.service}.{self.name}"

    @property
    def path(self) -> str:
        """As HTTP/2's :path carries it: `/package.Service/Method`."""
        return f"/{self.service}/{self.name}"


@dataclass(frozen=True, slots=True)
class Service:
    """One service. `error` says why its methods are not known, None where they are."""

    full_name: str
    methods: tuple[Method, ...] = ()
    error: str | None = None
    documentation: str = ""
    deprecated: bool = False

    @property
    def name(self) -> str:
        return self.full_name.rpartition(".")[2]
