"""The file descriptors that a server's reflection has sent, whatever it sent."""

from collections.abc import Iterable

from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.protobuf.message import DecodeError

from wirelens.engine.schema.bundled_files import bundled_file
from wirelens.engine.schema.descriptor_repair import references, with_valid_text
from wirelens.engine.schema.file_table import FileEntry, read_entry


class ReflectedFiles:
    """Collects files, each once, and knows what they still lack. `remarks` are for the person, a line each."""

    def __init__(self) -> None:
        self.by_name: dict[str, bytes] = {}
        self.remarks: list[str] = []
        self._entries: dict[str, FileEntry] = {}
        self._symbols: set[str] = set()

    def add(self, files: Iterable[bytes], *, asked: str | None = None) -> list[FileEntry]:
        """Keeps the files that are new; their entries. `asked` is the file name that the question was for."""
        new = []
        for data in files:
            try:
                data = with_valid_text(data)
                entry = read_entry(data)
            except DecodeError:
                self.remark("the server sent a file descriptor that cannot be read; it was left out")
                continue
            if not entry.name:
                if not asked or asked in self.by_name:
                    self.remark("the server sent a file descriptor without a name; it was left out")
                    continue
                data = _renamed(data, asked)
                entry = read_entry(data)
            if entry.name in self.by_name:
                if self.by_name[entry.name] != data:
                    self.remark(f"the server sent {entry.name} twice, with different content; the first was kept")
                continue
            self.by_name[entry.name] = data
            self._entries[entry.name] = entry
            self._symbols.update(entry.definitions, entry.messages, entry.enums)
            new.append(entry)
        return new

    def defines(self, symbol: str) -> bool:
        return symbol in self._symbols

    def undefined_symbols(self) -> list[str]:
        """Types that files refer to and no file defines, where a file's import is missing."""
        undefined: dict[str, None] = {}
        for entry in self._entries.values():
            if all(name in self.by_name or bundled_file(name) is not None for name in entry.dependencies):
                continue
            for symbol in references(FileDescriptorProto.FromString(self.by_name[entry.name])):
                if symbol not in self._symbols and not symbol.startswith("google.protobuf."):
                    undefined[symbol] = None
        return list(undefined)

    def extendable_messages(self) -> list[str]:
        """Messages with extension ranges; options of descriptor.proto apart, whose extensions are imported."""
        names: list[str] = []
        for entry in self._entries.values():
            if not entry.name.startswith("google/protobuf/"):
                names.extend(entry.extendable)
        return [name for name in names if not name.startswith("google.protobuf.")]

    def remark(self, text: str) -> None:
        """Keeps a line for the person, once."""
        if text not in self.remarks:
            self.remarks.append(text)


def _renamed(data: bytes, name: str) -> bytes:
    file = FileDescriptorProto.FromString(data)
    file.name = name
    return file.SerializeToString()
