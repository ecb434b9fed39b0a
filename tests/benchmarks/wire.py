"""Reading a message of 100 MB as spans, in slices, beside protobuf's own parser in the same run."""

import argparse
import itertools
import time
from collections.abc import Callable

from google.protobuf.descriptor import Descriptor
from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass
from PySide6.QtCore import QCoreApplication

from wirelens.engine.messages.wire.checking import find_mistake
from wirelens.engine.messages.wire.level import MessageLevel
from wirelens.engine.messages.wire.packed import PackedElements
from wirelens.engine.messages.wire.reading import WireField, read_fields
from wirelens.engine.messages.wire.scanning import Span, raw_fields
from wirelens.engine.messages.wire.sizes import LevelSizes
from wirelens.presentation.message_tree_model import MessageTreeModel

_SLICE = 1000  # fields


def record_type() -> Descriptor:
    """A record of a text, numbers and further records."""
    file = FileDescriptorProto(name="records.proto", package="records", syntax="proto3")
    record = file.message_type.add(name="Record")
    optional, repeated = FieldDescriptorProto.LABEL_OPTIONAL, FieldDescriptorProto.LABEL_REPEATED
    record.field.add(name="id", number=1, type=FieldDescriptorProto.TYPE_INT64, label=optional)
    record.field.add(name="name", number=2, type=FieldDescriptorProto.TYPE_STRING, label=optional)
    record.field.add(name="numbers", number=3, type=FieldDescriptorProto.TYPE_INT64, label=repeated)
    record.field.add(
        name="records", number=4, type=FieldDescriptorProto.TYPE_MESSAGE, label=repeated, type_name=".records.Record"
    )
    pool = DescriptorPool()
    pool.Add(file)
    return pool.FindMessageTypeByName("records.Record")


def timed(words: str, work: Callable[[], object]) -> float:
    """Prints how long it takes, in milliseconds."""
    started = time.perf_counter()
    work()
    took = (time.perf_counter() - started) * 1000
    print(f"{words:58} {took:10.2f} ms", flush=True)
    return took


def read_all(payload: bytes, descriptor: Descriptor) -> None:
    """A full scan of one level in slices, with the sizes of its fields."""
    fields = read_fields(payload, descriptor)
    sizes, slowest, count = LevelSizes(), 0.0, 0
    while True:
        started = time.perf_counter()
        taken = list(itertools.islice(fields, _SLICE))
        sizes.add(taken)
        slowest = max(slowest, time.perf_counter() - started)
        count += len(taken)
        if len(taken) < _SLICE:
            break
    largest = sizes.by_size[0]
    print(
        f"  {count:,} fields; {largest.path_name} takes {largest.size:,} bytes; slowest slice {slowest * 1000:.1f} ms"
    )


def show_tree(payload: bytes, descriptor: Descriptor) -> None:
    """The tree's model on an event loop, until the level is read; the slowest slice is what a person may feel."""
    app = QCoreApplication.instance() or QCoreApplication([])
    model = MessageTreeModel()
    started = time.perf_counter()
    model.set_message(payload, descriptor)
    rows = model.rowCount()
    first = time.perf_counter() - started
    gaps = []
    while model.data(model.index(model.rowCount() - 1, 0)) == "…":
        before = time.perf_counter()
        app.processEvents()
        gaps.append(time.perf_counter() - before)
    print(f"  {rows} rows after {first * 1000:.1f} ms")
    if gaps:
        gaps.sort()
        print(
            f"  {len(gaps)} slices: median {gaps[len(gaps) // 2] * 1000:.1f} ms, "
            f"p99 {gaps[len(gaps) * 99 // 100] * 1000:.1f} ms, slowest {gaps[-1] * 1000:.1f} ms"
        )


def measure(name: str, payload: bytes, descriptor: Descriptor) -> None:
    print(f"\n{name}: {len(payload) / 2**20:.0f} MiB")
    timed("protobuf FromString", lambda: GetMessageClass(descriptor).FromString(payload))
    timed("first 1,000 fields", lambda: list(itertools.islice(read_fields(payload, descriptor), _SLICE)))
    timed("one level, places only", lambda: sum(1 for _ in raw_fields(memoryview(payload), 0, len(payload))))
    timed("one level, annotated, with sizes", lambda: read_all(payload, descriptor))
    level = MessageLevel(payload, [Span(0, len(payload))], descriptor)
    timed("one level, merged as the tree shows it", level.advance)
    timed("the tree's model until its first level is whole", lambda: show_tree(payload, descriptor))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=100)
    size = parser.parse_args().megabytes * 2**20
    descriptor = record_type()
    record = GetMessageClass(descriptor)
    element = record(records=[record(id=2**40, name="a name of some length, and then some more", numbers=[1, 2, 300])])
    piece = element.SerializeToString()
    measure("a list of small records", piece * (size // len(piece)), descriptor)
    packed = record(numbers=[7, 300, 70_000, 2**40] * 1000).SerializeToString()[3:]
    numbers = packed * (size // len(packed))
    tag_and_length = record(numbers=[0]).SerializeToString()[:1] + _length(len(numbers))
    measure("one packed list", tag_and_length + numbers, descriptor)
    (field,) = read_fields(tag_and_length + numbers, descriptor)
    assert isinstance(field, WireField)
    assert field.shape is not None
    elements = PackedElements(tag_and_length + numbers, field.shape, *field.value)
    timed("counting its numbers", lambda: len(elements))
    timed("the one in the middle", lambda: elements[len(elements) // 2])
    nested = record(records=[record(name="x" * (size // 2)), record(name="y" * (size // 2))]).SerializeToString()
    measure("two records of half the size", nested, descriptor)
    small = piece * (2**20 // len(piece))
    timed("\nfind_mistake, every level of 1 MiB of records", lambda: find_mistake(small, descriptor))


def _length(number: int) -> bytes:
    result = bytearray()
    while number > 0x7F:
        result.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*result, number])


if __name__ == "__main__":
    main()
