"""Sizes, durations and counts as people read them: the same words everywhere in the window."""

_UNITS = ("B", "KiB", "MiB", "GiB", "TiB")


def size_text(size: int) -> str:
    """Bytes in binary units: `34 B`, `2.9 KiB`, `128 MiB`."""
    value = float(size)
    for unit in _UNITS:
        if value < 1024 or unit == _UNITS[-1]:
            break
        value /= 1024
    if unit == "B":
        return f"{size:,} B"
    return f"{value:.1f} {unit}" if value < 100 else f"{value:,.0f} {unit}"


def duration_text(seconds: float) -> str:
    """A duration with three figures or so: `0.42 ms`, `12.3 ms`, `2.86 s`, `3 min 05 s`."""
    milliseconds = seconds * 1000
    if milliseconds < 1:
        return f"{milliseconds:.2f} ms"
    if milliseconds < 100:
        return f"{milliseconds:.1f} ms"
    if milliseconds < 1000:
        return f"{milliseconds:.0f} ms"
    if seconds < 60:
        return f"{seconds:.2f} s"
    minutes, rest = divmod(int(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min"


def count_text(count: int, noun: str) -> str:
    """`1 message`, `142 messages`, `1,000,000 messages`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
