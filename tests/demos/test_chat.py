"""The chat demo: rooms as conversations, this said and that heard, by several participants at once."""

import random
from typing import Any

import grpc
import pytest

from wirelens.demos import chat
from wirelens.demos.chat import ChatService
from wirelens.demos.dot import Dot


async def quiet(serve: Any) -> Any:
    """A chat whose Dot answers at once, with dice that always fall the same."""
    return await serve("chat", lambda types: ChatService(types, thinking_time=0, chance=random.Random(1)))


class Participant:
    """Somebody in a room, as a test writes them."""

    def __init__(self, client: Any, room: str, name: str) -> None:
        self._client = client
        self._room = room
        self._name = name
        self.call = client.start("Join")

    async def says(self, text: str) -> None:
        await self.call.write(self._client.types.JoinRequest(room=self._room, name=self._name, text=text))

    async def hears(self) -> Any:
        return await self.call.read()

    async def hears_from(self, name: str) -> str:
        """The next thing that `name` says; passes over everything else."""
        while True:
            event = await self.hears()
            assert event is not grpc.aio.EOF
            if event.said.name == name:
                return str(event.said.text)


async def test_a_lone_visitor_is_welcomed_and_answered(serve: Any) -> None:
    ada = Participant(await quiet(serve), "lobby", "Ada")
    await ada.says("")
    welcome = await ada.hears()
    assert (welcome.sequence, welcome.room, list(welcome.welcome.participants)) == (1, "lobby", ["Dot", "Ada"])
    assert "we are alone" in await ada.hears_from("Dot")
    await ada.says("Good umbrella morning")
    assert "message 1 here and your 1st, Ada: 3 words, 21 characters" in await ada.hears_from("Dot")
    await ada.says("Who is here?")
    assert await ada.hears_from("Dot") == "Here are Ada and I."
    await ada.says("What was the longest word?")
    assert await ada.hears_from("Dot") == "The longest word so far is “umbrella”, 8 letters, by Ada."
    await ada.says("roll 2d6")
    assert await ada.hears_from("Dot") == "2d6: 2 + 5 = 7"


async def test_everybody_hears_everything_in_the_same_order(serve: Any) -> None:
    client = await quiet(serve)
    ada, bob = Participant(client, "r", "Ada"), Participant(client, "r", "Bob")
    await ada.says("")
    await ada.hears_from("Dot")
    await bob.says("")
    assert (await ada.hears()).joined.name == "Bob"
    assert list((await bob.hears()).welcome.participants) == ["Dot", "Ada", "Bob"]
    await bob.hears_from("Dot")
    await ada.hears_from("Dot")
    for number in range(3):
        await ada.says(f"a{number}")
        await bob.says(f"b{number}")
    heard = [[await person.hears() for _ in range(6)] for person in (ada, bob)]
    assert [(event.sequence, event.said.name, event.said.text) for event in heard[0]] == [
        (event.sequence, event.said.name, event.said.text) for event in heard[1]
    ]
    assert [event.sequence for event in heard[0]] == list(range(heard[0][0].sequence, heard[0][0].sequence + 6))
    assert {event.said.text for event in heard[0]} == {"a0", "a1", "a2", "b0", "b1", "b2"}  # Dot stays out of it


async def test_leaving_and_breaking_off_are_told_apart(serve: Any) -> None:
    client = await quiet(serve)
    ada, bob, eve = (Participant(client, "r", name) for name in ("Ada", "Bob", "Eve"))
    for person in (ada, bob, eve):
        await person.says("")
        await person.hears_from("Dot")
    await bob.call.done_writing()
    while await bob.hears() is not grpc.aio.EOF:
        pass
    assert await bob.call.code() is grpc.StatusCode.OK
    eve.call.cancel()
    left = {}
    while len(left) < 2:
        event = await ada.hears()
        if event.WhichOneof("what") == "left":
            left[event.left.name] = event.left.reason
    assert left == {"Bob": 1, "Eve": 2}


async def test_a_newcomer_is_told_what_was_said_before(serve: Any) -> None:
    client = await quiet(serve)
    ada = Participant(client, "r", "Ada")
    await ada.says("first")
    await ada.hears_from("Ada")
    bob = Participant(client, "r", "Bob")
    await bob.says("")
    assert "first" in [said.text for said in (await bob.hears()).welcome.earlier]


async def test_what_dot_has_to_say_is_said_before_the_call_ends(serve: Any) -> None:
    client = await quiet(serve)
    answer = await client.call("Join", {"room": "r", "name": "Ada", "text": "Hello Dot"})
    assert answer.code == "OK"
    assert [event.said.name for event in answer.replies if event.WhichOneof("what") == "said"] == ["Ada", "Dot", "Dot"]


@pytest.mark.parametrize(
    ("requests", "code", "field"),
    [
        ([], "INVALID_ARGUMENT", "room"),
        ([{"name": "Ada"}], "INVALID_ARGUMENT", "room"),
        ([{"room": "r", "name": " "}], "INVALID_ARGUMENT", "name"),
        ([{"room": "r", "name": "dot"}], "ALREADY_EXISTS", "dot"),
        ([{"room": "r", "name": "Ada"}, {"room": "s"}], "INVALID_ARGUMENT", "room"),
        ([{"room": "r", "name": "Ada"}, {"name": "Bob"}], "INVALID_ARGUMENT", "name"),
        ([{"room": "r", "name": "Ada", "text": "x" * 2001}], "INVALID_ARGUMENT", "text"),
    ],
)
async def test_what_is_refused(serve: Any, requests: list[dict[str, str]], code: str, field: str) -> None:
    client = await quiet(serve)
    answer = await client.call("Join", *requests)
    assert answer.code == code
    assert field in answer.message


async def test_a_name_is_free_again_once_its_owner_is_gone(serve: Any) -> None:
    client = await quiet(serve)
    for _ in range(2):
        assert (await client.call("Join", {"room": "r", "name": "Ada"})).code == "OK"


async def test_who_reads_too_slowly_is_put_out(serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chat, "_BACKLOG", 3)
    visitor = chat.Visitor("Ada")
    for number in range(5):
        visitor.hear(number)
    assert [visitor.waiting.get_nowait() for _ in range(4)] == [0, 1, 2, None]
    assert visitor.reason == 3


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ("how many messages were there?", "1 message: Ada 1"),
        ("how many words?", "2 words: Ada 2"),
        ("how many people are here?", "1 person and one program"),
        ("what time is it?", "UTC"),
        ("roll 99d6", "at most twenty dice"),
        ("d20", "1d20: "),
        ("why?", "Ask me"),
        ("the the", "You said “the” 2 times"),
        ("???", "0 words, 3 characters"),
    ],
)
def test_dot_answers_by_counting(asked: str, part: str) -> None:
    dot = Dot(random.Random(1))
    dot.hear("Ada", "good morning")
    assert part in (dot.answer("Ada", asked, ["Ada"]) or "")


def test_dot_lets_people_talk() -> None:
    dot = Dot(random.Random(1))
    dot.hear("Ada", "good morning")
    assert dot.answer("Ada", "good morning", ["Ada", "Bob"]) is None
    assert dot.answer("Ada", "good morning, dot", ["Ada", "Bob"]) is not None
