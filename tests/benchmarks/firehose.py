"""A source faster than Python's gRPC servers: an HTTP/2 server that writes DATA frames made beforehand.

    python tests/benchmarks/firehose.py [--echo]

It prints `{"address": "127.0.0.1:PORT"}` and serves until its standard input closes. Whatever method is called, the
request is read as `message FloodRequest { int64 count = 1; int64 size = 2; }` (see firehose.proto) and answered with
`count` messages `message FloodReply { bytes payload = 1; }` whose payload has `size` bytes.

Only what grpc clients need of RFC 9113 is here: flow control is honoured, HPACK is written without compression and
never read, because nothing depends on the request's headers.
"""

import json
import socket
import struct
import sys
import threading
from dataclasses import dataclass, field

DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = 0, 1, 3, 4, 6, 7, 8, 9
END_STREAM, END_HEADERS, PADDED, PRIORITY, ACK = 1, 4, 8, 32, 1
INITIAL_WINDOW_SIZE, MAX_FRAME_SIZE = 4, 5
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
CHUNK = 1 << 20  # bytes of DATA payload prepared at once


def literal(name: bytes, value: bytes) -> bytes:
    """A header field without indexing (RFC 7541, 6.2.2), both strings short and plain."""
    return b"\x00" + bytes([len(name)]) + name + bytes([len(value)]) + value


RESPONSE_HEADERS = b"\x88" + literal(b"content-type", b"application/grpc")  # 0x88: `:status 200` of the static table
TRAILERS = literal(b"grpc-status", b"0")


def frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def message(size: int) -> bytes:
    """One length-prefixed FloodReply with `size` bytes of payload."""
    body = b"\x0a" + varint(size) + b"x" * size if size else b""
    return b"\x00" + struct.pack(">I", len(body)) + body


def read_request(body: bytes) -> tuple[int, int]:
    """count and size of a length-prefixed FloodRequest; what is missing is 1 message of 100 bytes."""
    fields = {1: 1, 2: 100}
    position = 5
    while position < len(body):
        number = body[position] >> 3
        value = shift = 0
        position += 1
        while True:
            byte = body[position]
            position += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        fields[number] = value
    return fields[1], fields[2]


@dataclass
class Stream:
    number: int
    window: int
    body: bytearray = field(default_factory=bytearray)
    ended: bool = False
    reset: bool = False


