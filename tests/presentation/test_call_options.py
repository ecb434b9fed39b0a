"""Deadline as typed, and options that come back from the session file."""

import pytest
from pytestqt.qtbot import QtBot

from wirelens.engine.calls.call import Compression
from wirelens.engine.errors import UsageError
from wirelens.engine.schema.services import Pattern
from wirelens.presentation.call_options import CallOptions


@pytest.mark.parametrize(
    ("pattern", "deadline"),
    [
        (Pattern.UNARY, 30.0),
        (Pattern.SERVER_STREAMING, None),
        (Pattern.CLIENT_STREAMING, None),
        (Pattern.BIDI_STREAMING, None),
    ],
)
def test_only_a_unary_call_has_a_deadline_from_the_start(pattern: Pattern, deadline: float | None) -> None:
    assert CallOptions(pattern).deadline() == deadline


@pytest.mark.parametrize(("text", "seconds"), [("", None), ("  ", None), ("5", 5.0), (" 0.25 ", 0.25), ("10 s", 10.0)])
def test_a_deadline_is_seconds_or_none(text: str, seconds: float | None) -> None:
    options = CallOptions(Pattern.UNARY)
    options.set_deadline_text(text)
    assert options.deadline() == seconds
    assert options.deadline_mistake == ""


@pytest.mark.parametrize("text", ["soon", "0", "-1", "nan", "inf", "1,5"])
def test_what_is_no_number_of_seconds_is_said_and_kept(text: str) -> None:
    options = CallOptions(Pattern.UNARY)
    options.set_deadline_text(text)
    assert "seconds" in options.deadline_mistake
    assert options.deadline_text == text
    with pytest.raises(UsageError, match="deadline"):
        options.deadline()


def test_options_survive_a_restart(qtbot: QtBot) -> None:
    options, restored = CallOptions(Pattern.UNARY), CallOptions(Pattern.UNARY)
    options.set_deadline_text("2.5")
    options.set_wait_for_ready(True)
    options.set_compression(Compression.DEFLATE)
    options.set_emit_defaults(True)
    options.set_take(every=10, count_only=True)
    options.set_stop_after(1000)
    options.set_keep_mib(64)
    with qtbot.waitSignal(restored.changed):
        restored.restore(options.state())
    assert restored.state() == options.state()
    assert restored.compression is Compression.DEFLATE
    assert (restored.take_every, restored.count_only, restored.stop_after, restored.keep_mib) == (10, True, 1000, 64)


def test_a_damaged_state_is_survived() -> None:
    options = CallOptions(Pattern.UNARY)
    options.restore({"compression": ["brotli"], "deadline": None, "take_every": 0, "stop_after": -1, "keep_mib": "x"})
    assert options.compression is None
    assert (options.take_every, options.stop_after, options.keep_mib) == (1, None, None)
    options.deadline_mistake  # noqa: B018 - it only must not raise


def test_choices_are_taken_back_and_made_again(qtbot: QtBot) -> None:
    options = CallOptions(Pattern.UNARY)
    options.set_wait_for_ready(True)
    options.set_compression(Compression.GZIP)
    options.set_compression(Compression.GZIP)  # no step
    with qtbot.waitSignal(options.changed):
        options.undo()
    assert (options.wait_for_ready, options.compression) == (True, None)
    options.undo()
    assert not options.can_undo()
    assert not options.wait_for_ready
    options.redo()
    options.redo()
    assert not options.can_redo()
    assert (options.wait_for_ready, options.compression) == (True, Compression.GZIP)


def test_restored_options_have_nothing_before_them() -> None:
    options = CallOptions(Pattern.UNARY)
    options.set_emit_defaults(True)
    options.restore({"wait_for_ready": True})
    assert not options.can_undo()


def test_a_number_that_is_being_typed_is_one_step(qtbot: QtBot) -> None:
    options = CallOptions(Pattern.SERVER_STREAMING)
    for number in (1, 15, 150):
        options.set_stop_after(number)
    options.set_take(every=10, count_only=False)
    options.undo()
    assert (options.take_every, options.stop_after) == (1, 150)
    options.undo()
    assert options.stop_after is None
    assert not options.can_undo()
