"""A small card over the window that says what the schema knows of a word, and first what is wrong with it."""

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from wirelens.presentation.draft.json_notes import Note
from wirelens.widgets.theme import Theme, restyle

_WIDTH = 340
_LONGEST_COMMENT = 700  # characters


class NoteCard(QFrame):
    """Lies over its owner's window while it is shown, and belongs to its owner again afterwards."""

    def __init__(self, theme: Theme, owner: QWidget) -> None:
        super().__init__(owner)
        self._theme = theme
        self._owner = owner
        self.setObjectName("jsonNote")
        self.setAccessibleName("Documentation")
        self.setProperty("role", "popup")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._mistake = self._label("bad")
        self._rule = self._label("warn")
        self._name = self._label("")
        self._facts = self._label("small")
        self._comment = self._label("muted")
        self._column = QVBoxLayout(self)
        for label in self._labels:
            self._column.addWidget(label)
        self.hide()
        owner.destroyed.connect(self.deleteLater)  # it lies in the window, not in the owner
        theme.follow(self, self._dress)

    @property
    def text(self) -> str:
        """All that is said, a line each."""
        return "\n".join(label.text() for label in self._labels if not label.isHidden())

    def say(self, note: Note | None, mistake: str = "", rule: str = "") -> None:
        """Fill the card; `rule` is what the broken rules of the word say."""
        self._set(self._mistake, mistake)
        self._set(self._rule, f"Rule: {rule}" if rule else "")
        self._set(self._name, f"{note.name}  {note.type_name}".rstrip() if note is not None else "")
        self._set(self._facts, " · ".join(note.facts) if note is not None else "")
        comment = note.comment.strip() if note is not None else ""
        if len(comment) > _LONGEST_COMMENT:
            comment = comment[:_LONGEST_COMMENT].rsplit(None, 1)[0] + " …"
        self._set(self._comment, comment)

    def show_below(self, area: QRect) -> None:
        """Show it below an area of the screen, above it where there is no room."""
        window, corner = self._fit(area)
        gap = self._theme.px(4)
        top = corner.y() + area.height() + gap
        if top + self.height() > window.height():
            top = corner.y() - self.height() - gap
        self._show_at(corner.x(), top)

    def show_beside(self, area: QRect, *, upward: bool) -> None:
        """Show it at the right or left of an area of the screen; where there is no room below it, or above."""
        window, corner = self._fit(area)
        gap = self._theme.px(4)
        right, left = corner.x() + area.width() + gap, corner.x() - self.width() - gap
        if right + self.width() <= window.width():
            self._show_at(right, corner.y())
        elif left >= 0:
            self._show_at(left, corner.y())
        else:
            self._show_at(corner.x(), corner.y() - self.height() - gap if upward else corner.y() + area.height() + gap)

    def prepare(self) -> None:
        """Do beforehand what takes longest when it is shown for the first time."""
        lie_over(self, self._owner.window())

    def put_away(self) -> None:
        self.hide()

    def _fit(self, area: QRect) -> tuple[QWidget, QPoint]:
        """Take the size that the words need; the window, and where in it the area begins."""
        window = self._owner.window()
        lie_over(self, window)
        self.setFixedWidth(min(self._theme.px(_WIDTH), max(1, window.width() - self._theme.px(16))))
        self.setFixedHeight(self._column.heightForWidth(self.width()))
        return window, window.mapFromGlobal(area.topLeft())

    def _show_at(self, left: int, top: int) -> None:
        window = self._owner.window()
        left = max(0, min(left, window.width() - self.width()))
        self.move(QPoint(left, max(0, min(top, window.height() - self.height()))))
        self.show()
        self.raise_()

    @property
    def _labels(self) -> tuple[QLabel, ...]:
        return self._mistake, self._rule, self._name, self._facts, self._comment

    def _label(self, role: str) -> QLabel:
        label = QLabel(self)
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        if role:
            restyle(label, role=role)
        return label

    def _set(self, label: QLabel, text: str) -> None:
        label.setText(text)
        label.setVisible(bool(text))

    def _dress(self) -> None:
        px = self._theme.px
        self._column.setContentsMargins(px(12), px(8), px(12), px(8))
        self._column.setSpacing(px(4))
        for label in self._labels:
            label.setFont(self._theme.label_font(size="small" if label is self._facts else "normal"))
        self._name.setFont(self._theme.data_font(500))


def lie_over(widget: QWidget, window: QWidget) -> None:
    """Make `widget` a part of `window`, so that nothing within it cuts it off, and dress it for that.

    It stays there: it is dressed anew, which takes 10 ms, each time it comes to another parent.
    """
    if widget.parentWidget() is not window:
        widget.setParent(window)
        for part in (widget, *widget.findChildren(QWidget)):
            part.ensurePolished()
