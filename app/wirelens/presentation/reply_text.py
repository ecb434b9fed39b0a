"""The text that a stream tells in pieces: finds the field that holds them and joins them as they come."""

import enum
import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from wirelens.engine.calls.transcript import MESSAGE_KINDS, EventKind, Transcript
from wirelens.engine.errors import WirelensError
from wirelens.engine.messages.fields import is_map_field
from wirelens.engine.messages.wire.long_text import long_text
from wirelens.presentation.message_decoding import MessageDecoder
from wirelens.presentation.reply_statistics import ReplyStatistics

_DEEPEST = 3  # levels of messages that are looked into: choices[0].delta.content
_MOST_FIELDS = 64
_PROBED = 24  # messages looked at before it is settled that a stream tells no text
_LONGEST_PROBED = 64 * 1024  # bytes; pieces of text are short
_READ_AT_ONCE = 128  # messages
_LONGEST_DECODED = 256 * 1024  # bytes of a message; of longer ones the text is read piece by piece

# Names that say "a piece of a text" before any has come, names that say it once a piece is there, and names that
# need proof in the pieces themselves.
_SAYS_DELTA = ("delta", "text_delta", "delta_text", "content_delta")
_SAYS_PIECE = (*_SAYS_DELTA, "token", "token_text", "generated_text")
_SAYS_TEXT = ("text", "content", "output", "completion", "chunk", "part", "reply", "response", "answer", "message")
_SAYS_TURN = ("turn", "turn_index", "reply", "reply_index", "reply_number", "answer_index", "response_index")
_SAYS_PROMPT = ("prompt", "text", "input", "question", "query", "content", "message", "instructions", "text_input")

_INTEGERS = (
    FieldDescriptor.CPPTYPE_INT32,
    FieldDescriptor.CPPTYPE_INT64,
    FieldDescriptor.CPPTYPE_UINT32,
    FieldDescriptor.CPPTYPE_UINT64,
)

FieldPath = tuple[FieldDescriptor, ...]


class Voice(enum.Enum):
    """Who says a piece."""

    PROMPT = "prompt"
    REPLY = "reply"


@dataclass(frozen=True, slots=True)
class Piece:
    """Text to append to what was there; `reply` counts the replies of a call from 1, a prompt's is the one to come."""

    voice: Voice
    text: str
    reply: int = 1


