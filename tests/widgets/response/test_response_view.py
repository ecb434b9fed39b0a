"""A whole response: what is there before, during and after a call, and which view opens."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QTableView, QTreeView, QWidget
from pytestqt.qtbot import QtBot
from tests.presentation.answers import STORY, AnswerService
from tests.presentation.sessions import ask, call, ended
from tests.waiting import until
from tests.widgets.response.conftest import Show

from wirelens.engine.calls.transcript import EventKind
from wirelens.engine.schema.schema import Schema
from wirelens.engine.schema.services import Pattern
from wirelens.presentation.chart.chart_choice import ChartChoice, Measure
from wirelens.presentation.figures import FigureValue
from wirelens.presentation.view_choice import ViewName
from wirelens.widgets.controls.figure import Figure
from wirelens.widgets.response import ResponseView
from wirelens.widgets.response.figures_bar import FiguresBar
from wirelens.widgets.theme import Theme


def words(widget: QWidget) -> str:
    return " ".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def figure(view: ResponseView, caption: str) -> str:
    found: list[FigureValue] = [figure for figure in view.figures.figures if figure.caption == caption]
    return found[0].value


@pytest.mark.parametrize("name", ["One", "Many", "Join", "Talk"])
async def test_everything_that_is_looked_for_is_there_from_the_start(show: Show, name: str) -> None:
    _, view = show(name)
    assert view.findChild(QTableView, "timelineView") is not None
    assert view.findChild(QTreeView, "messageTree") is not None
    assert view.findChild(QPlainTextEdit, "messageJson") is not None
    assert view.findChild(QPlainTextEdit, "messageText") is not None
    assert "Ctrl+Enter" in words(view)


async def test_a_unary_answer_is_read_as_json(show: Show) -> None:
    session, view = show("One")
    await call(session, prompt="hello")
    assert view.viewers.current is ViewName.JSON
    assert view.viewers.json.editor.toPlainText() == '{\n  "text": "hello"\n}'
    assert view.timeline.timeline.rowCount() == 5
    assert (view.figures.state.text, view.figures.state.role) == ("OK", "good")
    assert figure(view, "received") == "7 B"
    assert figure(view, "as JSON") == "17 B"
    assert "Ctrl+Enter" not in words(view)


async def test_a_story_is_read_as_it_grows(show: Show, service: AnswerService) -> None:
    session, view = show("Story")
    service.holding.clear()
    ask(session, prompt="Tell:")
    session.send()
    text = view.viewers.text.editor
    await until(lambda: text.toPlainText() == "Tell: Once", session.progressed)
    assert view.viewers.current is ViewName.TEXT
    assert view.figures.state.text == "receiving"
    service.holding.set()
    await ended(session)
    assert text.toPlainText() == "Tell:" + "".join(STORY)
    assert [figure.caption for figure in view.figures.figures][:2] == ["first token", "tokens"]


async def test_an_error_says_in_place_what_it_says(show: Show) -> None:
    session, view = show("One")
    await call(session, fail=True)
    assert view.viewers.current is ViewName.STATUS
    said = words(view.viewers.status)
    assert "INVALID_ARGUMENT" in said
    assert "that was not kind" in said
    assert "must be kind" in said
    assert view.figures.state.role == "bad"


async def test_the_next_answer_takes_the_place_of_an_error(show: Show) -> None:
    session, view = show("One")
    await call(session, fail=True)
    await call(session, prompt="kind")
    assert view.viewers.current is ViewName.JSON
    assert '"kind"' in view.viewers.json.editor.toPlainText()


async def test_the_persons_own_view_is_kept_from_call_to_call(show: Show) -> None:
    session, view = show("One")
    await call(session, prompt="one")
    view.viewers.show_view(ViewName.TREE)
    await call(session, prompt="two")
    assert view.viewers.current is ViewName.TREE
    tree = view.viewers.tree.fields
    assert tree.data(tree.index(0, 1)) == '"two"'
    await call(session, fail=True)
    assert view.viewers.current is ViewName.STATUS
    await call(session, prompt="three")
    assert view.viewers.current is ViewName.TREE


async def test_measurements_are_drawn_from_the_start_and_a_row_is_read_where_one_is_picked(
    show: Show, service: AnswerService, qtbot: QtBot
) -> None:
    session, view = show("Watch")
    viewers, timeline = view.viewers, view.timeline
    seen: list[ViewName] = []
    viewers.tabs.currentChanged.connect(lambda _index: seen.append(viewers.current))
    service.holding.clear()
    ask(session, count=20)
    session.send()
    await until(lambda: session.transcript and session.transcript.received_count == 20, session.progressed)
    assert viewers.current is ViewName.CHART
    assert viewers.chart.draws_fields
    plot = viewers.chart.plot
    await until(lambda: plot.scene and plot.scene.layers and plot.scene.layers[0].track.curve.count == 20, plot.drawn)
    assert [layer.label for layer in plot.scene.layers] == ["level"]  # type: ignore[union-attr]
    service.holding.set()
    await ended(session)
    assert set(seen) == {ViewName.CHART}  # no other view was shown in between
    assert (session.chosen_view, session.chart) == (None, None)  # by itself, not by the person
    timeline.choose(timeline.timeline.rowCount() - 3)
    assert viewers.current is ViewName.JSON
    timeline.follow()
    assert viewers.current is ViewName.CHART
    plot.setFocus()
    qtbot.keyClick(plot, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(plot, Qt.Key.Key_Return)
    assert timeline.current_row is not None
    assert viewers.current is ViewName.CHART  # the chart picks a row and stays
    viewers.show_view(ViewName.JSON)
    await call(session, count=20)
    assert viewers.current is ViewName.JSON


async def test_too_few_measurements_for_a_curve_are_read(show: Show) -> None:
    session, view = show("Watch")
    await call(session, count=2)
    assert view.viewers.current is ViewName.JSON
    await call(session, count=3)
    assert view.viewers.current is ViewName.CHART


async def test_what_the_person_draws_of_measurements_stays(show: Show) -> None:
    session, view = show("Watch")
    await call(session, count=5)
    chart = view.viewers.chart
    chart.measures.button("arrival").click()
    assert session.chart == ChartChoice(Measure.ARRIVAL, fields=chart.data.choice.fields)
    await call(session, count=5)
    assert view.viewers.current is ViewName.CHART
    assert chart.data.choice.measure is Measure.ARRIVAL


async def test_a_row_that_is_picked_is_shown(show: Show) -> None:
    session, view = show("Many")
    await call(session, count=3)
    assert session.transcript is not None
    kinds = [session.transcript.kind(row) for row in range(len(session.transcript))]  # half-closed comes when it may
    view.timeline.choose([row for row, kind in enumerate(kinds) if kind is EventKind.RECEIVED][1])
    assert view.viewers.json.editor.toPlainText() == '{\n  "large": "1"\n}'
    view.timeline.choose(kinds.index(EventKind.SENT))
    assert view.viewers.json.editor.toPlainText() == '{\n  "count": 3\n}'
    view.timeline.choose(kinds.index(EventKind.HEADERS))
    assert view.viewers.current is ViewName.HEADERS
    view.timeline.choose(view.timeline.timeline.rowCount() - 1)
    assert view.viewers.current is ViewName.STATUS
    view.timeline.follow()
    assert view.viewers.current is ViewName.JSON
    assert '"2"' in view.viewers.json.editor.toPlainText()


async def test_defaults_are_shown_when_asked_for(show: Show) -> None:
    """getezy/ezy#45."""
    session, view = show("One")
    await call(session, prompt="hello")
    session.options.set_emit_defaults(True)
    assert '"large": "0"' in view.viewers.json.editor.toPlainText()
    view.viewers.show_view(ViewName.TREE)
    assert view.viewers.tree.fields.rowCount() > 10
    session.options.set_emit_defaults(False)
    assert view.viewers.tree.fields.rowCount() == 1


