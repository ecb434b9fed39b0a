"""A tab's request as a grpcurl command, and a pasted command as a tab."""

import asyncio
from dataclasses import replace
from pathlib import Path

from wirelens.engine.connection.metadata import value_as_text
from wirelens.engine.errors import UnknownSymbolError, UsageError
from wirelens.engine.grpcurl import GrpcurlCommand, grpcurl_command, grpcurl_json, parse_grpcurl
from wirelens.engine.messages.json_text import split_messages
from wirelens.engine.schema.services import Pattern
from wirelens.presentation.source import SourceKind, SourceSettings
from wirelens.presentation.tab import Tab
from wirelens.presentation.workspace import Workspace


async def grpcurl_of(tab: Tab, address: str, *, show_secrets: bool = False) -> str:
    """The command that makes the call of `tab`; credentials are `<redacted>` unless asked for.

    A large message is read and written in another thread.

    Args:
        address: where calls of a source without an address of its own go.

    Raises:
        WirelensError: there is no method yet, or the request cannot be sent as it is.
    """
    session = tab.session
    if session is None:
        raise UnknownSymbolError(f"{tab.method_name} is not known yet", next_step="connect to its server first")
    settings = tab.source.settings
    await session.draft.settled()
    target = settings.target(address)
    messenger, schema = session.draft.messenger(), session.schema
    proto_files, import_paths = _files(settings, session.schema.table.file_of(session.method.service) or "")
    return grpcurl_command(
        GrpcurlCommand(
            address=settings.address or address,
            symbol=session.method.path.lstrip("/"),
            data=await asyncio.to_thread(lambda: grpcurl_json(messenger(), schema)),
            metadata=session.metadata.metadata(),
            plaintext=not target.secure,
            tls=target.tls,
            authority=settings.authority,
            max_time=session.options.deadline(),
            max_message_size=settings.max_message_size,
            emit_defaults=session.options.emit_defaults,
            proto_files=proto_files,
            import_paths=import_paths,
            descriptor_sets=tuple(map(str, settings.descriptor_sets)),
        ),
        show_secrets=show_secrets,
    )


def open_grpcurl(workspace: Workspace, text: str) -> tuple[str, ...]:
    """Connect to what a grpcurl command names and put its request into a new tab.

    Returns what could not be taken over, a sentence each.

    Raises:
        UsageError: the text is no grpcurl command, or names no server.
    """
    command = parse_grpcurl(text)
    has_files = bool(command.proto_files or command.descriptor_sets)
    if not command.address and not has_files:
        raise UsageError("the command names no server", place="grpcurl", next_step="it needs a host:port")
    settings = _settings(command)
    known = next((source for source in workspace.sources if source.settings.address == command.address), None)
    if known is not None and command.address and not has_files:
        source = known  # its settings were chosen with care; only the request is taken over
    elif command.address:
        source = workspace.connect_to(settings)
    else:
        source = workspace.open_files(settings.proto_paths, settings.import_paths, settings.descriptor_sets)
    notes = list(command.notes)
    if command.verb == "call" and command.symbol:
        name = command.symbol.strip("/.").replace("/", ".")
        tab = workspace.open_method(source, name, Pattern.UNARY, new_tab=True)
        notes.extend(_fill(tab, command))
    return tuple(notes)


def _files(settings: SourceSettings, defining: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Files and import roots as grpcurl takes them: the one file that defines the service, named below a root."""
    if not settings.proto_paths:
        return (), ()
    roots = [*settings.import_paths]
    for path in settings.proto_paths:
        if path.is_dir():
            roots.append(path)
        elif path.as_posix().endswith(f"/{defining}"):
            roots.append(Path(path.as_posix().removesuffix(f"/{defining}")))
        else:
            roots.append(path.parent)
    return (defining,), tuple(dict.fromkeys(map(str, roots)))


def _settings(command: GrpcurlCommand) -> SourceSettings:
    tls = command.tls
    has_files = bool(command.proto_files or command.descriptor_sets)
    settings = SourceSettings(
        SourceKind.SERVER,
        address=command.address,
        plaintext=command.plaintext,  # grpcurl means TLS where it does not say -plaintext, on loopback too
        ca_file=tls.ca_file,
        certificate_file=tls.certificate_file,
        key_file=tls.key_file,
        server_name=tls.server_name,
        authority=command.authority,
        max_message_size=command.max_message_size,
        reflection="off" if has_files else "auto",
    )
    return replace(
        settings,
        proto_paths=tuple(map(Path, command.proto_files)),
        import_paths=tuple(map(Path, command.import_paths)),
        descriptor_sets=tuple(map(Path, command.descriptor_sets)),
    )


def _fill(tab: Tab, command: GrpcurlCommand) -> list[str]:
    """Put the request in as soon as the tab has its session."""
    messages = split_messages(command.data) if command.data else []
    first = messages[0].text if messages else "{}"

    def fill() -> None:
        session = tab.session
        assert session is not None
        session.draft.set_json_text(first, is_typing=False)
        session.draft.format_json()
        session.metadata.set_metadata([f"{name}: {value_as_text(value)}" for name, value in command.metadata])
        session.options.set_emit_defaults(command.emit_defaults)
        if command.max_time is not None:
            session.options.set_deadline_text(f"{command.max_time:g}")

    if tab.session is not None:
        fill()
    else:
        tab.session_ready.connect(fill)
    return [f"{len(messages) - 1} further messages were left out: send them one by one"] if len(messages) > 1 else []
