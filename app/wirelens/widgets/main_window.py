"""The window: the bar, the explorer, the call tabs; it hands over what is done in it and owns no state of its own."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QByteArray, Qt, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QIcon,
    QKeyEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from wirelens.engine.errors import WirelensError
from wirelens.presentation.source import Source, SourceSettings, SourceState
from wirelens.presentation.tab import Tab
from wirelens.presentation.workspace import Workspace
from wirelens.widgets.call_tabs import CallTabs
from wirelens.widgets.command_palette import CommandPalette
from wirelens.widgets.connect_bar import ConnectBar
from wirelens.widgets.connection_dialog import ConnectionDialog
from wirelens.widgets.controls.inline_message import InlineMessage
from wirelens.widgets.controls.splitter import Splitter
from wirelens.widgets.definition_dialog import DefinitionDialog
from wirelens.widgets.demo_panel import DemoPanel
from wirelens.widgets.explorer_view import ExplorerView
from wirelens.widgets.first_page import FirstPage
from wirelens.widgets.palette_candidates import PaletteCandidates
from wirelens.widgets.schema_files import SchemaFiles, dropped_paths
from wirelens.widgets.source_problem import SourceProblem
from wirelens.widgets.theme import Theme, restyle
from wirelens.widgets.transcript_files import TranscriptFiles, split_transcripts
from wirelens.widgets.window_actions import WindowActions, on

_FOLDS_BELOW = 1000  # px of window width under which the explorer folds away by itself
_EXPLORER_WIDTH = 264
_BUSY_MS = 300  # after which something is said about what has not come yet


class MainWindow(QMainWindow):
    """One window over one workspace."""

    close_requested = Signal()  # the person wants it closed; desktop.py ends everything in order first

    def __init__(self, workspace: Workspace, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.workspace = workspace
        self.theme = theme
        self._may_close = False
        self._folded_by_width = False
        self.setObjectName("mainWindow")
        self.setWindowTitle("Wirelens")
        self.setAcceptDrops(True)
        self.actions_ = WindowActions(self)
        self._dialog = ConnectionDialog(theme, self)
        self._dialog.applied.connect(self._apply_settings)
        self._settings_source: Source | None = None
        self._demo_panel = DemoPanel(workspace.demos, theme, self)
        self._palette = CommandPalette(theme, self)
        self._candidates = PaletteCandidates(workspace, self.actions_, self._enter_tab, lambda: self.tabs.commands())
        self._build()
        self._connect_actions()
        workspace.problem.connect(self.show_problem)
        workspace.current_tab_changed.connect(self._on_current_tab)
        workspace.tab_added.connect(self._show_stack)
        workspace.tab_removed.connect(self._show_stack)
        workspace.sources_changed.connect(self._watch_sources)
        self._watched: set[Source] = set()
        self._watch_sources()
        self._show_stack()
        self._on_current_tab(workspace.current_tab)

    def _build(self) -> None:
        theme, workspace, actions = self.theme, self.workspace, self.actions_
        actions.explorer.setChecked(True)
        self.bar = ConnectBar(workspace, theme, actions, actions.menu(theme))
        self.explorer = ExplorerView(workspace, theme)
        self.tabs = CallTabs(workspace, theme)
        self.first_page = FirstPage(workspace, theme, actions.demo, actions.focus_address, actions.open_proto)
        self._message = InlineMessage(theme)
        self._files = SchemaFiles(workspace, self._message, self)
        self._opening = InlineMessage(theme)
        self._transcripts = TranscriptFiles(workspace, self._opening, self)
        self._source_problem = SourceProblem(theme)

        self._stack = QStackedWidget()
        self._stack.addWidget(self.first_page)
        self._stack.addWidget(self.tabs)
        side = _column(self.explorer, self._source_problem, stretched=self.explorer)
        side.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        restyle(side, role="panel")
        main = self._main = _column(self._opening, self._message, self._stack, stretched=self._stack)
        self.splitter = Splitter()
        self.splitter.addWidget(side)
        self.splitter.addWidget(main)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setSizes([theme.px(_EXPLORER_WIDTH), theme.px(1016)])
        self._side = side
        self.setCentralWidget(_column(self.bar, self.splitter, stretched=self.splitter))

        self.bar.connection_settings_wanted.connect(self._edit_typed_settings)
        self.explorer.source_settings_wanted.connect(self._edit_source)
        self.explorer.files_wanted.connect(self._files.choose_files)
        self.explorer.definition_wanted.connect(self.show_definition)
        self.explorer.proto_files_wanted.connect(self._files.export_proto_files)
        self.explorer.descriptor_set_wanted.connect(self._files.export_descriptor_set)
        self.explorer.problem_wanted.connect(self._source_problem.show_source)
        self.tabs.new_tab_wanted.connect(self._open_method_palette)
        self._source_problem.retry_wanted.connect(workspace.reload)
        self._source_problem.files_wanted.connect(self._files.choose_files)
        self._source_problem.settings_wanted.connect(self._edit_source)
        theme.follow(self, self._dress)

    def _dress(self) -> None:
        self._side.setMinimumWidth(self.theme.px(220))
        self.setWindowIcon(QIcon(self.theme.icon("wirelens", "accent")))
        self._fold_by_width()

    # -- actions ---------------------------------------------------------------------------------------------

    def _connect_actions(self) -> None:
        a, workspace, theme, files = self.actions_, self.workspace, self.theme, self._files
        on(a.focus_address, self._focus_address)
        on(a.open_proto, files.choose_files)
        on(a.open_proto_folder, files.choose_folder)
        on(a.open_descriptor_set, files.choose_descriptor_set)
        on(a.open_transcript, self._transcripts.choose_files)
        on(a.save_transcript, self.tabs.save_transcript)
        a.recent_transcripts.aboutToShow.connect(lambda: self._transcripts.fill_recent(a.recent_transcripts))
        on(a.demo, workspace.demos.start_all)
        on(a.demo_panel, lambda: self._demo_panel.show_under(self.bar))
        on(a.export_proto_files, lambda: self._with_source(files.export_proto_files))
        on(a.export_descriptor_set, lambda: self._with_source(files.export_descriptor_set))
        on(a.quit, self.close)
        on(a.send, lambda: self._with_session(lambda session: session.send()))
        on(a.send_again, lambda: self._with_session(lambda session: session.send_again()))
        on(a.earlier_run, lambda: self._with_session(lambda session: session.runs.step(-1)))
        on(a.later_run, lambda: self._with_session(lambda session: session.runs.step(1)))
        on(a.half_close, lambda: self._with_session(lambda session: session.half_close()))
        on(a.pause, lambda: self._with_session(lambda session: session.toggle_pause()))
        on(a.cancel, lambda: self._with_session(lambda session: session.cancel()))
        on(a.duplicate_tab, lambda: self._with_tab(workspace.duplicate_tab))
        on(a.copy_grpcurl, self._copy_grpcurl)
        on(a.paste_grpcurl, self._paste_grpcurl)
        on(a.show_definition, lambda: self._with_tab(lambda tab: self.show_definition(tab.source, tab.method_name)))
        on(a.palette, self._open_palette)
        on(a.new_tab, self._open_method_palette)
        on(a.close_tab, lambda: self._with_tab(self._close_tab))
        on(a.reopen_tab, workspace.reopen_tab)
        on(a.next_tab, lambda: self._step_tab(1))
        on(a.previous_tab, lambda: self._step_tab(-1))
        on(a.focus_filter, self._focus_filter)
        on(a.reload, lambda: self._with_source(workspace.reload))
        a.explorer.toggled.connect(self._show_explorer)
        self._show_explorer(a.explorer.isChecked())
        on(a.larger, lambda: theme.set_scale(round(theme.scale + 0.1, 2)))
        on(a.smaller, lambda: theme.set_scale(round(theme.scale - 0.1, 2)))
        on(a.normal_size, lambda: theme.set_scale(1.0))
        for choice, action in a.themes.items():
            action.setChecked(theme.choice == choice)
            action.triggered.connect(self._theme_setter(choice))
        a.messages_menu.aboutToShow.connect(self._fill_messages_menu)
        on(a.shortcuts, self._show_shortcuts)
        on(a.about, self._show_about)

    def _fill_messages_menu(self) -> None:
        self.actions_.messages_menu.clear()
        self.tabs.fill_messages_menu(self.actions_.messages_menu)

    def _show_explorer(self, shown: bool) -> None:
        """Why a source failed is said under the explorer; where that is folded away, above the calls."""
        column = (self._side if shown else self._main).layout()
        assert isinstance(column, QVBoxLayout)
        column.insertWidget(1, self._source_problem)
        self._side.setVisible(shown)

    def _theme_setter(self, choice: Any) -> Callable[[], None]:
        def set_choice() -> None:
            self.theme.set_choice(choice)

        return set_choice

    def _with_tab(self, run: Callable[[Tab], object]) -> None:
        if self.workspace.current_tab is not None:
            run(self.workspace.current_tab)

    def _with_session(self, run: Callable[[Any], object]) -> None:
        tab = self.workspace.current_tab
        if tab is not None and tab.session is not None:
            run(tab.session)

    def _with_source(self, run: Callable[[Source], object]) -> None:
        """With the source of the tab in front, else the one in the address bar, else the only one."""
        tab = self.workspace.current_tab
        sources = self.workspace.all_sources()
        typed = [source for source in sources if source.settings.address == self.workspace.address]
        source = tab.source if tab is not None else next(iter([*typed, *self.workspace.sources]), None)
        if source is not None:
            run(source)

    def _close_tab(self, tab: Tab) -> None:
        """Who closes by key goes on typing in the tab that comes up, or in the address where none does."""
        self.workspace.close_tab(tab)
        page = self.tabs.currentWidget() or self.bar.address
        page.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _step_tab(self, step: int) -> None:
        if self.tabs.count():
            self.tabs.setCurrentIndex((self.tabs.currentIndex() + step) % self.tabs.count())

    def _focus_address(self) -> None:
        self.bar.address.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.bar.address.selectAll()

    def _focus_filter(self) -> None:
        self.actions_.explorer.setChecked(True)
        self.explorer.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.explorer.filter.selectAll()

    # -- the palette -----------------------------------------------------------------------------------------

    def _open_palette(self) -> None:
        self._palette.open_with(self._candidates.everything(), "What to do, or a method to open")

    def _open_method_palette(self) -> None:
        self._palette.open_with(self._candidates.methods(new_tab=True), "A method to open in a new tab")

    def _enter_tab(self) -> None:
        self.tabs.currentWidget().setFocus(Qt.FocusReason.ShortcutFocusReason)

    # -- files -----------------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_paths(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = dropped_paths(event.mimeData())
        if paths:
            event.acceptProposedAction()
            transcripts, schemas = split_transcripts(paths)
            if transcripts:
                self._transcripts.open_paths(transcripts)
            if schemas:
                self._files.open_paths(schemas)

    # -- connection settings ---------------------------------------------------------------------------------

    def _edit_typed_settings(self) -> None:
        self._settings_source = None
        self._dialog.show_for(replace(self.bar.settings, address=self.workspace.address))

    def _edit_source(self, source: Source) -> None:
        self._settings_source = source
        self._dialog.show_for(source.settings)

    def _apply_settings(self, settings: SourceSettings) -> None:
        if self._settings_source is not None:
            self.workspace.apply_settings(self._settings_source, settings)
            return
        self.bar.set_settings(settings)
        if settings.address:
            self.bar.connect_now()
        else:
            self._focus_address()

    # -- problems --------------------------------------------------------------------------------------------

    def show_problem(self, error: WirelensError) -> None:
        """Say what went wrong where there is no better place for it; it stays until it is closed."""
        self._message.show_error(error)

    def _watch_sources(self) -> None:
        for source in self.workspace.all_sources():
            if source not in self._watched:
                self._watched.add(source)
                source.changed.connect(self._on_source_changed)
        if self._source_problem.source not in self.workspace.all_sources():
            self._source_problem.clear()
        self._show_availability()

    def _on_source_changed(self) -> None:
        source = self.sender()
        if not isinstance(source, Source):
            return
        if source.state is SourceState.FAILED:
            self._source_problem.show_source(source)
        elif source is self._source_problem.source:
            self._source_problem.clear()
        self._show_availability()

    # -- grpcurl, definitions, help --------------------------------------------------------------------------

    def show_definition(self, source: Source, symbol: str) -> None:
        if source.schema is not None:
            DefinitionDialog(source.schema, symbol, self.theme, self).show()

    def _copy_grpcurl(self) -> None:
        from wirelens.presentation.grpcurl_exchange import grpcurl_of

        async def copy(tab: Tab) -> None:
            busy = QTimer(self, singleShot=True, interval=_BUSY_MS)
            busy.timeout.connect(lambda: self._message.show_message("info", "Writing the command…"))
            busy.start()
            try:
                QGuiApplication.clipboard().setText(await grpcurl_of(tab, self.workspace.address))
            except WirelensError as error:
                self.show_problem(error)
            else:
                if not busy.isActive():
                    self._message.show_message("good", "The command was copied.")
            finally:
                busy.stop()
                busy.deleteLater()

        self._with_tab(lambda tab: self.workspace.tasks.start("copy as grpcurl", copy(tab)))

    def _paste_grpcurl(self) -> None:
        from wirelens.presentation.grpcurl_exchange import open_grpcurl

        def paste() -> None:
            notes = open_grpcurl(self.workspace, QGuiApplication.clipboard().text())
            if notes:
                self._message.show_message("info", "Not everything could be taken over.", next_step="\n".join(notes))

        self._guarded(paste)

    def _guarded(self, run: Callable[[], object]) -> None:
        try:
            run()
        except WirelensError as error:
            self.show_problem(error)

    def _show_shortcuts(self) -> None:
        from wirelens.widgets.help_dialogs import ShortcutsDialog

        ShortcutsDialog(self.actions_, self.theme, self).open()

    def _show_about(self) -> None:
        from wirelens.widgets.help_dialogs import AboutDialog

        AboutDialog(self.theme, self).open()

    # -- what is shown and kept ------------------------------------------------------------------------------

    def _show_stack(self, _tab: Tab | None = None) -> None:
        self._stack.setCurrentWidget(self.tabs if self.workspace.tabs else self.first_page)
        self._show_availability()

    def _on_current_tab(self, tab: Tab | None) -> None:
        self.setWindowTitle(f"{tab.title} – Wirelens" if tab is not None else "Wirelens")
        self._show_availability()

    def _show_availability(self) -> None:
        a, tab = self.actions_, self.workspace.current_tab
        of_a_call = a.send, a.send_again, a.half_close, a.pause, a.cancel, a.earlier_run, a.later_run, a.save_transcript
        for action in (*of_a_call, a.duplicate_tab, a.close_tab, a.copy_grpcurl, a.show_definition):
            action.setEnabled(tab is not None)
        a.reopen_tab.setEnabled(self.workspace.can_reopen_tab)
        for action in (a.next_tab, a.previous_tab):
            action.setEnabled(len(self.workspace.tabs) > 1)
        any_source = bool(self.workspace.sources) or tab is not None
        for action in (a.reload, a.export_proto_files, a.export_descriptor_set):
            action.setEnabled(any_source)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc comes here only when nothing nearer wanted it: it cancels the call."""
        if event.key() == Qt.Key.Key_Escape:
            self._with_session(lambda session: session.cancel())
        elif event.key() == Qt.Key.Key_F10:
            self.bar.open_menu()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold_by_width()
        self.workspace.save_soon()

    def _fold_by_width(self) -> None:
        narrow = self.width() < self.theme.px(_FOLDS_BELOW)
        if narrow != self._folded_by_width:
            self._folded_by_width = narrow
            self.actions_.explorer.setChecked(not narrow)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.focusWidget() is None:
            self.bar.address.setFocus()

    def state_to_save(self) -> dict[str, Any]:
        """Geometry, splitters and theme, for the workspace's session."""
        return {
            "geometry": bytes(self.saveGeometry().toBase64().data()).decode(),
            "splitter": self.splitter.sizes(),
            "theme": self.theme.choice,
            "scale": self.theme.scale,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Bring the window back as it was; what does not fit any more is left at its default."""
        geometry = state.get("geometry")
        if isinstance(geometry, str):
            self.restoreGeometry(QByteArray.fromBase64(geometry.encode()))
        sizes = state.get("splitter")
        if isinstance(sizes, list) and len(sizes) == 2 and all(isinstance(size, int) for size in sizes) and sizes[1]:
            self.splitter.setSizes(sizes)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closing is asked for, not done: calls, connections and demo servers end first."""
        if self._may_close:
            event.accept()
            return
        event.ignore()
        self.close_requested.emit()

    def close_for_good(self) -> None:
        self._may_close = True
        self.close()


def _column(*widgets: QWidget, stretched: QWidget) -> QWidget:
    column = QWidget()
    layout = QVBoxLayout(column)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    for widget in widgets:
        layout.addWidget(widget, 1 if widget is stretched else 0)
    return column
