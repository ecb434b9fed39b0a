"""The text that is told in pieces: found by itself, joined once, in order."""

import pytest
from google.protobuf.message import Message
from tests.presentation.answers import answers_schema, decoder, make, method, transcript_of

from wirelens.engine.calls.transcript import Transcript
from wirelens.engine.schema.schema import Schema
from wirelens.engine.schema.services import Pattern
from wirelens.presentation.message_decoding import MessageDecoder
from wirelens.presentation.reply_text import Piece, ReplyText, Voice, may_tell_text

__all__ = ["answers_schema"]


def read(transcript: Transcript, schema: Schema, response: str, field: str | None = None) -> ReplyText:
    reply = ReplyText(transcript, decoder(schema, Pattern.SERVER_STREAMING, response), field)
    while reply.advance():
        pass
    return reply


def text_of(reply: ReplyText, voice: Voice = Voice.REPLY) -> str:
    return "".join(piece.text for piece in reply.take() if piece.voice is voice)


def pieces(schema: Schema, *texts: str) -> list[Message]:
    return [make(schema, "Piece", delta=text) for text in texts]


def lines(schema: Schema, *texts: str) -> list[Message]:
    return [make(schema, "Line", author="Ada", text=text) for text in texts]


def test_a_field_named_delta_is_known_before_anything_has_come(answers_schema: Schema) -> None:
    waiting = read(transcript_of([make(answers_schema, "Ask", prompt="Well,")]), answers_schema, "Piece")
    assert waiting.field == "delta"
    assert waiting.take() == [Piece(Voice.PROMPT, "Well,")]


def test_the_first_piece_is_there_at_once(answers_schema: Schema) -> None:
    reply = read(transcript_of(received=pieces(answers_schema, " It")), answers_schema, "Piece")
    assert reply.field == "delta"
    assert text_of(reply) == " It"


def test_pieces_are_joined_as_they_come_and_never_twice(answers_schema: Schema) -> None:
    transcript = transcript_of(received=pieces(answers_schema, " It", " was"))
    reply = read(transcript, answers_schema, "Piece")
    assert text_of(reply) == " It was"
    transcript.add_received(1.0, make(answers_schema, "Piece", delta=" a").SerializeToString())
    transcript.add_received(1.1, make(answers_schema, "Piece", reason="stop").SerializeToString())
    transcript.add_received(1.2, b"\xff")
    assert not reply.advance()
    assert reply.take() == [Piece(Voice.REPLY, " a")]
    assert reply.take() == []
    assert reply.characters == len(" It was a")


def test_a_text_within_lists_of_messages_is_found(answers_schema: Schema) -> None:
    received = [
        make(answers_schema, "Nested", choices=[{"delta": {"role": "assistant"}}]),
        *(
            make(answers_schema, "Nested", choices=[{"delta": {"content": text}}])
            for text in ("Hel", "lo", " you", " all")
        ),
        make(answers_schema, "Nested"),
    ]
    reply = read(transcript_of(received=received), answers_schema, "Nested")
    assert reply.field == "choices[0].delta.content"
    assert text_of(reply) == "Hello you all"


def test_a_field_called_text_must_read_as_pieces(answers_schema: Schema) -> None:
    chat = transcript_of(received=lines(answers_schema, "Hello.", "Good morning!", "How are you?", "Well."))
    assert read(chat, answers_schema, "Line").field is None
    story = transcript_of(received=lines(answers_schema, "It was ", "a dark ", "night", " indeed"))
    assert read(story, answers_schema, "Line").field == "text"


def test_messages_that_repeat_the_whole_text_are_shown_once(answers_schema: Schema) -> None:
    whole = transcript_of(received=lines(answers_schema, "It", "It was", "It was late.", "It was late."))
    reply = read(whole, answers_schema, "Line")
    assert reply.field == "text"
    assert text_of(reply) == "It was late."


@pytest.mark.parametrize(
    ("prompt", "first", "inline"),
    [
        ("The weather in London was", " fine", True),
        ("The weather in London was", "fine", True),
        ("The weather in London was ", "fine", True),
        ("What is the time?", "It is late.", False),
    ],
)
def test_the_prompt_stands_before_the_reply(answers_schema: Schema, prompt: str, first: str, inline: bool) -> None:
    transcript = transcript_of([make(answers_schema, "Ask", prompt=prompt)], pieces(answers_schema, first))
    reply = ReplyText(transcript, decoder(answers_schema, Pattern.SERVER_STREAMING, "Piece"))
    reply.advance()
    taken = reply.take()
    assert taken[0].voice is Voice.PROMPT
    assert taken[-1].voice is Voice.REPLY
    whole = "".join(piece.text for piece in taken)
    assert ("\n\n" in whole) is not inline
    assert whole.split() == f"{prompt} {first}".split()


def test_a_conversation_alternates(answers_schema: Schema) -> None:
    talk = MessageDecoder(method(Pattern.BIDI_STREAMING, "Piece"), answers_schema)
    transcript = Transcript(frame=0)
    reply = ReplyText(transcript, talk)
    for number, prompt in enumerate(("Hello?", "And now?")):
        transcript.add_sent(number, make(answers_schema, "Ask", prompt=prompt).SerializeToString())
        transcript.add_received(number, make(answers_schema, "Piece", delta="Yes.").SerializeToString())
    reply.advance()
    assert [(piece.voice.value, piece.text) for piece in reply.take()] == [
        ("prompt", "Hello?"),
        ("reply", "\n\nYes."),
        ("prompt", "\n\nAnd now?"),
        ("reply", "\n\nYes."),
    ]


def test_a_person_may_choose_the_field(answers_schema: Schema) -> None:
    transcript = transcript_of(received=lines(answers_schema, "a", "b"))
    reply = read(transcript, answers_schema, "Line", field="author")
    assert reply.fields == ("author", "text")
    assert reply.field == "author"
    assert text_of(reply) == "Ada"  # each message says the whole of it again
    reply = read(transcript, answers_schema, "Line", field="text")
    assert text_of(reply) == "ab"


def test_whether_there_can_be_a_text_is_known_from_the_type(answers_schema: Schema) -> None:
    assert may_tell_text(decoder(answers_schema, response="Nested"))
    assert not may_tell_text(decoder(answers_schema, response="Choices"))


def test_a_stream_without_text_is_soon_left_alone(answers_schema: Schema) -> None:
    transcript = transcript_of(received=[make(answers_schema, "Answer", large=number) for number in range(100)])
    reply = read(transcript, answers_schema, "Answer")
    assert reply.is_settled
    assert reply.field is None
    assert reply._row < 40


def test_a_flood_is_read_in_slices(answers_schema: Schema) -> None:
    payload = make(answers_schema, "Piece", delta="ab ").SerializeToString()
    transcript = Transcript(frame=0)
    for row in range(20_000):
        transcript.add_received(row / 1e5, payload)
    reply = ReplyText(transcript, decoder(answers_schema, Pattern.SERVER_STREAMING, "Piece"))
    assert reply.advance(seconds=0.001)
    slices = 1
    while reply.advance(seconds=0.001):
        slices += 1
    assert slices > 3
    assert text_of(reply) == "ab " * 20_000
