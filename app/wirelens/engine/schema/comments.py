"""Comments of a .proto file by the full name of what they stand at, from its source info.

descriptor.proto, SourceCodeInfo: a location's path is field numbers and indices from FileDescriptorProto down.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from google.protobuf.descriptor_pb2 import DescriptorProto, EnumDescriptorProto, FileDescriptorProto

SourcePath = tuple[int, ...]

# Field numbers within descriptor.proto.
PACKAGE: SourcePath = (2,)
SYNTAX: SourcePath = (12,)
EDITION: SourcePath = (14,)
_FILE_MESSAGE, _FILE_ENUM, _FILE_SERVICE, _FILE_EXTENSION = 4, 5, 6, 7
_FIELD, _NESTED, _ENUM, _EXTENSION, _ONEOF = 2, 3, 4, 6, 8
_VALUE, _METHOD = 2, 2


@dataclass(frozen=True, slots=True)
class Comment:
    """What is written at one place, as protoc keeps it (lines without their `//`)."""

    leading: str = ""
    trailing: str = ""
    detached: tuple[str, ...] = ()
    position: tuple[int, int] = (0, 0)  # line and column of the element, 0-based

    @property
    def text(self) -> str:
        """For people: the leading comment, else the trailing one, without the space after `//`."""
        return plain_text(self.leading or self.trailing)


NO_COMMENT = Comment()


def plain_text(comment: str) -> str:
    """A comment as prose: the common indentation and blank lines around it taken away."""
    lines = [line.rstrip() for line in comment.split("\n")]
    filled = [line for line in lines if line]
    margin = min((len(line) - len(line.lstrip()) for line in filled), default=0)
    return "\n".join(line[margin:] for line in lines).strip("\n")


class FileComments:
    """All comments of one file, by full name and, for what has none, by path."""

    def __init__(self, file: FileDescriptorProto) -> None:
        self.by_path: dict[SourcePath, Comment] = {}
        for location in file.source_code_info.location:
            comment = Comment(
                location.leading_comments,
                location.trailing_comments,
                tuple(location.leading_detached_comments),
                (location.span[0], location.span[1]) if len(location.span) >= 2 else (0, 0),
            )
            self.by_path.setdefault(tuple(location.path), comment)
        self.by_name: dict[str, Comment] = {}
        if self.by_path:
            for name, path in named_paths(file):
                if path in self.by_path:
                    self.by_name.setdefault(name, self.by_path[path])


def named_paths(file: FileDescriptorProto) -> Iterator[tuple[str, SourcePath]]:
    """Each element of a file that has a full name, and the path of its source location.

    Enum values are named as protobuf scopes them (beside their enum) and, for those who look, below their enum.
    """
    prefix = f"{file.package}." if file.package else ""
    for index, message in enumerate(file.message_type):
        yield from _message_paths(prefix, message, (_FILE_MESSAGE, index))
    for index, enum in enumerate(file.enum_type):
        yield from _enum_paths(prefix, enum, (_FILE_ENUM, index))
    for index, field in enumerate(file.extension):
        yield prefix + field.name, (_FILE_EXTENSION, index)
    for index, service in enumerate(file.service):
        yield prefix + service.name, (_FILE_SERVICE, index)
        for position, method in enumerate(service.method):
            yield f"{prefix}{service.name}.{method.name}", (_FILE_SERVICE, index, _METHOD, position)


def _message_paths(prefix: str, message: DescriptorProto, path: SourcePath) -> Iterator[tuple[str, SourcePath]]:
    name = prefix + message.name
    yield name, path
    for number, fields in ((_FIELD, message.field), (_EXTENSION, message.extension)):
        for index, field in enumerate(fields):
            yield f"{name}.{field.name}", (*path, number, index)
    for index, oneof in enumerate(message.oneof_decl):
        yield f"{name}.{oneof.name}", (*path, _ONEOF, index)
    for index, enum in enumerate(message.enum_type):
        yield from _enum_paths(f"{name}.", enum, (*path, _ENUM, index))
    for index, nested in enumerate(message.nested_type):
        yield from _message_paths(f"{name}.", nested, (*path, _NESTED, index))


def _enum_paths(prefix: str, enum: EnumDescriptorProto, path: SourcePath) -> Iterator[tuple[str, SourcePath]]:
    yield prefix + enum.name, path
    for index, value in enumerate(enum.value):
        yield prefix + value.name, (*path, _VALUE, index)
        yield f"{prefix}{enum.name}.{value.name}", (*path, _VALUE, index)
