"""The request side of a call tab: Form, JSON, Wire, Metadata, Options, and the messages of a stream above them."""

from PySide6.QtWidgets import QWidget

from wirelens.presentation.call_session import CallSession
from wirelens.widgets.request.prepared_list import PreparedList
from wirelens.widgets.request.request_pages import RequestPages
from wirelens.widgets.request_metadata import MetadataPage
from wirelens.widgets.request_options import OptionsPage
from wirelens.widgets.theme import Theme


class RequestView(RequestPages):
    """The pages of a call session's request."""

    def __init__(self, session: CallSession, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(session.draft, theme, parent)
        self._session, self._theme = session, theme
        self.metadata_page = MetadataPage(session, theme, self.tabs.pages)
        self.options_page = OptionsPage(session, theme, self.tabs.pages)
        self.add_page(self.metadata_page, "Metadata", session.metadata)
        self.add_page(self.options_page, "Options", session.options)
        self.prepared: PreparedList | None = None
        session.rebound.connect(self._offer_list)
        session.metadata.changed.connect(self._count_metadata)
        self._offer_list()
        self._count_metadata()

    def _offer_list(self) -> None:
        """Several messages are prepared only for a method that takes several; a reload may change that."""
        streams = self._session.method.pattern.client_streams
        if streams and self.prepared is None:
            self.prepared = PreparedList(self._session, self._theme, self)
            self.put_above(self.prepared)
        if self.prepared is not None:
            self.prepared.setVisible(streams)

    def _count_metadata(self) -> None:
        count = self._session.metadata.enabled_count
        self.set_note(self.metadata_page, str(count) if count else "")
