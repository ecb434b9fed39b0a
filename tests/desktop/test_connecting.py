"""The connect bar with more than one server: what belongs to one stays with it."""

from dataclasses import replace

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from tests.desktop.conftest import Serve
from tests.waiting import until

from wirelens.presentation.source import SourceSettings, SourceState
from wirelens.widgets.main_window import MainWindow


def type_address(window: MainWindow, qtbot: QtBot, address: str) -> None:
    window.bar.address.selectAll()
    qtbot.keyClicks(window.bar.address, address)
    qtbot.keyClick(window.bar.address, Qt.Key.Key_Return)


async def test_credentials_of_one_server_do_not_go_to_the_next(window: MainWindow, qtbot: QtBot, serve: Serve) -> None:
    settings = SourceSettings(address=await serve("users"), headers=("authorization: Bearer hush",), plaintext=True)
    first = window.workspace.connect_to(settings)
    await until(lambda: first.state is SourceState.READY, first.changed)
    assert window.bar.settings == settings
    other = await serve("fields")
    type_address(window, qtbot, other)
    second = window.workspace.sources[-1]
    await until(lambda: second.state is SourceState.READY, second.changed)
    assert second.settings == SourceSettings(address=other)
    type_address(window, qtbot, settings.address)
    assert window.workspace.sources == [first, second]
    assert first.settings == settings
    await until(lambda: first.state is SourceState.READY, first.changed)


async def test_settings_chosen_before_the_address_is_typed_are_used(
    window: MainWindow, qtbot: QtBot, serve: Serve
) -> None:
    window.bar.set_settings(SourceSettings(reflection="v1alpha"))
    address = await serve("users")
    type_address(window, qtbot, address)
    source = window.workspace.sources[-1]
    assert source.settings == SourceSettings(address=address, reflection="v1alpha")
    await until(lambda: source.state is SourceState.READY, source.changed)
    assert source.schema is not None
    assert source.schema.origin.kind == "reflection v1alpha"


async def test_settings_changed_in_the_explorer_are_those_of_the_next_connect(
    window: MainWindow, qtbot: QtBot, serve: Serve
) -> None:
    address = await serve("users")
    type_address(window, qtbot, address)
    source = window.workspace.sources[-1]
    await until(lambda: source.state is SourceState.READY, source.changed)
    changed = replace(source.settings, reflection="v1alpha")
    window.workspace.apply_settings(source, changed)
    await until(lambda: source.settings == changed and source.state is SourceState.READY, source.changed)
    qtbot.mouseClick(window.bar.connect_button, Qt.MouseButton.LeftButton)
    assert source.settings == changed
    await until(lambda: source.state is SourceState.READY, source.changed)


async def test_other_settings_take_effect_while_the_first_try_still_hangs(
    window: MainWindow, qtbot: QtBot, serve: Serve
) -> None:
    address = await serve("users")
    source = window.workspace.connect_to(SourceSettings(address=address, plaintext=False))
    assert source.state is SourceState.LOADING
    window.workspace.connect_to(SourceSettings(address=address))
    await until(lambda: source.state is not SourceState.LOADING, source.changed)
    await until(lambda: source.state is SourceState.READY, source.changed)
