"""The chat demo: rooms in which everything that happens goes to everybody, the program Dot among them."""

import asyncio
import random
from collections import deque
from collections.abc import AsyncIterator
from typing import Any

import grpc
from google.rpc import error_details_pb2

from wirelens.demos.dot import DOT, Dot
from wirelens.demos.rich_status import Mistake, fail, refuse
from wirelens.demos.service import DemoService, MessageTypes, ServicerContext

_MAXIMUM_NAME = 40
_MAXIMUM_TEXT = 2_000
_MAXIMUM_ROOMS = 100
_EARLIER = 10  # things said that a newcomer is told
_BACKLOG = 1_000  # events that may wait for a slow reader

_CANCELLATION_FOLLOWS = 0.02  # seconds

_LEFT, _DISCONNECTED, _TOO_SLOW = 1, 2, 3


class ChatService(DemoService):
    """wirelens.demo.chat.v1.ChatService.

    Args:
        types: the messages.
        thinking_time: seconds before Dot says something, so that it reads like a conversation.
        chance: Dot's dice.
    """

    def __init__(self, types: MessageTypes, *, thinking_time: float = 0.6, chance: random.Random | None = None) -> None:
        super().__init__(types)
        self._thinking_time = thinking_time
        self._chance = chance or random.Random()
        self._rooms: dict[str, Room] = {}

    async def Join(self, requests: AsyncIterator[Any], context: ServicerContext) -> None:
        requests = aiter(requests)
        first = await anext(requests, None)
        if first is None:
            await refuse(context, [("room", "must be given in the first message, and there was no message")])
        room, visitor = await self._enter(first, context)
        try:
            async with asyncio.TaskGroup() as group:
                listening = group.create_task(self._listen(first, requests, room, visitor), name="listen")
                # Only this task may write: gRPC refuses a status while another task's write is on its way.
                while (event := await visitor.waiting.get()) is not None:
                    await context.write(event)
                listening.cancel()
        finally:
            room.leave(visitor)
            if not room.visitors:
                self._rooms.pop(room.name, None)
        if visitor.mistake is not None:
            await refuse(context, [visitor.mistake])
        if visitor.reason == _TOO_SLOW:
            message = f"more than {_BACKLOG} events were waiting to be read by you"
            await fail(context, grpc.StatusCode.RESOURCE_EXHAUSTED, message)

    async def _enter(self, first: Any, context: ServicerContext) -> "tuple[Room, Visitor]":
        for field in ("room", "name"):
            value = getattr(first, field)
            if not value.strip() or len(value) > _MAXIMUM_NAME or not value.isprintable():
                await refuse(context, [(field, f"must have 1 to {_MAXIMUM_NAME} printable characters")])
        if first.room not in self._rooms and len(self._rooms) >= _MAXIMUM_ROOMS:
            await fail(
                context, grpc.StatusCode.RESOURCE_EXHAUSTED, f"there are {_MAXIMUM_ROOMS} rooms already; join one"
            )
        room = self._rooms.setdefault(first.room, Room(first.room, self.types, Dot(self._chance)))
        taken = {DOT.casefold(), *(visitor.name.casefold() for visitor in room.visitors)}
        if first.name.casefold() in taken:
            await fail(
                context,
                grpc.StatusCode.ALREADY_EXISTS,
                f"somebody named {first.name} is in {first.room} already",
                error_details_pb2.ResourceInfo(
                    resource_type="participant", resource_name=first.name, description="choose another name"
                ),
            )
        return room, room.enter(first.name)

    async def _listen(self, first: Any, requests: AsyncIterator[Any], room: "Room", visitor: "Visitor") -> None:
        """Hears one visitor until it half-closes or is refused, and lets Dot finish."""
        request = first
        async with asyncio.TaskGroup() as dots_turns:
            dots_turns.create_task(self._say_as_dot(room, room.dot.greeting(visitor.name, room.names)))
            while request is not None and visitor.mistake is None:
                visitor.mistake = _mistake(request, room.name, visitor.name)
                if visitor.mistake is None and request.text.strip():
                    room.say(visitor.name, request.text)
                    answer = room.dot.answer(visitor.name, request.text, room.names)
                    if answer is not None:
                        dots_turns.create_task(self._say_as_dot(room, answer))
                if visitor.mistake is None:
                    request = await anext(requests, None)
        # A cancelled call ends the requests as a half-close does; the cancellation itself comes a moment later.
        await asyncio.sleep(_CANCELLATION_FOLLOWS)
        visitor.finish(_LEFT)

    async def _say_as_dot(self, room: "Room", text: str) -> None:
        await asyncio.sleep(self._thinking_time)
        room.say(DOT, text)


class Visitor:
    """One call of Join: what waits to be told to it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.reason = _DISCONNECTED
        self.mistake: Mistake | None = None
        self.waiting: asyncio.Queue[Any] = asyncio.Queue()

    def hear(self, event: Any) -> None:
        if self.waiting.qsize() < _BACKLOG:
            self.waiting.put_nowait(event)
        elif self.reason != _TOO_SLOW:
            self.finish(_TOO_SLOW)

    def finish(self, reason: int) -> None:
        """Nothing more will be told."""
        self.reason = reason
        self.waiting.put_nowait(None)


class Room:
    """Who is in a room and what was said there lately."""

    def __init__(self, name: str, types: MessageTypes, dot: Dot) -> None:
        self.name = name
        self.dot = dot
        self.visitors: list[Visitor] = []
        self._types = types
        self._sequence = 0
        self._earlier: deque[Any] = deque(maxlen=_EARLIER)

    @property
    def names(self) -> list[str]:
        """The people in it, in the order they came."""
        return [visitor.name for visitor in self.visitors]

    def enter(self, name: str) -> Visitor:
        self._happened(joined=self._types.Joined(name=name))
        visitor = Visitor(name)
        self.visitors.append(visitor)
        welcome = self._types.Welcome(participants=[DOT, *self.names], earlier=self._earlier)
        # To the newcomer this stands for the event of joining, so it has the same number.
        visitor.hear(self._event(welcome=welcome))
        return visitor

    def say(self, name: str, text: str) -> None:
        said = self._types.Said(name=name, text=text, by_program=name == DOT)
        if name != DOT:
            self.dot.hear(name, text)
        self._earlier.append(said)
        self._happened(said=said)

    def leave(self, visitor: Visitor) -> None:
        self.visitors.remove(visitor)
        self._happened(left=self._types.Left(name=visitor.name, reason=visitor.reason))

    def _happened(self, **what: Any) -> None:
        self._sequence += 1
        event = self._event(**what)
        for visitor in self.visitors:
            visitor.hear(event)

    def _event(self, **what: Any) -> Any:
        event = self._types.RoomEvent(sequence=self._sequence, room=self.name, **what)
        event.time.GetCurrentTime()
        return event


def _mistake(request: Any, room: str, name: str) -> Mistake | None:
    """What is wrong with a message after the first."""
    for field, value in (("room", room), ("name", name)):
        if getattr(request, field) not in ("", value):
            return field, f"is {value!r} since the first message and cannot change"
    if len(request.text) > _MAXIMUM_TEXT:
        return "text", f"has {len(request.text)} characters, at most {_MAXIMUM_TEXT} fit"
    return None