class ReplyText:
    """Reads a transcript as it grows; every message is decoded once, and none after it is clear that there is no text.

    `advance` reads for a few milliseconds and says whether more is waiting; `take` gives what there is to append.

    A call whose requests stream has a reply for each of them: one begins with the first piece behind a request, or
    where the answers count their turns, with the first piece of another turn.
    """

    def __init__(self, transcript: Transcript, decoder: MessageDecoder, field: str | None = None) -> None:
        self._transcript = transcript
        self._decoder = decoder
        self._row = 0
        self._long: Iterator[str] | None = None  # the rest of the message before `_row`
        self._block: list[bytes] = []  # messages that were read together, from `_block_row` on
        self._block_row = 0
        self._pieces: list[Piece] = []
        self._paths = _string_paths(decoder.descriptor(EventKind.RECEIVED))
        self._prompt_path = _best_named(_string_paths(decoder.descriptor(EventKind.SENT)), _SAYS_PROMPT)
        self._is_completion = self._prompt_path is not None and self._prompt_path[-1].name == "prompt"
        self._path = next((path for path in self._paths if path_name(path) == field), None)
        # Whether each message repeats the text so far; None: a chosen field of which that is not known yet.
        self._repeats: bool | None = None
        if field is None and decoder.method.pattern.server_streams:
            self._path = _best_named(self._paths, _SAYS_DELTA)
            self._repeats = False
        self._seen: dict[FieldPath, list[str]] = {path: [] for path in self._paths}
        self._probed = 0
        self._probed_rows: list[tuple[int, int | None]] = []
        self._settled = self._path is not None or not self._paths or not decoder.method.pattern.server_streams
        self._whole = ""  # the text so far, where it is repeated
        self._last_voice: Voice | None = None
        self._prompt_tail = ""
        self._turn_field = self._find_turn_field()
        self._turn: int | None = None
        self._asked_at: list[tuple[float, float]] = []  # when each prompt went out, and the pauses before it
        self._is_asked = False  # since the last piece
        self._paused_at: float | None = None
        self._paused = 0.0  # of the pauses that are over
        self._last_row = -1  # of the last piece
        self.replies: list[ReplyStatistics] = []

    @property
    def field(self) -> str | None:
        """The field that holds the pieces, as a path; None as long as none is found."""
        return path_name(self._path) if self._path is not None else None

    @property
    def fields(self) -> tuple[str, ...]:
        """All string fields that a person may choose."""
        return tuple(path_name(path) for path in self._paths)

    @property
    def characters(self) -> int:
        """Of all replies."""
        return sum(reply.characters for reply in self.replies)

    @property
    def is_at_end(self) -> bool:
        """Whether all that is there was read."""
        return self._long is None and self._row >= len(self._transcript)

    def again(self) -> "ReplyText":
        """The same text from its beginning, for who wants the whole."""
        other = ReplyText(self._transcript, self._decoder, self.field)
        other._repeats = self._repeats
        return other

    @property
    def is_settled(self) -> bool:
        """Whether it is known if there is a text."""
        return self._settled

    def advance(self, seconds: float = 0.003) -> bool:
        """Read on, for about `seconds`; True if there is more to read at once."""
        if self._settled and self._path is None:
            return False
        transcript, until = self._transcript, time.perf_counter() + seconds
        while not self.is_at_end:
            if self._long is not None:
                self._read_long(self._long)
                if time.perf_counter() > until:
                    break
                continue
            self._read(self._row)
            self._row += 1
            if self._settled and self._path is None:
                return False
            is_large = transcript.size(self._row - 1) > _LONGEST_PROBED
            if (is_large or self._row % 16 == 0) and time.perf_counter() > until:
                break
        return not self.is_at_end

    def take(self) -> list[Piece]:
        """The pieces since the last time, neighbours of one voice joined."""
        if self._path is None:
            return []
        pieces, self._pieces = self._pieces, []
        joined: list[Piece] = []
        texts: list[str] = []
        for at, piece in enumerate(pieces):
            texts.append(piece.text)
            behind = pieces[at + 1] if at + 1 < len(pieces) else None
            if behind is None or (behind.voice, behind.reply) != (piece.voice, piece.reply):
                joined.append(Piece(piece.voice, "".join(texts), piece.reply))
                texts = []
        return joined

    # -- inside

    def _read(self, row: int) -> None:
        kind = self._transcript.kind(row)
        if kind is EventKind.PAUSED:
            self._paused_at = self._transcript.at(row)
        elif kind is EventKind.RESUMED:
            self._paused += self._transcript.paused_for(row)
            self._paused_at = None
        if kind not in MESSAGE_KINDS:
            return
        if self._path is None and self._transcript.size(row) > _LONGEST_PROBED:
            self._probed += kind is EventKind.RECEIVED
            self._settle_if_probed()
            return
        if kind is EventKind.SENT:
            self._asked_at.append((self._transcript.at(row), self._paused_until(self._transcript.at(row))))
            self._is_asked = True
        try:
            if self._begin_long(row, kind):
                return
            message = self._decoder.message(kind, self._payload(row))
        except WirelensError:
            return  # the timeline says so in the row itself
        if kind is EventKind.SENT:
            if self._prompt_path is not None:
                self._say_prompt(_text_at(message, self._prompt_path))
        elif self._path is not None:
            self._say(row, _text_at(message, self._path), self._turn_of(message))
        else:
            self._probe(row, message)

    def _payload(self, row: int) -> bytes:
        """Of neighbours many are read at once: one by one, each costs a call of the system."""
        at = row - self._block_row
        if not 0 <= at < len(self._block):
            transcript = self._transcript
            stop = transcript.rows_within(row, min(row + _READ_AT_ONCE, len(transcript)), _LONGEST_PROBED)
            try:
                self._block = transcript.payloads(row, stop)
            except WirelensError:  # one of them is not kept
                return transcript.payload(row)
            self._block_row, at = row, 0
        return self._block[at]

    def _begin_long(self, row: int, kind: EventKind) -> bool:
        """Whether a message is read piece by piece; not where each repeats the text so far."""
        if kind is EventKind.SENT or self._path is None or self._repeats or self._whole:
            return False
        if self._transcript.size(row) <= _LONGEST_DECODED:
            return False
        self._long = long_text(self._transcript.payload_view(row), [field.number for field in self._path])
        return True

    def _read_long(self, pieces: Iterator[str]) -> None:
        """One piece more of the message in the row before."""
        try:
            text = next(pieces)
        except StopIteration:
            self._long = None
            return
        if text:
            self._append(self._row - 1, text, None)

    def _paused_until(self, at: float) -> float:
        """Seconds of all pauses of the person up to a time."""
        return self._paused + (max(at - self._paused_at, 0.0) if self._paused_at is not None else 0.0)

    def _find_turn_field(self) -> FieldDescriptor | None:
        """The number that says which request an answer belongs to, where requests stream."""
        if not self._decoder.method.pattern.client_streams:
            return None
        fields = self._decoder.descriptor(EventKind.RECEIVED).fields
        named = [field for field in fields if field.name in _SAYS_TURN and not field.is_repeated]
        return next((field for field in named if field.cpp_type in _INTEGERS), None)

    def _turn_of(self, message: Message) -> int | None:
        return int(getattr(message, self._turn_field.name)) if self._turn_field is not None else None

    def _probe(self, row: int, message: Message) -> None:
        self._probed += 1
        self._probed_rows.append((row, self._turn_of(message)))
        for path, texts in self._seen.items():
            texts.append(_text_at(message, path))
        found = next((path for path in self._paths if path[-1].name in _SAYS_PIECE and any(self._seen[path])), None)
        if found is None and self._probed >= 3:
            likely = [path for path in self._paths if _reads_as_pieces(self._seen[path])]
            found = _best_named(likely, _SAYS_TEXT) or (likely[0] if likely else None)
        if found is None:
            self._settle_if_probed()
            return
        self._path, self._settled = found, True
        texts, self._seen = self._seen[found], {}
        self._repeats = found[-1].name not in _SAYS_PIECE and _each_repeats(texts)
        for (probed_row, turn), text in zip(self._probed_rows, texts, strict=True):
            self._say(probed_row, text, turn)
        self._probed_rows.clear()

    def _settle_if_probed(self) -> None:
        if self._probed >= _PROBED:
            self._settled = True
            self._seen.clear()
            self._probed_rows.clear()

    def _say_prompt(self, text: str) -> None:
        if text:
            if self._last_voice is not None:
                text = f"\n\n{text}"
            self._pieces.append(Piece(Voice.PROMPT, text, len(self.replies) + 1))
            self._last_voice, self._prompt_tail = Voice.PROMPT, text[-1]

    def _say(self, row: int, text: str, turn: int | None) -> None:
        if not text:
            return
        if self._repeats is None and self._whole:
            self._repeats = _each_repeats([self._whole, text])
        if self._repeats is not False:
            new = text.removeprefix(self._whole) if text.startswith(self._whole) else f"\n{text}"
            self._whole, text = text, new
        if text:
            self._append(row, text, turn)

    def _append(self, row: int, text: str, turn: int | None) -> None:
        """A piece of the reply that goes on, or the first of another."""
        if not self.replies or (turn != self._turn if turn is not None else self._is_asked):
            self._begin_reply(turn)
        self._is_asked, self._turn = False, turn
        reply = self.replies[-1]
        at = self._transcript.at(row)
        if self._last_row == row:
            reply.add_characters(len(text))
        else:
            reply.add(row, at, len(text), self._paused_until(at))
        self._last_row = row
        number = reply.number
        if self._last_voice is Voice.PROMPT:
            if self._is_completion and self._prompt_tail.isalnum() and text[0].isalnum():
                self._pieces.append(Piece(Voice.PROMPT, " ", number))
            elif not _continues(self._prompt_tail, text):
                self._pieces.append(Piece(Voice.REPLY, "\n\n", number))
        elif reply.tokens == 1 and reply.characters == len(text) and number > 1:
            self._pieces.append(Piece(Voice.REPLY, "\n\n", number))
        self._last_voice = Voice.REPLY
        self._pieces.append(Piece(Voice.REPLY, text, number))

    def _begin_reply(self, turn: int | None) -> None:
        """What streams in answer to one request is measured from the call's start, as all its figures are."""
        asked = (0.0, 0.0)
        if self._decoder.method.pattern.client_streams and self._asked_at:
            is_counted = turn is not None and 1 <= turn <= len(self._asked_at)
            asked = self._asked_at[turn - 1 if is_counted and turn is not None else -1]
        self.replies.append(ReplyStatistics(len(self.replies) + 1, *asked))


