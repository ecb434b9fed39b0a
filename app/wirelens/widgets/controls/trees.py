"""How every tree of the window is set up: rows of one height, no header, room to breathe."""

from PySide6.QtWidgets import QAbstractItemView, QTreeView

from wirelens.widgets.theme import Theme

_INDENTATION = 16


def dress_tree(view: QTreeView, theme: Theme) -> None:
    """Rows of 26 at the person's scale, also for what is expanded before the tree is first shown."""
    view.setHeaderHidden(True)
    view.setUniformRowHeights(True)
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.ensurePolished()  # else rows laid out before the first showing keep the height they had without a style

    def dress() -> None:
        view.setIndentation(theme.px(_INDENTATION))
        view.doItemsLayout()

    theme.follow(view, dress)
