"""The program's one way in: the first argument decides between a headless verb, a child of this program and
the window.

Nothing heavy is imported before that is known: a headless verb loads no Qt, the window shows before grpc is loaded.
"""

import os
import sys
from collections.abc import Sequence

_TOLD_ON_STANDARD_OUTPUT = ("-h", "--help", "--version")
_EXIT_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the program and returns its exit code. `arguments` are without the program's name."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    # grpcio writes lines of its own to standard error on TLS and HTTP/2 faults; what they say is in the status.
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    try:
        return _run(arguments)
    except KeyboardInterrupt:  # while the rest was being imported, which then knows nothing of Ctrl+C yet
        return _EXIT_INTERRUPTED


def _run(arguments: list[str]) -> int:
    first = arguments[0] if arguments else ""
    if first == "--protoc-child":
        from wirelens.engine.schema.protoc_child import main as compile_protos

        return compile_protos(arguments[1:])
    if first == "--json-child":
        from wirelens.engine.messages.json_child import main as make_json

        return make_json()
    if first == "--image-child":
        from wirelens.widgets.image_child import main as decode_image

        return decode_image(arguments[1:])
    if first == "--rules-child":
        from wirelens.engine.messages.rule_child import main as check_rules

        return check_rules(arguments[1:])
    if arguments == ["self-test"]:
        from wirelens import self_test

        return self_test.main()
    # Every address has a colon. So a plain word is a verb, or a mistyped one, which the command line says.
    is_word = first[:1].isalpha() and first.replace("-", "").isalpha()
    if is_word or first in _TOLD_ON_STANDARD_OUTPUT:
        from wirelens import command_line

        return command_line.main(arguments)
    from wirelens import desktop

    return desktop.launch(arguments)


if __name__ == "__main__":
    sys.exit(main())
