"""A FieldMask: its paths as text, or ticked in a tree of the fields it may name, or taken from what is filled in."""

from google.protobuf.descriptor import Descriptor
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from wirelens.engine.messages.fields import FieldShape
from wirelens.presentation.draft.field_index import field_index, message_type
from wirelens.presentation.draft.field_mask_paths import (
    Subject,
    can_be_entered,
    can_be_written,
    is_covered,
    is_touched,
    json_from_paths,
    paths_from_json,
    paths_of_set_fields,
    strange_paths,
    subjects,
    with_path,
    without_path,
)
from wirelens.presentation.draft.paths import Path, always_holds
from wirelens.widgets.controls.focus import pass_focus_on
from wirelens.widgets.request.form_context import FormContext, name_editor
from wirelens.widgets.request.leaf_editors import LineEditor

_PATH = Qt.ItemDataRole.UserRole
_SHAPE = Qt.ItemDataRole.UserRole + 1
_ROWS_SEEN = 7
_COLUMN = 0


class FieldMaskEditor(QWidget):
    """The tree unfolds below the line when it is asked for; what names no field is kept and said."""

    def __init__(self, context: FormContext, shape: FieldShape, path: Path, parent: QWidget) -> None:
        super().__init__(parent)
        self._context, self._path = context, path
        self._subjects = subjects(context.draft.descriptor, context.draft.tree, path)
        self._subject = self._subjects[0] if self._subjects else None
        self._line = LineEditor(context, shape, path, self)
        self._line.setToolTip("Paths in lowerCamelCase, with commas between them: displayName,address.city")
        self._pick = QPushButton("Fields", self)
        self._pick.setProperty("role", "quiet")
        self._pick.setCheckable(True)
        self._pick.setToolTip("Tick the fields")
        name_editor(self._pick, path, "fields")
        self._pick.toggled.connect(self._on_picked)
        self._pick.setVisible(self._subject is not None)
        self._strange = QLabel(self)
        self._strange.setProperty("role", "warn")
        self._strange.setWordWrap(True)
        self._strange.setTextFormat(Qt.TextFormat.PlainText)
        name_editor(self._strange, path, "strange")
        self._strange.hide()
        self._tree: QTreeWidget | None = None
        self._left_out: list[str] = []  # of what is filled in
        self._is_ticking = self._is_chosen = False
        row = QHBoxLayout()
        row.setSpacing(context.theme.px(4))
        row.addWidget(self._line, 1)
        row.addWidget(self._pick)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(context.theme.px(4))
        self._column.addLayout(row)
        self._column.addWidget(self._strange)
        self._line.textEdited.connect(self._on_edited)
        pass_focus_on(self, self._line)

    def refresh(self) -> None:
        self._line.refresh()
        self._look()

    def choose_subject(self, position: int) -> None:
        """Tick the fields of another message that the mask may speak of."""
        self._is_chosen = True
        self._take_subject(self._subjects[position])
        self._look()

    def take_filled(self) -> None:
        """The paths of what is set in the message that the mask speaks of."""
        subject = self._subject
        if subject is None or subject.path is None:
            return
        paths = paths_of_set_fields(self._context.draft.value(subject.path))
        own = self._path[len(subject.path) :]
        if self._path[: len(subject.path)] == subject.path:
            paths = without_path(paths, str(own[0]))  # the mask itself is no part of what it speaks of
        self._left_out = [path for path in paths if not can_be_written(path)]
        self._set_paths([path for path in paths if can_be_written(path)])

    def _on_edited(self, _text: str) -> None:
        self._left_out = []
        self._look()

    def _take_subject(self, subject: Subject) -> None:
        self._subject = subject
        if self._tree is not None:
            self._show_subject(self._tree, subject)

    def _show_subject(self, tree: QTreeWidget, subject: Subject) -> None:
        self._chooser.setCurrentIndex(self._subjects.index(subject))
        self._from_filled.setEnabled(subject.path is not None)
        self._is_ticking = True
        tree.clear()
        tree.addTopLevelItems(_items(subject.descriptor, ""))
        self._is_ticking = False
        self._tick(tree)

    def _paths(self) -> list[str]:
        value = self._context.draft.value(self._path)
        return paths_from_json(value) if isinstance(value, str) else []

    def _set_paths(self, paths: list[str]) -> None:
        self._context.draft.replace(self._path, json_from_paths(paths) if paths or always_holds(self._path) else None)
        self.refresh()

    def _look(self) -> None:
        value = self._context.draft.value(self._path)
        text = value if isinstance(value, str) else ""
        if self._subject is None:
            return
        if not self._is_chosen:  # whose fields the paths are, as far as they tell
            best = min(self._subjects, key=lambda each: len(strange_paths(each.descriptor, text)))
            if best is not self._subject:
                self._take_subject(best)
        strange = strange_paths(self._subject.descriptor, text)
        words = [f"{', '.join(strange)}: no field of {self._subject.descriptor.name}"] if strange else []
        if self._left_out:
            words.append(f"{', '.join(self._left_out)}: set, but JSON's form of a FieldMask cannot name it")
        self._strange.setText("\n".join(words))
        self._strange.setVisible(bool(words))
        if self._tree is not None and self._pick.isChecked():
            self._tick(self._tree)

    def _on_picked(self, is_open: bool) -> None:
        if self._subject is None:
            return
        if self._tree is None:
            self._tree = self._build(self._subject)
        self._panel.setVisible(is_open)
        if is_open:
            self._tick(self._tree)
            self._tree.setFocus(Qt.FocusReason.OtherFocusReason)
        self._context.rearranged()
        self._context.look_again()

    def _build(self, subject: Subject) -> QTreeWidget:
        theme = self._context.theme
        self._panel = QWidget(self)
        chooser = QComboBox(self._panel)
        name_editor(chooser, self._path, "subject")
        chooser.setToolTip("The message whose fields the mask names")
        chooser.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        chooser.setMinimumContentsLength(3)
        self._chooser = chooser
        for each in self._subjects:
            chooser.addItem(_words(each))
        chooser.setVisible(len(self._subjects) > 1)
        chooser.activated.connect(self.choose_subject)
        self._from_filled = QPushButton("From what I filled", self._panel)
        self._from_filled.setProperty("role", "quiet")
        self._from_filled.setToolTip("The paths of the fields that are set in it")
        name_editor(self._from_filled, self._path, "filled")
        self._from_filled.clicked.connect(self.take_filled)
        tree = QTreeWidget(self._panel)
        tree.setHeaderHidden(True)
        tree.setProperty("role", "popup")
        tree.setUniformRowHeights(True)
        tree.setFixedHeight(theme.px(26) * _ROWS_SEEN)
        name_editor(tree, self._path, "tree")
        tree.itemExpanded.connect(self._on_expanded)
        tree.itemChanged.connect(self._on_ticked)
        tools = QHBoxLayout()
        tools.setSpacing(theme.px(4))
        tools.addWidget(chooser, 1)
        tools.addWidget(self._from_filled)
        column = QVBoxLayout(self._panel)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(4))
        column.addLayout(tools)
        column.addWidget(tree)
        self._column.addWidget(self._panel)
        self._show_subject(tree, subject)
        return tree

    def _on_expanded(self, item: QTreeWidgetItem) -> None:
        """Messages show their fields when they are unfolded: a type may hold itself."""
        if item.childCount():
            return
        shape = item.data(_COLUMN, _SHAPE)
        self._is_ticking = True
        item.addChildren(_items(message_type(shape), f"{item.data(_COLUMN, _PATH)}."))
        item.setChildIndicatorPolicy(QTreeWidgetItem.ChildIndicatorPolicy.DontShowIndicatorWhenChildless)
        self._is_ticking = False
        if self._tree is not None:
            self._tick(self._tree)

    def _tick(self, tree: QTreeWidget) -> None:
        paths = self._paths()
        self._is_ticking = True
        waiting = [item for index in range(tree.topLevelItemCount()) if (item := tree.topLevelItem(index)) is not None]
        for item in waiting:
            path = item.data(_COLUMN, _PATH)
            state = Qt.CheckState.Unchecked
            if is_covered(paths, path):
                state = Qt.CheckState.Checked
            elif is_touched(paths, path):
                state = Qt.CheckState.PartiallyChecked
            item.setCheckState(_COLUMN, state)
            waiting += _children(item)
        self._is_ticking = False

    def _on_ticked(self, item: QTreeWidgetItem, _column: int) -> None:
        if self._is_ticking:
            return
        path, paths = item.data(_COLUMN, _PATH), self._paths()
        if item.checkState(_COLUMN) is not Qt.CheckState.Unchecked:
            self._set_paths(with_path(paths, path))
            return
        around = next((each for each in paths if path.startswith(f"{each}.")), None)
        paths = without_path(paths, path)
        if around is not None:  # all but this one of what lay around it
            paths = [each for each in paths if each != around] + _siblings(item, around)
        self._set_paths(paths)


