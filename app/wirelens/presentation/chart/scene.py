"""What a chart draws: axes, lines and bars in the units of what is measured, for one stretch of its horizontal axis."""

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field

from wirelens.engine.calls.transcript import EventKind
from wirelens.presentation.amounts import count_text
from wirelens.presentation.chart.chart_choice import Form, Measure
from wirelens.presentation.chart.chart_data import ChartData
from wirelens.presentation.chart.curve import Point
from wirelens.presentation.chart.numeric_fields import NumberKind
from wirelens.presentation.chart.ticks import Scale, Unit, nice_width
from wirelens.presentation.chart.tracks import Track

PERCENTILES = (50, 90, 99)

_RATE_BIN = 6  # columns of pixels of a bin
_BIN = 8
_FEWEST_COLUMNS = 40
_LARGEST_EXACT = 2**53
_OWN_LANE = 20  # times as large as the other lines of a lane
_ROOM_FOR_NAMES = 1.15  # of percentiles, above the bars
_LOG_BINS = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0)  # powers of ten
_DISCRETE = (Unit.BOOL, Unit.ENUM)
_WHOLE = (*_DISCRETE, Unit.WHOLE, Unit.BYTES)
_UNITS = {
    NumberKind.WHOLE: Unit.WHOLE,
    NumberKind.REAL: Unit.NUMBER,
    NumberKind.BOOL: Unit.BOOL,
    NumberKind.ENUM: Unit.ENUM,
    NumberKind.DURATION: Unit.SECONDS,
    NumberKind.MOMENT: Unit.MOMENT,
    NumberKind.COUNT: Unit.WHOLE,
}
_ARROWS = {EventKind.SENT: "↑", EventKind.RECEIVED: "↓"}
_WORDS = {EventKind.SENT: "sent", EventKind.RECEIVED: "received"}


@dataclass(frozen=True, slots=True)
class Bar:
    """From one position to another along the horizontal axis, so high, for so many messages."""

    left: float
    right: float
    height: float
    count: int


@dataclass(frozen=True, slots=True)
class Layer:
    """One track as it is drawn: as lines or as bars. `hue` tells it from the others: 0 received, 1 sent, 2… fields."""

    track: Track
    label: str
    hue: int
    lines: list[list[Point]] = field(default_factory=list)
    bars: list[Bar] = field(default_factory=list)
    has_dots: bool = False  # so few points that each is to be seen
    percentiles: tuple[float, ...] = ()  # as PERCENTILES, of all values


@dataclass(frozen=True, slots=True)
class Lane:
    """Layers over one vertical axis, from `low` to `high`."""

    caption: str
    scale: Scale
    low: float
    high: float
    layers: list[Layer]


@dataclass(frozen=True, slots=True)
class Scene:
    """Lanes over one horizontal axis, shown from `left` to `right`; `whole` is all that could be shown.

    Positions along an axis are those of its Scale. Where there is nothing to draw, `instead` says why: a title and a
    sentence.
    """

    across: Scale
    left: float
    right: float
    whole: tuple[float, float]
    lanes: list[Lane]
    notes: list[str] = field(default_factory=list)
    instead: tuple[str, str] | None = None

    @property
    def layers(self) -> list[Layer]:
        return [layer for lane in self.lanes for layer in lane.layers]

    @property
    def is_whole(self) -> bool:
        return (self.left, self.right) == self.whole


def make_scene(data: ChartData, view: tuple[float, float] | None, columns: int) -> Scene:
    """The scene of what is chosen, as far as it has been read.

    Args:
        view: the part of the horizontal axis to show, None for all of it.
        columns: pixels across; nothing is made finer than they are.
    """
    columns = max(columns, _FEWEST_COLUMNS)
    tracks = data.tracks()
    instead = _nothing(data, tracks)
    choice = data.choice
    if instead is not None:
        return Scene(Scale(Unit.SECONDS), 0.0, 1.0, (0.0, 1.0), [], _notes(data, tracks), instead)
    is_histogram = choice.form is Form.SUMMED and choice.measure is not Measure.ARRIVAL
    if is_histogram:
        return _histogram(data, tracks, view, columns)
    whole = _time_range(data)
    left, right = _within(view, whole)
    makers = {Measure.ARRIVAL: _rates if choice.form is Form.OVER_TIME else _totals}
    lanes = makers.get(choice.measure, _values)(data, tracks, left, right, columns)
    return Scene(Scale(Unit.SECONDS), left, right, whole, lanes, _notes(data, tracks))


