"""Text of servers and schemas as text: Qt takes tool tips that look like HTML for HTML."""

import html


def tool_tip(text: str) -> str:
    """A tool tip that shows `text` as it is, wrapped, whatever it contains; empty for nothing."""
    if not text:
        return ""
    lines = html.escape(text.strip()).replace("\n", "<br>")
    return f'<p style="white-space: pre-wrap">{lines}</p>'
