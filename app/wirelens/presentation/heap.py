"""The memory that the C library keeps for later, where it is glibc's; elsewhere the system's own does all of this.

Streams are read by a thread each. After some hundred of them more was kept than was in use.
"""

import ctypes
import sys
from collections.abc import Callable

_M_ARENA_MAX = -8  # malloc.h
_ARENAS = 2  # the interpreter's lock lets hardly more threads than that allocate at once


def limit_arenas() -> None:
    """Have new threads share what memory there is, instead of beginning an arena each. Before threads are started."""
    set_option = _of_glibc("mallopt")
    if set_option is not None:
        set_option(_M_ARENA_MAX, _ARENAS)


def give_back() -> None:
    """Return to the system what is free; takes some 4 ms, the first time and where there are many holes up to 40."""
    trim = _of_glibc("malloc_trim")
    if trim is not None:
        trim(0)


def _of_glibc(name: str) -> Callable[..., int] | None:
    if sys.platform != "linux":
        return None
    try:
        return getattr(ctypes.CDLL(None), name, None)
    except OSError:  # nothing to look into
        return None
