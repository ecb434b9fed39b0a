"""What may be typed after `wirelens VERB`: options named as in grpcurl, each verb's help with examples."""

import argparse
import difflib
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn, TypeVar

from wirelens import __version__
from wirelens.engine.errors import UsageError
from wirelens.engine.schema.near_names import suggestion

_Number = TypeVar("_Number", int, float)

OVERVIEW = """\
Wirelens, a desktop gRPC explorer.

usage: wirelens [ADDRESS] [--demo]              the window
       wirelens list     WHERE [SERVICE]        services, or one service's methods
       wirelens describe WHERE SYMBOL           .proto source of a service, method, message, enum or field
       wirelens call     WHERE SERVICE/METHOD   call a method; streams both ways live
       wirelens show     FILE                   print a call that `call --save` kept
       wirelens export   WHERE -o FILE|DIR      the schema as a descriptor set or a tree of .proto files
       wirelens demo     [NAME...] [--port N]   run the bundled demo servers
       wirelens self-test                       check that this copy works

WHERE    an ADDRESS, schema options (--proto, --descriptor-set), or both: files for the types, the address for the call.
ADDRESS  host:port, grpc://host:port (plaintext), grpcs://host:port (TLS), unix:path, dns:///name:port,
         ipv6:[::1]:50051. Without a scheme, this machine means plaintext and any other host TLS.

wirelens VERB --help shows options and examples.
"""

_EXIT_CODES = (
    "Exit code: 0 for OK, 64 + code for a gRPC status, 2 for wrong usage, 1 for any other fault, 130 for Ctrl+C."
)

_EXAMPLES = {
    "list": """\
  wirelens list localhost:50051
  wirelens list localhost:50051 shop.v1.OrderService
  wirelens list --json grpcs://api.example.com:443 -H 'authorization: Bearer …'
  wirelens list --proto protos/shop/v1/orders.proto""",
    "describe": """\
  wirelens describe localhost:50051 shop.v1.OrderService
  wirelens describe localhost:50051 shop.v1.OrderService/GetOrder
  wirelens describe --descriptor-set shop.binpb shop.v1.Order.state
  wirelens describe localhost:50051 shop.v1.OrderService/GetOrder --example > order.json""",
    "call": """\
  wirelens call localhost:50051 shop.v1.OrderService/GetOrder -d '{"id": 42}'
  wirelens call localhost:50051 shop.v1.OrderService/Upload -d @orders.ndjson
  wirelens call localhost:50051 chat.v1.ChatService/Join -d - --max-time 60
  wirelens call localhost:50051 shop.v1.OrderService/Watch --output ndjson | head -n 3
  wirelens call unix:/run/shop.sock shop.v1.OrderService/GetOrder --proto orders.proto -d '{}' --events
  wirelens call localhost:50051 shop.v1.OrderService/Watch --stop-after 1000 --save orders.ndjson
  wirelens call localhost:50051 shop.v1.SensorService/Read --every 100""",
    "show": """\
  wirelens show orders.ndjson
  wirelens show orders.ndjson --output ndjson | grep '"state": "SHIPPED"'
  wirelens show orders.ndjson --events""",
    "export": """\
  wirelens export localhost:50051 -o shop.binpb
  wirelens export localhost:50051 -o protos/
  wirelens export --proto protos/ -I third_party -o everything.binpb""",
    "demo": """\
  wirelens demo
  wirelens demo users llm --port 50061
  wirelens demo llm --openai-url http://127.0.0.1:8080/v1 --openai-model qwen""",
    "self-test": "  wirelens self-test",
}


