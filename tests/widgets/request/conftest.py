"""A form on screen over a draft of the tests' own schema."""

from collections.abc import Callable

import pytest
from google.protobuf.descriptor import Descriptor
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from tests.presentation.draft.schemas import fields_schema, newer_schema, person, person_schema, users_schema

from wirelens.engine.schema.schema import Schema
from wirelens.presentation.draft import Draft
from wirelens.widgets.request.request_pages import RequestPages
from wirelens.widgets.theme import Theme

__all__ = ["fields_schema", "newer_schema", "person", "person_schema", "users_schema"]


@pytest.fixture
def draft(qtbot: QtBot, person: Descriptor, person_schema: Schema) -> Draft:
    return Draft(person, person_schema, delay_ms=0)


@pytest.fixture
def pages(qtbot: QtBot, draft: Draft, theme: Theme) -> RequestPages:
    """Form, JSON and bytes, shown and active."""
    pages = RequestPages(draft, theme)
    pages.resize(480, 700)
    qtbot.addWidget(pages)
    with qtbot.waitActive(pages), qtbot.waitSignal(pages.form.arranged):  # the rows in sight are built in slices
        pages.show()
        pages.activateWindow()
    qtbot.waitUntil(lambda: pages.form.is_built)
    return pages


@pytest.fixture
def field(pages: RequestPages) -> Callable[[str], QWidget]:
    """A part of the form by its objectName."""

    def find(name: str) -> QWidget:
        found: QWidget | None = pages.form.findChild(QWidget, name)
        assert found is not None, f"the form has no {name}"
        return found

    return find
