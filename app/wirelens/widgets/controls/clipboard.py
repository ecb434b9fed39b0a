"""The system's clipboard, for texts of any size: a string of 50 MB would be converted for up to half a second."""

from PySide6.QtCore import QByteArray, QMimeData
from PySide6.QtGui import QGuiApplication


def copy_utf8(text: QByteArray) -> None:
    """Put text that is UTF-8 there as it is; it is converted when somebody pastes it, in the form that they want."""
    data = QMimeData()
    data.setData("text/plain", text)
    QGuiApplication.clipboard().setMimeData(data)


def offers_text() -> bool:
    """Whether there is text, which is not fetched for that: another program may take seconds to hand it over."""
    data = QGuiApplication.clipboard().mimeData()
    return data is not None and data.hasText()
