"""The gRPC health protocol for the demos: everything that was started serves until the server stops."""

import asyncio
from typing import Any

import grpc

from wirelens.demos.rich_status import fail
from wirelens.demos.service import DemoService, MessageTypes, ServicerContext

HEALTH = "grpc.health.v1.Health"

_SERVING = 1
_SERVICE_UNKNOWN = 3


class HealthService(DemoService):
    """grpc.health.v1.Health for `services`; "" is the server as a whole."""

    def __init__(self, types: MessageTypes, services: list[str]) -> None:
        super().__init__(types)
        self._services = ["", *services]

    async def Check(self, request: Any, context: ServicerContext) -> Any:
        if request.service not in self._services:
            await fail(context, grpc.StatusCode.NOT_FOUND, f"there is no service {request.service}")
        return self.types.HealthCheckResponse(status=_SERVING)

    async def List(self, request: Any, context: ServicerContext) -> Any:
        response = self.types.HealthListResponse()
        for name in self._services:
            response.statuses[name].status = _SERVING
        return response

    async def Watch(self, request: Any, context: ServicerContext) -> None:
        known = request.service in self._services
        await context.write(self.types.HealthCheckResponse(status=_SERVING if known else _SERVICE_UNKNOWN))
        await asyncio.Event().wait()  # nothing changes while the server runs; the client's cancel ends this
