"""Writing on a stream of grpc.aio without losing the status of a server that has ended it meanwhile."""

from typing import Any


async def write_message(rpc: Any, payload: bytes) -> None:
    """Send one message on a StreamStreamCall or StreamUnaryCall made without serializers.

    WORKAROUND: when the server ends the stream just before a write, the write fails, and grpc.aio's own `write` then
    makes the call end with INTERNAL "Internal error from Core" in place of the status that the server sent
    (Call._write in grpc/aio/_call.py, seen with grpcio 1.85.1). So the message is handed to the layer below, whose
    failure leaves the status alone. Whatever fails here, the call's status says why.

    Raises:
        grpc.aio.InternalError, asyncio.InvalidStateError, grpc.RpcError: the stream has ended.
    """
    await rpc.wait_for_connection()
    below = getattr(rpc, "_cython_call", None)
    if below is None or rpc.done():
        await rpc.write(payload)
    else:
        await below.send_serialized_message(payload)
