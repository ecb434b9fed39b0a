"""A glance at large messages, and at bytes that only look like them."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.presentation.answers import answers_schema, make

from wirelens.engine.schema.schema import Schema
from wirelens.presentation.large_messages import large_message_preview

__all__ = ["answers_schema"]


def test_small_fields_are_shown_and_large_ones_named(answers_schema: Schema) -> None:
    message = make(answers_schema, "Answer", text="a" * 5_000, large=7, data=bytes(3 * 2**20))
    shown = large_message_preview(message.SerializeToString(), message.DESCRIPTOR)
    assert shown == "large: 7, text: 4.9 KiB, data: 3.0 MiB"


def test_a_long_list_costs_no_more_than_its_beginning(answers_schema: Schema) -> None:
    message = make(answers_schema, "Answer", more=[{"text": "element"}] * 300_000)
    payload = message.SerializeToString()
    started = time.perf_counter()
    assert large_message_preview(payload, message.DESCRIPTOR).startswith('more: [{text: "element"}, ')
    assert time.perf_counter() - started < 0.1


@pytest.mark.parametrize("payload", [b"", b"\x00", b"\xff" * 20, b"\x0a\xff\xff\xff\xff\x0f", b"\x0b\x08"])
def test_nonsense_is_told_by_its_size(answers_schema: Schema, payload: bytes) -> None:
    descriptor = answers_schema.descriptor("answers.test.Answer")
    assert large_message_preview(payload, descriptor) == f"{len(payload)} B"


@given(payload=st.binary(max_size=300))
def test_no_bytes_lead_to_an_error(answers_schema: Schema, payload: bytes) -> None:
    large_message_preview(payload, answers_schema.descriptor("answers.test.Answer"))
