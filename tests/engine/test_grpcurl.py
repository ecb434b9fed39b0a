import contextlib
import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wirelens.engine.connection.target import TlsSettings
from wirelens.engine.errors import UsageError
from wirelens.engine.grpcurl import GrpcurlCommand, grpcurl_command, grpcurl_json, parse_grpcurl
from wirelens.engine.messages.protojson import message_from_json
from wirelens.engine.schema.proto_files import load_proto_files
from wirelens.engine.shell_words import Shell, guess_shell, split_command

_CALL = {"address": "localhost:50051", "symbol": "pkg.Svc/Method"}


# -- writing -------------------------------------------------------------------------------------------------


def test_a_short_command_is_one_line() -> None:
    command = GrpcurlCommand(**_CALL, plaintext=True, data="{}")
    assert grpcurl_command(command) == "grpcurl -plaintext -d '{}' localhost:50051 pkg.Svc/Method"


def test_a_long_one_has_a_line_for_each_option() -> None:
    command = GrpcurlCommand(
        **_CALL,
        data='{\n  "name": "it\'s"\n}',
        metadata=(("x-request-id", "a b"), ("x-data-bin", b"\x00\xff")),
        tls=TlsSettings(ca_file=Path("ca.pem"), certificate_file=Path("me.pem"), key_file=Path("my key.pem")),
        authority="example.com",
        max_time=2.5,
        max_message_size=2**28,
        emit_defaults=True,
        proto_files=("a.proto",),
        import_paths=("my protos",),
    )
    assert grpcurl_command(command) == (
        "grpcurl \\\n  -cacert ca.pem \\\n  -cert me.pem \\\n  -key 'my key.pem' \\\n  -authority example.com \\\n"
        "  -proto a.proto \\\n  -import-path 'my protos' \\\n  -H 'x-request-id: a b' \\\n  -H 'x-data-bin: AP8=' \\\n"
        "  -max-time 2.5 \\\n  -max-msg-sz 268435456 \\\n  -emit-defaults \\\n"
        '  -d \'{\n  "name": "it\'"\'"\'s"\n}\' \\\n  localhost:50051 pkg.Svc/Method'
    )


def test_credentials_are_written_only_when_asked_for() -> None:
    command = GrpcurlCommand(**_CALL, metadata=(("authorization", "Bearer s3cret"), ("x-api-key-bin", b"s3cret")))
    assert "s3cret" not in grpcurl_command(command)
    assert grpcurl_command(command).count("<redacted>") == 2
    assert "'authorization: Bearer s3cret'" in grpcurl_command(command, show_secrets=True)
    assert "s3cret" not in repr(command)


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("grpc://host:1", "host:1"),
        ("grpcs://host:443", "host:443"),
        ("dns:///host:1", "host:1"),
        ("ipv6:[::1]:50051", "'[::1]:50051'"),
        ("unix:/tmp/my.sock", "-unix /tmp/my.sock"),
        ("unix:///tmp/my.sock", "-unix /tmp/my.sock"),
    ],
)
def test_addresses_are_written_as_grpcurl_takes_them(address: str, written: str) -> None:
    assert grpcurl_command(GrpcurlCommand(address, "a.B/C")) == f"grpcurl {written} a.B/C"


def test_a_message_too_long_for_an_argument_goes_in_by_standard_input() -> None:
    data = '{"text": "' + "MESSAGES\\n" * 20_000 + '"}\nMESSAGES\n'
    command = GrpcurlCommand(**_CALL, data=data)
    written = grpcurl_command(command)
    assert "-d @" in written
    assert "<<'MESSAGES_'" in written
    assert (parse_grpcurl(written).data or "").strip() == data.strip()


def test_list_and_describe_are_commands_too() -> None:
    assert grpcurl_command(GrpcurlCommand("h:1", verb="list")) == "grpcurl h:1 list"
    assert grpcurl_command(GrpcurlCommand("h:1", "a.B", "describe")) == "grpcurl h:1 describe a.B"


async def test_field_masks_are_written_as_grpcurl_reads_them(tmp_path: Path) -> None:
    (tmp_path / "a.proto").write_text(
        'syntax = "proto3"; import "google/protobuf/field_mask.proto";message M { google.protobuf.FieldMask mask = 1; }'
    )
    schema = await load_proto_files([tmp_path])
    message = message_from_json('{"mask": "displayName"}', schema.descriptor("M"), schema)
    assert grpcurl_json(message, schema) == '{"mask": {"paths": ["display_name"]}}'


