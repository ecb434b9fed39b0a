"""The program's one way in: the first argument decides between a headless verb, protoc's child and the window.

Nothing heavy is imported before that is known: a headless verb loads no Qt, the window shows before grpc is loaded.
"""

import os
import sys
from collections.abc import Sequence

VERBS = ("list", "describe", "call", "export", "demo", "self-test")
_HELP = ("-h", "--help", "help", "--version")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the program and returns its exit code. `arguments` are without the program's name."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    # grpcio writes lines of its own to standard error on TLS and HTTP/2 faults; what they say is in the status.
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    first = arguments[0] if arguments else ""
    if first == "--protoc-child":
        from wirelens.engine.schema import protoc_child

        return protoc_child.main(arguments[1:])
    if first in VERBS or first in _HELP:
        from wirelens import command_line

        return command_line.main(arguments)
    from wirelens import desktop

    return desktop.launch(arguments)


if __name__ == "__main__":
    sys.exit(main())
