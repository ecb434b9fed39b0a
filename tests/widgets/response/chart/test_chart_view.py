"""The page "Chart" over real calls: what it draws, how one moves through it, and how it speaks with the timeline."""

from collections import Counter
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot
from tests.presentation.sessions import OpenSession, call, ended
from tests.waiting import until
from tests.widgets.response.chart.conftest import DemoSession, ShowChart, answer, drawn

from wirelens.engine.calls.transcript import EventKind
from wirelens.presentation.call_session import CallSession
from wirelens.presentation.chart.chart_choice import ChartChoice, FieldChoice, Form, Measure
from wirelens.presentation.chart.scene import Scene
from wirelens.presentation.view_choice import ViewName
from wirelens.widgets.response import ResponseView
from wirelens.widgets.response.chart.chart_plot import ChartPlot
from wirelens.widgets.response.chart.chart_view import ChartView
from wirelens.widgets.theme import Theme

LARGE = ChartChoice(Measure.FIELD, fields=(FieldChoice(EventKind.RECEIVED, "large"),))
Left, Middle = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton


def scene_of(view: ResponseView) -> Scene:
    scene = view.viewers.chart.plot.scene
    assert scene is not None
    return scene


def place_of(plot: ChartPlot, across: float, up: float) -> QPoint:
    """Where a value is drawn."""
    layout = plot.layout_of_plot
    assert layout is not None
    return QPointF(layout.x(across), layout.lanes[0].y(up)).toPoint()


def colors(widget: QWidget) -> Counter[int]:
    """How many pixels have which colour, as QColor.rgb() has it."""
    picture = widget.grab().toImage()
    return Counter(picture.pixel(x, y) for x in range(picture.width()) for y in range(picture.height()))


async def charted(session: CallSession, show_chart: ShowChart, count: int = 20) -> tuple[ResponseView, ChartView]:
    """A call with the numbers 0 to `count`, drawn as a field."""
    session.chart = LARGE
    view = show_chart(session)
    await call(session, count=count)
    await drawn(view.viewers.chart)
    return view, view.viewers.chart


@pytest.mark.parametrize("name", ["One", "Many", "Join", "Talk"])
async def test_it_is_there_when_the_tab_opens(name: str, open_session: OpenSession, qtbot: QtBot, theme: Theme) -> None:
    session = open_session(name)
    view = ResponseView(session, theme)
    qtbot.addWidget(view)
    plot = view.findChild(QWidget, "callChart")
    assert plot is not None
    assert plot.accessibleName() == "Chart of the stream"
    is_offered = view.viewers.tabs.indexOf(view.viewers.chart) >= 0
    assert is_offered == (name != "One")


async def test_a_text_stream_is_drawn_as_it_comes(demo_session: DemoSession, show_chart: ShowChart) -> None:
    session = await demo_session("llm", "wirelens.demo.llm.v1.TextGenerationService.Generate")
    view = show_chart(session)
    await answer(session, '{"prompt": "It was", "max_tokens": 30, "tokens_per_second": 400, "seed": 1}')
    chart = view.viewers.chart
    await drawn(chart)
    assert session.transcript is not None
    count = session.transcript.received_count
    assert sum(bar.count for bar in scene_of(view).layers[0].bars) == count > 10
    for measure, form in ((Measure.GAP, Form.OVER_TIME), (Measure.GAP, Form.SUMMED), (Measure.SIZE, Form.SUMMED)):
        chart.data.set_choice(ChartChoice(measure, form))
        await drawn(chart, lambda form=form: bool(scene_of(view).layers[0].bars) == (form is Form.SUMMED))
    assert sum(bar.count for bar in scene_of(view).layers[0].bars) == count
    chart.data.set_choice(ChartChoice(Measure.FIELD))
    await drawn(chart, lambda: scene_of(view).layers and scene_of(view).layers[0].track.field is not None)
    assert scene_of(view).layers[0].label == "usage.prompt_tokens"


async def test_a_flood_is_drawn_to_its_last_message(demo_session: DemoSession, show_chart: ShowChart) -> None:
    session = await demo_session("faults", "wirelens.demo.faults.v1.FaultService.Flood")
    session.chart = ChartChoice(Measure.FIELD)
    view = show_chart(session)
    await answer(session, '{"count": 1500, "size": 20}')
    chart = view.viewers.chart
    await drawn(chart, lambda: scene_of(view).layers and scene_of(view).layers[0].track.curve.count == 1500)
    (layer,) = scene_of(view).layers
    assert layer.label == "number"
    assert layer.lines[0][0][1] == 1
    assert layer.lines[-1][-1][1] == 1500


