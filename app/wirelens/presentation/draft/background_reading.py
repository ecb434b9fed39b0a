"""Reading a draft's large texts and messages, and finding the mistakes in them, without the window waiting for it."""

import asyncio
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from wirelens.engine.errors import JsonError
from wirelens.presentation.draft import text_check
from wirelens.presentation.draft.edited_fields import EditedFields
from wirelens.presentation.draft.snapshot import Snapshot
from wirelens.presentation.thread_worker import ThreadWorker


class BackgroundReading(QObject):
    """Reads and checks what `fields` holds: at once where it is short, else in a thread after a pause in the typing.

    `found` follows what was found in the thread; a state that has been read there is put in its place in `fields`.
    """

    found = Signal()

    def __init__(self, fields: EditedFields, *, delay_ms: int) -> None:
        super().__init__(fields)
        self._fields = fields
        self._checked: text_check.Checked | None = None
        self._checking: str | None = None
        self._serializing: str | None = None
        self._waiting: list[asyncio.Future[None]] = []
        self._worker = ThreadWorker(self)
        self._long_texts = text_check.LongTextReader(fields.descriptor, fields.schema)
        self._read_later = QTimer(self, singleShot=True, interval=delay_ms)
        self._read_later.timeout.connect(self._read_in_background)
        self._check_later = QTimer(self, singleShot=True, interval=delay_ms // 4)
        self._check_later.timeout.connect(self._check_in_background)
        fields.replaced.connect(self._on_replaced)

    @property
    def mistakes(self) -> tuple[JsonError, ...]:
        """What is wrong, by place in the text. A large text's are found in the background; asking is what starts it."""
        problem = self._fields.problem
        if problem is not None:
            return (problem,)
        if self._checked is None:
            text = self._fields.json_text()
            if len(text) > text_check.CHECK_AT_ONCE:
                if not self._fields.is_reading and not self._check_later.isActive():
                    self._check_later.start()
                return ()
            self._checked = self._fields.reader.check(text)
        return self._checked.mistakes

    @property
    def is_checked(self) -> bool:
        """Whether `mistakes` is known to be complete."""
        return self._fields.problem is not None or (not self._fields.is_reading and self._checked is not None)

    @property
    def serialized(self) -> bytes | None:
        """The message's bytes where they were made beforehand."""
        return self._checked.serialized if self._checked is not None else None

    async def settled(self) -> None:
        """Wait until a large text has been read and checked, so that `message` costs no time."""
        while not self._is_settled():
            waiting = asyncio.get_running_loop().create_future()
            self._waiting.append(waiting)
            for later, begin in (
                (self._read_later, self._read_in_background),
                (self._check_later, self._check_in_background),
            ):
                if later.isActive():  # somebody waits: no pause in the typing is needed
                    later.stop()
                    begin()
            if self.is_checked:
                self._serialize_in_background()
            await waiting

    def begin_anew(self) -> None:
        """The type or the schema is another one: nothing that was found holds any more."""
        self._long_texts = text_check.LongTextReader(self._fields.descriptor, self._fields.schema)

    def _on_replaced(self) -> None:
        self._checked = self._checking = None
        if self._fields.is_reading:
            self._read_later.start()
        self._wake()

    def _read_in_background(self) -> None:
        snapshot = self._fields.history.present
        text, reader = snapshot.text, self._long_texts
        if snapshot.is_outdated:
            up_to_date = self._fields.reader.up_to_date
            self._worker.run(lambda: up_to_date(snapshot), partial(self._fields.put_read, snapshot))
            return
        if not snapshot.is_read and snapshot.wire is not None:
            self._read_wire_in_background(snapshot, snapshot.wire)
            return
        if snapshot.is_read or text is None:
            return

        def job() -> Snapshot:
            reading = reader.read(text, snapshot.tree)
            return Snapshot(snapshot.tree if reading.tree is None else reading.tree, text, reading.problem)

        self._worker.run(job, partial(self._fields.put_read, snapshot))

    def _read_wire_in_background(self, snapshot: Snapshot, data: bytes) -> None:
        reader = self._fields.reader
        self._worker.run(lambda: reader.from_wire(data, snapshot.tree), partial(self._fields.put_read, snapshot))

    def _check_in_background(self) -> None:
        text, reader, long_texts = self._fields.json_text(), self._fields.reader, self._long_texts
        if self._fields.is_reading or self._checked is not None or self._checking is text:
            return
        self._checking = text

        def job() -> text_check.Checked:
            is_long = len(text) > text_check.READ_AT_ONCE
            return long_texts.check(text) if is_long else reader.check(text)

        def deliver(checked: text_check.Checked) -> None:
            if self._checking is text and self._fields.reader is reader:  # a reload leaves the text as it is
                self._take_check(checked)

        self._worker.run(job, deliver)

    def _serialize_in_background(self) -> None:
        """Make the bytes of a long text that was checked by its changes only."""
        text, reader, checked = self._fields.json_text(), self._fields.reader, self._checked
        if self._serializing is text:
            return
        self._serializing = text

        def deliver(whole: text_check.Checked) -> None:
            self._serializing = None
            if self._checked is checked:
                self._take_check(whole)
            self._wake()

        self._worker.run(lambda: reader.check(text, serialize=True), deliver)

    def _take_check(self, checked: text_check.Checked) -> None:
        self._checked, self._checking = checked, None
        self.found.emit()
        self._wake()

    def _is_settled(self) -> bool:
        """Asking for the mistakes is what starts a check that has not begun."""
        if self.mistakes or not self.is_checked:
            return bool(self.mistakes)
        is_long = len(self._fields.json_text()) > text_check.READ_AT_ONCE
        return not is_long or self._checked is None or self._checked.serialized is not None

    def _wake(self) -> None:
        """Have who waits in `settled` look again."""
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)
