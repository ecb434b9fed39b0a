"""The explorer: a filter, the tree of sources, services and methods, and why a source failed."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QFont,
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import (
    QLineEdit,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from wirelens.presentation.explorer_model import ExplorerModel, ExplorerRole, Node, NodeKind
from wirelens.presentation.source import Source, SourceKind, SourceState
from wirelens.presentation.workspace import Workspace
from wirelens.widgets.controls.menus import new_menu
from wirelens.widgets.controls.named import named
from wirelens.widgets.theme import Theme

if TYPE_CHECKING:
    from wirelens.engine.schema.services import Method

_ROW_HEIGHT = 27
_FILTER_AFTER_MS = 120
_NOTHING_YET = "Services appear here once a server is connected or .proto files are open."


class ExplorerView(QWidget):
    """Opens methods; asks for everything else by signal."""

    source_settings_wanted = Signal(object)  # Source
    files_wanted = Signal(object)  # Source to which .proto files are to be added
    definition_wanted = Signal(object, str)  # Source, symbol
    proto_files_wanted = Signal(object)  # Source whose schema is to be exported as .proto files
    descriptor_set_wanted = Signal(object)  # Source whose schema is to be exported as a descriptor set
    problem_wanted = Signal(object)  # Source whose failure is to be shown

    def __init__(self, workspace: Workspace, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._theme = theme
        self.model = ExplorerModel(workspace, self)

        self.filter = named(QLineEdit(), "explorerFilter")
        self.filter.setPlaceholderText("Filter services and methods")
        self.filter.setAccessibleName("Filter services and methods")
        self.filter.setClearButtonEnabled(True)
        icon = QAction(self.filter)
        theme.set_icon(icon, "search")
        self.filter.addAction(icon, QLineEdit.ActionPosition.LeadingPosition)
        self.filter.installEventFilter(self)

        self.tree = ExplorerTree(theme)
        self.tree.setModel(self.model)
        self.tree.method_chosen.connect(self._open)
        self.tree.menu_wanted.connect(self._show_menu)
        self.tree.problem_wanted.connect(self.problem_wanted)

        self._filter_timer = QTimer(self, singleShot=True, interval=_FILTER_AFTER_MS)
        self._filter_timer.timeout.connect(self._apply_filter)
        self.filter.textChanged.connect(self._filter_timer.start)

        layout = QVBoxLayout(self)
        layout.setSpacing(0)
        layout.addWidget(self.filter)
        layout.addWidget(self.tree, 1)
        theme.follow(self, self._dress)
        workspace.current_tab_changed.connect(self._follow_tab)
        self.model.modelReset.connect(self._follow_tab_once)
        self._follow_tab()
        self.setAccessibleName("Explorer")

    def _dress(self) -> None:
        layout = self.layout()
        assert layout is not None
        px = self._theme.px
        layout.setContentsMargins(px(12), px(12), px(12), 0)
        layout.setSpacing(px(8))
        self.tree.viewport().update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Down goes from the filter into the tree, Enter opens the first method that is left, Esc empties it."""
        if watched is self.filter and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Down:
                self._apply_filter()
                self.tree.setFocus(Qt.FocusReason.ShortcutFocusReason)
                self.tree.select_first_method()
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._apply_filter()
                self.tree.select_first_method()
                self.tree.open_current()
                return True
            if event.key() == Qt.Key.Key_Escape and self.filter.text():
                self.filter.clear()
                return True
        return False

    def _apply_filter(self) -> None:
        self._filter_timer.stop()
        self.model.set_filter(self.filter.text())

    def _open(self, node: Node, new_tab: bool) -> None:
        if node.source is not None and node.method is not None:
            self._workspace.open_method(node.source, node.method.full_name, node.method.pattern, new_tab=new_tab)

    def _follow_tab(self) -> None:
        tab = self._workspace.current_tab
        if tab is not None:
            self.tree.mark(self.model.index_of_method(tab.source, tab.method_name))

    def _follow_tab_once(self) -> None:
        """The method of a restored tab comes with its schema; a row that the person went to is left alone."""
        if not self.tree.currentIndex().isValid():
            self._follow_tab()

    def _show_menu(self, node: Node, position: QPoint) -> None:
        menu = new_menu(self)
        if node.method is not None:
            self._add_method_actions(menu, node, node.method)
        elif node.service is not None and node.source is not None:
            source, service = node.source, node.service
            menu.addAction("Show definition", lambda: self.definition_wanted.emit(source, service.full_name))
            menu.addAction("Copy name", lambda: _copy(service.full_name))
        elif node.kind is NodeKind.SOURCE and node.source is not None:
            self._add_source_actions(menu, node.source)
        elif node.kind is NodeKind.GROUP:
            menu.addAction("Start all", self._workspace.demos.start_all)
            menu.addAction("Stop all", self._workspace.demos.stop_all)
        menu.addSeparator()
        menu.addAction("Unfold all", self.tree.expandAll)
        menu.addAction("Fold all", self.tree.collapseAll)
        menu.popup(position)

    def _add_method_actions(self, menu: QMenu, node: Node, method: "Method") -> None:
        source = node.source
        assert source is not None
        menu.addAction("Open", lambda: self._open(node, False))
        menu.addAction("Open in a new tab", lambda: self._open(node, True))
        menu.addSeparator()
        menu.addAction("Show definition", lambda: self.definition_wanted.emit(source, method.full_name))
        menu.addAction("Show request type", lambda: self.definition_wanted.emit(source, method.request))
        menu.addAction("Show response type", lambda: self.definition_wanted.emit(source, method.response))
        menu.addSeparator()
        menu.addAction("Copy name", lambda: _copy(method.full_name))
        menu.addAction("Copy path", lambda: _copy(method.path))

    def _add_source_actions(self, menu: QMenu, source: Source) -> None:
        if source.state is SourceState.FAILED:
            menu.addAction("Why did it fail?", lambda: self.problem_wanted.emit(source))
        if source.state is SourceState.LOADING:
            menu.addAction("Stop loading", source.cancel)
        else:
            menu.addAction("Reload schema", lambda: self._workspace.reload(source))
        if source.settings.kind is not SourceKind.DEMO:
            menu.addAction("Connection settings …", lambda: self.source_settings_wanted.emit(source))
        if source.settings.kind is SourceKind.SERVER:
            menu.addAction("Add .proto files …", lambda: self.files_wanted.emit(source))
        if source.schema is not None:
            menu.addAction("Export as .proto files …", lambda: self.proto_files_wanted.emit(source))
            menu.addAction("Export as a descriptor set …", lambda: self.descriptor_set_wanted.emit(source))
        if source.settings.address:
            menu.addSeparator()
            menu.addAction("Copy address", lambda: _copy(source.settings.address))
        menu.addSeparator()
        if source.settings.kind is SourceKind.DEMO:
            demo = self._workspace.demos.named(source.settings.demo_name)
            if demo is not None:
                menu.addAction("Stop the server", demo.stop)
        else:
            menu.addAction("Remove", lambda: self._workspace.remove_source(source))