def _siblings(item: QTreeWidgetItem, around: str) -> list[str]:
    """What is left of `around` without `item`: its neighbours, up to the field that was named."""
    left: list[str] = []
    while (parent := item.parent()) is not None:
        others = [other for other in _children(parent) if other is not item and not other.isDisabled()]
        left += [str(other.data(_COLUMN, _PATH)) for other in others]
        if parent.data(_COLUMN, _PATH) == around:
            break
        item = parent
    return left


def _children(item: QTreeWidgetItem) -> list[QTreeWidgetItem]:
    return [child for index in range(item.childCount()) if (child := item.child(index)) is not None]


def _items(descriptor: Descriptor, before: str) -> list[QTreeWidgetItem]:
    items = []
    for key, field in field_index(descriptor).by_key.items():
        path = before + key
        item = QTreeWidgetItem([key])
        item.setData(_COLUMN, _PATH, path)
        item.setData(_COLUMN, _SHAPE, field)
        item.setToolTip(_COLUMN, f"{path}: {field.type_name}")
        item.setCheckState(_COLUMN, Qt.CheckState.Unchecked)
        if not can_be_written(path):
            item.setDisabled(True)
            item.setToolTip(_COLUMN, f"{path}: JSON's form of a FieldMask cannot name this field")
        elif can_be_entered(field) and field_index(message_type(field)).shapes:
            item.setChildIndicatorPolicy(QTreeWidgetItem.ChildIndicatorPolicy.ShowIndicator)
        items.append(item)
    return items


def _words(subject: Subject) -> str:
    if subject.name == subject.descriptor.name:
        return f"This message, {subject.name}"
    return f"{subject.name} ({subject.descriptor.name})"
