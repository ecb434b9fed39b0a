"""The form's side of the field in focus: tells where the person is, and shows where they were on another page."""

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget

from wirelens.presentation.draft import Draft
from wirelens.presentation.draft.paths import Path
from wirelens.widgets.request.indented_area import HoldsRows
from wirelens.widgets.theme import restyle


class FocusedRow(QObject):
    """Follows Qt's focus within a form; a field that was gone to elsewhere is unfolded, tinted and gone to."""

    def __init__(self, form: QScrollArea, draft: Draft) -> None:
        super().__init__(form)
        self._form, self._draft = form, draft
        self._tinted: QWidget | None = None
        self._is_going = False
        self._go_soon = QTimer(self, singleShot=True, interval=0)  # what has come into sight is laid out by then
        self._go_soon.timeout.connect(self._go)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._on_focus_changed)
        draft.focus.moved.connect(self._on_moved)
        form.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and self._draft.focus.face != "form":
            self._go_soon.start()
        return False

    def _on_moved(self, _path: Path, face: str) -> None:
        if face == "form":
            self._tint(None)
        elif self._form.isVisible():
            self._go_soon.start()

    def _on_focus_changed(self, _before: QWidget | None, now: QWidget | None) -> None:
        if self._is_going or now is None or not self._form.isAncestorOf(now):
            return
        widget: QObject | None = now
        while widget is not None and widget is not self._form:
            path = getattr(widget, "path", None)
            if isinstance(path, tuple) and widget.objectName().startswith("row:"):
                self._draft.focus.move(path, "form")
                return
            widget = widget.parent()

    def _go(self) -> None:
        path = self._draft.focus.path
        if path is None or not self._form.isVisible() or not self._draft.form_is_current:
            return
        found: QWidget | None = None
        holder: QWidget | None = self._form
        for step in path:
            holder = holder.row(step) if isinstance(holder, HoldsRows) else None
            found = holder or found
        self._tint(found)
        if found is None:
            return
        self._is_going = True
        focus = getattr(found, "focus", None)
        if focus is not None:
            focus()
        self._is_going = False
        QTimer.singleShot(0, found, lambda: self._form.ensureWidgetVisible(found))

    def _tint(self, row: QWidget | None) -> None:
        if self._tinted is not None and shiboken6.isValid(self._tinted):
            restyle(self._tinted, in_focus=False)
        self._tinted = row
        if row is not None:
            row.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
            restyle(row, in_focus=True)
