"""Choosing what number is drawn: by search, by a typed path, several at once."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QListWidget, QToolButton
from pytestqt.qtbot import QtBot
from tests.presentation.sessions import OpenSession, call
from tests.widgets.response.chart.conftest import ShowChart, drawn

from wirelens.engine.calls.transcript import EventKind
from wirelens.presentation.call_session import CallSession
from wirelens.presentation.chart.chart_choice import ChartChoice, FieldChoice, Measure
from wirelens.widgets.response.chart.chart_view import ChartView
from wirelens.widgets.response.chart.field_menu import FieldMenu

Left = Qt.MouseButton.LeftButton


async def opened(session: CallSession, show_chart: ShowChart, qtbot: QtBot) -> tuple[ChartView, FieldMenu]:
    session.chart = ChartChoice(Measure.FIELD)
    view = show_chart(session)
    await call(session, count=5)
    chart = view.viewers.chart
    await drawn(chart)
    button = view.findChild(QToolButton, "chartField")
    assert button is not None
    qtbot.mouseClick(button, Left)
    menu = chart.findChild(FieldMenu)
    assert menu is not None
    return chart, menu


def listed(menu: FieldMenu) -> list[str]:
    found = menu.findChild(QListWidget, "chartFieldList")
    assert found is not None
    return [found.item(row).text().split()[0] for row in range(found.count())]


def checked(menu: FieldMenu) -> list[str]:
    items = (menu.list.item(row) for row in range(menu.list.count()))
    return [item.text().split()[0] for item in items if item.checkState() is Qt.CheckState.Checked]


async def test_what_is_drawn_is_checked_and_more_can_be(
    answers: CallSession, show_chart: ShowChart, qtbot: QtBot
) -> None:
    chart, menu = await opened(answers, show_chart, qtbot)
    assert checked(menu) == ["large"]
    assert isinstance(menu.search, QLineEdit)
    qtbot.keyClicks(menu.search, "rat")
    assert listed(menu) == ["ratio"]
    qtbot.keyClick(menu.search, Qt.Key.Key_Return)
    menu.search.clear()
    assert checked(menu) == ["ratio"]
    qtbot.keyClicks(menu.search, "numbers")
    qtbot.keyClick(menu.search, Qt.Key.Key_Down)
    qtbot.keyClick(menu.search, Qt.Key.Key_Return)
    await drawn(chart)
    fields = [FieldChoice(EventKind.RECEIVED, path) for path in ("ratio", "numbers.length")]
    assert answers.chart.fields == tuple(fields)
    assert chart.plot.scene is not None
    assert [layer.label for layer in chart.plot.scene.layers] == ["ratio", "numbers.length"]
    menu.close()


async def test_a_path_can_be_typed_and_one_that_leads_nowhere_is_said(
    answers: CallSession, show_chart: ShowChart, qtbot: QtBot
) -> None:
    _, menu = await opened(answers, show_chart, qtbot)
    qtbot.keyClicks(menu.search, 'by_name["x"].large')
    assert listed(menu) == ['by_name["x"].large']
    qtbot.keyClick(menu.search, Qt.Key.Key_Return)
    assert answers.chart.fields[-1].path == 'by_name["x"].large'
    menu.search.setText("nothing.like.it")
    assert listed(menu) == []
    menu.close()


async def test_a_click_takes_a_field_away(answers: CallSession, show_chart: ShowChart, qtbot: QtBot) -> None:
    chart, menu = await opened(answers, show_chart, qtbot)
    for row in (1, 1):
        area = menu.list.visualItemRect(menu.list.item(row))
        qtbot.mouseClick(menu.list.viewport(), Left, pos=area.center())
        await drawn(chart)
    assert answers.chart.fields == ()
    assert checked(menu) == ["large"]
    menu.close()


async def test_both_directions_offer_their_fields(
    open_session: OpenSession, show_chart: ShowChart, qtbot: QtBot
) -> None:
    session = open_session("Talk")
    session.chart = ChartChoice(Measure.FIELD)
    chart = show_chart(session).viewers.chart
    menu = FieldMenu(chart.data, chart._theme, chart)
    assert [menu.list.item(row).text() for row in range(menu.list.count())] == [
        "↑ count   int32", "↑ fail   bool", "↑ size   int32",
    ]  # fmt: skip
    menu.close()