async def test_an_empty_answer_says_that_it_is_empty(show: Show) -> None:
    session, view = show("One")
    await call(session)
    assert view.viewers.current is ViewName.TREE
    assert "empty message" in words(view.viewers)
    view.viewers.show_view(ViewName.JSON)
    assert view.viewers.json.editor.toPlainText() == "{}"


async def test_a_stream_without_messages_says_so(show: Show) -> None:
    session, view = show("Many")
    await call(session, count=0)
    assert "No message was received" in words(view.viewers)


async def test_why_no_call_was_made_is_said_above(show: Show) -> None:
    session, view = show("One")
    session.options.set_deadline_text("soon")
    session.send()
    await until(lambda: session.problem is not None, session.problem_changed)
    assert "soon" in words(view.problem)
    session.options.set_deadline_text("5")
    await call(session, prompt="now")
    assert not view.problem.isVisible()


async def test_a_tab_out_of_sight_catches_up_when_it_is_looked_at(show: Show) -> None:
    session, view = show("Many")
    view.hide()
    await call(session, count=50)
    assert view.timeline.timeline.rowCount() < 50
    view.show()
    assert view.timeline.timeline.rowCount() == 54
    assert figure(view, "received") == "98 B"
    assert '"49"' in view.viewers.json.editor.toPlainText()


