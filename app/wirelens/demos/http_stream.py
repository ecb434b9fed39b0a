"""A small HTTP/1.1 client on asyncio: one request a connection, the answer read as it comes, cancelled at once."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from wirelens import __version__
from wirelens.engine.errors import UsageError

_CONNECT_TIMEOUT = 10.0
_LONGEST_LINE = 1024 * 1024
_MOST_HEADERS = 200


class HttpError(Exception):
    """No answer, or one that broke off or is no HTTP."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class HttpServer:
    """Where requests go. `shown` is the URL as it may be shown."""

    host: str
    port: int
    is_secure: bool
    path: str
    shown: str

    @classmethod
    def at(cls, url: str) -> "HttpServer":
        """A server by the URL that all paths stand below, such as `http://127.0.0.1:8080/v1`.

        Raises:
            UsageError: the URL is not of http or https, or holds what does not belong there.
        """
        try:
            parts = urlsplit(url.strip())
            port = parts.port
        except ValueError as error:
            raise UsageError(f"this is no URL: {error}", place="--openai-url") from error
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise UsageError(
                "the URL must begin with http:// or https://",
                place="--openai-url",
                next_step="give a base URL such as http://127.0.0.1:8080/v1",
            )
        if parts.username or parts.password or parts.query or parts.fragment:
            raise UsageError(
                "the URL must hold neither user, password nor query",
                place="--openai-url",
                next_step="put the key into the environment variable OPENAI_API_KEY",
            )
        is_secure = parts.scheme == "https"
        path = parts.path.rstrip("/")
        return cls(
            parts.hostname,
            port or (443 if is_secure else 80),
            is_secure,
            path,
            f"{parts.scheme}://{parts.netloc}{path}",
        )

    @asynccontextmanager
    async def request(
        self, method: str, path: str, *, headers: Mapping[str, str], body: bytes = b""
    ) -> AsyncIterator["HttpResponse"]:
        """Sends a request and gives the answer once its head is there; leaving drops the connection.

        Raises:
            HttpError: the server cannot be reached, broke off, or speaks no HTTP.
        """
        reader, writer = await self._connect()
        try:
            lines = [
                f"{method} {self.path}{path} HTTP/1.1",
                f"Host: {self._host_header()}",
                f"User-Agent: wirelens/{__version__}",
                "Connection: close",
                f"Content-Length: {len(body)}",
                *(f"{name}: {value}" for name, value in headers.items()),
            ]
            with _breaking_off(self.shown):
                writer.write("\r\n".join(lines).encode("latin-1", "replace") + b"\r\n\r\n" + body)
                await writer.drain()
                response = await _read_head(reader, self.shown)
            yield response
        finally:
            writer.transport.abort()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        try:
            async with asyncio.timeout(_CONNECT_TIMEOUT):
                return await asyncio.open_connection(
                    self.host,
                    self.port,
                    ssl=ssl.create_default_context() if self.is_secure else None,
                    limit=_LONGEST_LINE,
                )
        except TimeoutError as error:
            raise HttpError(f"{self.shown} did not take the connection within {_CONNECT_TIMEOUT:g} s") from error
        except OSError as error:
            raise HttpError(f"{self.shown} cannot be reached: {_said(error)}") from error

    def _host_header(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.is_secure else 80) else f"{host}:{self.port}"


class HttpResponse:
    """An answer whose head has come. Its body is read once, by one of the methods.

    Attributes:
        headers: by lower-case name; of several the last.
    """

    def __init__(self, reader: asyncio.StreamReader, server: str, status: int, headers: dict[str, str]) -> None:
        self.server = server
        self.status = status
        self.headers = headers
        self._reader = reader

    async def read(self, limit: int) -> bytes:
        """The body, at most its first `limit` bytes."""
        found = b""
        async for piece in self._pieces():
            found += piece
            if len(found) >= limit:
                break
        return found[:limit]

    async def lines(self) -> AsyncIterator[str]:
        """The body's lines as they come, without their ends."""
        waiting = b""
        async for piece in self._pieces():
            *complete, waiting = (waiting + piece).split(b"\n")
            for line in complete:
                yield line.removesuffix(b"\r").decode("utf-8", "replace")
            if len(waiting) > _LONGEST_LINE:
                raise HttpError(f"{self.server} sent a line without an end")
        if waiting:
            yield waiting.decode("utf-8", "replace")

    async def _pieces(self) -> AsyncIterator[bytes]:
        if "chunked" in self.headers.get("transfer-encoding", "").lower():
            async for piece in self._chunks():
                yield piece
            return
        left = int(self.headers["content-length"]) if self.headers.get("content-length", "").isdigit() else None
        while left is None or left > 0:
            with _breaking_off(self.server):
                piece = await self._reader.read(min(left, 65536) if left is not None else 65536)
                if not piece and left:
                    raise EOFError(f"{left} bytes before its end")
            if not piece:
                return
            left = left - len(piece) if left is not None else None
            yield piece

    async def _chunks(self) -> AsyncIterator[bytes]:
        """https://www.rfc-editor.org/rfc/rfc9112#name-chunked-transfer-coding"""
        while True:
            with _breaking_off(self.server):
                size = int((await self._reader.readuntil(b"\r\n")).partition(b";")[0], 16)
                if size == 0:
                    return
                left = size
            while left:
                with _breaking_off(self.server):
                    piece = await self._reader.read(min(left, 65536))
                    if not piece:
                        raise EOFError("in the middle of a chunk")
                left -= len(piece)
                yield piece
            with _breaking_off(self.server):
                await self._reader.readexactly(2)


async def _read_head(reader: asyncio.StreamReader, server: str) -> HttpResponse:
    while True:
        version, _, rest = (await reader.readline()).decode("latin-1").partition(" ")
        if not version:
            raise EOFError("before it answered")
        if not version.startswith("HTTP/1."):
            raise HttpError(f"{server} does not speak HTTP/1.1")
        status = int(rest[:3])
        headers: dict[str, str] = {}
        while line := (await reader.readline()).decode("latin-1").strip():
            name, _, value = line.partition(":")
            headers[name.strip().lower()] = value.strip()
            if len(headers) > _MOST_HEADERS:
                raise HttpError(f"{server} sent more than {_MOST_HEADERS} headers")
        if status >= 200:  # 100 Continue and its like come before the answer
            return HttpResponse(reader, server, status, headers)


@contextmanager
def _breaking_off(server: str) -> Iterator[None]:
    """Connections that end too early, and bytes that are no HTTP, as HttpError."""
    try:
        yield
    except (OSError, EOFError, ValueError, asyncio.LimitOverrunError) as error:
        raise HttpError(f"{server} broke off: {_said(error)}") from error


def _said(error: Exception) -> str:
    if isinstance(error, asyncio.IncompleteReadError):
        return "the connection was closed"
    return str(error.strerror or error) if isinstance(error, OSError) else str(error)