class ExplorerTree(QTreeView):
    """The tree itself: one click opens a method or folds a branch, what is unfolded survives a rebuild."""

    method_chosen = Signal(object, bool)  # Node, in a new tab
    menu_wanted = Signal(object, object)  # Node, global QPoint
    problem_wanted = Signal(object)  # Source

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("explorerTree")
        self.setAccessibleName("Services and methods")
        self._theme = theme
        self._folded: dict[str, bool] = {}  # what the person folded or unfolded, by the node's key
        self._restoring = False
        self._selected_key = ""
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setIndentation(0)  # the delegate indents: the selection's ground runs the whole width
        self.setUniformRowHeights(True)
        self.setFrameShape(QTreeView.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QTreeView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.setExpandsOnDoubleClick(False)
        self.setItemDelegate(ExplorerDelegate(theme, self))
        self.expanded.connect(lambda index: self._on_folded(index, False))
        self.collapsed.connect(lambda index: self._on_folded(index, True))

    def setModel(self, model: object) -> None:
        super().setModel(model)  # type: ignore[arg-type]
        if isinstance(model, ExplorerModel):
            model.modelReset.connect(self._restore)
            self._restore()

    def mark(self, index: QModelIndex) -> None:
        """Select a row without opening it, and bring it into view."""
        if index.isValid():
            self._selected_key = index.data(ExplorerRole.KEY)
            self.setCurrentIndex(index)
            self.scrollTo(index)

    def select_first_method(self) -> None:
        for index in self._rows(QModelIndex()):
            if index.data(ExplorerRole.NODE).kind is NodeKind.METHOD:
                self.mark(index)
                return

    def open_current(self, *, new_tab: bool = False) -> None:
        index = self.currentIndex()
        if index.isValid():
            self._activate(index, new_tab)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.open_current(new_tab=bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))
            return
        super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if not index.isValid():
            return
        in_new_tab = event.button() == Qt.MouseButton.MiddleButton or bool(
            event.modifiers() & Qt.KeyboardModifier.ControlModifier
        )
        if event.button() == Qt.MouseButton.LeftButton or (event.button() == Qt.MouseButton.MiddleButton):
            self._activate(index, in_new_tab)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_key else self.indexAt(event.pos())
        if index.isValid():
            position = self.visualRect(index).bottomLeft() if by_key else event.pos()
            self.menu_wanted.emit(index.data(ExplorerRole.NODE), self.viewport().mapToGlobal(position))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        model = self.model()
        if model is None or model.rowCount() == 0:
            px = self._theme.px
            painter = QPainter(self.viewport())
            painter.setFont(self._theme.label_font())
            painter.setPen(self._theme.color("muted"))
            area = self.viewport().rect().adjusted(px(4), px(8), -px(4), 0)
            painter.drawText(area, Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignTop, _NOTHING_YET)

    def _activate(self, index: QModelIndex, new_tab: bool) -> None:
        node: Node = index.data(ExplorerRole.NODE)
        if node.kind is NodeKind.METHOD:
            self._selected_key = node.key
            self.method_chosen.emit(node, new_tab)
        elif node.kind is NodeKind.SOURCE and node.source is not None and not node.children:
            if node.source.state is SourceState.FAILED:
                self.problem_wanted.emit(node.source)
            elif node.source.state is SourceState.IDLE:
                node.source.load()
        else:
            self.setExpanded(index, not self.isExpanded(index))

    def _on_folded(self, index: QModelIndex, folded: bool) -> None:
        if not self._restoring:
            self._folded[index.data(ExplorerRole.KEY)] = folded

    def _restore(self) -> None:
        model = self.model()
        filtering = isinstance(model, ExplorerModel) and bool(model.filter_text)
        self._restoring = True
        try:
            for index in self._rows(QModelIndex()):
                node: Node = index.data(ExplorerRole.NODE)
                if node.children:
                    folded = self._folded.get(node.key, not node.unfolds_itself)
                    self.setExpanded(index, filtering or not folded)
                if node.key == self._selected_key:
                    self.setCurrentIndex(index)
        finally:
            self._restoring = False

    def _rows(self, parent: QModelIndex) -> list[QModelIndex]:
        model = self.model()
        rows: list[QModelIndex] = []
        for row in range(model.rowCount(parent)):
            index = model.index(row, 0, parent)
            rows.append(index)
            rows.extend(self._rows(index))
        return rows


