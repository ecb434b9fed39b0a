"""Metadata as a table: what is sent, what is hidden, what is kept."""

import pytest
from PySide6.QtCore import QPersistentModelIndex, Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from wirelens.engine.errors import MetadataError
from wirelens.presentation.metadata_model import MetadataColumn, MetadataModel, MetadataRow

NAME, VALUE, ENABLED = MetadataColumn.NAME, MetadataColumn.VALUE, MetadataColumn.ENABLED


@pytest.fixture
def model(qtmodeltester: ModelTester) -> MetadataModel:
    model = MetadataModel()
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]
    return model


def shown(model: MetadataModel, row: int, column: MetadataColumn) -> object:
    return model.data(model.index(row, column))


def test_typing_in_the_empty_last_row_adds_one(model: MetadataModel) -> None:
    assert model.rowCount() == 1
    model.setData(model.index(0, NAME), "x-request-id")
    assert model.rowCount() == 2
    model.setData(model.index(0, VALUE), "42")
    assert model.metadata() == (("x-request-id", "42"),)


def test_leaving_the_last_row_empty_adds_none(model: MetadataModel) -> None:
    assert not model.setData(model.index(0, NAME), "  ")
    assert model.rowCount() == 1


def test_duplicates_keep_their_order_and_switched_off_rows_stay_at_home(model: MetadataModel) -> None:
    model.add_lines(["a: 1", "b: 2", "a: 3"])
    model.setData(model.index(1, ENABLED), Qt.CheckState.Unchecked, Qt.ItemDataRole.CheckStateRole)
    assert model.metadata() == (("a", "1"), ("a", "3"))
    assert model.enabled_count == 2
    model.duplicate_row(0)
    assert model.metadata() == (("a", "1"), ("a", "1"), ("a", "3"))
    model.remove_row(0)
    model.remove_row(99)
    assert model.metadata() == (("a", "1"), ("a", "3"))


def test_binary_values_are_given_in_base64(model: MetadataModel) -> None:
    model.add_lines(["trace-bin: AAH/"])
    assert model.metadata() == (("trace-bin", b"\x00\x01\xff"),)


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("Bad Name: x", NAME),
        ("grpc-timeout: 1S", NAME),
        ("x: ümlaut", VALUE),
        ("x-bin: not base64!", VALUE),
    ],
)
def test_a_mistake_is_said_at_its_cell(model: MetadataModel, line: str, column: MetadataColumn) -> None:
    model.add_lines([line])
    assert model.data(model.index(0, column), MetadataModel.MISTAKE_ROLE)
    other = VALUE if column is NAME else NAME
    assert not model.data(model.index(0, other), MetadataModel.MISTAKE_ROLE)
    with pytest.raises(MetadataError):
        model.metadata()
    model.setData(model.index(0, ENABLED), Qt.CheckState.Unchecked, Qt.ItemDataRole.CheckStateRole)
    assert model.metadata() == ()


def test_lines_of_a_copied_command_become_rows(model: MetadataModel) -> None:
    text = "-H 'x-one: 1' \\\n\n--header \"x-two: a:b\"\nx-three"
    assert model.add_lines(text.splitlines()) == 3
    assert [(row.name, row.value) for row in model.rows] == [("x-one", "1"), ("x-two", "a:b"), ("x-three", "")]


def test_a_secret_is_hidden_but_sent(model: MetadataModel) -> None:
    model.add_lines(["authorization: Bearer abc", "plain: seen"])
    assert "abc" not in str(shown(model, 0, VALUE))
    assert shown(model, 1, VALUE) == "seen"
    assert model.data(model.index(0, VALUE), Qt.ItemDataRole.EditRole) == "Bearer abc"
    model.setData(model.index(1, MetadataColumn.SECRET), True, MetadataModel.SECRET_ROLE)
    assert "seen" not in str(shown(model, 1, VALUE))
    assert model.metadata() == (("authorization", "Bearer abc"), ("plain", "seen"))


def test_a_secret_is_never_saved_and_says_so_when_it_comes_back(model: MetadataModel) -> None:
    model.add_lines(["authorization: Bearer abc", "x-plain: 1"])
    model.add_row(MetadataRow("x-mine", "hush", is_marked_secret=True))
    state = model.state()
    assert "abc" not in str(state)
    assert "hush" not in str(state)

    restored = MetadataModel()
    restored.restore(state)
    assert "not kept" in str(shown(restored, 0, VALUE))
    assert shown(restored, 1, VALUE) == "1"
    assert restored.rows[2].is_marked_secret
    with pytest.raises(MetadataError, match="authorization was not kept"):
        restored.metadata()
    restored.setData(restored.index(0, VALUE), "Bearer new")
    restored.remove_row(2)
    assert restored.metadata() == (("authorization", "Bearer new"), ("x-plain", "1"))


def test_every_edit_is_told(model: MetadataModel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(model.changed):
        model.add_lines(["a: 1"])
    with qtbot.waitSignals([model.changed, model.dataChanged]):
        model.setData(model.index(0, VALUE), "2")
    with qtbot.waitSignal(model.changed):
        model.remove_row(0)
    with qtbot.assertNotEmitted(model.changed):
        model.setData(model.index(0, NAME), "")


def test_every_edit_is_taken_back_and_made_again(model: MetadataModel) -> None:
    states = [model.rows]

    def edited() -> None:
        states.append(model.rows)

    model.changed.connect(edited)
    model.setData(model.index(0, NAME), "a")
    model.setData(model.index(0, VALUE), "1")
    model.add_lines(["b: 2", "c: 3"])  # one step, as it was one paste
    model.duplicate_row(1)
    model.setData(model.index(2, ENABLED), Qt.CheckState.Unchecked, Qt.ItemDataRole.CheckStateRole)
    model.setData(model.index(3, VALUE), True, MetadataModel.SECRET_ROLE)
    model.remove_row(0)
    model.changed.disconnect(edited)
    assert len(states) == 8

    for state in states[-2::-1]:
        assert model.can_undo()
        model.undo()
        assert model.rows == state
    assert not model.can_undo()
    model.undo()
    for state in states[1:]:
        assert model.can_redo()
        model.redo()
        assert model.rows == state
    assert not model.can_redo()


def test_undo_tells_only_of_the_rows_that_differ(model: MetadataModel) -> None:
    model.add_lines(["a: 1", "b: 2", "c: 3"])
    kept = QPersistentModelIndex(model.index(2, VALUE))
    model.remove_row(1)
    assert kept.row() == 1
    model.undo()
    assert (kept.row(), shown(model, 1, NAME)) == (2, "b")


def test_restored_rows_have_nothing_before_them(model: MetadataModel) -> None:
    model.add_lines(["a: 1"])
    model.restore([{"name": "b", "value": "2"}])
    assert not model.can_undo()
