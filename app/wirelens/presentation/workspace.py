"""Everything that is open: sources, call tabs, demo servers, recent addresses. The window shows it, no widget owns it.

What was typed is saved soon after it changed, and restored at the next start.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from wirelens.engine.errors import StorageError, WirelensError
from wirelens.engine.schema.services import Method, Pattern
from wirelens.presentation.background_tasks import BackgroundTasks
from wirelens.presentation.demos import Demos
from wirelens.presentation.session_file import SessionFile
from wirelens.presentation.source import Source, SourceKind, SourceSettings, SourceState
from wirelens.presentation.tab import Tab

if TYPE_CHECKING:
    from google.protobuf.message import Message

    from wirelens.presentation.metadata_model import MetadataRow
    from wirelens.presentation.view_choice import ViewName

RECENT_ADDRESSES_KEPT = 20
RECENT_TRANSCRIPTS_KEPT = 12
_CLOSED_TABS_KEPT = 20


@dataclass(frozen=True, slots=True)
class _ClosedTab:
    """What brings a tab back; secret metadata is in `metadata` only, which no file sees."""

    index: int
    state: dict[str, Any]
    metadata: "tuple[MetadataRow, ...]"


class Workspace(QObject):
    """What the window shows and the session file keeps."""

    sources_changed = Signal()  # one was added or removed
    source_changed = Signal()  # one's state, title or progress
    recent_addresses_changed = Signal()
    tab_added = Signal(object)
    tab_removed = Signal(object)
    current_tab_changed = Signal(object)  # Tab or None
    address_changed = Signal(str)
    saving = Signal()  # who keeps something in `window_state` puts it there now
    problem = Signal(object)  # a WirelensError that belongs to no tab and no source

    def __init__(
        self,
        tasks: BackgroundTasks,
        session_file: SessionFile,
        *,
        save_after_ms: int = 1500,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.tasks = tasks
        self.demos = Demos(tasks, self)
        self.sources: list[Source] = []
        self.tabs: list[Tab] = []
        self.recent_addresses: list[str] = []
        self.recent_transcripts: list[str] = []  # files that were opened or saved, newest first
        self.window_state: dict[str, Any] = {}  # the window's own: geometry, splitters, theme
        self._address = ""
        self._followed = ""  # the address that the bar last took from a tab's source
        self._current: Tab | None = None
        self._session_file = session_file
        self._save_timer = QTimer(self, singleShot=True, interval=save_after_ms)
        self._save_timer.timeout.connect(lambda: tasks.start("save the session", self.save()))
        self._closed = False
        self._chosen_views: dict[str, ViewName] = {}  # by method, of tabs that were closed
        self._closed_tabs: deque[_ClosedTab] = deque(maxlen=_CLOSED_TABS_KEPT)
        for demo in self.demos:
            demo.source.changed.connect(self._follow_demo)

    # -- sources ---------------------------------------------------------------------------------------------

    @property
    def address(self) -> str:
        """What stands in the address bar; calls of .proto files go there."""
        return self._address

    def set_address(self, address: str) -> None:
        if address != self._address:
            self._address = address
            self.address_changed.emit(address)
            self.save_soon()

    def connect_to(self, settings: SourceSettings) -> Source:
        """Add the server (or find it again with other settings) and load its schema."""
        self.set_address(settings.address)
        self._remember_address(settings.address)
        known = self._find(settings.key)
        if known is None:
            known = self._add_source(settings)
            known.load()
        elif known.settings != settings:
            self.tasks.start(f"connect to {known.title}", self._apply_and_load(known, settings))
        else:
            known.load()
        return known

    def open_files(
        self, paths: Sequence[Path], import_paths: Sequence[Path] = (), descriptor_sets: Sequence[Path] = ()
    ) -> Source:
        """Add .proto files, folders of them or descriptor sets as a source; calls go to the address bar's server."""
        settings = SourceSettings(
            SourceKind.FILES,
            proto_paths=tuple(paths),
            import_paths=tuple(import_paths),
            descriptor_sets=tuple(descriptor_sets),
        )
        source = self._find(settings.key) or self._add_source(settings)
        source.load()
        return source

    def apply_settings(self, source: Source, settings: SourceSettings) -> None:
        """Other settings for a source that is there: it connects anew."""
        self.tasks.start(f"connect to {source.title}", self._apply_and_load(source, settings))

    def remove_source(self, source: Source) -> None:
        """Forget a source with its tabs."""
        for tab in [tab for tab in self.tabs if tab.source is source]:
            self.close_tab(tab)
        self.sources.remove(source)
        self.sources_changed.emit()
        self.tasks.start(f"close {source.title}", source.aclose())
        self.save_soon()

    def all_sources(self) -> list[Source]:
        return [*self.sources, *(demo.source for demo in self.demos)]

    def reload(self, source: Source) -> None:
        """Load the schema again; drafts are kept. A demo that does not run is started."""
        demo = self.demos.named(source.settings.demo_name) if source.settings.kind is SourceKind.DEMO else None
        if demo is not None and not demo.runs:
            demo.start()
        else:
            source.load()

    # -- tabs ------------------------------------------------------------------------------------------------

    @property
    def current_tab(self) -> Tab | None:
        return self._current

    def set_current_tab(self, tab: Tab | None) -> None:
        if tab is self._current:
            return
        self._current = tab
        if tab is not None:
            self._show_address_of(tab.source)
            if tab.session is None and tab.source.state is SourceState.IDLE:
                self._wake(tab.source)
        self.current_tab_changed.emit(tab)
        self.save_soon()

    def open_method(self, source: Source, method_name: str, pattern: Pattern, *, new_tab: bool = False) -> Tab:
        """Show the method's tab, a new one if there is none or one more is wanted."""
        tab = next((tab for tab in self.tabs if tab.source is source and tab.method_name == method_name), None)
        if tab is None or new_tab:
            chosen = self._chosen_view(method_name)
            tab = self._add_tab(source, method_name, pattern)
            if tab.session is not None and chosen is not None:
                tab.session.chosen_view = chosen
        self.set_current_tab(tab)
        return tab

    async def open_transcript(self, path: Path, *, on_progress: Callable[[int, int], None] | None = None) -> Tab:
        """Show a call that was saved, in a tab of its own. Its schema becomes a source, whose calls go to the address
        bar's server; nothing is connected. `on_progress` is told bytes read, and all.

        Raises:
            TranscriptError: this is no such file, or it cannot be read. One that is broken further down is shown as
                far as it goes, and the tab's session says its problem.
            SchemaError: its schema is missing or cannot be used.
        """
        from wirelens.engine.calls.transcript_file import open_transcript

        saved = await open_transcript(path, on_progress=on_progress)
        self.remember_transcript(path)
        source = self.open_files([], descriptor_sets=[saved.schema_path])
        tab = self._add_tab(source, saved.method.full_name, saved.method.pattern)
        tab.show_saved(saved)
        self.set_current_tab(tab)
        return tab

    def remember_transcript(self, path: Path) -> None:
        """A transcript was opened or saved there."""
        others = [known for known in self.recent_transcripts if known != str(path)]
        self.recent_transcripts = [str(path), *others][:RECENT_TRANSCRIPTS_KEPT]
        self.save_soon()

    def open_request(self, source: Source, method: Method, message: "Message") -> Tab:
        """One more tab of a method, with a request of its own; its undo leads back to the example."""
        tab = self.open_method(source, method.full_name, method.pattern, new_tab=True)
        if tab.session is not None:  # else the schema has lost the method since
            tab.session.draft.set_message(message)
        return tab

    def duplicate_tab(self, tab: Tab) -> Tab:
        """One more tab with the same request in it."""
        copy = self._add_tab(tab.source, tab.method_name, tab.pattern, tab.state_to_save()["session"])
        if tab.session is not None and copy.session is not None:
            copy.session.metadata.take_over(tab.session.metadata.rows)  # what is saved has no secret values
        self.set_current_tab(copy)
        return copy

    def close_tab(self, tab: Tab) -> None:
        """Close it; what was typed in it can be had back by reopen_tab()."""
        index = self.tabs.index(tab)
        rows = tuple(tab.session.metadata.rows) if tab.session is not None else ()
        self._closed_tabs.append(_ClosedTab(index, tab.state_to_save(), rows))
        if tab.session is not None and tab.session.chosen_view is not None:
            self._chosen_views[tab.method_name] = tab.session.chosen_view
        self.tabs.remove(tab)
        if self._current is tab:
            self.set_current_tab(self.tabs[min(index, len(self.tabs) - 1)] if self.tabs else None)
        self.tab_removed.emit(tab)
        self.tasks.start(f"close {tab.title}", self._close_tab(tab))
        self.save_soon()

    @property
    def can_reopen_tab(self) -> bool:
        return any(self._find(closed.state["source"]) is not None for closed in self._closed_tabs)

    def reopen_tab(self) -> Tab | None:
        """The tab that was closed last, with its request, at its place; None where its source has gone as well."""
        while self._closed_tabs:
            closed = self._closed_tabs.pop()
            state = closed.state
            source = self._find(state["source"])
            if source is None:
                continue
            tab = self._add_tab(
                source, state["method"], Pattern(state["pattern"]), state["session"], min(closed.index, len(self.tabs))
            )
            if tab.session is not None and closed.metadata:
                tab.session.metadata.take_over(closed.metadata)
            self.set_current_tab(tab)
            return tab
        return None

    def move_tab(self, start: int, end: int) -> None:
        self.tabs.insert(end, self.tabs.pop(start))
        self.save_soon()

    # -- the session file ------------------------------------------------------------------------------------

    def restore(self) -> None:
        """Bring back the last session. Nothing is connected but what the tab in front needs, when it is shown."""
        try:
            data = self._session_file.read()
        except StorageError as error:
            self.problem.emit(error)
            return
        mistakes = self._restore(data)
        if mistakes:
            kept = self._session_file.keep_copy()
            self.problem.emit(
                StorageError(
                    f"part of the last session could not be restored: {mistakes[0]!r}",
                    place="session",
                    next_step=f"it was kept as {kept}" if kept else "",
                )
            )

    def save_soon(self) -> None:
        """Something that the session file keeps has changed; who types without a pause is saved all the same."""
        if not self._closed and not self._save_timer.isActive():
            self._save_timer.start()

    async def save(self) -> None:
        self.saving.emit()
        try:
            await self._session_file.write(self.state_to_save())
        except StorageError as error:
            self.problem.emit(error)

    def state_to_save(self) -> dict[str, Any]:
        of_demo = any(demo.source.settings.address == self._address for demo in self.demos)
        return {
            "address": "" if of_demo else self._address,  # a demo's port is another one at the next start
            "recent_addresses": self.recent_addresses,
            "recent_transcripts": self.recent_transcripts,
            "sources": [source.settings.to_json() for source in self.sources],
            "tabs": [tab.state_to_save() for tab in self.tabs],
            "current_tab": self.tabs.index(self._current) if self._current is not None else None,
            "window": self.window_state,
        }

    async def aclose(self) -> None:
        """Save, then close everything in reverse: calls, connections, demo servers."""
        self._closed = True
        self._save_timer.stop()
        # In a task, which reports what fails: the window must close whatever cannot be written down.
        await asyncio.wait([self.tasks.start("save the session", self.save())])
        # The views go before what they show: what a thread of theirs still brings would be for a draft that is gone.
        tabs = sorted(self.tabs, key=lambda tab: tab is self._current)  # the one in front last: no other is shown
        self.tabs.clear()
        for tab in tabs:
            self.tab_removed.emit(tab)
        self.set_current_tab(None)
        await asyncio.gather(*(self._close_tab(tab) for tab in tabs))
        await asyncio.gather(*(source.aclose() for source in self.sources))
        await self.demos.aclose()

    # -- inside ----------------------------------------------------------------------------------------------

    def _chosen_view(self, method_name: str) -> "ViewName | None":
        """In what the person last chose to see answers of a method: in a tab that is open, or in one that was."""
        for tab in reversed(self.tabs):
            if tab.method_name == method_name and tab.session is not None and tab.session.chosen_view is not None:
                return tab.session.chosen_view
        return self._chosen_views.get(method_name)

    def _find(self, key: str) -> Source | None:
        return next((source for source in self.all_sources() if source.key == key), None)

    def _add_source(self, settings: SourceSettings) -> Source:
        source = Source(settings, self.tasks, self)
        self.sources.append(source)
        source.changed.connect(self.source_changed)
        self.sources_changed.emit()
        self.save_soon()
        return source

    async def _apply_and_load(self, source: Source, settings: SourceSettings) -> None:
        await source.apply(settings)
        source.load()
        self.save_soon()

    def _show_address_of(self, source: Source) -> None:
        """The address bar follows the tab in front, unless something new is being typed there."""
        known = {self._followed, *(other.settings.address for other in self.all_sources())}
        if source.settings.address and (not self._address or self._address in known):
            self._followed = source.settings.address
            self.set_address(source.settings.address)

    def _follow_demo(self) -> None:
        """A demo server has another port each time it starts."""
        if self._current is not None and self._current.source is self.sender():
            self._show_address_of(self._current.source)

    def _wake(self, source: Source) -> None:
        """A tab in front wants its source: servers and files are loaded; demo processes wait for a click."""
        if source.settings.kind is not SourceKind.DEMO:
            source.load()

    def _add_tab(
        self,
        source: Source,
        method_name: str,
        pattern: Pattern,
        saved: dict[str, Any] | None = None,
        index: int | None = None,
    ) -> Tab:
        tab = Tab(source, method_name, self.tasks, lambda: self._address, saved, pattern, self)
        self.tabs.insert(len(self.tabs) if index is None else index, tab)
        self._watch(tab)
        self.tab_added.emit(tab)
        self.save_soon()
        return tab

    def _watch(self, tab: Tab) -> None:
        def bind() -> None:
            if tab.session is not None:
                tab.session.draft.changed.connect(self.save_soon)
                tab.session.messages.modelReset.connect(self.save_soon)  # moved or removed; the draft stays the same
                tab.session.messages.plan_changed.connect(self.save_soon)
                tab.session.metadata.changed.connect(self.save_soon)
                tab.session.options.changed.connect(self.save_soon)
                tab.session.new_request_wanted.connect(partial(self.open_request, tab.source))

        tab.session_ready.connect(bind)
        bind()

    async def _close_tab(self, tab: Tab) -> None:
        await tab.aclose()
        tab.deleteLater()

    def _remember_address(self, address: str) -> None:
        if address:
            others = [known for known in self.recent_addresses if known != address]
            self.recent_addresses = [address, *others][:RECENT_ADDRESSES_KEPT]
            self.recent_addresses_changed.emit()

    def _restore(self, data: dict[str, Any]) -> list[Exception]:
        """Everything that makes sense; the mistakes of what does not."""
        mistakes: list[Exception] = []

        def each(name: str, restore: Callable[[Any], object]) -> None:
            entries = data.get(name) or []
            for entry in entries if isinstance(entries, list) else [entries]:
                try:
                    restore(entry)
                except (KeyError, TypeError, ValueError, AttributeError) as error:
                    mistakes.append(error)

        tabs: list[Tab | None] = []  # as they were saved: `current_tab` counts these

        def restore_tab(saved: dict[str, Any]) -> None:
            tabs.append(None)
            source = self._find(saved["source"])
            if source is not None:
                state = saved.get("session") or {}
                tabs[-1] = self._add_tab(source, str(saved["method"]), Pattern(saved["pattern"]), state)

        each("window", self._restore_window)
        each("recent_addresses", lambda address: self.recent_addresses.append(str(address)))
        del self.recent_addresses[RECENT_ADDRESSES_KEPT:]
        each("recent_transcripts", lambda path: self.recent_transcripts.append(str(path)))
        del self.recent_transcripts[RECENT_TRANSCRIPTS_KEPT:]
        self.set_address(str(data.get("address") or ""))
        each("sources", lambda saved: self._add_source(SourceSettings.from_json(saved)))
        each("tabs", restore_tab)
        current = data.get("current_tab")
        if isinstance(current, int) and 0 <= current < len(tabs):
            self.set_current_tab(tabs[current])
        return mistakes

    def _restore_window(self, state: dict[str, Any]) -> None:
        self.window_state = dict(state)


def as_workspace_problem(name: str, error: Exception) -> WirelensError:
    """What the window says of a background task that failed: our own errors as they are, others as bugs."""
    if isinstance(error, WirelensError):
        return error
    return WirelensError(
        f"{name} failed: {type(error).__name__}: {error}", next_step="this is a bug in Wirelens: please report it"
    )
