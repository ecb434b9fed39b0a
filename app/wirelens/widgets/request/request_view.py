"""The request side of a call tab: Form, JSON, Metadata, Options."""

from PySide6.QtWidgets import QWidget

from wirelens.presentation.call_session import CallSession
from wirelens.widgets.request.request_pages import RequestPages
from wirelens.widgets.request_metadata import MetadataPage
from wirelens.widgets.request_options import OptionsPage
from wirelens.widgets.theme import Theme


class RequestView(RequestPages):
    """The pages of a call session's request."""

    def __init__(self, session: CallSession, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(session.draft, theme, parent)
        self._session = session
        self.metadata_page = MetadataPage(session, theme)
        self.options_page = OptionsPage(session, theme)
        self.add_page(self.metadata_page, "Metadata", session.metadata)
        self.add_page(self.options_page, "Options", session.options)
        session.metadata.changed.connect(self._count_metadata)
        self._count_metadata()

    def _count_metadata(self) -> None:
        count = self._session.metadata.enabled_count
        self.set_note(self.metadata_page, str(count) if count else "")
