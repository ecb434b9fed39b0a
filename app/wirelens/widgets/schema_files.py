"""Schemas from and to files: the dialogs that open and export them, what is dropped, and what became of an export."""

import re
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QMimeData, QObject, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from wirelens.engine.errors import WirelensError
from wirelens.presentation.source import Source
from wirelens.presentation.workspace import Workspace
from wirelens.widgets.controls.inline_message import InlineMessage

if TYPE_CHECKING:
    from wirelens.engine.schema.schema import Schema  # protobuf is loaded with the first schema, not with the window

_DESCRIPTOR_SET_SUFFIXES = (".binpb", ".protoset", ".desc", ".pb", ".fds", ".descriptor_set")


class SchemaFiles(QObject):
    """Opens files into the workspace and exports its schemas.

    Args:
        message: says where a schema was written and offers the folder, or why it was not.
        window: what the dialogs open over.
    """

    def __init__(self, workspace: Workspace, message: InlineMessage, window: QWidget) -> None:
        super().__init__(window)
        self._workspace = workspace
        self._message = message
        self._window = window
        self._exported_to: Path | None = None
        message.acted.connect(self._open_folder)

    # -- in

    def choose_files(self, source: Source | None = None) -> None:
        """Ask for files; they are added to `source`, or become one of their own."""
        dialog = QFileDialog(self._window, "Open .proto files")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilters(["Protocol buffers (*.proto)", "All files (*)"])
        self._open_dialog(dialog, lambda paths: self.open_paths(paths, source))

    def choose_folder(self) -> None:
        dialog = QFileDialog(self._window, "Open a folder of .proto files")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        self._open_dialog(dialog, self.open_paths)

    def choose_descriptor_set(self) -> None:
        """Whatever is chosen is taken for descriptor sets: their names may end in anything."""
        dialog = QFileDialog(self._window, "Open a descriptor set")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        self._open_dialog(dialog, lambda paths: self._workspace.open_files([], descriptor_sets=paths))

    def open_paths(self, paths: list[Path], source: Source | None = None) -> None:
        """Open .proto files, folders and descriptor sets, the latter told by their suffix."""
        sets = [path for path in paths if path.suffix.lower() in _DESCRIPTOR_SET_SUFFIXES]
        protos = [path for path in paths if path not in sets]
        if source is None:
            self._workspace.open_files(protos, descriptor_sets=sets)
            return
        settings = replace(
            source.settings,
            proto_paths=(*source.settings.proto_paths, *protos),
            descriptor_sets=(*source.settings.descriptor_sets, *sets),
        )
        self._workspace.apply_settings(source, settings)

    # -- out

    def export_proto_files(self, source: Source) -> None:
        """Ask for a folder and write the schema into it as a tree of .proto files."""
        schema = self._schema_of(source)
        if schema is None:
            return
        dialog = QFileDialog(self._window, f"A folder for the .proto files of {source.title}: same names are replaced")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setLabelText(QFileDialog.DialogLabel.Accept, "Export")
        self._open_dialog(dialog, lambda paths: self._write_tree(schema, paths[0]))

    def export_descriptor_set(self, source: Source) -> None:
        """Ask for a file and write the schema into it as one descriptor set, with all that it imports."""
        schema = self._schema_of(source)
        if schema is None:
            return
        dialog = QFileDialog(self._window, f"Export the schema of {source.title}")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters(["Descriptor set (*.binpb)", "All files (*)"])
        dialog.setDefaultSuffix("binpb")
        dialog.selectFile(re.sub(r"[^\w.-]+", "_", source.title) + ".binpb")
        self._open_dialog(dialog, lambda paths: self._write_set(schema, paths[0]))

    # -- inside

    def _open_dialog(self, dialog: QFileDialog, use: Callable[[list[Path]], object]) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(lambda names: use([Path(name) for name in names]))
        dialog.open()

    def _schema_of(self, source: Source) -> "Schema | None":
        if source.schema is None:
            self._message.show_message(
                "info",
                f"{source.title} has no schema to export yet.",
                next_step="Reload its schema, and export once its services are listed.",
            )
        return source.schema

    def _write_tree(self, schema: "Schema", folder: Path) -> None:
        async def write() -> int:
            from wirelens.engine.schema.export import export_proto_tree

            return len(await export_proto_tree(schema, folder))

        self._start(write(), "below this folder", folder, folder)

    def _write_set(self, schema: "Schema", path: Path) -> None:
        async def write() -> int:
            from wirelens.engine.schema.export import export_descriptor_set

            return await export_descriptor_set(schema, path)

        self._start(write(), "in one descriptor set", path, path.parent)

    def _start(self, writing: Coroutine[Any, Any, int], where: str, path: Path, folder: Path) -> None:
        self._workspace.tasks.start("export the schema", self._tell(writing, where, path, folder))

    async def _tell(self, writing: Coroutine[Any, Any, int], where: str, path: Path, folder: Path) -> None:
        """Say in place what became of an export; `folder` is what its action opens."""
        try:
            count = await writing
        except WirelensError as error:
            self._message.show_error(error)
            return
        if not count:
            self._message.show_message(
                "info", "There was nothing to export: this schema has no files of its own.", place=str(path)
            )
            return
        self._exported_to = folder
        files = "1 file" if count == 1 else f"{count} files"
        self._message.show_message("good", f"Exported {files} {where}.", place=str(path), action="Open the folder")

    def _open_folder(self) -> None:
        folder = self._exported_to
        if folder is not None and not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
            self._message.show_message("warn", "No program is set up here that shows folders.", place=str(folder))


def dropped_paths(data: QMimeData) -> list[Path]:
    """The files and folders of this machine among what is dragged."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
