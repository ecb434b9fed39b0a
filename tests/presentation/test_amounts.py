import pytest

from wirelens.presentation.amounts import count_text, duration_text, size_text


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 B"),
        (1023, "1,023 B"),
        (1024, "1.0 KiB"),
        (2970, "2.9 KiB"),
        (150 * 1024, "150 KiB"),
        (256 * 2**20, "256 MiB"),
        (5 * 2**50, "5,120 TiB"),
    ],
)
def test_sizes_are_binary_units(size: int, text: str) -> None:
    assert size_text(size) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.00042, "0.42 ms"),
        (0.0123, "12.3 ms"),
        (0.282, "282 ms"),
        (2.857, "2.86 s"),
        (185.4, "3 min 05 s"),
        (7500, "2 h 05 min"),
    ],
)
def test_durations_keep_three_figures(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text


def test_counts_agree_with_their_noun() -> None:
    assert count_text(1, "message") == "1 message"
    assert count_text(0, "message") == "0 messages"
    assert count_text(1_000_000, "message") == "1,000,000 messages"
