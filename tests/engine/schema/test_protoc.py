"""What protoc says, understood; and the child that it says it in."""

import subprocess
import sys
from pathlib import Path

from tests.engine.schema.samples import write_tree

from wirelens.engine.errors import Diagnostic
from wirelens.engine.schema.protoc import read_diagnostics, run_protoc


def test_each_form_of_line(tmp_path: Path) -> None:
    path = tmp_path / "a.proto"
    path.write_text("first\n  second\n")
    said = f"""\
{path}:2:3: "Foo" is not defined.
{path}:1:1: warning: Import b.proto is unused.
missing/thing.proto: File not found.
C:\\work\\x.proto:7:8: Expected ";".
{path}:99:1: beyond the end
Something without a place
"""
    assert read_diagnostics(said) == (
        Diagnostic(str(path), 2, 3, '"Foo" is not defined.', source_line="  second"),
        Diagnostic(str(path), 1, 1, "Import b.proto is unused.", is_warning=True, source_line="first"),
        Diagnostic("missing/thing.proto", 0, 0, "File not found."),
        Diagnostic("C:\\work\\x.proto", 7, 8, 'Expected ";".'),
        Diagnostic(str(path), 99, 1, "beyond the end"),
    )


async def test_names_are_looked_up_below_the_roots_only(tmp_path: Path) -> None:
    write_tree(
        tmp_path, {"a/x.proto": 'syntax = "proto3"; message InA {}', "b/x.proto": 'syntax = "proto3"; message InB {}'}
    )
    outcome = await run_protoc([tmp_path / "b", tmp_path / "a"], ["x.proto"])
    assert outcome.diagnostics == ()
    assert b"InB" in (outcome.descriptor_set or b"")
    assert b"InA" not in (outcome.descriptor_set or b"")
    outcome = await run_protoc([tmp_path], ["x.proto"])
    assert outcome.descriptor_set is None
    assert "x.proto" in outcome.diagnostics[0].text + outcome.diagnostics[0].file


def test_the_child_reads_arguments_and_writes_the_set(tmp_path: Path) -> None:
    write_tree(tmp_path, {"x.proto": 'syntax = "proto3"; message M {}'})
    command = [sys.executable, "-m", "wirelens", "--protoc-child"]
    app = Path(__file__).parents[3] / "app"
    done = subprocess.run(command, input=f"-I{tmp_path}\nx.proto".encode(), capture_output=True, cwd=app, check=True)
    assert b"x.proto" in done.stdout
    assert done.stderr == b""
