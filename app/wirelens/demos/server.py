"""One demo as a running grpc.aio server: its service, reflection and health on 127.0.0.1."""

import grpc

from wirelens.demos.catalogue import DEMOS, Options
from wirelens.demos.health_service import HEALTH, HealthService
from wirelens.demos.reflection_service import ReflectionService
from wirelens.demos.service import DemoService, MessageTypes, method_handlers
from wirelens.engine.errors import DemoServerError
from wirelens.engine.schema.schema import Schema

_MAXIMUM_MESSAGE_SIZE = 256 * 1024 * 1024


class DemoServerRun:
    """A demo that serves until `stop`. The server must be kept in a variable: grpc stops one that nobody holds."""

    def __init__(self, server: grpc.aio.Server, service: DemoService, address: str) -> None:
        self._server = server
        self._service = service
        self.address = address

    async def stop(self, grace: float) -> None:
        """Takes no more calls, cancels those that still run after `grace` seconds."""
        await self._server.stop(grace)
        self._service.close()


async def start_demo(name: str, schema: Schema, options: Options, port: int = 0) -> DemoServerRun:
    """Starts the demo `name` out of the schema of its .proto files; port 0 lets the system choose.

    Raises:
        DemoServerError: the port cannot be had.
    """
    demo = DEMOS[name]
    service = demo.make(MessageTypes(schema, demo.package), options)
    health = HealthService(MessageTypes(schema, "grpc.health.v1"), [demo.service])
    server = grpc.aio.server(
        options=(
            # Else a second server would share the port without a word, and get every other call.
            ("grpc.so_reuseport", 0),
            ("grpc.max_receive_message_length", _MAXIMUM_MESSAGE_SIZE),
            ("grpc.max_send_message_length", -1),
        )
    )
    server.add_generic_rpc_handlers(
        (
            method_handlers(service, schema, demo.service),
            method_handlers(health, schema, HEALTH),
            *ReflectionService([demo.service, HEALTH], schema.files).handlers(),
        )
    )
    address = f"127.0.0.1:{port}"
    try:
        bound = server.add_insecure_port(address)
    except RuntimeError as error:
        service.close()
        raise DemoServerError(
            f"the demo {name} cannot serve there: the port is in use or not allowed",
            place=address,
            next_step="choose another with --port, or leave it out",
        ) from error
    await server.start()
    return DemoServerRun(server, service, f"127.0.0.1:{bound}")