async def test_what_is_sent_and_received_is_told_apart(
    open_session: OpenSession, show_chart: ShowChart, theme: Theme
) -> None:
    session = open_session("Talk")
    session.chart = ChartChoice(Measure.SIZE)
    view = show_chart(session)
    session.draft.set_json_text('{"prompt": "one two three"}')
    session.send()
    await until(lambda: session.transcript and session.transcript.received_count == 3, session.progressed)
    session.half_close()
    await ended(session)
    await drawn(view.viewers.chart)
    assert [layer.label for layer in scene_of(view).layers] == ["↓ received", "↑ sent"]
    drawn_colors = colors(view.viewers.chart.plot)
    assert theme.color("server_streaming").rgb() in drawn_colors
    assert theme.color("unary").rgb() in drawn_colors


async def test_the_segments_choose_what_is_drawn(answers: CallSession, show_chart: ShowChart, qtbot: QtBot) -> None:
    view, chart = await charted(answers, show_chart)
    field = view.findChild(QToolButton, "chartField")
    assert field is not None
    assert (field.isVisible(), field.text()) == (True, "large")
    qtbot.mouseClick(chart.measures.button("gap"), Left)
    qtbot.mouseClick(chart.forms.button("sum"), Left)
    assert answers.chart == replace(LARGE, measure=Measure.GAP, form=Form.SUMMED)
    await drawn(chart, lambda: scene_of(view).layers[0].percentiles)
    assert not field.isVisible()
    qtbot.mouseClick(chart.measures.button("arrival"), Left)
    assert chart.forms.button("sum").text() == "In all"


async def test_the_choice_is_kept_with_the_tab(answers: CallSession, open_session: OpenSession) -> None:
    answers.chart = replace(LARGE, form=Form.SUMMED)
    other = open_session("Many")
    other.restore(answers.state_to_save())
    assert other.chart == answers.chart


async def test_a_second_call_takes_the_place_of_the_first(answers: CallSession, show_chart: ShowChart) -> None:
    view, chart = await charted(answers, show_chart, count=20)
    chart.plot.zoom(0.5)
    await call(answers, count=4)
    await drawn(chart, lambda: scene_of(view).layers[0].track.curve.count == 4)
    assert view.viewers.current is ViewName.CHART


# -- moving


