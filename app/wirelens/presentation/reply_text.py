"""The text that a stream tells in pieces: finds the field that holds them and joins them as they come."""

import enum
import itertools
import time
from dataclasses import dataclass

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from wirelens.engine.calls.transcript import EventKind, Transcript
from wirelens.engine.errors import WirelensError
from wirelens.engine.messages.fields import is_map_field
from wirelens.presentation.message_decoding import MessageDecoder

_DEEPEST = 3  # levels of messages that are looked into: choices[0].delta.content
_MOST_FIELDS = 64
_PROBED = 24  # messages looked at before it is settled that a stream tells no text
_ENOUGH_AT_ONCE = 3_000  # characters: what a text widget takes in within a few milliseconds
_LONGEST_PROBED = 64 * 1024  # bytes; pieces of text are short

# Names that say "a piece of a text" before any has come, names that say it once a piece is there, and names that
# need proof in the pieces themselves.
_SAYS_DELTA = ("delta", "text_delta", "delta_text", "content_delta")
_SAYS_PIECE = (*_SAYS_DELTA, "token", "token_text", "generated_text")
_SAYS_TEXT = ("text", "content", "output", "completion", "chunk", "part", "reply", "response", "answer", "message")
_SAYS_PROMPT = ("prompt", "text", "input", "question", "query", "content", "message", "instructions", "text_input")

FieldPath = tuple[FieldDescriptor, ...]


class Voice(enum.Enum):
    """Who says a piece."""

    PROMPT = "prompt"
    REPLY = "reply"


@dataclass(frozen=True, slots=True)
class Piece:
    """Text to append to what was there."""

    voice: Voice
    text: str


class ReplyText:
    """Reads a transcript as it grows; every message is decoded once, and none after it is clear that there is no text.

    `advance` reads for a few milliseconds and says whether more is waiting; `take` gives what there is to append.
    """

    def __init__(self, transcript: Transcript, decoder: MessageDecoder, field: str | None = None) -> None:
        self._transcript = transcript
        self._decoder = decoder
        self._row = 0
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
        self._settled = self._path is not None or not self._paths or not decoder.method.pattern.server_streams
        self._whole = ""  # the text so far, where it is repeated
        self._last_voice: Voice | None = None
        self._prompt_tail = ""
        self.characters = 0  # of the reply

    @property
    def field(self) -> str | None:
        """The field that holds the pieces, as a path; None as long as none is found."""
        return path_name(self._path) if self._path is not None else None

    @property
    def fields(self) -> tuple[str, ...]:
        """All string fields that a person may choose."""
        return tuple(path_name(path) for path in self._paths)

    @property
    def is_settled(self) -> bool:
        """Whether it is known if there is a text."""
        return self._settled

    def advance(self, seconds: float = 0.003) -> bool:
        """Read on, for about `seconds` and a few thousand characters at most; True if there is more to read at once."""
        if self._settled and self._path is None:
            return False
        transcript, until = self._transcript, time.perf_counter() + seconds
        enough = self.characters + _ENOUGH_AT_ONCE
        while self._row < len(transcript):
            self._read(self._row)
            self._row += 1
            if self._settled and self._path is None:
                return False
            if self.characters > enough or (self._row % 16 == 0 and time.perf_counter() > until):
                return self._row < len(transcript)
        return False

    def take(self) -> list[Piece]:
        """The pieces since the last time, neighbours of one voice joined."""
        if self._path is None:
            return []
        pieces, self._pieces = self._pieces, []
        joined: list[Piece] = []
        texts: list[str] = []
        for at, piece in enumerate(pieces):
            texts.append(piece.text)
            if at + 1 == len(pieces) or pieces[at + 1].voice is not piece.voice:
                joined.append(Piece(piece.voice, "".join(texts)))
                texts = []
        return joined

    # -- inside

    def _read(self, row: int) -> None:
        kind = self._transcript.kind(row)
        if kind not in (EventKind.SENT, EventKind.RECEIVED):
            return
        if self._path is None and self._transcript.size(row) > _LONGEST_PROBED:
            self._probed += kind is EventKind.RECEIVED
            self._settle_if_probed()
            return
        try:
            message = self._decoder.message(kind, self._transcript.payload(row))
        except WirelensError:
            return  # the timeline says so in the row itself
        if kind is EventKind.SENT:
            if self._prompt_path is not None:
                self._say_prompt(_text_at(message, self._prompt_path))
        elif self._path is not None:
            self._say(_text_at(message, self._path))
        else:
            self._probe(message)

    def _probe(self, message: Message) -> None:
        self._probed += 1
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
        for text in texts:
            self._say(text)

    def _settle_if_probed(self) -> None:
        if self._probed >= _PROBED:
            self._settled = True
            self._seen.clear()

    def _say_prompt(self, text: str) -> None:
        if text:
            if self._last_voice is not None:
                text = f"\n\n{text}"
            self._pieces.append(Piece(Voice.PROMPT, text))
            self._last_voice, self._prompt_tail = Voice.PROMPT, text[-1]

    def _say(self, text: str) -> None:
        if not text:
            return
        if self._repeats is None and self._whole:
            self._repeats = _each_repeats([self._whole, text])
        if self._repeats is not False:
            new = text.removeprefix(self._whole) if text.startswith(self._whole) else f"\n{text}"
            self._whole, text = text, new
        if not text:
            return
        if self._last_voice is Voice.PROMPT:
            if self._is_completion and self._prompt_tail.isalnum() and text[0].isalnum():
                self._pieces.append(Piece(Voice.PROMPT, " "))
            elif not _continues(self._prompt_tail, text):
                self._pieces.append(Piece(Voice.REPLY, "\n\n"))
        self._last_voice = Voice.REPLY
        self.characters += len(text)
        self._pieces.append(Piece(Voice.REPLY, text))


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
