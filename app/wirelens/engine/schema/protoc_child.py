"""protoc as a child process of this program: `wirelens --protoc-child`, before any Qt is imported.

protoc holds the interpreter's lock for a whole compile, so it never runs in the window's own process. Its arguments
come on standard input, one a line; the descriptor set goes to standard output, what it says to standard error.
"""

import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path


def main(arguments: Sequence[str] = ()) -> int:
    """Runs protoc; its exit code is returned. `arguments` go before those on standard input."""
    lines = sys.stdin.buffer.read().decode("utf-8", errors="surrogateescape").split("\n")
    everything = [*arguments, *filter(None, lines)]
    if os.name != "nt":
        return _run(everything, "/dev/stdout")  # no file, so none is left behind by a child that is killed
    with tempfile.TemporaryDirectory(prefix="wirelens-protoc-") as folder:
        output = Path(folder) / "descriptors.binpb"
        exit_code = _run(everything, str(output))
        if exit_code == 0:
            sys.stdout.buffer.write(output.read_bytes())
            sys.stdout.buffer.flush()
        return exit_code


def _run(arguments: Sequence[str], output: str) -> int:
    from grpc_tools import protoc  # takes its time to load, and only the child needs it

    exit_code: int = protoc.main(["protoc", f"--descriptor_set_out={output}", *arguments])
    return exit_code