class ExplorerDelegate(QStyledItemDelegate):
    """Draws a row: indent, chevron, dot or pattern mark, name, and what is said at its right."""

    def __init__(self, theme: Theme, tree: ExplorerTree) -> None:
        super().__init__(tree)
        self._theme = theme
        self._tree = tree

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(0, self._theme.px(_ROW_HEIGHT))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        theme, node = self._theme, index.data(ExplorerRole.NODE)
        px = theme.px
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        self._paint_ground(painter, rect, state, node)
        left = rect.left() + px(4) + self._depth(node) * px(16)
        box = QRect(left, rect.top(), px(16), rect.height())
        left = box.right() + px(8)
        match node.kind:
            case NodeKind.METHOD:
                pixmap = theme.pattern_pixmap(node.method.pattern, 16)
                painter.drawPixmap(self._centred(box, 16).topLeft(), pixmap)
            case NodeKind.SERVICE | NodeKind.INFRASTRUCTURE:
                self._paint_chevron(painter, box, index)
                left = box.right() + px(4)
            case NodeKind.GROUP | NodeKind.SOURCE:
                self._paint_dot(painter, box, node)
                left = box.right() + px(2)
        text = QRect(left, rect.top(), rect.right() - px(8) - left, rect.height())
        text.setRight(self._paint_detail(painter, text, node))
        painter.setFont(self._font(node))
        painter.setPen(theme.color("faint" if node.kind is NodeKind.NOTE else "text"))
        unreadable = node.service is not None and node.service.error and node.method is None
        if unreadable or node.kind is NodeKind.INFRASTRUCTURE:
            painter.setPen(theme.color("muted"))
        if node.method is not None and node.method.deprecated:
            font = painter.font()
            font.setStrikeOut(True)
            painter.setFont(font)
        elided = painter.fontMetrics().elidedText(node.text, Qt.TextElideMode.ElideRight, text.width())
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, elided)
        painter.restore()

    def _depth(self, node: Node) -> int:
        depth, above = -1, node.parent
        while above is not None:
            depth, above = depth + 1, above.parent
        return depth

    def _paint_ground(self, painter: QPainter, rect: QRect, state: QStyle.StateFlag, node: Node) -> None:
        theme = self._theme
        ground = rect.adjusted(theme.px(-4), 0, 0, -1)
        role = ""
        if state & QStyle.StateFlag.State_Selected:
            role = "selection"
        elif state & QStyle.StateFlag.State_MouseOver and node.kind is not NodeKind.NOTE:
            role = "hover"
        if role:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color(role))
            painter.drawRoundedRect(ground, theme.px(6), theme.px(6))
        if state & QStyle.StateFlag.State_HasFocus and state & QStyle.StateFlag.State_KeyboardFocusChange:
            painter.setPen(QPen(theme.color("accent"), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(ground.adjusted(1, 1, -1, -1), theme.px(6), theme.px(6))

    def _paint_chevron(self, painter: QPainter, box: QRect, index: QModelIndex | QPersistentModelIndex) -> None:
        unfolded = self._tree.isExpanded(index)
        icon = self._theme.icon("chevron-down" if unfolded else "chevron-right", "faint")
        icon.paint(painter, self._centred(box, 14))

    def _paint_dot(self, painter: QPainter, box: QRect, node: Node) -> None:
        theme = self._theme
        role = "good"
        if node.source is not None:
            role = {
                SourceState.IDLE: "faint",
                SourceState.LOADING: "accent",
                SourceState.READY: "good",
                SourceState.FAILED: "bad",
            }[node.source.state]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color(role))
        painter.drawEllipse(self._centred(box, 8).translated(-theme.px(3), 0))

    def _paint_detail(self, painter: QPainter, text: QRect, node: Node) -> int:
        """What stands at the right; returns where the name has to end."""
        theme = self._theme
        failed = node.kind is NodeKind.SOURCE and node.source is not None and node.source.state is SourceState.FAILED
        detail = "Why?" if failed else node.detail
        if not detail:
            return text.right()
        painter.setFont(theme.label_font(600 if failed else 400, "small"))
        painter.setPen(theme.color("link" if failed else "muted"))
        width = painter.fontMetrics().horizontalAdvance(detail)
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, detail)
        return text.right() - width - theme.px(8)

    def _font(self, node: Node) -> QFont:
        if node.kind in (NodeKind.GROUP, NodeKind.SOURCE):
            return self._theme.label_font(600)
        return self._theme.label_font(500 if node.kind is NodeKind.SERVICE else 400)

    def _centred(self, box: QRect, size: int) -> QRect:
        length = self._theme.px(size)
        centre = box.center()
        return QRect(centre.x() - length // 2 + 1, centre.y() - length // 2 + 1, length, length)


def _copy(text: str) -> None:
    QGuiApplication.clipboard().setText(text)