async def test_well_known_types_are_written_as_grpcurl_reads_them(tmp_path: Path) -> None:
    """bruno#8948: a Timestamp as its fields, `{"seconds": …}`, is refused by grpcurl."""
    well_known = ("timestamp", "duration", "wrappers", "struct")
    (tmp_path / "a.proto").write_text(
        'syntax = "proto3";'
        + "".join(f'import "google/protobuf/{name}.proto";' for name in well_known)
        + "message M { google.protobuf.Timestamp at = 1; google.protobuf.Duration took = 2;"
        "google.protobuf.Int64Value many = 3; google.protobuf.Value any = 4; }"
    )
    schema = await load_proto_files([tmp_path])
    text = '{"at": "2026-02-28T23:59:59.000000001Z", "took": "-1.500s", "many": "9007199254740993", "any": [null]}'
    assert grpcurl_json(message_from_json(text, schema.descriptor("M"), schema), schema) == text


# -- both ways -----------------------------------------------------------------------------------------------

_ARGUMENT = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("'\"\\$`! \n\t#;|&<>*?~{}()[]=@"), min_size=1
)
_VALUE = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=20)


@st.composite
def _commands(draw: st.DrawFn) -> GrpcurlCommand:
    path = st.none() | _ARGUMENT.filter(lambda text: str(Path(text)) == text).map(Path)
    return GrpcurlCommand(
        address=draw(st.sampled_from(["localhost:50051", "[::1]:443", "unix:/tmp/a b.sock", "example.com:443"])),
        symbol=draw(st.sampled_from(["a.B/C", "a.B.C"])),
        data=draw(st.none() | _ARGUMENT.filter(lambda text: text != "@")),
        metadata=tuple(
            draw(st.lists(st.tuples(st.just("x-a"), _VALUE) | st.tuples(st.just("x-b-bin"), st.binary()), max_size=3))
        ),
        plaintext=draw(st.booleans()),
        tls=TlsSettings(draw(path), draw(path), draw(path)),
        authority=draw(st.none() | st.just("example.com")),
        max_time=draw(st.none() | st.floats(0.001, 1e6).map(lambda number: round(number, 3))),
        max_message_size=draw(st.none() | st.integers(1, 2**31)),
        emit_defaults=draw(st.booleans()),
        proto_files=tuple(draw(st.lists(_ARGUMENT, max_size=2))),
        import_paths=tuple(draw(st.lists(_ARGUMENT, max_size=2))),
        descriptor_sets=tuple(draw(st.lists(_ARGUMENT, max_size=2))),
    )


@settings(deadline=None)
@given(_commands())
def test_what_is_written_is_read_the_same(command: GrpcurlCommand) -> None:
    parsed = parse_grpcurl(grpcurl_command(command, show_secrets=True), shell=Shell.SH)
    assert parsed == command
    assert parsed.notes == ()


@pytest.mark.skipif(sys.platform == "win32", reason="asks a POSIX shell")
@settings(deadline=None, max_examples=8)
@given(st.lists(_ARGUMENT | st.sampled_from(["it's", '"', "$HOME", "`x`", "\\", "a\\\nb"]), min_size=1, max_size=3))
def test_words_are_those_the_shell_hands_over(words: list[str]) -> None:
    double = ['"' + "".join(f"\\{c}" if c in '"\\$`' else c for c in word) + '"' for word in words]
    for line in (" ".join(map(shlex.quote, words)), " \\\n ".join(double)):
        command = f"{sys.executable} -c 'import sys, json; print(json.dumps(sys.argv[1:]))' {line}"
        spoken = subprocess.run(["sh", "-c", command], capture_output=True, check=True, text=True).stdout
        assert split_command(f"x {line}", Shell.SH).words[1:] == tuple(json.loads(spoken))


# -- reading -------------------------------------------------------------------------------------------------


def test_documentations_usual_form() -> None:
    command = parse_grpcurl(
        """$ grpcurl -plaintext -H 'x-tenant: blue' -H "authorization: Bearer abc" \\
            -d '{"id": 1234, "tags": ["foo","bar"]}' \\
            grpc.server.com:443 /my.custom.server.Service/Method
        """
    )
    assert command == GrpcurlCommand(
        address="grpc.server.com:443",
        symbol="my.custom.server.Service/Method",
        data='{"id": 1234, "tags": ["foo","bar"]}',
        metadata=(("x-tenant", "blue"), ("authorization", "Bearer abc")),
        plaintext=True,
    )
    assert command.notes == ()


