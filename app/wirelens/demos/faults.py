"""The faults demo: errors, delays, floods and sudden death on purpose, also by the request's metadata."""

import asyncio
import os
import signal
from collections.abc import Callable
from typing import Any, NamedTuple, NoReturn

import grpc

from wirelens.demos.rich_status import fail, refuse
from wirelens.demos.sample_details import DETAILS, UNKNOWN
from wirelens.demos.service import Behaviour, DemoService, MessageTypes, ServicerContext
from wirelens.engine.connection.metadata import Metadata, metadata_from_lines
from wirelens.engine.errors import MetadataError
from wirelens.engine.schema.services import Method

_CODES = {code.value[0]: code for code in grpc.StatusCode}
_COMPRESSIONS = {"gzip": grpc.Compression.Gzip, "deflate": grpc.Compression.Deflate}
_FAULT_REPORT, _NO_STATUS = 11, 14  # of SampleDetail
_LONGEST_DELAY = 3600.0
_MAXIMUM_FLOOD = 4 * 1024 * 1024
_MAXIMUM_LARGE = 1024 * 1024 * 1024


class FaultService(DemoService):
    """wirelens.demo.faults.v1.FaultService.

    Args:
        types: the messages.
        die: ends this process at once, without any goodbye.
    """

    def __init__(self, types: MessageTypes, *, die: Callable[[], None] | None = None) -> None:
        super().__init__(types)
        self._die = die or _kill_this_process
        self._fault_count = 0

    def behaviour(self, method: Method) -> Behaviour:
        """Each method as it is written below, but obedient to the request's metadata."""
        answer = super().behaviour(method)
        if method.pattern.server_streams:

            async def stream(request: Any, context: ServicerContext) -> None:
                wished = await _obey_first(context)
                await answer(request, context)
                await _obey_last(context, wished.late)

            return stream

        async def single(request: Any, context: ServicerContext) -> Any:
            wished = await _obey_first(context)
            response = await answer(request, context)
            await _obey_last(context, wished.late)
            if wished.compresses and not wished.headers:
                await context.send_initial_metadata(())  # else grpc.aio forgets the compression of a single answer
            return response

        return single

    async def Fail(self, request: Any, context: ServicerContext) -> Any:
        if request.code == 0:
            return self.types.FailResponse(message="nothing failed: code was 0")
        code = await _known_code(request.code, context)
        self._fault_count += 1
        samples = [number for number in request.samples if number]
        if _NO_STATUS in samples:
            trailers = (*(context.trailing_metadata() or ()), ("grpc-status-details-bin", b"\xff\xfeno status at all"))
            await context.abort(code, request.message, trailers)
        details = [*request.details, *(self._sample(number) for number in samples)]
        return await fail(context, code, request.message, *details)

    async def Delay(self, request: Any, context: ServicerContext) -> Any:
        clock = asyncio.get_running_loop().time
        delay = await _seconds("delay", request.delay, context)
        started = clock()
        await asyncio.sleep(delay)
        response = self.types.DelayResponse()
        response.elapsed.FromNanoseconds(int((clock() - started) * 1e9))
        return response

    async def Flood(self, request: Any, context: ServicerContext) -> None:
        if request.count < 0:
            await refuse(context, [("count", "must not be negative")])
        if not 0 <= request.size <= _MAXIMUM_FLOOD:
            await refuse(context, [("size", f"must be 0 to {_MAXIMUM_FLOOD}, not {request.size}")])
        interval = await _seconds("interval", request.interval, context)
        clock = asyncio.get_running_loop().time
        started = clock()
        response = self.types.FloodResponse(payload=_pattern(request.size))
        number = 0
        while not request.count or number < request.count:
            if interval:
                await asyncio.sleep(max(0.0, started + number * interval - clock()))
            number += 1
            response.number = number
            await context.write(response)

    async def Large(self, request: Any, context: ServicerContext) -> Any:
        if not 0 <= request.bytes <= _MAXIMUM_LARGE:
            await refuse(context, [("bytes", f"must be 0 to {_MAXIMUM_LARGE}, not {request.bytes}")])
        return self.types.LargeResponse(payload=await asyncio.to_thread(_pattern, request.bytes))

    async def Die(self, request: Any, context: ServicerContext) -> None:
        if request.after_messages < 0:
            await refuse(context, [("after_messages", "must not be negative")])
        for left in reversed(range(request.after_messages)):
            await context.write(self.types.DieResponse(messages_left=left))
        await asyncio.sleep(0.05)  # what was written must be on its way
        self._die()

    async def TrailersOnly(self, request: Any, context: ServicerContext) -> NoReturn:
        code = await _known_code(request.code or grpc.StatusCode.UNAVAILABLE.value[0], context)
        await fail(context, code, request.message)

    def _sample(self, number: int) -> Any:
        if number == _FAULT_REPORT:
            return self.types.FaultReport(method="Fail", fault_count=self._fault_count)
        return DETAILS.get(number, UNKNOWN)


