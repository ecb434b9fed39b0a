"""The chart as a picture or as figures: to a file, or to the clipboard."""

import asyncio
import enum
from collections.abc import Callable
from functools import partial
from pathlib import Path

import shiboken6
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, QRect, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtWidgets import QFileDialog, QMenu

from wirelens.engine.errors import StorageError
from wirelens.presentation.background_tasks import BackgroundTasks
from wirelens.presentation.chart.chart_data import ChartData
from wirelens.widgets.controls.commands import Command, Commands, add_commands
from wirelens.widgets.response.chart.chart_plot import ChartPlot
from wirelens.widgets.theme import Theme

_DENSITY = 2  # pixels of a picture for each of the screen's, at least


class ExportFormat(enum.Enum):
    """What a chart can be saved as: the suffix, and the words of the dialog."""

    PNG = ("png", "PNG picture (*.png)", "Save as PNG…")
    SVG = ("svg", "SVG drawing (*.svg)", "Save as SVG…")
    CSV = ("csv", "All points as CSV (*.csv)", "Save all points as CSV…")

    def __init__(self, suffix: str, file_filter: str, label: str) -> None:
        self.suffix = suffix
        self.file_filter = file_filter
        self.label = label


class ChartExport(QObject):
    """`done` tells the path of what was written, `problem` the WirelensError that tells why nothing was."""

    done = Signal(object)
    problem = Signal(object)

    def __init__(
        self, plot: ChartPlot, data: ChartData, tasks: BackgroundTasks, theme: Theme, name: Callable[[], str]
    ) -> None:
        super().__init__(plot)
        self._plot = plot
        self._data = data
        self._tasks = tasks
        self._theme = theme
        self._name = name
        data.saved.connect(self._on_saved)

    @property
    def is_possible(self) -> bool:
        """Whether anything is drawn."""
        scene = self._plot.scene
        return scene is not None and scene.instead is None

    def fill_menu(self, menu: QMenu) -> None:
        """Everything that can be done with the chart."""
        add_commands(menu, self.commands(), self._theme)

    def commands(self) -> Commands:
        """The same as a list."""
        possible, keys = self.is_possible, {ExportFormat.PNG: "Ctrl+S"}
        return [
            *(Command(each.label, partial(self.ask, each), keys.get(each, ""), possible) for each in ExportFormat),
            Command("Copy as image", self.copy_image, "Ctrl+C", possible, "copy"),
            None,
            Command("Show all", lambda: self._plot.set_view(None), "Home", self._plot.view is not None),
        ]

    def ask(self, wanted: ExportFormat = ExportFormat.PNG) -> None:
        """Ask for a file; its suffix decides what is written, whatever was asked for."""
        if not self.is_possible:
            return
        dialog = QFileDialog(self._plot, "Save the chart")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([each.file_filter for each in ExportFormat])
        dialog.selectNameFilter(wanted.file_filter)
        dialog.setDefaultSuffix(wanted.suffix)
        dialog.filterSelected.connect(lambda chosen: dialog.setDefaultSuffix(_of_filter(chosen).suffix))
        dialog.selectFile(f"{self._name()}.{wanted.suffix}")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(lambda names: self.save(Path(names[0])))
        dialog.open()

    def save(self, path: Path) -> None:
        """Write the file in the background, as its suffix says; without a known one, a PNG."""
        match path.suffix.lower():
            case ".csv":
                self._data.save_points(path)
            case ".svg":
                drawing = self._svg()
                self._tasks.start(f"save {path.name}", self._write(path, lambda: drawing))
            case _:
                image = self._image()
                self._tasks.start(f"save {path.name}", self._write(path, lambda: _png(image)))

    def copy_image(self) -> None:
        """The picture, on the clipboard."""
        if self.is_possible:
            QGuiApplication.clipboard().setImage(self._image())

    # -- inside

    async def _write(self, path: Path, content: Callable[[], bytes]) -> None:
        try:
            await asyncio.to_thread(lambda: path.write_bytes(content()))  # to pack a picture may take a while
        except OSError as error:
            problem = StorageError(f"the chart was not saved: {error.strerror or error}", place=str(path))
            if not shiboken6.isValid(self):
                raise problem from error  # the tab was closed meanwhile: the window says it
            self.problem.emit(problem)
            return
        if shiboken6.isValid(self):
            self.done.emit(path)

    def _image(self) -> QImage:
        ratio = max(self._plot.devicePixelRatioF(), _DENSITY)
        image = QImage((QSizeF(self._plot.size()) * ratio).toSize(), QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(ratio)
        image.fill(self._theme.color("panel"))
        painter = QPainter(image)
        self._plot.render_on(painter, QSizeF(self._plot.size()))
        painter.end()
        return image

    def _svg(self) -> bytes:
        from PySide6.QtSvg import QSvgGenerator  # a library of its own, which the window starts without

        content = QByteArray()
        buffer = QBuffer(content)
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        size: QSize = self._plot.size()
        generator = QSvgGenerator()
        generator.setOutputDevice(buffer)
        generator.setResolution(self._plot.logicalDpiY())  # words in points are as large as on the screen
        generator.setSize(size)
        generator.setViewBox(QRect(0, 0, size.width(), size.height()))
        generator.setTitle(self._name())
        generator.setDescription("Drawn by Wirelens")
        painter = QPainter(generator)
        painter.fillRect(QRect(0, 0, size.width(), size.height()), self._theme.color("panel"))
        self._plot.render_on(painter, QSizeF(size))
        painter.end()
        return bytes(content.data())

    def _on_saved(self, outcome: object) -> None:
        if isinstance(outcome, StorageError):
            self.problem.emit(outcome)
        else:
            self.done.emit(outcome)


def _png(image: QImage) -> bytes:
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # the stubs want bytes, Qt takes a string
    return bytes(content.data())


def _of_filter(words: str) -> ExportFormat:
    return next((each for each in ExportFormat if each.file_filter == words), ExportFormat.PNG)