def test_flags_of_every_form() -> None:
    command = parse_grpcurl(
        "grpcurl --plaintext=true -emit-defaults=false --max-time=2.5 -max-msg-sz 1000 -cacert=ca.pem -cert c -key k "
        "-servername s -authority a -proto x.proto -proto=y.proto -import-path p -protoset z.bin "
        "-unix /tmp/s a.B.C -d {}"
    )
    assert command == GrpcurlCommand(
        address="unix:/tmp/s",
        symbol="a.B.C",
        data="{}",
        plaintext=True,
        tls=TlsSettings(Path("ca.pem"), Path("c"), Path("k"), "s"),
        authority="a",
        max_time=2.5,
        max_message_size=1000,
        proto_files=("x.proto", "y.proto"),
        import_paths=("p",),
        descriptor_sets=("z.bin",),
    )


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("""grpcurl -d "{\\"a\\": \\"\\$x \\\\n\\"}" h:1 a.B/C""", '{"a": "$x \\n"}'),
        ("""grpcurl -d $'{"a": "it\\'s \\u00e9 \\xc3\\xa9 \\x41\\n"}' h:1 a.B/C""", '{"a": "it\'s é é A\n"}'),
        ("""grpcurl -d '{"a": '"'"'b'"'"'}' h:1 a.B/C""", "{\"a\": 'b'}"),
        ("grpcurl -d {\\\"a\\\":1} h:1 a.B/C", '{"a":1}'),
        ("grpcurl -d '{\n  \"a\": 1\n}' h:1 a.B/C", '{\n  "a": 1\n}'),
        ("grpcurl -d @ h:1 a.B/C <<EOF\n{\"a\": 1}\n{\"a\": 2}\nEOF\n", '{"a": 1}\n{"a": 2}\n'),
        ("grpcurl -d @ h:1 a.B/C <<-'EOF'\n\t{\"a\": 1}\n\tEOF\nls", '{"a": 1}\n'),
        ("grpcurl -d @ h:1 a.B/C <<< '{\"a\": 1}'", '{"a": 1}'),
        ("echo '{\"a\": 1}' | grpcurl -d @ h:1 a.B/C", '{"a": 1}'),
        ("grpcurl -d '' h:1 a.B/C", ""),
        ("grpcurl h:1 a.B/C", None),
    ],
)  # fmt: skip
def test_messages_in_the_quotes_of_posix_shells(text: str, data: str | None) -> None:
    command = parse_grpcurl(text)
    assert command.data == data
    assert (command.address, command.symbol) == ("h:1", "a.B/C")


@pytest.mark.parametrize(
    ("text", "shell", "data"),
    [
        ('grpcurl -plaintext ^\r\n  -d "{\\"a\\": \\"b^c\\"}" ^\r\n  h:1 a.B/C', Shell.CMD, '{"a": "b^c"}'),
        ('C:\\tools>grpcurl.exe -d "{""a"": ""C:\\\\x""}" h:1 a.B/C', Shell.CMD, '{"a": "C:\\\\x"}'),
        ('grpcurl -d ^"{\\^"a\\^": 1}^" h:1 a.B/C', Shell.CMD, '{"a": 1}'),
        ("PS C:\\> grpcurl -plaintext `\n -d '{\\\"a\\\": 1}' `\n h:1 a.B/C", Shell.POWERSHELL, '{"a": 1}'),
        ("& grpcurl -d '{\"a\": \"it''s\"}' h:1 a.B/C", Shell.POWERSHELL, '{"a": "it\'s"}'),
        ('grpcurl -d "{`"a`": 1}" h:1 a.B/C', Shell.POWERSHELL, '{"a": 1}'),
        ("grpcurl -d @'\n{\"a\": 1}\n'@ h:1 a.B/C", Shell.POWERSHELL, '{"a": 1}'),
    ],
)
def test_windows_shells_are_recognised_by_their_ways(text: str, shell: Shell, data: str) -> None:
    assert guess_shell(text) is shell
    command = parse_grpcurl(text)
    assert command.data == data
    assert (command.address, command.symbol) == ("h:1", "a.B/C")


