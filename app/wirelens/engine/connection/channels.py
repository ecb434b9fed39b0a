"""The one owner of the channels to a target, and of what runs over them."""

import asyncio
import functools
import ipaddress
import os
import re
from typing import Protocol
from urllib.parse import urlsplit

import grpc
import grpc.aio
import grpc.experimental

from wirelens.engine.connection.target import Target
from wirelens.engine.connection.tls import load_credentials
from wirelens.engine.errors import CallStateError

# grpcio waits up to two minutes between attempts to connect; a person who has just started the server does not.
_FIRST_RETRY_MS = 100
_LAST_RETRY_MS = 2000
# Bytes of headers or trailers. grpcio refuses some of those over 8 KiB, by chance, and all over 16 KiB: an error with
# a stack trace in its details is larger. With both limits the same, chance has no part in it.
_MAX_METADATA_SIZE = 4 * 2**20
# Bytes that a server may send ahead of the reader: 40 MB/s over a way of 100 ms. Left to itself, grpcio measures how
# much the way can hold, and with a reader that is busy it finds ever more: tens of MB of small messages then wait in
# memory, and a server learns that much later of a pause (tests/benchmarks/window.py).
_RECEIVE_WINDOW = 4 * 2**20


class OpenCall(Protocol):
    """A call that a connection cancels and waits for before it closes."""

    def cancel(self) -> None: ...

    async def wait_ended(self) -> None: ...


