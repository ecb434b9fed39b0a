"""The verbs that only look: list, describe and export."""

import argparse
import json
import sys
from pathlib import Path

from wirelens.command_line.where import Where, split_positionals, where_from
from wirelens.engine.errors import SchemaError, UnknownSymbolError, UsageError
from wirelens.engine.messages.examples import example_message
from wirelens.engine.messages.protojson import message_to_json
from wirelens.engine.messages.validation import broken_rules
from wirelens.engine.schema.export import export_descriptor_set, export_proto_tree
from wirelens.engine.schema.schema import Schema
from wirelens.engine.schema.services import Service


async def loaded_schema(where: Where) -> Schema:
    """The schema that `where` means; the connection that reflection needed is closed again."""
    async with where.connected() as connection:
        return await where.load_schema(connection)


async def list_services(options: argparse.Namespace) -> int:
    """Services, or SERVICE's methods; one a line."""
    address, name = split_positionals(options, symbol="SERVICE", required=False)
    schema = await loaded_schema(where_from(options, address))
    services = schema.services if name is None else (schema.service(name),)
    if options.json:
        print(json.dumps({"services": [_service_as_json(service) for service in services]}, ensure_ascii=False))
        return 0
    for service in services:
        if name is None:
            print(service.full_name)
            if service.error:
                print(f"wirelens: {service.full_name}: {service.error}", file=sys.stderr)
        elif service.error:
            raise SchemaError(service.error, place=service.full_name)
        else:
            print("\n".join(f"{service.full_name}/{method.name}" for method in service.methods))
    return 0


async def describe(options: argparse.Namespace) -> int:
    """.proto source of one symbol, with its comments; with --example a message to begin with instead."""
    address, symbol = split_positionals(options, symbol="SYMBOL", required=True)
    assert symbol is not None
    schema = await loaded_schema(where_from(options, address))
    if options.example:
        print(_example(schema, symbol))
        return 0
    print(schema.proto_source(symbol.strip("./").replace("/", ".")).rstrip())
    return 0


async def export(options: argparse.Namespace) -> int:
    """The schema as a descriptor set, or as a tree of .proto files."""
    address, _ = split_positionals(options, symbol="", required=False)
    path, as_tree = _destination(options.output)
    schema = await loaded_schema(where_from(options, address))
    if as_tree:
        written = await export_proto_tree(schema, path)
        print(f"wirelens: {len(written)} files written below {path}", file=sys.stderr)
    else:
        count = await export_descriptor_set(schema, path)
        print(f"wirelens: {count} files written to {path}", file=sys.stderr)
    return 0


def _example(schema: Schema, symbol: str) -> str:
    """An example of a message type or a method's request as JSON; rules that it cannot keep go to standard error."""
    owner = schema.file_of(symbol.strip("/.").replace("/", "."))
    try:
        descriptor = schema.descriptor(symbol)
    except UnknownSymbolError as unknown:
        if owner is None:
            raise
        try:
            descriptor = schema.descriptor(schema.method(symbol).request)
        except UnknownSymbolError:
            next_step = "name a message, or a method for its request"
            raise UsageError(f"{symbol} is no message", place="--example", next_step=next_step) from unknown
    message = example_message(descriptor, schema)
    findings = broken_rules(message, schema)
    for broken in findings.broken:
        print(f"wirelens: the example breaks a rule: {broken.field_path}: {broken.sentence}", file=sys.stderr)
    if findings.problem:
        print(f"wirelens: {findings.problem}", file=sys.stderr)
    return message_to_json(message, schema)


def _destination(text: str) -> tuple[Path, bool]:
    """Where to write, and whether as a tree: an existing folder or a trailing slash says so."""
    if not text.strip():  # Path would take it for the current folder
        raise UsageError("the file or folder to write to is empty", place="-o")
    path = Path(text)
    as_tree = path.is_dir() or text.endswith(("/", "\\"))
    if not as_tree and not path.absolute().parent.is_dir():
        raise UsageError("the folder to write into does not exist", place=str(path.parent))
    return path, as_tree


def _service_as_json(service: Service) -> dict[str, object]:
    return {
        "name": service.full_name,
        "error": service.error,
        "methods": [
            {
                "name": method.name,
                "pattern": method.pattern.value,
                "request": method.request,
                "response": method.response,
            }
            for method in service.methods
        ],
    }
