"""How the answers of a call were compressed, in words."""

from wirelens.engine.calls.events import Compressed
from wirelens.engine.calls.transcript import Transcript
from wirelens.presentation.amounts import count_text, size_text


def encoding_name(transcript: Transcript) -> str:
    """`gzip`, `gzip (3 of 5 messages)`, `none`; empty where there is no answer, or it was not seen."""
    if transcript.encodings is None or not transcript.received_count:
        return ""
    names = []
    for name, came in list(transcript.encodings.items()):
        names.append(name if _is_all(came, transcript) else f"{name} ({_share(came, transcript)})")
    return ", ".join(names) or "none"


def encoding_words(transcript: Transcript) -> str:
    """What follows on the bytes received: `compressed with gzip to 1.2 KiB`; empty where there is no answer."""
    if not transcript.received_count:
        return ""
    if transcript.encodings is None:
        return "after decompression; the encoding was not seen"
    words = []
    for name, came in list(transcript.encodings.items()):
        if _is_all(came, transcript):
            words.append(f"compressed with {name} to {size_text(came.sent_size)}")
        else:
            change = f"from {size_text(came.size)} to {size_text(came.sent_size)}"
            words.append(f"{_share(came, transcript)} compressed with {name} {change}")
    return ", ".join(words) or "not compressed"


def _is_all(came: Compressed, transcript: Transcript) -> bool:
    return came.count >= transcript.received_count  # a message that just comes is counted here first


def _share(came: Compressed, transcript: Transcript) -> str:
    return f"{came.count:,} of {count_text(transcript.received_count, 'message')}"