def may_tell_text(decoder: MessageDecoder) -> bool:
    """Whether answers have a string field at all."""
    return bool(_string_paths(decoder.descriptor(EventKind.RECEIVED)))


def path_name(path: FieldPath) -> str:
    """`choices[0].delta.content`; the last element of a list is meant in requests."""
    return ".".join(f"{field.name}[0]" if field.is_repeated else field.name for field in path)


def _continues(before: str, text: str) -> bool:
    """Whether a reply goes on in the prompt's own sentence."""
    return before.isspace() or text[0].isspace() or text[0] in ",.;:!?…)"


def _string_paths(descriptor: Descriptor) -> list[FieldPath]:
    """The string fields of a message and of the messages in it, nearest first."""
    found: list[FieldPath] = []
    level: list[tuple[FieldPath, Descriptor]] = [((), descriptor)]
    for _ in range(_DEEPEST):
        below: list[tuple[FieldPath, Descriptor]] = []
        for path, owner in level:
            for field in owner.fields:
                if field.message_type is not None:
                    if not is_map_field(field) and not field.message_type.full_name.startswith("google.protobuf."):
                        below.append(((*path, field), field.message_type))
                elif field.type == FieldDescriptor.TYPE_STRING and not field.is_repeated:
                    found.append((*path, field))
        level = below
        if len(found) > _MOST_FIELDS:
            break
    return found[:_MOST_FIELDS]


def _best_named(paths: list[FieldPath], names: tuple[str, ...]) -> FieldPath | None:
    """The path whose field has the earliest of these names."""
    named = [path for path in paths if path[-1].name in names]
    return min(named, key=lambda path: names.index(path[-1].name), default=None)


def _text_at(message: Message, path: FieldPath) -> str:
    value = message
    for field in path[:-1]:
        value = getattr(value, field.name)
        if field.is_repeated:
            if not value:
                return ""
            value = value[-1]
    text = getattr(value, path[-1].name)
    return text if isinstance(text, str) else text.decode("utf-8", "replace")


def _reads_as_pieces(texts: list[str]) -> bool:
    """Whether these are pieces of one text: cut at spaces, or each repeating the one before and growing."""
    said = [text for text in texts if text]
    if len(said) < 3 or len(said) * 2 < len(texts) or len(set(said)) < 3:
        return False
    if _each_repeats(said):
        return True
    cut_at_spaces = sum(text[0].isspace() or text[-1].isspace() for text in said)
    return cut_at_spaces * 2 >= len(said)


def _each_repeats(texts: list[str]) -> bool:
    said = [text for text in texts if text]
    return len(said) > 1 and all(after.startswith(before) for before, after in itertools.pairwise(said))
