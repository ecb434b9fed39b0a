"""WHERE: which server and which schema the options of a verb mean."""

import argparse
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from wirelens.engine.connection.channels import Connection
from wirelens.engine.connection.metadata import Metadata, metadata_from_lines
from wirelens.engine.connection.target import DEFAULT_MAX_MESSAGE_SIZE, Target, TlsSettings, parse_target
from wirelens.engine.errors import UsageError
from wirelens.engine.schema.descriptor_sets import load_descriptor_sets
from wirelens.engine.schema.proto_files import load_proto_files
from wirelens.engine.schema.reflection import load_by_reflection
from wirelens.engine.schema.schema import Schema

_Version = Literal["auto", "v1", "v1alpha"]


@dataclass(frozen=True)
class Where:
    """A server to ask or call (or None), and where its schema comes from."""

    target: Target | None
    metadata: Metadata
    proto_files: tuple[Path, ...]
    import_paths: tuple[Path, ...]
    descriptor_sets: tuple[Path, ...]
    reflection: _Version | None
    timeout: float | None
    wait_for_ready: bool

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[Connection | None]:
        """A connection to the server, None where none is named; closed at the end. Says which proxy it goes through."""
        if self.target is None:
            yield None
            return
        connection = Connection(self.target)
        if proxy := connection.proxy():
            print(f"wirelens: through the proxy {proxy} (--no-proxy goes around it)", file=sys.stderr)
        try:
            await connection.prepare()
            yield connection
        finally:
            await connection.close()

    async def load_schema(self, connection: Connection | None) -> Schema:
        """The schema from files, from the server, or from both: types from files, services as the server offers them.

        Raises:
            SchemaError: it cannot be had, said why.
        """
        schema = await self._load_files()
        if self.reflection and connection:
            reflected = await self._reflect(connection)
            schema = schema.combined_with(reflected) if schema else reflected
        assert schema is not None, "where_from refuses a WHERE without a schema"
        return schema

    async def _load_files(self) -> Schema | None:
        schema: Schema | None = None
        if self.proto_files:
            schema = await load_proto_files(self.proto_files, self.import_paths)
            for said in schema.origin.diagnostics:
                if not said.is_warning:
                    print(f"wirelens: left out: {said.place}: {said.text}", file=sys.stderr)
        if self.descriptor_sets:
            described = await load_descriptor_sets(self.descriptor_sets)
            schema = schema.combined_with(described) if schema else described
        return schema

    async def _reflect(self, connection: Connection) -> Schema:
        assert self.reflection
        target = connection.target
        if target.max_message_size < DEFAULT_MAX_MESSAGE_SIZE:
            # The limit is meant for the method's messages; a schema is larger than many of them.
            connection = Connection(replace(target, max_message_size=DEFAULT_MAX_MESSAGE_SIZE))
        try:
            return await load_by_reflection(
                connection,
                metadata=self.metadata,
                version=self.reflection,
                timeout=self.timeout,
                wait_for_ready=self.wait_for_ready,
            )
        finally:
            if connection.target is not target:
                await connection.close()


def where_from(options: argparse.Namespace, address: str | None) -> Where:
    """The server and schema that `options` mean.

    Raises:
        UsageError: they contradict each other, or name no server or schema.
    """
    has_files = bool(options.proto or options.descriptor_set)
    if options.import_path and not options.proto:
        raise UsageError("--import-path says where --proto files import from", next_step="give --proto FILE as well")
    reflection: _Version | Literal["off"] = options.reflection or ("off" if has_files else "auto")
    if address is None and not has_files:
        raise UsageError("an ADDRESS is missing", next_step="such as localhost:50051, or give --proto FILE")
    if address is None and options.reflection not in (None, "off"):
        raise UsageError("reflection needs a server to ask", next_step="give an ADDRESS")
    if reflection == "off" and not has_files:
        raise UsageError(
            "without reflection nothing says what the schema is", next_step="give --proto FILE or --descriptor-set FILE"
        )
    return Where(
        target=_target(options, address) if address is not None else None,
        metadata=metadata_from_lines(options.header),
        proto_files=tuple(options.proto),
        import_paths=tuple(options.import_path),
        descriptor_sets=tuple(options.descriptor_set),
        reflection=None if reflection == "off" else reflection,
        timeout=options.max_time,
        wait_for_ready=getattr(options, "wait_for_ready", False),  # an option of call
    )


def split_positionals(options: argparse.Namespace, *, symbol: str, required: bool) -> tuple[str | None, str | None]:
    """Address and symbol among what stood between the options: the address comes first and may have a colon,
    which a symbol never has.

    Raises:
        UsageError: too many, too few, or in the wrong order.
    """
    positionals: list[str] = options.positionals
    has_files = bool(options.proto or options.descriptor_set)
    most = 2 if symbol else 1
    if len(positionals) > most:
        raise UsageError(f"{positionals[most]!r} is one argument too many", next_step=f"see {_help(options)}")
    address: str | None = None
    name: str | None = None
    if len(positionals) == 2:
        address, name = positionals
        if ":" in name:
            raise UsageError(f"{name!r} is an address, where {symbol} belongs", next_step="the address comes first")
    elif positionals and (":" in positionals[0] or not has_files):
        address = positionals[0]
        if ":" not in address and symbol:
            raise UsageError(
                f"{address!r} is no address, and no schema option is given", next_step="an address is host:port"
            )
    elif positionals:
        name = positionals[0]
    if name is None and required:
        raise UsageError(f"{symbol} is missing", next_step=f"see {_help(options)}")
    return address, name


def _help(options: argparse.Namespace) -> str:
    return f"wirelens {options.verb} --help"


def _target(options: argparse.Namespace, address: str) -> Target:
    return parse_target(
        address,
        plaintext=True if options.plaintext else False if options.tls else None,
        tls=TlsSettings(
            ca_file=options.cacert,
            certificate_file=options.cert,
            key_file=options.key,
            server_name=options.server_name,
        ),
        authority=options.authority,
        use_proxy=not options.no_proxy,
        max_message_size=options.max_message_size or DEFAULT_MAX_MESSAGE_SIZE,
    )