def track_label(data: ChartData, track: Track) -> str:
    """What the legend calls it."""
    both = len(data.kinds) > 1
    if track.field is not None:
        return f"{_ARROWS[track.key.kind]} {track.key.path}" if both else track.key.path
    return f"{_ARROWS[track.key.kind]} {_WORDS[track.key.kind]}" if both else ""


def value_scale(track: Track) -> Scale:
    """The scale of a track's values."""
    match track.key.measure:
        case Measure.ARRIVAL:
            return Scale(Unit.MESSAGES)
        case Measure.GAP:
            return Scale(Unit.SECONDS)
        case Measure.SIZE:
            return Scale(Unit.BYTES)
    assert track.field is not None
    return Scale(_UNITS[track.field.kind], track.field.names)


# -- over time


def _rates(data: ChartData, tracks: Sequence[Track], left: float, right: float, columns: int) -> list[Lane]:
    width = nice_width(max((right - left) * _RATE_BIN / columns, 1e-6))
    is_live = data.transcript is not None and data.transcript.finished is None
    end = max((track.curve.times[track.curve.count - 1] for track in tracks if track.curve.count), default=0.0)
    first = math.floor(left / width)
    last = math.ceil(min(right, end + width) / width)
    if is_live and last * width > end and last - first > 1:
        last -= 1  # not full yet: it would look as if the stream were drying up
    layers = []
    for track in tracks:
        edges = [number * width for number in range(first, last + 1)]
        places = [bisect_left(track.curve.times, edge, 0, track.curve.count) for edge in edges]
        bars = [
            Bar(edges[at], edges[at + 1], (places[at + 1] - places[at]) / width, places[at + 1] - places[at])
            for at in range(len(edges) - 1)
        ]
        layers.append(Layer(track, track_label(data, track), _hue(track), bars=bars))
    highest = max((bar.height for layer in layers for bar in layer.bars), default=0.0)
    return [_lane("messages per second", Scale(Unit.RATE), 0.0, highest, layers)]


def _totals(data: ChartData, tracks: Sequence[Track], left: float, right: float, columns: int) -> list[Lane]:
    layers = []
    for track in tracks:
        curve = track.curve
        lines = [_stairs(line, until=right) for line in curve.line(left, right, columns)]
        before = curve.stretch(-math.inf, left)
        if not lines or lines[0][0][0] > left:
            start = float(len(before))
            lines = [_stairs([(left, start), *(lines[0] if lines else [])], until=right)]
        layers.append(Layer(track, track_label(data, track), _hue(track), lines=lines))
    low, high = _extremes(layers)
    return [_lane("messages in all", Scale(Unit.MESSAGES), 0.0 if low < high * 0.5 else low, high, layers)]


def _values(data: ChartData, tracks: Sequence[Track], left: float, right: float, columns: int) -> list[Lane]:
    layers = []
    for position, track in enumerate(tracks):
        curve = track.curve
        lines = curve.line(left, right, columns)
        if value_scale(track).unit in _DISCRETE:
            lines = [_stairs(line) for line in lines]
        few = len(curve.stretch(left, right)) <= columns // 8
        hue = _hue(track) if track.field is None else 2 + position
        layers.append(Layer(track, track_label(data, track), hue, lines=lines, has_dots=few))
    captions = {Measure.GAP: "gap since the message before", Measure.SIZE: "message size"}
    caption = captions.get(data.choice.measure, "")
    if data.choice.measure is not Measure.FIELD:
        return [_lane(caption, value_scale(tracks[0]), 0.0, _extremes(layers)[1], layers)]
    return [_field_lane(group) for group in _grouped(layers)]