class Parser(argparse.ArgumentParser):
    """argparse, whose complaints are our errors: one line, exit code 2."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(message, next_step=f"see {self.prog} --help")


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """The verb and its options; `positionals` holds what stood between them.

    Raises:
        UsageError: what was typed cannot be meant.
        SystemExit: help or the version was asked for and has been printed.
    """
    first = arguments[0] if arguments else "--help"
    if first in ("-h", "--help", "help"):
        sys.stdout.write(OVERVIEW)
        raise SystemExit(0)
    if first == "--version":
        sys.stdout.write(f"wirelens {__version__}\n")
        raise SystemExit(0)
    if first not in _PARSERS:
        near = difflib.get_close_matches(first, _PARSERS, n=1)
        raise UsageError(
            f"{first!r} is neither a verb nor an address",
            next_step=suggestion(near) or "an address is host:port; see wirelens --help",
        )
    options = _PARSERS[first]().parse_intermixed_args(arguments[1:])
    options.verb = first
    return options


def _parser(verb: str, usage: str, description: str) -> Parser:
    return Parser(
        prog=f"wirelens {verb}",
        usage=f"wirelens {verb} {usage}",
        description=description,
        epilog=f"examples:\n{_EXAMPLES[verb]}\n\n{_EXIT_CODES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )


def _list_parser() -> Parser:
    parser = _parser("list", "[ADDRESS] [options] [SERVICE]", "Lists services, or the methods of SERVICE, one a line.")
    parser.add_argument("positionals", nargs="*", metavar="ADDRESS, SERVICE")
    parser.add_argument("--json", action="store_true", help="one JSON object, for machines")
    add_where(parser)
    return parser


def _describe_parser() -> Parser:
    parser = _parser(
        "describe",
        "[ADDRESS] [options] SYMBOL",
        "Prints the .proto source of a service, method, message, enum or field, with its comments.",
    )
    parser.add_argument("positionals", nargs="*", metavar="ADDRESS, SYMBOL")
    parser.add_argument(
        "--example",
        action="store_true",
        help="print a message of the type, or a request of the method, as JSON to begin with",
    )
    add_where(parser)
    return parser


def _call_parser() -> Parser:
    parser = _parser(
        "call",
        "ADDRESS SERVICE/METHOD [options]",
        "Calls a method and prints the answers as they arrive, as canonical ProtoJSON.",
    )
    parser.add_argument("positionals", nargs="*", metavar="ADDRESS, SERVICE/METHOD")
    call = parser.add_argument_group("the call")
    call.add_argument(
        "-d",
        "--data",
        metavar="JSON|@FILE|-",
        help="request messages: JSON here, in a file, or live from standard input; "
        "several are concatenated or stand one a line (default: one empty message, or none on a request stream)",
    )
    _add_output(call)
    call.add_argument(
        "--show-secrets", action="store_true", help="do not write <redacted> for credentials in --events and --save"
    )
    call.add_argument(
        "--every",
        type=_bounded(int, 1, 2**31 - 1, "a number of messages"),
        default=1,
        metavar="N",
        help="take the first answer and every Nth after it; the others are counted only",
    )
    call.add_argument(
        "--stop-after",
        type=_bounded(int, 1, 2**31 - 1, "a number of messages"),
        metavar="N",
        help="end the call on this side once N answers were read, those that were not taken included; exit code 0",
    )
    call.add_argument(
        "--save",
        type=Path,
        metavar="FILE",
        help="keep the whole call in FILE (NDJSON), and its schema beside it (.binpb); `wirelens show FILE` prints it",
    )
    call.add_argument("--compression", choices=("gzip", "deflate"), help="compress the request messages")
    call.add_argument("--wait-for-ready", action="store_true", help="wait for the server instead of failing at once")
    add_where(parser)
    return parser


def _show_parser() -> Parser:
    parser = _parser(
        "show",
        "FILE [options]",
        "Prints a call that `wirelens call --save FILE` or the window has saved, without its server.\n"
        "The schema is read from the descriptor set beside FILE. The exit code is that of the call.",
    )
    parser.add_argument("file", type=Path, metavar="FILE")
    _add_output(parser)
    return parser


def _add_output(group: argparse._ActionsContainer) -> None:
    """What is printed of a call."""
    group.add_argument(
        "--output",
        choices=("json", "ndjson", "count", "none"),
        default="json",
        help="answers as indented JSON (default), one a line, only counted, or not at all",
    )
    group.add_argument("--events", action="store_true", help="every event of the call as one JSON line instead")
    group.add_argument("--emit-defaults", action="store_true", help="print fields that have their default value, too")


def _export_parser() -> Parser:
    parser = _parser(
        "export",
        "[ADDRESS] [options] -o FILE|DIR",
        "Writes the schema as a descriptor set, or as a tree of .proto files into a folder.",
    )
    parser.add_argument("positionals", nargs="*", metavar="ADDRESS")
    parser.add_argument(
        "-o",
        "--output",
        required=True,
        metavar="FILE|DIR",
        help="an existing folder or a trailing / means a tree of .proto files, else one descriptor set",
    )
    add_where(parser)
    return parser


def _demo_parser() -> Parser:
    parser = _parser(
        "demo",
        "[NAME...] [--port N]",
        "Runs demo servers on 127.0.0.1 until Ctrl+C, all of them unless named.\n"
        "Prints one JSON line for each when it serves.",
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="users, llm, files, chat, fields, faults")
    parser.add_argument(
        "--port", type=_bounded(int, 0, 65535, "a port"), default=0, help="the first server's port, then counted up"
    )
    parser.add_argument("--openai-url", metavar="URL", help="llm answers from this OpenAI-compatible endpoint")
    parser.add_argument("--openai-model", metavar="NAME", help="the model to ask for there")
    parser.add_argument("--end-with-stdin", action="store_true", help=argparse.SUPPRESS)
    return parser


def _self_test_parser() -> Parser:
    return _parser("self-test", "", "Starts a demo, calls it, loads the theme and opens the window unseen.")


_PARSERS: dict[str, Callable[[], Parser]] = {
    "list": _list_parser,
    "describe": _describe_parser,
    "call": _call_parser,
    "show": _show_parser,
    "export": _export_parser,
    "demo": _demo_parser,
    "self-test": _self_test_parser,
}


def add_where(parser: Parser) -> None:
    """The options that say where the schema comes from and how to reach the server."""
    schema = parser.add_argument_group("the schema")
    schema.add_argument("--proto", action="append", default=[], type=Path, metavar="FILE", help=".proto file or folder")
    schema.add_argument(
        "-I",
        "--import-path",
        action="append",
        default=[],
        type=Path,
        metavar="DIR",
        help="import root of the .proto files (default: inferred from their imports)",
    )
    schema.add_argument(
        "--descriptor-set", action="append", default=[], type=Path, metavar="FILE", help="compiled FileDescriptorSet"
    )
    schema.add_argument(
        "--reflection",
        choices=("auto", "v1", "v1alpha", "off"),
        help="ask the server (default: auto, and off where files are given)",
    )
    server = parser.add_argument_group("the server")
    server.add_argument(
        "-H",
        "--header",
        action="append",
        default=[],
        metavar="'name: value'",
        help="metadata of the call and of reflection; values of -bin names in base64",
    )
    scheme = server.add_mutually_exclusive_group()
    scheme.add_argument("--plaintext", action="store_true", help="no TLS, whatever the address says")
    scheme.add_argument("--tls", action="store_true", help="TLS, whatever the address says")
    server.add_argument("--cacert", type=Path, metavar="FILE", help="trust this CA instead of the system's")
    server.add_argument("--cert", type=Path, metavar="FILE", help="client certificate (with --key)")
    server.add_argument("--key", type=Path, metavar="FILE", help="the client certificate's private key")
    server.add_argument("--server-name", metavar="NAME", help="expect this name in the server's certificate")
    server.add_argument("--authority", metavar="NAME", help=":authority of the requests")
    server.add_argument("--no-proxy", action="store_true", help="ignore http_proxy and https_proxy")
    server.add_argument(
        "--max-time", type=_bounded(float, 0, 1e9, "a number of seconds"), metavar="SECONDS", help="the deadline"
    )
    server.add_argument(
        "--max-message-size",
        type=_bounded(int, 1, 2**31 - 1, "a number of bytes"),
        metavar="BYTES",
        help="largest message to accept, after decompression (default: 256 MiB)",
    )


def _bounded(kind: Callable[[str], _Number], least: int, most: float, what: str) -> Callable[[str], _Number]:
    def convert(text: str) -> _Number:
        try:
            value = kind(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is not {what}") from None
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"{text} is not {what} from {least:g} to {most:g}")
        return value

    return convert
