"""Tabs, tables, trees and the line between panes."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QLabel, QTabBar, QTableView, QTreeView, QWidget
from pytestqt.qtbot import QtBot

from wirelens.widgets.controls.card_tabs import CardTabs
from wirelens.widgets.controls.page_tabs import PageTabs
from wirelens.widgets.controls.splitter import Splitter
from wirelens.widgets.controls.tables import dress_table
from wirelens.widgets.controls.trees import dress_tree
from wirelens.widgets.theme import Theme


def pages_of(theme: Theme, qtbot: QtBot) -> PageTabs:
    pages = PageTabs(theme)
    qtbot.addWidget(pages)
    for name in ("Form", "JSON", "Metadata"):
        pages.addTab(QWidget(), name)
    pages.resize(600, 200)
    pages.show()
    qtbot.waitExposed(pages)
    return pages


def widths(pages: PageTabs) -> list[int]:
    return [pages.tabBar().tabRect(index).width() for index in range(pages.count())]


def test_choosing_a_page_moves_no_other(theme: Theme, qtbot: QtBot) -> None:
    pages = pages_of(theme, qtbot)
    before = widths(pages)

    qtbot.mouseClick(pages.tabBar(), Qt.MouseButton.LeftButton, pos=pages.tabBar().tabRect(2).center())

    assert pages.currentIndex() == 2
    assert widths(pages) == before


def test_a_note_makes_room_for_itself_and_stays_with_its_page(theme: Theme, qtbot: QtBot) -> None:
    pages = pages_of(theme, qtbot)
    before = widths(pages)
    metadata = pages.widget(2)

    pages.set_note(metadata, "2")
    assert widths(pages)[2] > before[2]
    pages.removeTab(0)
    assert pages.note(metadata) == "2"
    pages.set_note(metadata, "")

    assert widths(pages) == before[1:]
    pages.set_note(QWidget(), "of no page")


def test_tabs_grow_with_the_persons_scale(theme: Theme, qtbot: QtBot) -> None:
    pages = pages_of(theme, qtbot)
    before = widths(pages)

    theme.set_scale(2)

    assert all(new > 1.7 * old for new, old in zip(widths(pages), before, strict=True))


def test_call_tabs_sit_on_a_strip_of_canvas(theme: Theme, qtbot: QtBot) -> None:
    tabs = CardTabs(theme)
    qtbot.addWidget(tabs)
    tabs.addTab(QLabel("page"), "GetUser")
    tabs.resize(600, 200)
    tabs.show()
    qtbot.waitExposed(tabs)

    image = tabs.grab().toImage()

    assert image.pixelColor(590, 10) == theme.color("canvas")
    assert image.pixelColor(590, tabs.tabBar().geometry().bottom()) == theme.color("line")
    assert image.pixelColor(590, 150) == theme.color("panel")


def test_many_call_tabs_keep_their_width_and_long_names_a_bound(theme: Theme, qtbot: QtBot) -> None:
    tabs = CardTabs(theme)
    qtbot.addWidget(tabs)
    for number in range(9):
        tabs.addTab(QWidget(), f"GetUser{number}")
    tabs.addTab(QWidget(), "AnalyzeConversationTranscriptStreaming" * 3)
    bare = QFontMetrics(theme.label_font()).horizontalAdvance("GetUser0")
    tabs.resize(300, 100)
    tabs.show()
    qtbot.waitExposed(tabs)

    assert all(tabs.tabBar().tabRect(index).width() > bare + 40 for index in range(9))
    assert tabs.tabBar().tabRect(9).width() == 240


def test_table_rows_are_26_high_at_100_percent_and_grow(theme: Theme, qtbot: QtBot) -> None:
    table = QTableView()
    qtbot.addWidget(table)
    dress_table(table, theme)
    table.setModel(QStandardItemModel(3, 2, table))

    assert table.rowHeight(0) == 26
    theme.set_scale(1.5)

    assert table.rowHeight(2) == 39
    assert table.verticalHeader().isHidden()


def test_tree_rows_are_26_high_also_where_expanded_before_shown(theme: Theme, qtbot: QtBot) -> None:
    tree = QTreeView()
    qtbot.addWidget(tree)
    dress_tree(tree, theme)
    model = QStandardItemModel(tree)
    service = QStandardItem("UserService")
    service.appendRow(QStandardItem(theme.icon("message"), "GetUser"))
    model.appendRow(service)
    tree.setModel(model)
    tree.expandAll()
    tree.show()
    qtbot.waitExposed(tree)

    child = model.index(0, 0, model.index(0, 0))
    assert tree.visualRect(child).height() == 26


def test_panes_are_parted_by_a_line_of_one_pixel_and_do_not_vanish(theme: Theme, qtbot: QtBot) -> None:
    splitter = Splitter()
    qtbot.addWidget(splitter)
    for _ in range(2):
        pane = QWidget()
        pane.setMinimumWidth(50)
        splitter.addWidget(pane)
    splitter.resize(301, 100)
    splitter.show()
    qtbot.waitExposed(splitter)

    splitter.setSizes([0, 300])

    assert splitter.handle(1).width() <= 5
    assert splitter.sizes() == [50, 250]


def test_a_tabs_close_button_grows_with_the_scale_and_asks_for_its_own_tab(theme: Theme, qtbot: QtBot) -> None:
    tabs = CardTabs(theme)
    qtbot.addWidget(tabs)
    for name in ("GetUser", "Generate", "Join"):
        tabs.addTab(QWidget(), name)
    tabs.resize(900, 100)
    tabs.show()
    qtbot.waitExposed(tabs)
    asked: list[int] = []
    tabs.tabCloseRequested.connect(asked.append)
    close = tabs.tabBar().tabButton(1, QTabBar.ButtonPosition.RightSide)
    before = close.width()

    tabs.tabBar().moveTab(1, 2)
    qtbot.mouseClick(close, Qt.MouseButton.LeftButton)
    theme.set_scale(2)

    assert asked == [2]
    assert close.width() == 2 * before
    assert tabs.tabBar().tabRect(2).contains(close.geometry())
