"""What a person has chosen to see in the chart; kept with the tab."""

import enum
from dataclasses import dataclass, replace
from typing import Any, Self

from wirelens.engine.calls.transcript import EventKind

MOST_FIELDS = 4  # at once: more lines than that are told apart by nobody


class Measure(enum.Enum):
    """What is charted."""

    ARRIVAL = "arrival"
    GAP = "gap"
    SIZE = "size"
    FIELD = "field"


class Form(enum.Enum):
    """Over time, or taken together: messages in all, or how often each value is."""

    OVER_TIME = "time"
    SUMMED = "sum"


@dataclass(frozen=True, slots=True)
class FieldChoice:
    """A field of the sent or of the received messages, by its path (`usage.total_tokens`, `values[0]`)."""

    kind: EventKind
    path: str


@dataclass(frozen=True, slots=True)
class ChartChoice:
    """What to draw. Without fields the first that the schema has is meant."""

    measure: Measure = Measure.ARRIVAL
    form: Form = Form.OVER_TIME
    fields: tuple[FieldChoice, ...] = ()

    def with_field(self, field: FieldChoice, *, chosen: bool) -> Self:
        """Also this field, or no longer; the oldest gives way where there are too many."""
        fields = tuple(each for each in self.fields if each != field)
        return replace(self, fields=(*fields, field)[-MOST_FIELDS:] if chosen else fields)

    def state(self) -> dict[str, Any]:
        """As JSON can hold it."""
        fields = [{"of": each.kind.name.lower(), "path": each.path} for each in self.fields]
        return {"measure": self.measure.value, "form": self.form.value, "fields": fields}

    @classmethod
    def restored(cls, state: Any) -> Self:
        """From what `state` gave, or the part of it that makes sense."""
        if not isinstance(state, dict):
            return cls()
        kinds = {"sent": EventKind.SENT, "received": EventKind.RECEIVED}
        fields = state.get("fields")
        rows = [row for row in fields if isinstance(row, dict)] if isinstance(fields, list) else []
        return cls(
            next((each for each in Measure if each.value == state.get("measure")), Measure.ARRIVAL),
            next((each for each in Form if each.value == state.get("form")), Form.OVER_TIME),
            tuple(
                FieldChoice(kinds[str(row["of"])], str(row["path"]))
                for row in rows[:MOST_FIELDS]
                if row.get("of") in kinds and "path" in row
            ),
        )