def _grouped(layers: Sequence[Layer]) -> list[list[Layer]]:
    """Fields share an axis where they have a unit and a size in common."""
    groups: list[list[Layer]] = []
    for layer in layers:
        for group in groups:
            if _go_together(group[0], layer):
                group.append(layer)
                break
        else:
            groups.append([layer])
    return groups


def _go_together(one: Layer, other: Layer) -> bool:
    if value_scale(one.track) != value_scale(other.track):
        return False
    sizes = sorted(max(map(abs, _extremes([layer]))) for layer in (one, other))
    return sizes[1] <= sizes[0] * _OWN_LANE


def _field_lane(layers: list[Layer]) -> Lane:
    low, high = _extremes(layers)
    scale = value_scale(layers[0].track)
    if scale.unit in _DISCRETE:
        return Lane("", scale, min(low, 0.0) - 0.25, max(high, 1.0) + 0.25, layers)
    if 0 < low < 0.4 * high and scale.unit is not Unit.MOMENT:
        low = 0.0
    return _lane("", scale, low, high, layers)


# -- how often


def _histogram(data: ChartData, tracks: Sequence[Track], view: tuple[float, float] | None, columns: int) -> Scene:
    scale = value_scale(tracks[0])
    shown = [track for track in tracks if value_scale(track) == scale and track.distribution.count]
    notes = _notes(data, tracks)
    if left_out := [track.key.path for track in tracks if value_scale(track) != scale]:
        verb, copula = ("has", "is") if len(left_out) == 1 else ("have", "are")
        notes.append(f"{', '.join(left_out)} {verb} another unit and {copula} left out here")
    if not shown:
        return Scene(scale, 0.0, 1.0, (0.0, 1.0), [], notes)
    if scale.unit is Unit.SECONDS and data.choice.measure is Measure.GAP:
        scale = Scale(Unit.SECONDS, is_log=True)
    least = scale.position(min(track.distribution.least for track in shown))
    greatest = scale.position(max(track.distribution.greatest for track in shown))
    whole = _widened(least, greatest, scale)
    left, right = _within(view, whole)
    edges = _edges(left, right, columns, scale)
    layers = []
    for position, track in enumerate(tracks):
        if track not in shown:
            continue
        counts = track.distribution.counts([_edge_value(scale, edge) for edge in edges])
        bars = [Bar(edges[at], edges[at + 1], float(count), count) for at, count in enumerate(counts)]
        percentiles = tuple(track.distribution.percentile(percent) for percent in PERCENTILES)
        hue = _hue(track) if track.field is None else 2 + position
        label = track_label(data, track)
        layers.append(Layer(track, label, hue, bars=bars, percentiles=percentiles))
    highest = max((bar.height for layer in layers for bar in layer.bars), default=0.0)
    lane = _lane(_histogram_caption(data), Scale(Unit.MESSAGES), 0.0, highest * _ROOM_FOR_NAMES, layers)
    return Scene(scale, left, right, whole, [lane], notes)


def _histogram_caption(data: ChartData) -> str:
    match data.choice.measure:
        case Measure.GAP:
            return "messages by the gap before them"
        case Measure.SIZE:
            return "messages by their size"
    return "messages by value"


def _widened(least: float, greatest: float, scale: Scale) -> tuple[float, float]:
    """Room at both sides; values that are all equal get a stretch around them."""
    if scale.unit in _WHOLE:
        room = max((greatest - least) * 0.04, 1.0 if greatest > least else 2.5)
        return math.floor(least - room) + 0.5, math.ceil(greatest + room) - 0.5
    room = (greatest - least) * 0.04 or (0.5 if scale.is_log else abs(least) * 0.1 or 1.0)
    return least - room, greatest + room


def _edges(left: float, right: float, columns: int, scale: Scale) -> list[float]:
    finest = (right - left) * _BIN / columns
    if scale.is_log:
        width = next((width for width in _LOG_BINS if width >= finest), 1.0)
    else:
        width = nice_width(max(finest, 1e-12))
    offset = 0.0
    if scale.unit in _WHOLE:
        width, offset = max(width, 1.0), -0.5
    first = math.floor((left - offset) / width)
    last = math.ceil((right - offset) / width)
    return [number * width + offset for number in range(first, last + 1)]