class Connection:
    """At most two channels to one target, opened when first used.

    grpc.aio carries reflection, and calls where grpcio lacks what lies below the other: a synchronous channel with
    grpcio's single-threaded option, for calls that are read in a thread, which is several times as fast.
    """

    def __init__(self, target: Target) -> None:
        self.target = target
        self._preparing = asyncio.Lock()
        self._prepared = False
        self._closed = False
        self._credentials: grpc.ChannelCredentials | None = None
        self._aio_channel: grpc.aio.Channel | None = None
        self._sync_channel: grpc.Channel | None = None
        self._calls: set[OpenCall] = set()

    async def prepare(self) -> None:
        """Reads and checks the certificate files; does nothing the second time. Call it before using a channel.

        Raises:
            TlsSettingsError: they are missing, unreadable or do not belong together.
        """
        async with self._preparing:
            if self._prepared:
                return
            self.target.tls.check(secure=self.target.secure)
            if self.target.secure:
                self._credentials = await asyncio.to_thread(load_credentials, self.target.tls)
            self._prepared = True

    @property
    def is_closed(self) -> bool:
        return self._closed

    @property
    def aio_channel(self) -> grpc.aio.Channel:
        """The channel for calls that live on the event loop."""
        if self._aio_channel is None:
            _keep_grpc_aio()
            self._check_usable()
            options = self._options()
            if self._credentials is None:
                self._aio_channel = grpc.aio.insecure_channel(self.target.name, options=options)
            else:
                self._aio_channel = grpc.aio.secure_channel(self.target.name, self._credentials, options=options)
        return self._aio_channel

    @property
    def sync_channel(self) -> grpc.Channel:
        """For calls that are read in a thread. It hands compressed messages over as they came: gRPC's library tells
        of their encoding nowhere else."""
        if self._sync_channel is None:
            self._check_usable()
            options = [
                *self._options(),
                (grpc.experimental.ChannelOptions.SingleThreadedUnaryStream, 1),
                ("grpc.per_message_decompression", 0),
            ]
            if self._credentials is None:
                self._sync_channel = grpc.insecure_channel(self.target.name, options=options)
            else:
                self._sync_channel = grpc.secure_channel(self.target.name, self._credentials, options=options)
        return self._sync_channel

    def register(self, call: OpenCall) -> None:
        """`call` runs over a channel from now on, and is cancelled and awaited by close().

        Raises:
            CallStateError: the connection is closed.
        """
        self._check_open()
        self._calls.add(call)

    def unregister(self, call: OpenCall) -> None:
        self._calls.discard(call)

    async def close(self) -> None:
        """Cancels the calls that run, waits for their end, then closes both channels. May be called twice."""
        self._closed = True
        while self._calls:
            calls = list(self._calls)
            for call in calls:
                call.cancel()
            for call in calls:
                await call.wait_ended()
                self._calls.discard(call)
        aio_channel, self._aio_channel = self._aio_channel, None
        sync_channel, self._sync_channel = self._sync_channel, None
        if aio_channel is not None:
            await aio_channel.close()
        if sync_channel is not None:
            await asyncio.to_thread(sync_channel.close)

    def proxy(self) -> str | None:
        """The HTTP proxy that gRPC will go through, without its credentials, None where it dials directly."""
        if self.target.is_local or not self.target.use_proxy:
            return None
        found = next((value for name in _PROXY_VARIABLES if (value := os.environ.get(name))), "")
        if not found or _is_exempt(self.target.display):
            return None
        parts = urlsplit(found if "://" in found else f"http://{found}")
        return f"http://{parts.netloc.rpartition('@')[2]}" if parts.netloc else None

    def _check_open(self) -> None:
        if self._closed:
            raise CallStateError("the connection is closed", place=self.target.display, next_step="connect again")

    def _check_usable(self) -> None:
        self._check_open()
        if self.target.secure and not self._prepared:
            raise RuntimeError("await Connection.prepare() before using a channel")

    def _options(self) -> list[tuple[str, str | int]]:
        target = self.target
        options: list[tuple[str, str | int]] = [
            ("grpc.max_receive_message_length", target.max_message_size),
            ("grpc.max_send_message_length", -1),
            ("grpc.max_metadata_size", _MAX_METADATA_SIZE),
            ("grpc.absolute_max_metadata_size", _MAX_METADATA_SIZE),
            ("grpc.http2.bdp_probe", 0),
            ("grpc.http2.lookahead_bytes", _RECEIVE_WINDOW),
            ("grpc.initial_reconnect_backoff_ms", _FIRST_RETRY_MS),
            ("grpc.max_reconnect_backoff_ms", _LAST_RETRY_MS),
            # Sockets belong to this connection alone: none is inherited in a bad state, all close with it.
            ("grpc.use_local_subchannel_pool", 1),
            ("grpc.enable_http_proxy", int(target.use_proxy and not target.is_local)),
        ]
        if target.authority:
            options.append(("grpc.default_authority", target.authority))
        if target.secure and (name := target.tls.server_name):
            options.append(("grpc.ssl_target_name_override", name))
        return options


# In the order that gRPC asks for them, in lower case only (core/handshaker/http_connect/http_proxy_mapper.cc).
_PROXY_VARIABLES = ("grpc_proxy", "https_proxy", "http_proxy")
_NO_PROXY_VARIABLES = ("no_grpc_proxy", "no_proxy")


def _is_exempt(display: str) -> bool:
    """Whether no_proxy names the host: by suffix, or its address by network."""
    listed = next((value for name in _NO_PROXY_VARIABLES if (value := os.environ.get(name))), "")
    host = re.sub(r":\d+\Z", "", display).strip("[]").lower()
    for entry in filter(None, (part.strip().lower() for part in listed.split(","))):
        if host.endswith(entry):
            return True
        try:
            if ipaddress.ip_address(host) in ipaddress.ip_network(entry, strict=False):
                return True
        except ValueError:
            pass
    return False


@functools.cache
def _keep_grpc_aio() -> None:
    """WORKAROUND: grpc.aio shuts its event queue down with the last channel or server, in whatever thread the garbage
    collector lets that go, and takes the queue's socket from the event loop there. On Qt's loop that leaves a socket
    notifier behind that is gone, and the program dies of it at the next event (seen with grpcio 1.85.1, qasync 0.28;
    tests/desktop/test_last_channel.py). So one reference is held as long as the process lives.
    """
    grpc.aio.init_grpc_aio()
