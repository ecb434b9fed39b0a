"""Texts on their way through the clipboard: pasted as they were, and not fetched only to see whether there are any."""

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QByteArray, QMimeData
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit
from pytestqt.qtbot import QtBot

from wirelens.widgets.controls.clipboard import copy_utf8, offers_text

TEXT = 'plain\tä … 😀 \\u0000 "quoted"\r\nsecond line'


@pytest.fixture(autouse=True)
def no_text_stays(qapp: object) -> Iterator[None]:
    yield
    QGuiApplication.clipboard().clear()


class FromElsewhere(QMimeData):
    """Text that another program offers and has not handed over yet."""

    def __init__(self) -> None:
        super().__init__()
        self.is_fetched = False

    def formats(self) -> list[str]:
        return ["text/plain"]

    def hasFormat(self, kind: str) -> bool:
        return kind in self.formats()

    def retrieveData(self, kind: str, wanted: Any) -> Any:
        self.is_fetched = True
        return "text"


def test_a_text_is_pasted_as_it_was(qtbot: QtBot) -> None:
    copy_utf8(QByteArray(TEXT.encode()))
    assert offers_text()
    assert QGuiApplication.clipboard().text() == TEXT
    editor = QPlainTextEdit()
    qtbot.addWidget(editor)
    editor.paste()
    assert editor.toPlainText() == TEXT.replace("\r\n", "\n")


def test_what_another_program_offers_is_not_fetched_to_see_whether_it_is_text(qtbot: QtBot) -> None:
    offered = FromElsewhere()
    QGuiApplication.clipboard().setMimeData(offered)
    assert offers_text()
    assert not offered.is_fetched
    assert QGuiApplication.clipboard().text() == "text"
    assert offered.is_fetched


def test_where_there_is_no_text_none_is_offered(qtbot: QtBot) -> None:
    QGuiApplication.clipboard().clear()
    assert not offers_text()
    picture = QMimeData()
    picture.setData("image/png", QByteArray(b"x"))
    QGuiApplication.clipboard().setMimeData(picture)
    assert not offers_text()
