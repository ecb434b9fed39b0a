"""protoc as a child process of this program: `wirelens --protoc-child @ARGUMENT_FILE`, before any Qt is imported.

protoc holds the interpreter's lock for a whole compile, so it never runs in the window's own process.
"""

import sys
from collections.abc import Sequence


def main(arguments: Sequence[str]) -> int:
    """Runs protoc with its own arguments; its messages go to standard error, its exit code is returned."""
    from grpc_tools import protoc  # takes its time to load, and only the child needs it

    exit_code: int = protoc.main(["protoc", *arguments])
    return exit_code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
