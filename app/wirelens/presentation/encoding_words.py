"""How the answers of a call were compressed, in words."""

from wirelens.engine.calls.transcript import Transcript
from wirelens.presentation.amounts import count_text, size_text


def encoding_name(transcript: Transcript) -> str:
    """`gzip`, `gzip (3 of 5 messages)`, `none`; empty where there is no answer, or it was not seen."""
    received = transcript.received_count
    if transcript.encodings is None or not received:
        return ""
    names = []
    for name, totals in list(transcript.encodings.items()):
        share = _share(totals.count, received)
        names.append(f"{name} ({share})" if share else name)
    return ", ".join(names) or "none"


def encoding_words(transcript: Transcript) -> str:
    """What follows on the bytes received: `compressed with gzip to 1.2 KiB`; empty where there is no answer."""
    received = transcript.received_count
    if not received:
        return ""
    if transcript.encodings is None:
        return "after decompression; the encoding was not seen"
    words = []
    for name, totals in list(transcript.encodings.items()):
        after = size_text(totals.sent_size)
        if share := _share(totals.count, received):
            words.append(f"{share} compressed with {name} from {size_text(totals.size)} to {after}")
        else:
            words.append(f"compressed with {name} to {after}")
    return ", ".join(words) or "not compressed"


def _share(count: int, received: int) -> str:
    """`3 of 5 messages`, empty for all. A message that just comes is counted among the compressed ones first."""
    return f"{count:,} of {count_text(received, 'message')}" if count < received else ""
