"""The response side of a call tab: figures, timeline, and the views of what was received."""

from wirelens.widgets.response.response_view import ResponseView

__all__ = ["ResponseView"]
