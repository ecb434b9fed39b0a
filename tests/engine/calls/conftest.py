"""A real server and a connection to it for each test of calls."""

from collections.abc import AsyncIterator

import pytest
from tests.engine.calls.serving import Service, connected, serving

from wirelens.engine.connection.channels import Connection


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
async def address(service: Service) -> AsyncIterator[str]:
    async with serving(service) as address:
        yield address


@pytest.fixture
async def connection(address: str) -> AsyncIterator[Connection]:
    async with connected(address) as connection:
        yield connection
