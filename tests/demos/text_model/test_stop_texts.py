"""Stop texts that come in pieces."""

from hypothesis import given
from hypothesis import strategies as st

from wirelens.demos.text_model.stop_texts import StopTexts


def shown(stops: list[str], pieces: list[str]) -> tuple[str, bool]:
    stop, text = StopTexts(stops), ""
    for piece in pieces:
        text += stop.feed(piece)
        if stop.is_found:
            return text, True
    return text + stop.rest(), False


def test_a_stop_text_in_pieces_ends_the_text_before_it() -> None:
    assert shown(["END"], ["so E", "N", "D more"]) == ("so ", True)
    assert shown(["END"], ["so E", "N", "T more"]) == ("so ENT more", False)
    assert shown(["b", "ab"], ["xa", "b"]) == ("x", True)
    assert shown([], ["a", "b"]) == ("ab", False)


@given(st.lists(st.text("ab", min_size=1, max_size=3), max_size=3), st.lists(st.text("abc", max_size=4)))
def test_pieces_make_no_difference(stops: list[str], pieces: list[str]) -> None:
    whole = "".join(pieces)
    found = [whole.find(stop) for stop in stops if stop in whole]
    text, is_found = shown(stops, pieces)
    assert is_found == bool(found)
    if not found:
        assert text == whole
    else:
        assert whole.startswith(text)
        assert not any(stop in text for stop in stops)