@pytest.mark.parametrize(
    "before",
    [
        "sudo ",
        "/usr/local/bin/",
        "docker run --rm fullstorydev/",
        "TOKEN=1 ",
        "cd protos && ",
        "$ ",
        "time ",
        "# call it\n",
    ],
)
def test_what_stands_before_the_program_is_passed_over(before: str) -> None:
    assert parse_grpcurl(f"{before}grpcurl -plaintext h:1 a.B/C").symbol == "a.B/C"


@pytest.mark.parametrize("after", [" | jq .", " > out.json", " 2>&1", " && echo done", "; ls", "\nls -l"])
def test_what_stands_behind_it_is_said_to_be_left_out(after: str) -> None:
    command = parse_grpcurl(f"grpcurl h:1 a.B/C{after}")
    assert command.symbol == "a.B/C"
    assert any("left out" in note for note in command.notes)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("-frobnicate", "-frobnicate is not known"),
        ("-frobnicate 5", "-frobnicate is not known"),
        ("-frobnicate=5", "-frobnicate is not known"),
        ("-insecure", "certificates are always verified"),
        ("-format text", "messages are JSON"),
        ("-connect-timeout 5", "-connect-timeout was left out"),
        ("-reflect-header 'a: b'", "-reflect-header was left out"),
        ("-H nonsense", "header without a colon"),
        ("-H 'grpc-timeout: 5S'", "grpc-timeout was left out"),
        ("-H 'a b: c'", "a b was left out"),
        ("-max-time soon", "-max-time soon was left out"),
        ("-max-time nan", "-max-time nan was left out"),
        ("-d @", "standard input"),
        ("-d \"$BODY\"", "$BODY stands as it is"),
        ("-H \"x: ${TOKEN}\"", "${TOKEN} stands as it is"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_over_is_said(options: str, words: str) -> None:
    command = parse_grpcurl(f"grpcurl {options} h:1 a.B/C")
    assert (command.address, command.symbol) == ("h:1", "a.B/C")
    assert any(words in note for note in command.notes), command.notes


def test_switches_about_output_only_are_no_loss() -> None:
    assert parse_grpcurl("grpcurl -v -vv -format-error -format json h:1 a.B/C").notes == ()
    assert parse_grpcurl("grpcurl -insecure=false h:1 a.B/C").notes == ()


def test_a_credential_in_a_refused_header_is_not_repeated() -> None:
    command = parse_grpcurl("grpcurl -H 'authorization: s3crét' -H s3cret h:1 a.B/C")
    assert "s3cr" not in " ".join(command.notes)


@pytest.mark.parametrize(
    ("text", "verb", "address", "symbol"),
    [
        ("grpcurl h:1 list", "list", "h:1", ""),
        ("grpcurl h:1 list a.B", "list", "h:1", "a.B"),
        ("grpcurl -proto x.proto describe a.B", "describe", "", "a.B"),
    ],
)
def test_verbs(text: str, verb: str, address: str, symbol: str) -> None:
    command = parse_grpcurl(text)
    assert (command.verb, command.address, command.symbol) == (verb, address, symbol)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("curl https://example.com", "no grpcurl command"),
        ("", "no grpcurl command"),
        ("grpcurl", "no address and no method"),
        ("grpcurl h:1", "names no method"),
        ("grpcurl -d", "-d needs a value"),
        ("grpcurl -d '{", "1:12: a single quote is never closed"),
        ('grpcurl\\\n -d "{', "2:5: a double quote is never closed"),
        ("grpcurl -d @ h:1 a.B/C <<EOF\n{}", "never closed"),
        ('grpcurl -d "{ ^\n h:1', "a double quote is never closed"),
        ("grpcurl -d '{ `\n h:1", "a single quote is never closed"),
    ],
)
def test_what_is_no_command_is_refused_with_its_place(text: str, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_grpcurl(text)
    assert words in caught.value.one_line()


@settings(max_examples=300)
@given(
    st.lists(
        st.sampled_from(
            ["grpcurl", " ", "'", '"', "\\", "\n", "`", "^", "$", "<<", "E", "|", "-d", "=", "{", "@", "&", ">"]
        )
    )
)
def test_random_text_raises_nothing_but_usage_errors(pieces: list[str]) -> None:
    for shell in (None, *Shell):
        command = None
        with contextlib.suppress(UsageError):
            command = parse_grpcurl("".join(pieces), shell=shell)
        assert command is None or command.address or command.symbol
