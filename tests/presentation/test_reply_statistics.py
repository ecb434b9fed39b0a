"""How soon, how fast and how steadily a reply came, without what the person paused."""

import pytest
from google.protobuf.message import Message
from tests.presentation.answers import answers_schema, decoder, make, method
from tests.presentation.draft.schemas import compiled

from wirelens.engine.calls.events import CallFinished, Status
from wirelens.engine.calls.transcript import EventKind, Transcript
from wirelens.engine.schema.schema import Schema
from wirelens.engine.schema.services import Method, Pattern
from wirelens.presentation.message_decoding import MessageDecoder
from wirelens.presentation.reply_export import copied_text, save_text
from wirelens.presentation.reply_statistics import ReplyStatistics
from wirelens.presentation.reply_text import ReplyText, Voice
from wirelens.presentation.reply_words import pause_sentence, reply_words

__all__ = ["answers_schema"]

CHAT = """
syntax = "proto3";
package chat.test;
message Say { string text = 1; }
message Reply { int32 turn = 1; string delta = 2; }
service Chat { rpc Talk(stream Say) returns (stream Reply); }
"""


def told(schema: Schema, *events: tuple[float, str]) -> Transcript:
    """A story whose pieces come at these times; ‖ pauses reading, ▶ resumes it."""
    transcript = Transcript(frame=0)
    transcript.add_sent(0.01, make(schema, "Ask", prompt="Tell:").SerializeToString())
    for at, text in events:
        if text == "‖":
            transcript.add_paused(at)
        elif text == "▶":
            transcript.add_resumed(at)
        else:
            transcript.add_received(at, make(schema, "Piece", delta=text).SerializeToString())
    return transcript


def statistics(schema: Schema, transcript: Transcript) -> ReplyStatistics:
    reply = ReplyText(transcript, decoder(schema, Pattern.SERVER_STREAMING, "Piece"))
    while reply.advance():
        pass
    assert reply.is_at_end
    (only,) = reply.replies
    return only


def test_the_figures_are_those_of_the_rows(answers_schema: Schema) -> None:
    transcript = told(answers_schema, (0.25, "It"), (0.35, " was"), (0.95, " late"), (1.05, ""), (1.25, "."))
    reply = statistics(answers_schema, transcript)
    assert reply.first_after == 0.25
    assert (reply.tokens, reply.characters) == (4, len("It was late."))
    assert reply.token_rate == pytest.approx(3 / 1.0)
    assert reply.character_rate == pytest.approx(len(" was late.") / 1.0)
    assert reply.longest_silence is not None
    assert reply.longest_silence.seconds == pytest.approx(0.6)
    assert transcript.at(reply.longest_silence.row) == 0.95
    assert reply_words(reply).line == (
        "first token 250 ms · 3.0 tokens/s · longest pause 600 ms · 10.0 characters/s · 12 characters"
    )


def test_what_the_person_paused_is_nobodys_pause(answers_schema: Schema) -> None:
    transcript = told(
        answers_schema, (0.2, "a"), (0.3, "b"), (0.4, "‖"), (0.41, "c"), (10.4, "▶"), (10.5, "d"), (10.9, "e")
    )
    reply = statistics(answers_schema, transcript)
    assert reply.longest_silence is not None
    assert reply.longest_silence.seconds == pytest.approx(0.4)
    assert transcript.at(reply.longest_silence.row) == 10.9
    assert reply.paused_seconds == pytest.approx(10.0)
    assert reply.token_rate == pytest.approx(4 / 0.7)
    assert "paused for 10.00 s" in pause_sentence(reply)


def test_a_pause_before_the_first_token_does_not_count_either(answers_schema: Schema) -> None:
    reply = statistics(answers_schema, told(answers_schema, (0.1, "‖"), (5.1, "▶"), (5.3, "a"), (5.4, "b")))
    assert reply.first_after == pytest.approx(0.3)
    assert reply.paused_seconds == 0
    assert pause_sentence(reply) == ""


