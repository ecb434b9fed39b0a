"""The map of CONTRIBUTING.md as tests: who may know whom, and what may be written where."""

import ast
import functools
import re
from pathlib import Path

import pytest
from pytest_archon import archrule

import wirelens

PACKAGE = Path(wirelens.__file__).parent
LAYERS = ["engine", "presentation", "widgets", "desktop"]
ENGINE = ["errors", "connection", "schema", "messages", "calls"]
TOO_VAGUE = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc"}


@functools.cache
def sources() -> list[tuple[str, ast.Module]]:
    """Each of our files: its path below the package with `/`, and what it says."""
    return [
        (path.relative_to(PACKAGE).as_posix(), ast.parse(path.read_text(encoding="utf-8")))
        for path in sorted(PACKAGE.rglob("*.py"))
    ]


def modules(*names: str) -> list[str]:
    """Patterns for modules and all below them (`wirelens.engine.calls` is not `wirelens.engine.callsign`)."""
    return [pattern for name in names for pattern in (f"wirelens.{name}", f"wirelens.{name}.*")]


@pytest.mark.parametrize("layer", LAYERS[:-1])
def test_layers_only_look_down(layer: str) -> None:
    above = LAYERS[LAYERS.index(layer) + 1 :]
    archrule(f"{layer} does not know what is built on it").match(*modules(layer)).should_not_import(
        *modules(*above, "command_line", "self_test", "demos")
    ).check("wirelens")


def test_everything_but_the_window_runs_without_qt() -> None:
    archrule("no Qt").match(*modules("engine", "command_line", "demos")).should_not_import(
        "PySide6", "PySide6.*", "qasync", "qasync.*"
    ).check("wirelens")


def test_presentation_draws_nothing() -> None:
    archrule("QtCore, no widgets").match(*modules("presentation")).should_not_import(
        "PySide6.QtWidgets*", "PySide6.QtGui*"
    ).check("wirelens")


def test_the_command_line_stands_on_the_engine() -> None:
    archrule("headless").match(*modules("command_line")).should_not_import(
        *modules("presentation", "widgets", "desktop", "self_test")
    ).check("wirelens")


def test_demo_servers_know_only_the_schema_and_what_it_needs() -> None:
    archrule("demos are servers, not callers").match(*modules("demos")).should_not_import(
        *modules("engine.calls", "presentation", "widgets", "desktop", "command_line", "self_test")
    ).check("wirelens")


@pytest.mark.parametrize("part", ENGINE)
def test_the_engine_is_built_in_one_order(part: str) -> None:
    """errors <- connection <- schema <- messages <- calls <- the rest."""
    allowed = modules(*(f"engine.{name}" for name in ENGINE[: ENGINE.index(part) + 1]))
    archrule(f"engine.{part} stands on what is below it").match(*modules(f"engine.{part}")).should_not_import(
        "wirelens.engine.*"
    ).may_import(*allowed).check("wirelens", only_direct_imports=True)


def test_no_dialog_or_loop_is_nested_in_the_event_loop() -> None:
    """qasync: exec() and processEvents() inside a coroutine leave other tasks stuck for good."""
    found = [
        f"{name}:{node.lineno} {node.func.attr}("
        for name, tree in sources()
        if name != "desktop.py"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("exec", "exec_", "processEvents")
    ]
    assert found == []


def test_only_the_theme_has_colours() -> None:
    colour = re.compile(r"#(?:[0-9a-f]{8}|[0-9a-f]{6}|[0-9a-f]{3,4})\b|\brgba?\(", re.IGNORECASE)
    found = [
        f"{name}:{node.lineno} {node.value!r}"
        for name, tree in sources()
        if name.split("/")[0] in ("presentation", "widgets", "desktop.py") and not name.startswith("widgets/theme")
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and colour.search(node.value)
    ]
    named = [
        f"{name}:{node.lineno} {ast.unparse(node)}"
        for name, tree in sources()
        if not name.startswith("widgets/theme")
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr != "transparent"
        and isinstance(node.value, ast.Attribute)
        and ast.unparse(node.value) == "Qt.GlobalColor"
    ]
    assert found + named == []


def test_modules_are_named_after_an_idea() -> None:
    vague = [name for name, _ in sources() if TOO_VAGUE & {part.removesuffix(".py") for part in name.split("/")}]
    assert vague == []


def test_every_module_says_what_it_is_for() -> None:
    assert [name for name, tree in sources() if not ast.get_docstring(tree)] == []


def test_packaging_does_not_shadow_the_library_of_that_name() -> None:
    assert not (PACKAGE.parents[1] / "packaging" / "__init__.py").exists()
