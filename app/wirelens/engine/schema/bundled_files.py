"""The .proto files that are always at hand: well-known types, google.rpc; google.api and buf.validate for imports.

They come with protobuf, grpcio-tools, googleapis-common-protos and protovalidate, and as text with Wirelens; a
source's own copies go before them.
"""

import functools
import importlib
import importlib.util
import re
from pathlib import Path

from google.protobuf.descriptor import FileDescriptor

from wirelens import bundled

RULES_FILE = "buf/validate/validate.proto"

# What an Any or a status detail may hold without any file importing it.
ALWAYS_AT_HAND = (
    "google/protobuf/any.proto",
    "google/protobuf/api.proto",
    "google/protobuf/descriptor.proto",
    "google/protobuf/duration.proto",
    "google/protobuf/empty.proto",
    "google/protobuf/field_mask.proto",
    "google/protobuf/source_context.proto",
    "google/protobuf/struct.proto",
    "google/protobuf/timestamp.proto",
    "google/protobuf/type.proto",
    "google/protobuf/wrappers.proto",
    "google/rpc/code.proto",
    "google/rpc/error_details.proto",
    "google/rpc/status.proto",
)

# Only these families are looked for, so that a hostile import name never decides what Python imports.
_FAMILIES = re.compile(
    r"google/(protobuf|protobuf/compiler|rpc|rpc/context|api|type|longrunning|logging/type)/\w+\.proto"
)


@functools.cache
def bundled_file(name: str) -> bytes | None:
    """The serialized FileDescriptorProto of a bundled file, None where there is no such file."""
    if name == RULES_FILE:
        return _rules_file()
    if not _FAMILIES.fullmatch(name):
        return None
    try:
        module = importlib.import_module(name.removesuffix(".proto").replace("/", ".") + "_pb2")
    except ImportError:
        return None
    descriptor = getattr(module, "DESCRIPTOR", None)
    return descriptor.serialized_pb if isinstance(descriptor, FileDescriptor) else None


@functools.cache
def bundled_import_roots() -> tuple[Path, ...]:
    """Folders that hold the bundled files as .proto text, for protoc: the last of its import roots."""
    roots: list[Path] = []
    for package, below in (("grpc_tools", "_proto"), ("google.rpc", "../..")):
        specification = importlib.util.find_spec(package)  # finds the folder without importing what is in it
        for location in (specification and specification.submodule_search_locations) or ():
            root = (Path(location) / below).resolve()
            if root.is_dir() and root not in roots:
                roots.append(root)
    roots.append(bundled.protos().resolve())
    return tuple(roots)


def _rules_file() -> bytes:
    """From the library that checks the rules; imported only here, since it takes a tenth of a second."""
    import protovalidate

    serialized: bytes = protovalidate.ViolationPb.desc().file.proto.to_binary()
    return serialized
