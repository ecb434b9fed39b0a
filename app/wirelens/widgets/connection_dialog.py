"""How to reach a server beyond its address: TLS, certificates, names, reflection, sizes and headers."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from wirelens.engine.errors import MetadataError
from wirelens.presentation.source import SourceKind, SourceSettings
from wirelens.widgets.theme import Theme, restyle

_MEBIBYTE = 1024 * 1024
_SECURITY: tuple[tuple[str, bool | None], ...] = (
    ("By the address: loopback plaintext, else TLS", None),
    ("TLS", False),
    ("Plaintext", True),
)
_REFLECTION: tuple[tuple[str, str], ...] = (
    ("v1, else v1alpha", "auto"),
    ("v1 only", "v1"),
    ("v1alpha only", "v1alpha"),
    ("off", "off"),
)


class PathField(QWidget):
    """A file's path, typed or chosen."""

    def __init__(self, caption: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._caption = caption
        self.edit = QLineEdit()
        self.edit.setAccessibleName(caption)
        self.edit.setPlaceholderText("none")
        choose = QPushButton("Choose …")
        choose.setAccessibleName(f"Choose {caption}")
        choose.clicked.connect(self._choose)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.edit, 1)
        layout.addWidget(choose)
        theme.follow(self, lambda: layout.setSpacing(theme.px(8)))

    def path(self) -> Path | None:
        text = self.edit.text().strip()
        return Path(text).expanduser() if text else None

    def set_path(self, path: Path | None) -> None:
        self.edit.setText("" if path is None else str(path))

    def _choose(self) -> None:
        dialog = QFileDialog(self, self._caption)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.edit.setText)
        dialog.open()