async def test_the_wheel_zooms_at_the_pointer(answers: CallSession, show_chart: ShowChart) -> None:
    view, chart = await charted(answers, show_chart)
    plot, before = chart.plot, scene_of(view)
    place = QPointF(place_of(plot, before.left + (before.right - before.left) * 0.25, 10))
    layout = plot.layout_of_plot
    assert layout is not None
    across = layout.across(place.x())
    turn = QWheelEvent(
        place, plot.mapToGlobal(place), QPoint(), QPoint(0, 240), Left & Middle, Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(plot, turn)
    await drawn(chart, lambda: scene_of(view) is not before)
    after, layout = scene_of(view), plot.layout_of_plot
    assert after.right - after.left == pytest.approx((before.right - before.left) * 0.64)
    assert layout is not None
    assert layout.across(place.x()) == pytest.approx(across, rel=0.05)


async def test_a_drag_shows_the_range_that_was_dragged_over(
    answers: CallSession, show_chart: ShowChart, qtbot: QtBot
) -> None:
    view, chart = await charted(answers, show_chart)
    plot, whole = chart.plot, scene_of(view).whole
    width = whole[1] - whole[0]
    begin, end = (place_of(plot, whole[0] + width * share, 10) for share in (0.25, 0.5))
    before = plot.grab().toImage()
    qtbot.mousePress(plot, Left, pos=begin)
    qtbot.mouseMove(plot, end)
    assert plot.grab().toImage() != before  # the range is tinted meanwhile
    qtbot.mouseRelease(plot, Left, pos=end)
    await drawn(chart, lambda: not scene_of(view).is_whole)
    assert scene_of(view).left == pytest.approx(whole[0] + width * 0.25, abs=width / 100)
    assert scene_of(view).right == pytest.approx(whole[0] + width * 0.5, abs=width / 100)
    qtbot.mouseDClick(plot, Left, pos=begin)
    await drawn(chart, lambda: scene_of(view).is_whole)


@pytest.mark.parametrize(
    ("button", "modifier"),
    [(Middle, Qt.KeyboardModifier.NoModifier), (Left, Qt.KeyboardModifier.ShiftModifier)],
)
async def test_the_middle_button_and_shift_pan(
    answers: CallSession,
    show_chart: ShowChart,
    qtbot: QtBot,
    button: Qt.MouseButton,
    modifier: Qt.KeyboardModifier,
) -> None:
    view, chart = await charted(answers, show_chart)
    plot = chart.plot
    plot.zoom(0.5)
    await drawn(chart, lambda: not scene_of(view).is_whole)
    zoomed = scene_of(view)
    qtbot.mousePress(plot, button, modifier, QPoint(300, 60))
    qtbot.mouseMove(plot, QPoint(250, 60))
    qtbot.mouseRelease(plot, button, modifier, QPoint(250, 60))
    await drawn(chart, lambda: scene_of(view) is not zoomed)
    panned = scene_of(view)
    assert panned.left > zoomed.left
    assert panned.right - panned.left == pytest.approx(zoomed.right - zoomed.left)


async def test_the_keyboard_zooms_pans_and_shows_all(answers: CallSession, show_chart: ShowChart, qtbot: QtBot) -> None:
    view, chart = await charted(answers, show_chart)
    plot = chart.plot
    plot.setFocus()
    for _ in range(3):
        qtbot.keyClick(plot, Qt.Key.Key_Plus)
        await drawn(chart)
    await drawn(chart, lambda: not scene_of(view).is_whole)
    zoomed = scene_of(view)
    qtbot.keyClick(plot, Qt.Key.Key_Right)
    await drawn(chart, lambda: scene_of(view).left > zoomed.left)
    qtbot.keyClick(plot, Qt.Key.Key_Left)
    await drawn(chart, lambda: scene_of(view).left == pytest.approx(zoomed.left))
    qtbot.keyClick(plot, Qt.Key.Key_Minus)
    await drawn(chart, lambda: scene_of(view).left < zoomed.left)
    qtbot.keyClick(plot, Qt.Key.Key_Home)
    await drawn(chart, lambda: scene_of(view).is_whole)
    assert plot.view is None


async def test_nothing_beyond_the_stream_can_be_shown(answers: CallSession, show_chart: ShowChart) -> None:
    view, chart = await charted(answers, show_chart)
    whole = scene_of(view).whole
    chart.plot.zoom(0.5)
    await drawn(chart, lambda: not scene_of(view).is_whole)
    for _ in range(10):
        chart.plot.pan(1)
        await drawn(chart)
    await drawn(chart, lambda: scene_of(view).right == pytest.approx(whole[1]))
    chart.plot.zoom(100)
    await drawn(chart, lambda: scene_of(view).is_whole)


# -- asking


async def test_the_point_under_the_pointer_is_said(
    answers: CallSession, show_chart: ShowChart, qtbot: QtBot, theme: Theme
) -> None:
    view, chart = await charted(answers, show_chart)
    plot, curve = chart.plot, scene_of(view).layers[0].track.curve
    before = colors(plot)[theme.color("tooltip").rgb()]
    qtbot.mouseMove(plot, place_of(plot, curve.times[19], 19))
    assert plot.hovered is not None
    assert plot.hovered.words.startswith("message 20 · at ")
    assert plot.hovered.words.endswith(" · large = 19")
    assert colors(plot)[theme.color("tooltip").rgb()] > before + 1000


async def test_a_cursor_moves_by_keyboard_and_is_described(
    answers: CallSession, show_chart: ShowChart, qtbot: QtBot
) -> None:
    view, chart = await charted(answers, show_chart)
    plot = chart.plot
    plot.setFocus()
    ctrl = Qt.KeyboardModifier.ControlModifier
    for expected in ("message 1", "message 2", "message 3"):
        qtbot.keyClick(plot, Qt.Key.Key_Right, ctrl)
        assert plot.accessibleDescription().startswith(f"{expected}, at ")
    assert plot.accessibleDescription().endswith("large = 2")
    qtbot.keyClick(plot, Qt.Key.Key_Left, ctrl)
    assert plot.accessibleDescription().endswith("large = 1")
    qtbot.keyClick(plot, Qt.Key.Key_Return)
    assert answers.transcript is not None
    (row,) = view.timeline.selected_rows()
    assert answers.transcript.message_number(row) == 2


async def test_a_click_chooses_the_message_and_the_chart_stays(
    answers: CallSession, show_chart: ShowChart, qtbot: QtBot
) -> None:
    view, chart = await charted(answers, show_chart)
    curve = scene_of(view).layers[0].track.curve
    qtbot.mouseClick(chart.plot, Left, pos=place_of(chart.plot, curve.times[0], 0))
    assert view.timeline.selected_rows() == [curve.rows[0]]
    assert view.viewers.current is ViewName.CHART
    assert not view.timeline.follows


async def test_the_message_chosen_in_the_timeline_is_marked(
    answers: CallSession, show_chart: ShowChart, theme: Theme
) -> None:
    view, chart = await charted(answers, show_chart)
    accent = QColor(theme.color("accent")).rgb()
    line = scene_of(view).layers[0].track.curve
    before = chart.plot.grab().toImage()
    view.timeline.choose(line.rows[10])
    assert chart.plot.selected_row == line.rows[10]
    assert view.viewers.current is ViewName.CHART
    after = chart.plot.grab().toImage()
    layout = chart.plot.layout_of_plot
    assert layout is not None
    x = round(layout.x(line.times[10]))
    assert before != after
    assert accent in {after.pixel(x, y) for y in range(after.height())}
    view.timeline.follow()
    assert chart.plot.selected_row is None


# -- what it says


def said(view: ResponseView) -> str:
    note = view.findChild(QLabel, "chartNote")
    assert note is not None
    return note.text() if note.isVisible() else ""


async def test_it_says_why_it_is_empty_and_tells_it_to_screen_readers(
    open_session: OpenSession, show_chart: ShowChart
) -> None:
    session = open_session("Story")  # its messages have no number
    session.chart = ChartChoice(Measure.FIELD)
    view = show_chart(session)
    await call(session, prompt="x")
    await drawn(view.viewers.chart, lambda: scene_of(view).instead[0] == "No numeric field")  # type: ignore[index]
    assert view.viewers.chart.plot.accessibleDescription().startswith("No numeric field")
    assert not view.viewers.chart.export.is_possible


async def test_what_is_not_drawn_is_said_below(open_session: OpenSession, show_chart: ShowChart) -> None:
    session = open_session("Talk")
    session.chart = ChartChoice(Measure.FIELD, fields=(FieldChoice(EventKind.SENT, "count"),))
    view = show_chart(session)
    session.draft.set_json_text('{"count": 3}')
    session.send()
    await until(lambda: session.can_half_close, session.state_changed)
    session.half_close()
    await ended(session)
    await drawn(view.viewers.chart, lambda: scene_of(view).layers)
    assert said(view) == ""
    assert session.transcript is not None
    session.transcript.close()  # from now on its messages are not kept
    view.viewers.chart.set_call(session.transcript, session.decoder)
    await drawn(view.viewers.chart, lambda: scene_of(view).instead)
    assert "no longer kept" in scene_of(view).instead[1]  # type: ignore[index]


async def test_reading_is_stopped_and_gone_on_with_by_its_button(
    answers: CallSession, show_chart: ShowChart, qtbot: QtBot
) -> None:
    view, chart = await charted(answers, show_chart, count=5)
    button = view.findChild(QPushButton, "chartCancel")
    assert button is not None
    assert not button.isVisible()
    chart.data.cancel()
    await call(answers, count=30)
    chart.data.cancel()
    await until(lambda: not chart.data.is_reading, chart.data.changed)
    if chart.data.progress < 1:
        assert button.isVisible()
        assert button.text() == "Go on"
        qtbot.mouseClick(button, Left)
    await drawn(chart, lambda: scene_of(view).layers[0].track.curve.count == 30)
    assert not button.isVisible()


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0])
async def test_it_follows_the_theme(
    answers: CallSession, show_chart: ShowChart, theme: Theme, look: str, scale: float
) -> None:
    _, chart = await charted(answers, show_chart)
    theme.set_choice(look)  # type: ignore[arg-type]
    theme.set_scale(scale)
    await drawn(chart)
    seen = colors(chart.plot)
    assert theme.color("panel").rgb() in seen
    assert theme.color("accent").rgb() in seen