async def test_answers_stay_readable_after_a_reload(show: Show, answers_schema: Schema) -> None:
    session, view = show("Many")
    await call(session, count=2)
    session.rebind(session.method, answers_schema)
    assert view.timeline.timeline.preview(4) == "large: 1"
    assert '"1"' in view.viewers.json.editor.toPlainText()


async def test_it_is_dressed_anew_with_the_theme(show: Show, theme: Theme, qtbot: QtBot) -> None:
    session, view = show("Story")
    await call(session, prompt="Tell:")
    theme.set_choice("dark")
    theme.set_scale(1.5)
    assert view.viewers.text.editor.toPlainText() == "Tell:" + "".join(STORY)
    for name in ViewName:
        view.viewers.show_view(name)
    assert view.grab().width() >= 576


def test_the_figures_of_a_call_take_no_room_that_an_earlier_one_needed(qtbot: QtBot, theme: Theme) -> None:
    def room(*texts: str) -> int:
        bar.begin(Pattern.SERVER_STREAMING)
        for text in texts:
            bar.set_figures([FigureValue(text, "messages")])
        return bar.findChildren(Figure)[0].sizeHint().width()

    bar = FiguresBar(theme)
    qtbot.addWidget(bar)
    short = room("1")
    assert room("1", "1,234,567,890") > short
    assert room("1") == short


def test_figures_that_have_no_room_give_way_whole(qtbot: QtBot, theme: Theme) -> None:
    bar = FiguresBar(theme)
    qtbot.addWidget(bar)
    bar.begin(Pattern.SERVER_STREAMING)
    bar.state.set_state("INVALID_ARGUMENT", "bad")
    bar.set_figures(
        [FigureValue("84 ms", "first token"), FigureValue("50.4 /s", "tokens"), FigureValue("2", "messages")]
    )
    bar.setMinimumWidth(1)  # as in a response, whose pane may be made small
    bar.resize(800, 56)
    bar.show()
    figures = bar.findChildren(Figure)
    assert all(figure.isVisible() for figure in figures)
    assert bar.sparkline.isVisible()

    bar.resize(300, 56)
    qtbot.waitUntil(lambda: not figures[-1].isVisible())
    assert not bar.sparkline.isVisible()
    assert figures[0].isVisible()
    for part in (bar.state, figures[0]):
        qtbot.waitUntil(lambda part=part: part.width() >= part.sizeHint().width())