class ConnectionDialog(QDialog):
    """Edits one SourceSettings, applied with Connect."""

    applied = Signal(object)  # SourceSettings

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._settings = SourceSettings()
        self.setObjectName("connectionDialog")
        self.setWindowTitle("Connection settings")
        self.security = QComboBox()
        for text, value in _SECURITY:
            self.security.addItem(text, value)
        self.ca_file = PathField("CA certificates (PEM)", theme)
        self.certificate_file = PathField("Client certificate (PEM)", theme)
        self.key_file = PathField("Client key (PEM)", theme)
        self.server_name = QLineEdit(placeholderText="as in the address")
        self.authority = QLineEdit(placeholderText="as in the address")
        self.reflection = QComboBox()
        for text, version in _REFLECTION:
            self.reflection.addItem(text, version)
        self.max_message_size = QLineEdit(placeholderText="256")
        self.use_proxy = QCheckBox("Use the proxy of the environment")
        self.headers = QPlainTextEdit(placeholderText="authorization: Bearer …")
        self.import_paths = QPlainTextEdit(placeholderText="found by the files' imports")
        self._mistake = QLabel()
        self._mistake.setWordWrap(True)
        restyle(self._mistake, role="bad")
        self._mistake.hide()
        self._build()

    def _build(self) -> None:
        self._title = QLabel()
        restyle(self._title, role="title")
        form = self._form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        rows: tuple[tuple[str, QWidget], ...] = (
            ("Security", self.security),
            ("CA certificates", self.ca_file),
            ("Client certificate", self.certificate_file),
            ("Client key", self.key_file),
            ("Server name in TLS", self.server_name),
            (":authority", self.authority),
            ("Reflection", self.reflection),
            ("Largest message, MiB", self.max_message_size),
            ("Metadata", self.headers),
            ("Import roots", self.import_paths),
            ("", self.use_proxy),
        )
        for caption, widget in rows:
            if caption:
                widget.setAccessibleName(caption)
                label = QLabel(caption)
                restyle(label, role="muted")
                form.addRow(label, widget)
            else:
                form.addRow("", widget)
        for several in (self.headers, self.import_paths):
            several.setTabChangesFocus(True)
        self.import_paths.setToolTip("Folders that import lines are relative to, one a line; empty: found by them.")
        self.headers.setToolTip("One name: value a line, sent with reflection and put into new calls.")
        apply = QPushButton("Connect")
        restyle(apply, role="primary")
        apply.setDefault(True)
        apply.clicked.connect(self._apply)
        cancel = QPushButton("Cancel")
        cancel.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        cancel.setAutoDefault(False)
        buttons.addStretch()
        buttons.addWidget(cancel)
        buttons.addWidget(apply)
        layout = QVBoxLayout(self)
        layout.addWidget(self._title)
        layout.addLayout(form)
        layout.addWidget(self._mistake)
        layout.addLayout(buttons)
        self._theme.follow(self, self._dress)

    def _dress(self) -> None:
        px = self._theme.px
        self._form.setHorizontalSpacing(px(16))
        self._form.setVerticalSpacing(px(8))
        for several in (self.headers, self.import_paths):
            several.setFixedHeight(px(64))
            several.setFont(self._theme.data_font())
        layout = self.layout()
        assert layout is not None
        layout.setContentsMargins(px(16), px(16), px(16), px(16))
        layout.setSpacing(px(12))
        self.setMinimumWidth(px(520))

    def show_for(self, settings: SourceSettings) -> None:
        """Open with the settings to be edited."""
        self._settings = settings
        named = settings.address or settings.kind is SourceKind.FILES
        self._title.setText(f"Connection of {settings.title}" if named else "Connection settings")
        self.security.setCurrentIndex([value for _text, value in _SECURITY].index(settings.plaintext))
        self.reflection.setCurrentIndex(self.reflection.findData(settings.reflection))
        self.ca_file.set_path(settings.ca_file)
        self.certificate_file.set_path(settings.certificate_file)
        self.key_file.set_path(settings.key_file)
        self.server_name.setText(settings.server_name or "")
        self.authority.setText(settings.authority or "")
        size = settings.max_message_size
        self.max_message_size.setText("" if size is None else f"{size / _MEBIBYTE:g}")
        self.use_proxy.setChecked(settings.use_proxy)
        self.headers.setPlainText("\n".join(settings.headers))
        self.import_paths.setPlainText("\n".join(map(str, settings.import_paths)))
        self._form.setRowVisible(self.import_paths, bool(settings.proto_paths))
        self._form.setRowVisible(self.reflection, settings.kind is not SourceKind.FILES)
        self._mistake.hide()
        self.open()
        self.security.setFocus()

    def _apply(self) -> None:
        try:
            settings = self.settings()
        except (ValueError, MetadataError) as error:
            self._mistake.setText(error.one_line() if isinstance(error, MetadataError) else str(error))
            self._mistake.show()
            return
        self.accept()
        self.applied.emit(settings)

    def settings(self) -> SourceSettings:
        """What the panel says now.

        Raises:
            ValueError: the largest message size is no number.
            MetadataError: a header line is none.
        """
        size_text = self.max_message_size.text().strip()
        try:
            size = round(float(size_text) * _MEBIBYTE) if size_text else None
            if size is not None and size <= 0:
                raise ValueError
        except (ValueError, OverflowError):
            raise ValueError(f"Largest message: {size_text!r} is no number of MiB") from None
        settings = replace(
            self._settings,
            plaintext=self.security.currentData(),
            ca_file=self.ca_file.path(),
            certificate_file=self.certificate_file.path(),
            key_file=self.key_file.path(),
            server_name=self.server_name.text().strip() or None,
            authority=self.authority.text().strip() or None,
            reflection=self.reflection.currentData(),
            max_message_size=size,
            use_proxy=self.use_proxy.isChecked(),
            headers=tuple(line for line in self.headers.toPlainText().splitlines() if line.strip()),
            import_paths=tuple(
                Path(line.strip()).expanduser() for line in self.import_paths.toPlainText().splitlines() if line.strip()
            ),
        )
        settings.metadata()
        return settings
