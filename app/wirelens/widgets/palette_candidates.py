"""What the palette offers: every action, what can be done with the call in front, every open tab and every method."""

from collections.abc import Callable, Mapping

from wirelens.engine.schema.services import Method
from wirelens.presentation.command_search import Candidate
from wirelens.presentation.source import Source
from wirelens.presentation.tab import Tab
from wirelens.presentation.workspace import Workspace
from wirelens.widgets.controls.commands import Commands, usable
from wirelens.widgets.window_actions import WindowActions


class PaletteCandidates:
    """Collected anew each time the palette opens.

    Args:
        enter_tab: puts the focus into the tab in front, after a candidate has brought it there.
        commands: what can be done with the call in front, by what it is done to.
    """

    def __init__(
        self,
        workspace: Workspace,
        actions: WindowActions,
        enter_tab: Callable[[], object],
        commands: Callable[[], Mapping[str, Commands]],
    ) -> None:
        self._workspace = workspace
        self._actions = actions
        self._enter_tab = enter_tab
        self._commands = commands

    def everything(self) -> list[Candidate]:
        """The actions and commands that can be used now, the open tabs, the methods."""
        themes = dict.fromkeys(self._actions.themes.values(), "Theme: ")
        actions = [
            Candidate(themes.get(action, "") + action.text().rstrip(" …"), action.shortcut().toString(), action.trigger)
            for action in self._actions.all
            if action.isEnabled() and action is not self._actions.palette
        ]
        commands = [
            Candidate(text.rstrip(" …"), f"{target} · {command.key}" if command.key else target, command.run)
            for target, of_target in self._commands().items()
            for text, command in usable(of_target)
        ]
        tabs = [
            Candidate(tab.title, f"open tab · {tab.source.title}", self._tab_shower(tab))
            for tab in self._workspace.tabs
        ]
        return [*actions, *commands, *tabs, *self.methods()]

    def methods(self, *, new_tab: bool = False) -> list[Candidate]:
        """The methods of all schemas that are there; `new_tab` opens one also where it has a tab already."""
        return [
            Candidate(method.name, f"{service.full_name} · {source.title}", self._opener(source, method, new_tab))
            for source in self._workspace.all_sources()
            if source.schema is not None
            for service in source.schema.services
            for method in service.methods
        ]

    def _opener(self, source: Source, method: Method, new_tab: bool) -> Callable[[], object]:
        def open_method() -> None:
            self._workspace.open_method(source, method.full_name, method.pattern, new_tab=new_tab)
            self._enter_tab()

        return open_method

    def _tab_shower(self, tab: Tab) -> Callable[[], object]:
        def show_tab() -> None:
            self._workspace.set_current_tab(tab)
            self._enter_tab()

        return show_tab
