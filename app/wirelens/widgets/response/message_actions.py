"""What one does with messages of the timeline, by menu, palette and keyboard: copy, save, send again, compare, pin."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QFileDialog

from wirelens.engine.calls.transcript import MESSAGE_KINDS, Transcript
from wirelens.engine.errors import WirelensError
from wirelens.engine.message_export.formats import MessageFormat
from wirelens.engine.messages.carrying import carried_over
from wirelens.engine.schema.services import Method
from wirelens.presentation.call_session import CallSession
from wirelens.presentation.comparison import MessageReference
from wirelens.presentation.message_selection import is_message
from wirelens.presentation.request_reuse import methods_taking, type_of, use_as_request
from wirelens.widgets.controls.commands import Command, CommandGroup, Commands
from wirelens.widgets.response.timeline_view import TimelineView

COPIED_AS = (MessageFormat.JSON, MessageFormat.NDJSON, MessageFormat.CSV, MessageFormat.BASE64, MessageFormat.HEX)
SAVED_AS = (
    MessageFormat.NDJSON,
    MessageFormat.CSV,
    MessageFormat.FILES,
    MessageFormat.GRPC_FRAMES,
    MessageFormat.VARINT_DELIMITED,
)
_METHODS_NAMED = 20


class MessageActions(QObject):
    """The actions of one response. They work on the selected messages, else on the newest that is followed."""

    noted = Signal(str, str)  # what was done, and what did not fit, to be said in place
    failed = Signal(object)  # a WirelensError
    comparison_wanted = Signal()  # there is something to compare: show it
    next_difference_wanted = Signal()
    previous_difference_wanted = Signal()

    def __init__(self, session: CallSession, timeline: TimelineView) -> None:
        super().__init__(timeline)
        self._session = session
        self._timeline = timeline
        timeline.set_message_commands(self.commands)
        timeline.selection_changed.connect(self._take_selection)
        session.comparison.pin_changed.connect(self.show_pin)
        timeline.set_keys(
            {
                **dict.fromkeys(QKeySequence.keyBindings(QKeySequence.StandardKey.Copy), self.copy),
                **dict.fromkeys(QKeySequence.keyBindings(QKeySequence.StandardKey.Save), self.save),
                QKeySequence("Ctrl+U"): self.use_as_request,
                QKeySequence("Ctrl+M"): self.compare,
                QKeySequence("Ctrl+Shift+P"): self.toggle_pin,
                QKeySequence("F7"): self.next_difference_wanted.emit,
                QKeySequence("Shift+F7"): self.previous_difference_wanted.emit,
            }
        )

    # -- copying and saving

    def copy(self, wanted: MessageFormat | None = None) -> None:
        """Copy the selected messages: one as JSON, several as NDJSON, where no format is given."""
        transcript, rows, size = self._chosen()
        if transcript is not None and rows:
            several = MessageFormat.NDJSON if len(rows) > 1 else MessageFormat.JSON
            self._session.exporter.copy(transcript, rows, wanted or several, self._session.decoder, size)

    def save(self, wanted: MessageFormat | None = None) -> None:
        """Ask for a file, or for the name of a folder, and write the selected messages there."""
        session, decoder = self._session, self._session.decoder
        transcript, rows, _size = self._chosen()
        if transcript is None or not rows:
            return
        formats = (wanted,) if wanted is not None else tuple(each for each in SAVED_AS if not each.is_folder)
        dialog = QFileDialog(self._timeline.window(), "Save messages")
        dialog.setObjectName("saveMessagesDialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        if wanted is not None and wanted.is_folder:
            dialog.setWindowTitle("Save each message to a file in a new folder")
            dialog.setLabelText(QFileDialog.DialogLabel.FileName, "Folder:")
            dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        filters = {f"{each.value} (*{each.suffix})": each for each in formats}
        dialog.setNameFilters(list(filters))
        dialog.selectFile(f"{session.method.name}-messages{formats[0].suffix}")

        def chosen(name: str) -> None:
            chosen_format = wanted or _format_of(name) or filters[dialog.selectedNameFilter()]
            session.exporter.save(transcript, rows, chosen_format, decoder, Path(name))

        dialog.fileSelected.connect(chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    # -- as request

    def use_as_request(self) -> None:
        """Put the current message into the draft; undo there takes it back."""
        transcript, row = self._current()
        if transcript is None or row is None:
            return
        draft = self._session.draft
        try:
            left_out = use_as_request(draft, transcript, row, self._session.decoder)
        except WirelensError as error:
            self.failed.emit(error)
            return
        if left_out:
            self.noted.emit("Not every field of the message fits the request; Ctrl+Z undoes.", "\n".join(left_out))

    def open_as_request(self, method: Method) -> None:
        """Begin a new tab of a method with the current message."""
        transcript, row = self._current()
        if transcript is None or row is None:
            return
        session = self._session
        try:
            message = session.decoder.message(transcript.kind(row), transcript.payload(row))
            descriptor = session.schema.descriptor(method.request)
            session.new_request_wanted.emit(method, carried_over(message, session.schema, descriptor)[0])
        except WirelensError as error:
            self.failed.emit(error)

    # -- comparing

    def compare(self) -> None:
        """Compare two selected messages; of one, with the pinned one, or with the one before.

        Where there are no two messages, the empty page says how to have them.
        """
        rows = self._session.selection.message_rows(3)
        transcript, row = self._current()
        pinned = self._session.comparison.pinned
        if len(rows) == 2:
            self._compare(rows[0], rows[1])
        elif transcript is None or row is None:
            self.comparison_wanted.emit()
        elif pinned is not None and not pinned.is_at(transcript, row):
            self.compare_with_pinned()
        else:
            self.compare_with_one_before()

    def compare_with_pinned(self) -> None:
        """The pinned message beside the one that is looked at, whichever that will be."""
        if self._session.comparison.pinned is not None:
            self._session.comparison.follow()
            self.comparison_wanted.emit()

    def compare_with_one_before(self) -> None:
        """The message before the current one, in the same direction, beside it."""
        transcript, row = self._current()
        before = _before(transcript, row) if transcript is not None and row is not None else None
        if row is not None and before is not None:
            self._compare(before, row)
        else:
            self.comparison_wanted.emit()

    def toggle_pin(self) -> None:
        """Pin the current message, or unpin it."""
        transcript, row = self._current()
        comparison = self._session.comparison
        if comparison.pinned is not None and (row is None or comparison.pinned.is_at(transcript, row)):
            comparison.unpin()
        elif row is not None:
            reference = self._reference(row)
            if reference is not None:
                comparison.pin(reference)

    def show_pin(self) -> None:
        """Mark the pinned message in the timeline, where it is one of this call."""
        pinned = self._session.comparison.pinned
        is_here = pinned is not None and pinned.transcript is self._timeline.timeline.transcript
        self._timeline.set_pinned_row(pinned.row if pinned is not None and is_here else None)

    # -- what can be done now

    def commands(self) -> Commands:
        """What can be done with the chosen messages."""
        transcript, row = self._current()
        count = len(self._chosen()[1])
        usual = MessageFormat.NDJSON if count > 1 else MessageFormat.JSON
        copy_as = [
            Command(wanted.value, partial(self.copy, wanted), "Ctrl+C" if wanted is usual else "")
            for wanted in COPIED_AS
            if wanted is not MessageFormat.HEX or count == 1
        ]
        keys = {SAVED_AS[0]: "Ctrl+S"}
        save_as = [
            Command(f"{_capital(wanted.value)} …", partial(self.save, wanted), keys.get(wanted, ""))
            for wanted in SAVED_AS
        ]
        methods = self._methods(transcript, row)
        return [
            CommandGroup("Copy as", copy_as, "copyAsMenu", bool(count), "copy"),
            CommandGroup("Save as", save_as, "saveAsMenu", bool(count)),
            None,
            Command("Use as request", self.use_as_request, "Ctrl+U", row is not None),
            CommandGroup("Open as request in a new tab", methods, "openAsRequestMenu", bool(methods)),
            None,
            *self._comparing(transcript, row),
        ]

    def _methods(self, transcript: Transcript | None, row: int | None) -> list[Command]:
        """The methods that take the message."""
        if transcript is None or row is None:
            return []
        session = self._session
        methods = methods_taking(session.schema, type_of(session.decoder, transcript.kind(row)))
        return [
            Command(f"{method.service.rpartition('.')[2]} / {method.name}", partial(self.open_as_request, method))
            for method in methods[:_METHODS_NAMED]
        ]

    def _comparing(self, transcript: Transcript | None, row: int | None) -> list[Command]:
        pinned = self._session.comparison.pinned
        are_two = len(self._session.selection.message_rows(3)) == 2
        is_pinned = pinned is not None and pinned.is_at(transcript, row)
        has_before = transcript is not None and row is not None and _before(transcript, row) is not None
        may_follow = pinned is not None and row is not None and not is_pinned
        two, with_pinned = ("Ctrl+M", "") if are_two else ("", "Ctrl+M" if may_follow else "")
        with_before = "" if are_two or may_follow else "Ctrl+M"
        return [
            Command("Compare the two", self.compare, two, are_two),
            Command("Compare with the pinned one", self.compare_with_pinned, with_pinned, may_follow),
            Command("Compare with the one before", self.compare_with_one_before, with_before, has_before),
            Command("Unpin" if is_pinned else "Pin", self.toggle_pin, "Ctrl+Shift+P", row is not None, "pin"),
        ]

    # -- inside

    def _take_selection(self) -> None:
        self._session.selection.set_rows(self._timeline.timeline.transcript, self._timeline.selection())

    def _chosen(self) -> tuple[Transcript | None, Sequence[int], int]:
        """The selected rows and the bytes of their messages; no rows where none of them is a message.

        Events among them do not count where there is one message beside them.
        """
        selection = self._session.selection
        if selection.message_count > 1:
            return selection.transcript, selection.rows, selection.size
        rows = selection.message_rows(1)
        transcript, row = self._current()
        if not rows and not selection.rows and row is not None:
            rows = [row]
        return transcript, rows, sum(map(transcript.size, rows)) if transcript is not None else 0

    def _current(self) -> tuple[Transcript | None, int | None]:
        """The message that was picked last; the newest received one while that is followed."""
        transcript = self._timeline.timeline.transcript
        if transcript is None:
            return None, None
        row = self._timeline.current_row
        if row is None:
            row = _before(transcript, len(transcript))
        return transcript, row if row is not None and is_message(transcript, row) else None

    def _reference(self, row: int) -> MessageReference | None:
        transcript = self._timeline.timeline.transcript
        assert transcript is not None
        try:
            return MessageReference.of(transcript, row, self._session.decoder)
        except WirelensError as error:
            self.failed.emit(error)
            return None

    def _compare(self, left: int, right: int) -> None:
        one, other = self._reference(left), self._reference(right)
        if one is not None and other is not None:
            self._session.comparison.compare(one, other)
            self.comparison_wanted.emit()


def _before(transcript: Transcript, row: int) -> int | None:
    """The message before a row, of the same direction where the row is a message."""
    is_of_one = row < len(transcript) and is_message(transcript, row)
    return transcript.last_row_of((transcript.kind(row),) if is_of_one else MESSAGE_KINDS, row)


def _format_of(name: str) -> MessageFormat | None:
    return next((each for each in SAVED_AS if each.suffix and name.endswith(each.suffix)), None)


def _capital(text: str) -> str:
    return text if text.startswith("gRPC") else text[0].upper() + text[1:]
