"""What every demo service is made of: its messages by name and its methods by the .proto's names."""

from collections.abc import Callable
from typing import Any

import grpc

from wirelens.engine.schema.schema import Schema
from wirelens.engine.schema.services import Method

ServicerContext = grpc.aio.ServicerContext[Any, Any]
Behaviour = Callable[[Any, ServicerContext], Any]


class MessageTypes:
    """The message classes of one package as attributes: `types.User(id=1)`.

    They come from the schema that the server loaded, so there is no generated code that could know them; hence Any.
    """

    def __init__(self, schema: Schema, package: str) -> None:
        self._schema = schema
        self._package = package

    def __getattr__(self, name: str) -> Any:
        found = self.named(f"{self._package}.{name}")
        setattr(self, name, found)
        return found

    def named(self, full_name: str) -> Any:
        """The class of any message of the schema, such as `google.protobuf.Empty`."""
        return self._schema.message_class(full_name)


class DemoService:
    """A service whose methods are coroutines with the .proto's names.

    They take (request or iterator of requests, context). Streamed answers are written to the context rather than
    yielded, so that a cancelled call unwinds in its own task, at once.
    """

    def __init__(self, types: MessageTypes) -> None:
        self.types = types

    def behaviour(self, method: Method) -> Behaviour:
        """What answers `method`."""
        found: Behaviour = getattr(self, method.name)
        return found

    def close(self) -> None:
        """Ends what runs beside the calls; called once, after the last call."""


def method_handlers(service: DemoService, schema: Schema, name: str) -> grpc.GenericRpcHandler:
    """The handlers of the service `name` of `schema`, answered by `service`."""
    handlers = {}
    for method in schema.service(name).methods:
        make: Any = {
            (False, False): grpc.unary_unary_rpc_method_handler,
            (False, True): grpc.unary_stream_rpc_method_handler,
            (True, False): grpc.stream_unary_rpc_method_handler,
            (True, True): grpc.stream_stream_rpc_method_handler,
        }[method.pattern.client_streams, method.pattern.server_streams]
        handlers[method.name] = make(
            service.behaviour(method),
            request_deserializer=schema.message_class(method.request).FromString,
            response_serializer=lambda message: message.SerializeToString(),
        )
    return grpc.method_handlers_generic_handler(name, handlers)
