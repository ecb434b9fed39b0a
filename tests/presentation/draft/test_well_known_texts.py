from datetime import UTC, datetime

import pytest
from google.protobuf.descriptor import Descriptor
from google.protobuf.duration_pb2 import Duration
from google.protobuf.field_mask_pb2 import FieldMask
from hypothesis import given
from hypothesis import strategies as st

from wirelens.engine.schema.schema import Schema
from wirelens.presentation.draft.duration_text import (
    LONGEST,
    DurationError,
    Unit,
    amount_in,
    json_from_nanoseconds,
    nanoseconds_from,
    nanoseconds_from_json,
)
from wirelens.presentation.draft.field_mask_paths import (
    can_be_written,
    json_from_paths,
    paths_from_json,
    strange_paths,
    subjects,
)
from wirelens.presentation.draft.timestamp_text import moment_from, now, stepped
from wirelens.presentation.draft.tree import MessageValue

MOST = (LONGEST + 1) * 10**9 - 1


@given(st.integers(-MOST, MOST), st.sampled_from(list(Unit)))
def test_a_duration_is_the_same_in_every_unit(nanoseconds: int, unit: Unit) -> None:
    text = json_from_nanoseconds(nanoseconds)
    assert nanoseconds_from_json(text) == nanoseconds
    duration = Duration()
    duration.FromJsonString(text)
    assert duration.ToNanoseconds() == nanoseconds
    amount = amount_in(nanoseconds, unit)
    if amount is not None:
        assert nanoseconds_from(amount, unit) == (nanoseconds, unit)


@pytest.mark.parametrize("text", ["", "-", "1.2.3", "5 parsecs", "1e3", "0.1ns", f"{LONGEST + 1}s", "1m90x"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(DurationError):
        nanoseconds_from(text, Unit.SECONDS)


@pytest.mark.parametrize(
    ("text", "position", "by", "result"),
    [
        ("2024-02-29T00:00:00Z", 2, 1, "2025-02-28T00:00:00Z"),
        ("2026-12-31T23:59:59.000000001Z", 18, 1, "2027-01-01T00:00:00.000000001Z"),
        ("2026-01-31T00:00:00Z", 6, -11, "2025-02-28T00:00:00Z"),
        ("2026-01-31T12:00:00+02:00", 22, 1, "2026-01-31T12:30:00+02:30"),
        ("9999-12-31T00:00:00Z", 3, 1, "9999-12-31T00:00:00Z"),
        ("0001-01-01T00:00:00Z", 9, -1, "0001-01-01T00:00:00Z"),
        ("tomorrow", 3, 1, "tomorrow"),
    ],
)
def test_the_part_at_the_cursor_is_stepped(text: str, position: int, by: int, result: str) -> None:
    assert stepped(text, position, by) == result


def test_another_zone_is_the_same_moment() -> None:
    moment = moment_from("2026-01-31T01:00:00.123456789+02:00")
    assert moment is not None
    assert moment.in_zone(UTC).text == "2026-01-30T23:00:00.123456789Z"
    assert now(lambda: datetime(2026, 1, 2, 3, 4, 5, 60, UTC)).text == "2026-01-02T03:04:05.000060Z"


@given(st.from_regex(r"[a-zA-Z_][a-zA-Z0-9_]{0,6}(\.[a-z_][a-z0-9_]{0,6})?", fullmatch=True))
def test_what_can_be_written_is_what_protobuf_writes(path: str) -> None:
    mask = FieldMask(paths=[path])
    if not can_be_written(path):
        return
    assert mask.ToJsonString() == json_from_paths([path])
    assert paths_from_json(json_from_paths([path])) == [path]


def test_a_mask_speaks_of_its_neighbours_and_of_what_holds_it(fields_schema: Schema, person: Descriptor) -> None:
    everything = fields_schema.descriptor("wirelens.demo.fields.v1.Everything")
    found = subjects(everything, MessageValue(everything), ("field_mask",))
    assert [found[0].name, found[-1].name] == ["optional_point", "Everything"]
    assert strange_paths(everything, "point.x,point.q,repeatedPoint.x,*") == ["point.q", "repeated_point.x"]