def test_too_little_to_tell_is_said_with_a_dash(answers_schema: Schema) -> None:
    reply = statistics(answers_schema, told(answers_schema, (0.2, "a"), (0.201, "b")))
    assert reply.token_rate is None
    assert "– tokens/s" in reply_words(reply).line
    assert reply_words(None).line.startswith("first token – ")


def test_a_conversation_has_a_reply_for_each_prompt(answers_schema: Schema) -> None:
    talk = MessageDecoder(method(Pattern.BIDI_STREAMING, "Piece"), answers_schema)
    transcript = Transcript(frame=0)

    def say(at: float, prompt: str) -> None:
        transcript.add_sent(at, make(answers_schema, "Ask", prompt=prompt).SerializeToString())

    def answer(at: float, text: str) -> None:
        transcript.add_received(at, make(answers_schema, "Piece", delta=text).SerializeToString())

    say(1.0, "Hello?")
    answer(1.5, "Yes")
    answer(1.6, ".")
    say(7.0, "And")
    say(8.0, "now?")
    answer(8.25, "Now.")
    reply = ReplyText(transcript, talk)
    assert not reply.advance()
    assert [(one.number, one.first_after, one.characters) for one in reply.replies] == [(1, 0.5, 4), (2, 0.25, 4)]
    assert [(piece.reply, piece.text) for piece in reply.take() if piece.voice is Voice.REPLY] == [
        (1, "\n\nYes."),
        (2, "\n\nNow."),
    ]


async def test_answers_that_count_their_turns_say_whose_they_are(tmp_path_factory: pytest.TempPathFactory) -> None:
    schema = compiled(tmp_path_factory.mktemp("chat"), {"chat.proto": CHAT})
    made = Method("chat.test.Chat", "Talk", Pattern.BIDI_STREAMING, "chat.test.Say", "chat.test.Reply")
    transcript = Transcript(frame=0)

    def bytes_of(name: str, **fields: object) -> bytes:
        message: Message = schema.message_class(f"chat.test.{name}")(**fields)
        return message.SerializeToString()

    transcript.add_sent(0.0, bytes_of("Say", text="one"))
    transcript.add_sent(1.0, bytes_of("Say", text="two"))
    for at, turn, text in ((1.5, 1, "A"), (1.6, 1, "a"), (2.0, 2, "B")):
        transcript.add_received(at, bytes_of("Reply", turn=turn, delta=text))
    transcript.add_finished(CallFinished(2.1, Status(0)))
    reply = ReplyText(transcript, MessageDecoder(made, schema))
    assert not reply.advance()
    assert [(one.first_after, one.characters) for one in reply.replies] == [(1.5, 2), (1.0, 1)]
    assert await copied_text(reply) == b"one\n\ntwo\n\nAa\n\nB"
    assert await copied_text(reply, 1) == b"Aa"
    assert await copied_text(reply, 2) == b"B"


async def test_a_huge_message_is_read_piece_by_piece(answers_schema: Schema, tmp_path_factory: object) -> None:
    text = "äöü 한국어 " * 200_000
    transcript = told(answers_schema, (0.2, "It "), (0.3, text), (0.4, " end"))
    reply = ReplyText(transcript, decoder(answers_schema, Pattern.SERVER_STREAMING, "Piece"))
    slices = 1
    while reply.advance(seconds=0):
        slices += 1
    assert slices > 20
    assert "".join(piece.text for piece in reply.take() if piece.voice is Voice.REPLY).endswith(f"It {text} end")
    (one,) = reply.replies
    assert (one.tokens, one.characters) == (3, len(f"It {text} end"))
    assert one.character_rate == pytest.approx(len(f"{text} end") / 0.2)


async def test_saved_as_it_was_told(answers_schema: Schema, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("saved") / "story.txt"
    transcript = told(answers_schema, *((row / 100, f"piece {row}, ") for row in range(1, 5_000)))
    reply = ReplyText(transcript, decoder(answers_schema, Pattern.SERVER_STREAMING, "Piece"))
    reply.advance(0)
    whole = "Tell:\n\n" + "".join(f"piece {row}, " for row in range(1, 5_000))
    assert await save_text(reply, path) == len(whole)
    assert path.read_text("utf-8") == whole
    assert transcript.kind(0) is EventKind.SENT
