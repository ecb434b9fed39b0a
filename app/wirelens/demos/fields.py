"""The fields demo: sends back what it gets, unchanged, so that one sees what a value became on its way."""

from collections.abc import AsyncIterator
from typing import Any

from wirelens.demos.service import DemoService, ServicerContext


class FieldService(DemoService):
    """wirelens.demo.fields.v1.FieldService."""

    async def Echo(self, request: Any, context: ServicerContext) -> Any:
        return request

    async def EchoProto2(self, request: Any, context: ServicerContext) -> Any:
        return request

    async def EchoEditions(self, request: Any, context: ServicerContext) -> Any:
        return request

    async def EchoStream(self, requests: AsyncIterator[Any], context: ServicerContext) -> None:
        async for request in requests:
            await context.write(request)