def _edge_value(scale: Scale, position: float) -> float:
    """Gaps too short for the axis belong to its first bin."""
    return -math.inf if scale.is_log and position <= scale.position(0.0) else scale.value(position)


# -- ranges


def _time_range(data: ChartData) -> tuple[float, float]:
    transcript = data.transcript
    end = transcript.at(len(transcript) - 1) if transcript is not None and len(transcript) else 0.0
    return 0.0, end if end > 0 else 1.0


def _within(view: tuple[float, float] | None, whole: tuple[float, float]) -> tuple[float, float]:
    if view is None:
        return whole
    return max(view[0], whole[0]), min(view[1], whole[1])


def _lane(caption: str, scale: Scale, low: float, high: float, layers: list[Layer]) -> Lane:
    if not math.isfinite(low) or not math.isfinite(high):
        low, high = 0.0, 1.0
    if not high > low:
        room = abs(high) * 0.25 or 1.0
        low, high = (low, high + room) if low == 0 else (low - room, high + room)
    room = (high - low) * 0.06
    return Lane(caption, scale, low if low == 0 else low - room, high + room, layers)


def _extremes(layers: Sequence[Layer]) -> tuple[float, float]:
    values = [value for layer in layers for line in layer.lines for _, value in line]
    return min(values, default=0.0), max(values, default=0.0)


def _stairs(line: Sequence[Point], until: float | None = None) -> list[Point]:
    """Level until the next point."""
    stairs: list[Point] = []
    for time, value in line:
        if stairs:
            stairs.append((time, stairs[-1][1]))
        stairs.append((time, value))
    if stairs and until is not None and stairs[-1][0] < until:
        stairs.append((until, stairs[-1][1]))
    return stairs


def _hue(track: Track) -> int:
    return 1 if track.key.kind is EventKind.SENT else 0


# -- words


def _nothing(data: ChartData, tracks: Sequence[Track]) -> tuple[str, str] | None:
    """Why there is nothing to draw."""
    transcript = data.transcript
    if transcript is None:
        return "No call yet", "Press Ctrl+Enter to send; what arrives is drawn here as it comes."
    if not data.message_count:
        if transcript.finished is None:
            return "No message yet", "The first is drawn as soon as it is there."
        return "No message", "The call has ended without any; Status says why."
    if data.choice.measure is Measure.FIELD:
        if not tracks:
            return "No numeric field", "The schema has no number in these messages. Arrival, gaps and sizes are drawn."
        if not any(track.curve.count for track in tracks) and data.progress >= 1:
            names = ", ".join(track.key.path for track in tracks)
            return f"No value of {names}", " ".join(_notes(data, tracks)) or "No message has this field set."
    if data.choice.measure is Measure.GAP and not any(track.curve.count for track in tracks) and data.progress >= 1:
        return "One message", "A gap needs a second one."
    return None


def _notes(data: ChartData, tracks: Sequence[Track]) -> list[str]:
    notes = []
    for track in tracks:
        curve = track.curve
        if curve.unplotted and data.transcript is not None:
            number = data.transcript.message_number(curve.first_unplotted)
            verb = "is" if curve.unplotted == 1 else "are"
            notes.append(
                f"{count_text(curve.unplotted, 'value')} of {track.key.path} {verb} NaN or infinite and left as a gap, "
                f"the first in message {number:,}"
            )
        if track.unreadable:
            notes.append(f"{count_text(track.unreadable, 'message')} could not be read: {track.problem}")
        if track.field is not None and track.field.kind is NumberKind.WHOLE:
            extremes = curve.extremes(range(curve.count))
            if extremes is not None and max(map(abs, extremes)) > _LARGEST_EXACT:
                notes.append(f"{track.key.path} goes beyond 2^53: drawn to the nearest, exact where the pointer is")
    return notes
