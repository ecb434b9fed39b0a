"""Every action of the window with its words and keys: menus, buttons and the palette all show these."""

from collections.abc import Callable

from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from wirelens.widgets.theme import Theme


class WindowActions:
    """The actions; the window connects each to what it does."""

    def __init__(self, window: QWidget) -> None:
        self._window = window
        self.all: list[QAction] = []
        # File
        self.focus_address = self._action("Connect to a server …", "Ctrl+L")
        self.open_proto = self._action("Open .proto files …", "Ctrl+O", name="openProtoAction")
        self.open_proto_folder = self._action("Open a folder of .proto files …", "Ctrl+Shift+O")
        self.open_descriptor_set = self._action("Open a descriptor set …", "")
        self.open_transcript = self._action("Open transcripts …", "Ctrl+Alt+O", name="openTranscriptAction")
        self.save_transcript = self._action("Save the transcript …", "Ctrl+Shift+S", name="saveTranscriptAction")
        self.recent_transcripts = QMenu("Open a recent transcript", window)
        self.demo = self._action("Start the demo servers", "Ctrl+Shift+D", name="demoAction")
        self.demo_panel = self._action("Show the demo servers …", "")
        self.export_proto_files = self._action("Export the schema as .proto files …", "")
        self.export_descriptor_set = self._action("Export the schema as a descriptor set …", "")
        self.quit = self._action("Quit", "Ctrl+Q")
        # Call
        self.send = self._action("Send", "Ctrl+Return", "Ctrl+Enter")
        self.send_again = self._action("Send again as it was", "Ctrl+Shift+Return", "Ctrl+Shift+Enter")
        self.earlier_run = self._action("Show the call before", "")
        self.later_run = self._action("Show the next call", "")
        self.half_close = self._action("Half-close", "Ctrl+D")
        self.pause = self._action("Pause or resume reading", "Ctrl+P")
        self.cancel = self._action("Cancel the call", "")
        self.duplicate_tab = self._action("Duplicate the tab", "Ctrl+Alt+T")
        self.copy_grpcurl = self._action("Copy as a grpcurl command", "Ctrl+Shift+C")
        self.paste_grpcurl = self._action("Paste a grpcurl command", "Ctrl+Shift+V")
        self.show_definition = self._action("Show the definition", "Ctrl+I")
        # View
        self.palette = self._action("Find an action or a method …", "Ctrl+K")
        self.new_tab = self._action("Open another method …", "Ctrl+T")
        self.close_tab = self._action("Close the tab", "Ctrl+W")
        self.reopen_tab = self._action("Reopen the closed tab", "Ctrl+Shift+T")
        self.next_tab = self._action("Next tab", "Ctrl+PgDown", "Ctrl+Tab")
        self.previous_tab = self._action("Previous tab", "Ctrl+PgUp", "Ctrl+Shift+Tab")
        self.focus_filter = self._action("Filter services and methods", "Ctrl+Shift+F")
        self.reload = self._action("Reload the schema", "Ctrl+R", "F5")
        self.explorer = self._action("Show the explorer", "Ctrl+B", checkable=True)
        self.larger = self._action("Larger", "Ctrl++", "Ctrl+=")
        self.smaller = self._action("Smaller", "Ctrl+-")
        self.normal_size = self._action("Normal size", "Ctrl+0")
        self.themes = {
            choice: self._action(text, "", checkable=True)
            for choice, text in (("system", "Follow the system"), ("light", "Light"), ("dark", "Dark"))
        }
        group = QActionGroup(window)
        for action in self.themes.values():
            group.addAction(action)
        # Help
        self.shortcuts = self._action("Keyboard shortcuts", "F1")
        self.about = self._action("About Wirelens", "")

    def menu(self, theme: Theme) -> QMenu:
        """The menu of the ≡ button: everything, in groups; what `messages_menu` holds is up to the call in front."""
        menu = QMenu(self._window)
        self.messages_menu = QMenu("&Messages", menu)
        self.messages_menu.addSeparator()
        for title, actions in (
            (
                "&File",
                (
                    self.focus_address,
                    self.open_proto,
                    self.open_proto_folder,
                    self.open_descriptor_set,
                    None,
                    self.save_transcript,
                    self.open_transcript,
                    self.recent_transcripts.menuAction(),
                    None,
                    self.demo,
                    self.demo_panel,
                    None,
                    self.export_proto_files,
                    self.export_descriptor_set,
                    None,
                    self.quit,
                ),
            ),
            (
                "&Call",
                (
                    self.send,
                    self.send_again,
                    self.half_close,
                    self.pause,
                    self.cancel,
                    None,
                    self.earlier_run,
                    self.later_run,
                    None,
                    self.duplicate_tab,
                    self.copy_grpcurl,
                    self.paste_grpcurl,
                    self.show_definition,
                ),
            ),
            (
                "&View",
                (
                    self.palette,
                    self.new_tab,
                    self.close_tab,
                    self.reopen_tab,
                    self.next_tab,
                    self.previous_tab,
                    None,
                    self.focus_filter,
                    self.explorer,
                    self.reload,
                    None,
                    self.larger,
                    self.smaller,
                    self.normal_size,
                ),
            ),
            ("&Theme", tuple(self.themes.values())),
            ("&Help", (self.shortcuts, self.about)),
        ):
            part = menu.addMenu(title)
            for action in actions:
                if action is None:
                    part.addSeparator()
                else:
                    part.addAction(action)
            if title == "&Call":
                menu.addMenu(self.messages_menu)
        return menu

    def _action(self, text: str, *keys: str, name: str = "", checkable: bool = False) -> QAction:
        action = QAction(text, self._window)
        action.setObjectName(name)
        action.setCheckable(checkable)
        shortcuts = [QKeySequence(key) for key in keys if key]
        if shortcuts:
            action.setShortcuts(shortcuts)
            action.setToolTip(f"{text} ({shortcuts[0].toString(QKeySequence.SequenceFormat.NativeText)})")
        self._window.addAction(action)
        self.all.append(action)
        return action


def on(action: QAction, run: Callable[[], object]) -> None:
    """Connect an action to something that takes no argument."""
    action.triggered.connect(lambda _checked=False: run())