class Connection:
    """One client. The reading thread keeps the windows, each stream's answer is written by a thread of its own."""

    def __init__(self, client: socket.socket, *, echoes: bool) -> None:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.echoes = echoes
        self.client = client
        self.reader = client.makefile("rb", buffering=1 << 16)
        self.changed = threading.Condition()
        self.window = 65535
        self.initial_window = 65535
        self.max_frame = 16384
        self.streams: dict[int, Stream] = {}
        self.writing = threading.Lock()
        self.gone = False

    def serve(self) -> None:
        try:
            if self.reader.read(len(PREFACE)) != PREFACE:
                return
            self.write(frame(SETTINGS, 0, 0))
            while (head := self.reader.read(9)) and len(head) == 9:
                length = int.from_bytes(head[:3], "big")
                number = int.from_bytes(head[5:], "big") & 0x7FFFFFFF
                self.receive(head[3], head[4], number, self.reader.read(length))
        except (OSError, ValueError):
            pass
        finally:
            with self.changed:
                self.gone = True
                self.changed.notify_all()
            self.client.close()

    def receive(self, kind: int, flags: int, number: int, payload: bytes) -> None:
        if kind == SETTINGS and not flags & ACK:
            with self.writing:  # what was reserved of a larger window is sent before the acknowledgement
                self.settings(payload)
                self.client.sendall(frame(SETTINGS, ACK, 0))
        elif kind == PING and not flags & ACK:
            self.write(frame(PING, ACK, 0, payload))
        elif kind == WINDOW_UPDATE:
            self.update_window(number, int.from_bytes(payload, "big") & 0x7FFFFFFF)
        elif kind == HEADERS:
            stream = self.streams[number] = Stream(number, self.initial_window)
            if self.echoes:
                threading.Thread(target=self.echo, args=(stream,), daemon=True).start()
            elif flags & END_STREAM:
                self.answer(number)
        elif kind == DATA:
            if payload:
                more = struct.pack(">I", len(payload))
                self.write(frame(WINDOW_UPDATE, 0, 0, more))
                if self.echoes:
                    self.write(frame(WINDOW_UPDATE, 0, number, more))
            if (stream := self.streams.get(number)) is not None:
                with self.changed:
                    stream.body += payload[1 : -payload[0] or None] if flags & PADDED else payload
                    stream.ended = bool(flags & END_STREAM)
                    self.changed.notify_all()
                if stream.ended and not self.echoes:
                    self.answer(number)
        elif kind == RST_STREAM and (stream := self.streams.pop(number, None)) is not None:
            with self.changed:
                stream.reset = True
                self.changed.notify_all()

    def settings(self, payload: bytes) -> None:
        with self.changed:
            for identifier, value in struct.iter_unpack(">HI", payload):
                if identifier == INITIAL_WINDOW_SIZE:
                    for stream in self.streams.values():
                        stream.window += value - self.initial_window
                    self.initial_window = value
                elif identifier == MAX_FRAME_SIZE:
                    self.max_frame = min(value, CHUNK)
            self.changed.notify_all()

    def update_window(self, number: int, increment: int) -> None:
        with self.changed:
            if number == 0:
                self.window += increment
            elif (stream := self.streams.get(number)) is not None:
                stream.window += increment
            self.changed.notify_all()

    def answer(self, number: int) -> None:
        stream = self.streams[number]
        threading.Thread(target=self.flood, args=(stream, *read_request(bytes(stream.body))), daemon=True).start()

    def flood(self, stream: Stream, count: int, size: int) -> None:
        try:
            self.write(frame(HEADERS, END_HEADERS, stream.number, RESPONSE_HEADERS))
            one = message(size)
            batch = max(1, CHUNK // len(one))
            many = memoryview(one * min(batch, count))
            while count > 0:
                part = many[: len(one) * min(batch, count)]
                count -= batch
                if not self.send(stream, part):
                    return
            self.write(frame(HEADERS, END_HEADERS | END_STREAM, stream.number, TRAILERS))
        except OSError:
            pass
        finally:
            self.streams.pop(stream.number, None)

    def echo(self, stream: Stream) -> None:
        try:
            self.write(frame(HEADERS, END_HEADERS, stream.number, RESPONSE_HEADERS))
            while True:
                with self.changed:
                    self.changed.wait_for(lambda: self.gone or stream.reset or stream.body or stream.ended)
                    part, stream.body = stream.body, bytearray()
                if not part:
                    break
                if not self.send(stream, memoryview(part)):
                    return
            self.write(frame(HEADERS, END_HEADERS | END_STREAM, stream.number, TRAILERS))
        except OSError:
            pass
        finally:
            self.streams.pop(stream.number, None)

    def send(self, stream: Stream, part: memoryview) -> bool:
        """Sends as fast as flow control lets; False when there is nobody to send to."""
        while part:
            if not self.wait_for_room(stream):
                return False
            with self.writing:
                room = self.reserve(stream, len(part))
                self.write_data(stream.number, part[:room])
            part = part[room:]
        return True

    def wait_for_room(self, stream: Stream) -> bool:
        """Wait until something may be sent; False when there is nobody to send to."""
        with self.changed:
            self.changed.wait_for(lambda: self.gone or stream.reset or min(self.window, stream.window) > 0)
            return not (self.gone or stream.reset)

    def reserve(self, stream: Stream, wanted: int) -> int:
        """How many bytes may be sent now, taken from both windows."""
        with self.changed:
            room = max(0, min(wanted, self.window, stream.window))
            self.window -= room
            stream.window -= room
            return room

    def write_data(self, number: int, payload: memoryview) -> None:
        pieces: list[bytes | memoryview] = []
        for start in range(0, len(payload), self.max_frame):
            part = payload[start : start + self.max_frame]
            pieces.append(struct.pack(">I", len(part))[1:] + bytes([DATA, 0]) + struct.pack(">I", number))
            pieces.append(part)
        self.client.sendall(b"".join(pieces))

    def write(self, frames: bytes) -> None:
        with self.writing:
            self.client.sendall(frames)


def main() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    print(json.dumps({"address": f"127.0.0.1:{listener.getsockname()[1]}"}), flush=True)

    def accept() -> None:
        while True:
            client, _address = listener.accept()
            connection = Connection(client, echoes="--echo" in sys.argv)
            threading.Thread(target=connection.serve, daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    sys.stdin.read()


if __name__ == "__main__":
    main()
