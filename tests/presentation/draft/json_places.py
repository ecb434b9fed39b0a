"""A JSON text with a place marked by `|`, as the tests of the editor's parts write it."""

from wirelens.presentation.draft.json_outline import JsonOutline


def marked(text: str) -> tuple[JsonOutline, int, int]:
    """The outline of `text` without its mark, and the mark's line and column, 0-based."""
    before, mark, after = text.partition("|")
    assert mark, "the text has no |"
    return JsonOutline((before + after).split("\n")), before.count("\n"), len(before) - before.rfind("\n") - 1