class _Wished(NamedTuple):
    """What the request's metadata asked for: the headers that were sent for it, and the status to end with."""

    headers: Metadata
    compresses: bool
    late: grpc.StatusCode | None


async def _obey_first(context: ServicerContext) -> _Wished:
    """Does what the request's metadata asks before the work."""
    wishes = context.invocation_metadata() or ()
    headers = await _pairs("reply-with-headers", wishes, context)
    trailers = await _pairs("reply-with-trailers", wishes, context)
    compression = await _wished_compression("reply-compressed", wishes, context)
    if compression is not None:
        context.set_compression(compression)
    if trailers:
        context.set_trailing_metadata(trailers)
    if headers:
        await context.send_initial_metadata(headers)
    early = await _wished_code("fail-early", wishes, context)
    if early is not None:
        await fail(context, early, "failed early, as the metadata asked")
    return _Wished(headers, compression is not None, await _wished_code("fail-late", wishes, context))


async def _obey_last(context: ServicerContext, late: grpc.StatusCode | None) -> None:
    if late is not None:
        await fail(context, late, "failed late, as the metadata asked")


async def _pairs(name: str, wishes: Any, context: ServicerContext) -> Metadata:
    """The `a: b` pairs that are given under `name`; several are parted by `;`."""
    lines = [line for key, value in wishes if key == name for line in str(value).split(";") if line.strip()]
    try:
        return metadata_from_lines(lines)
    except MetadataError as error:
        return await refuse(context, [(name, f"cannot be obeyed: {error.message}")])


async def _wished_compression(name: str, wishes: Any, context: ServicerContext) -> grpc.Compression | None:
    value = _wish(name, wishes).lower()
    if value and value not in _COMPRESSIONS:
        await refuse(context, [(name, f"must be gzip or deflate, not {value!r}")])
    return _COMPRESSIONS.get(value)


async def _wished_code(name: str, wishes: Any, context: ServicerContext) -> grpc.StatusCode | None:
    value = _wish(name, wishes)
    if not value:
        return None
    code = _CODES.get(int(value)) if value.isdigit() else grpc.StatusCode.__members__.get(value.upper())
    if code is None:
        await refuse(context, [(name, f"must be a status code by number or name, not {value!r}")])
    return code if code is not grpc.StatusCode.OK else None


def _wish(name: str, wishes: Any) -> str:
    return next((str(value).strip() for key, value in wishes if key == name), "")


async def _known_code(number: int, context: ServicerContext) -> grpc.StatusCode:
    code = _CODES.get(number)
    if code is None or code is grpc.StatusCode.OK:
        await refuse(context, [("code", f"must be 0 to 16, not {number}")])
    return code


async def _seconds(field: str, duration: Any, context: ServicerContext) -> float:
    seconds = float(duration.seconds + duration.nanos / 1e9)
    if not 0 <= seconds <= _LONGEST_DELAY:
        await refuse(context, [(field, f"must be 0 to {_LONGEST_DELAY:g} s, not {seconds:g} s")])
    return seconds


def _pattern(size: int) -> bytes:
    whole, rest = divmod(size, 256)
    return bytes(range(256)) * whole + bytes(range(rest))


def _kill_this_process() -> None:
    os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))  # on Windows SIGTERM kills as suddenly
