"""Pictures and figures of the chart, to files and to the clipboard; only the dialog is replaced."""

import asyncio
import csv
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QFileDialog, QMenu, QToolButton
from pytestqt.qtbot import QtBot
from tests.presentation.sessions import call
from tests.waiting import until
from tests.widgets.response.chart.conftest import ShowChart, drawn

from wirelens.engine.calls.transcript import EventKind
from wirelens.presentation.call_session import CallSession
from wirelens.presentation.chart.chart_choice import ChartChoice, FieldChoice, Measure
from wirelens.widgets.response.chart.chart_view import ChartView
from wirelens.widgets.theme import Theme

Left = Qt.MouseButton.LeftButton


async def charted(session: CallSession, show_chart: ShowChart) -> ChartView:
    session.chart = ChartChoice(Measure.FIELD, fields=(FieldChoice(EventKind.RECEIVED, "large"),))
    view = show_chart(session)
    await call(session, count=30)
    await drawn(view.viewers.chart)
    return view.viewers.chart


def colors(picture: QImage) -> set[str]:
    return {picture.pixelColor(x, y).name().upper() for x in range(picture.width()) for y in range(picture.height())}


async def saved(chart: ChartView, path: Path, label: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the person had chosen a menu's action and then this file."""
    monkeypatch.setattr(QFileDialog, "open", lambda dialog: dialog.filesSelected.emit([str(path)]))
    menu = QMenu(chart)
    chart.export.fill_menu(menu)
    done: list[object] = []
    for signal in (chart.export.done, chart.export.problem):
        signal.connect(done.append)
    next(action for action in menu.actions() if action.text().startswith(label)).trigger()
    await until(lambda: done, chart.export.done, chart.export.problem)


async def test_a_picture_is_saved_sharp(
    answers: CallSession, show_chart: ShowChart, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, theme: Theme
) -> None:
    chart = await charted(answers, show_chart)
    path = tmp_path / "chart.png"
    await saved(chart, path, "Save as PNG", monkeypatch)
    picture = QImage(str(path))
    assert picture.width() == 2 * chart.plot.width()
    assert {theme.palette.panel, theme.palette.accent} <= colors(picture)
    assert chart.problem.text == "Saved as chart.png"


async def test_a_drawing_can_be_rendered_again(
    answers: CallSession, show_chart: ShowChart, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, theme: Theme
) -> None:
    chart = await charted(answers, show_chart)
    path = tmp_path / "chart.svg"
    size = chart.plot.size()
    await saved(chart, path, "Save as SVG", monkeypatch)
    renderer = QSvgRenderer(str(path))
    assert renderer.isValid()
    assert renderer.viewBox().size() == size
    again = QImage(size * 2, QImage.Format.Format_RGB32)
    painter = QPainter(again)
    renderer.render(painter)
    painter.end()
    assert {theme.palette.panel, theme.palette.accent} <= colors(again)
    text = path.read_text("utf-8")
    assert ">large</text>" in text
    assert text.count("<polyline") + text.count("<path") >= 29


async def test_all_points_are_saved_as_figures(
    answers: CallSession, show_chart: ShowChart, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chart = await charted(answers, show_chart)
    chart.plot.zoom(0.2)
    path = tmp_path / "chart.csv"
    await saved(chart, path, "Save all points as CSV", monkeypatch)
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["value"] for row in rows] == [f"{number}.0" for number in range(30)]


async def test_why_nothing_was_saved_is_said_in_place(
    answers: CallSession, show_chart: ShowChart, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chart = await charted(answers, show_chart)
    for name, label in (("a.png", "Save as PNG"), ("a.svg", "Save as SVG"), ("a.csv", "Save all points")):
        chart.problem.clear()
        await saved(chart, tmp_path / "nowhere" / name, label, monkeypatch)
        assert "No such file" in chart.problem.text
        assert chart.problem.isVisible()


async def test_the_keyboard_copies_and_saves(
    answers: CallSession, show_chart: ShowChart, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    chart = await charted(answers, show_chart)
    asked: list[str] = []
    monkeypatch.setattr(QFileDialog, "open", lambda dialog: asked.append(dialog.selectedNameFilter()))
    QGuiApplication.clipboard().clear()
    qtbot.keyClick(chart.plot, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().image().width() == 2 * chart.plot.width()
    qtbot.keyClick(chart.plot, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert asked == ["PNG picture (*.png)"]
    for dialog in chart.window().findChildren(QFileDialog):
        dialog.close()


async def test_the_menu_opens_by_its_button_and_by_the_context(
    answers: CallSession, show_chart: ShowChart, qtbot: QtBot
) -> None:
    chart = await charted(answers, show_chart)
    button = chart.findChild(QToolButton, "chartMenu")
    assert button is not None
    qtbot.mouseClick(button, Left)
    (menu,) = chart.findChildren(QMenu)
    assert [action.text().partition("\t")[0] for action in menu.actions() if action.text()] == [
        "Save as PNG…", "Save as SVG…", "Save all points as CSV…", "Copy as image", "Show all",
    ]  # fmt: skip
    menu.close()


async def test_without_anything_drawn_there_is_nothing_to_save(answers: CallSession, show_chart: ShowChart) -> None:
    chart = show_chart(answers).viewers.chart
    menu = QMenu(chart)
    chart.export.fill_menu(menu)
    assert not any(action.isEnabled() for action in menu.actions() if action.text())


async def test_a_tab_may_be_closed_while_its_chart_is_written(
    answers: CallSession, show_chart: ShowChart, tmp_path: Path
) -> None:
    chart = await charted(answers, show_chart)
    chart.export.save(tmp_path / "chart.png")
    (saving,) = (task for task in asyncio.all_tasks() if task.get_name() == "save chart.png")
    shiboken6.delete(chart)
    await saving
    assert QImage(str(tmp_path / "chart.png")).width()
