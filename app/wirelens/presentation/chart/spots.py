"""Single places of a chart, a point or a bar each: under the pointer, step by step, and in words."""

from dataclasses import dataclass

from wirelens.engine.calls.transcript import EventKind
from wirelens.presentation.amounts import count_text
from wirelens.presentation.chart.chart_choice import Measure
from wirelens.presentation.chart.chart_data import ChartData
from wirelens.presentation.chart.curve import Distance
from wirelens.presentation.chart.scene import Bar, Lane, Layer, Scene, value_scale
from wirelens.presentation.chart.ticks import seconds_text
from wirelens.presentation.chart.tracks import TrackKey

_WORDS = {EventKind.SENT: "sent", EventKind.RECEIVED: "received"}


@dataclass(frozen=True, slots=True)
class Spot:
    """A point of a curve (`index` among its points), or a bar (`index` among those in sight).

    `across` and `up` are positions along the axes of its lane; `row` is the transcript's, None where it stands for no
    single message.
    """

    track: TrackKey
    index: int
    across: float
    up: float
    row: int | None
    words: str


def spot_near(data: ChartData, scene: Scene, lane: Lane, across: float, up: float, reach: "Reach") -> Spot | None:
    """What is nearest to a place in a lane, within reach."""
    found: list[tuple[float, Spot]] = []
    distance = Distance(across, up, reach.across_scale, reach.up_scale)
    for layer in lane.layers:
        if layer.bars:
            index = next((at for at, bar in enumerate(layer.bars) if bar.left <= across < bar.right), None)
            if index is not None and layer.bars[index].count:
                found.append((abs(layer.bars[index].height - up), _bar_spot(data, scene, layer, index)))
        else:
            room = reach.pixels / reach.across_scale
            index = layer.track.curve.nearest(across - room, across + room, distance)
            if index is not None:
                spot = _point_spot(data, layer, index)
                found.append((distance(spot.across, spot.up), spot))
    return min(found, key=lambda pair: pair[0], default=(0.0, None))[1]


@dataclass(frozen=True, slots=True)
class Reach:
    """How many pixels away a spot may be, and how many pixels a unit of each axis takes."""

    pixels: float
    across_scale: float
    up_scale: float


def spot_beside(data: ChartData, scene: Scene, spot: Spot | None, step: int) -> Spot | None:
    """The next spot of the same track to the right (1) or left (-1); without one, the first or last in sight."""
    layer = next((each for each in scene.layers if spot is None or each.track.key == spot.track), None)
    if layer is None:
        return None
    if layer.bars:
        indexes = [at for at, bar in enumerate(layer.bars) if bar.count]
        if spot is not None:
            indexes = [at for at in indexes if (at - spot.index) * step > 0]
        return _bar_spot(data, scene, layer, indexes[0 if step > 0 else -1]) if indexes else None
    curve = layer.track.curve
    if spot is not None:
        index = spot.index + step
        return _point_spot(data, layer, index) if 0 <= index < curve.count else None
    inside = curve.stretch(scene.left, scene.right)
    return _point_spot(data, layer, inside[0 if step > 0 else -1]) if inside else None


def spot_in_next_track(data: ChartData, scene: Scene, spot: Spot | None, step: int) -> Spot | None:
    """The spot of the next track (1) or the one before (-1) that is nearest in time."""
    layers = scene.layers
    keys = [layer.track.key for layer in layers]
    if spot is None or spot.track not in keys:
        return spot_beside(data, scene, None, 1)
    layer = layers[(keys.index(spot.track) + step) % len(layers)]
    if layer.bars:
        indexes = [at for at, bar in enumerate(layer.bars) if bar.count]
        nearest = min(indexes, key=lambda at: abs(layer.bars[at].left - spot.across), default=None)
        return None if nearest is None else _bar_spot(data, scene, layer, nearest)
    curve = layer.track.curve
    if not curve.count:
        return None
    after = min(curve.stretch(spot.across, spot.across).start, curve.count - 1)
    around = [at for at in (after - 1, after) if at >= 0]
    return _point_spot(data, layer, min(around, key=lambda at: abs(curve.times[at] - spot.across)))


def spots_of_row(data: ChartData, scene: Scene, row: int) -> list[Spot]:
    """Where a message of the transcript is in the chart: at most once in each layer with points."""
    return [
        _point_spot(data, layer, index)
        for layer in scene.layers
        if not layer.bars and (index := layer.track.curve.point_of(row)) is not None
    ]


def _point_spot(data: ChartData, layer: Layer, index: int) -> Spot:
    track = layer.track
    time, value, row = track.curve.times[index], track.curve.values[index], track.curve.rows[index]
    number = data.transcript.message_number(row) if data.transcript is not None else 0
    who = f"{_WORDS[track.key.kind]} message {number:,}" if len(data.kinds) > 1 else f"message {number:,}"
    said = [who, f"at {seconds_text(time)}"]
    match track.key.measure:
        case Measure.GAP:
            said.append(f"gap {seconds_text(value)}")
        case Measure.SIZE:
            said.append(value_scale(track).text(value))
        case Measure.FIELD:
            said.append(f"{track.key.path} = {data.exact_text(track, row) or value_scale(track).text(value)}")
    return Spot(track.key, index, time, value, row, " · ".join(said))


def _bar_spot(data: ChartData, scene: Scene, layer: Layer, index: int) -> Spot:
    bar, track = layer.bars[index], layer.track
    who = f"{_WORDS[track.key.kind]} " if len(data.kinds) > 1 and track.field is None else ""
    row = None
    if track.key.measure is Measure.ARRIVAL:
        first = track.curve.stretch(bar.left, bar.right).start
        row = track.curve.rows[first] if first < track.curve.count else None
        words = (
            f"{who}{count_text(bar.count, 'message')} from {seconds_text(bar.left)} to {seconds_text(bar.right)} · "
            f"{bar.height:,.5g} /s"
        )
    else:
        share = 100 * bar.count / max(track.distribution.count, 1)
        words = f"{who}{count_text(bar.count, 'message')}, {share:.3g} % · {_bin_words(scene, track_path(layer), bar)}"
    return Spot(track.key, index, (bar.left + bar.right) / 2, bar.height, row, words)


def track_path(layer: Layer) -> str:
    """What the values of a layer are called."""
    names = {Measure.GAP: "gap", Measure.SIZE: "size"}
    return names.get(layer.track.key.measure, layer.track.key.path)


def _bin_words(scene: Scene, name: str, bar: Bar) -> str:
    scale = scene.across
    if bar.right - bar.left == 1 and bar.left % 1 == 0.5:
        return f"{name} {scale.text(bar.left + 0.5)}"
    left, right = bar.left, bar.right
    if left % 1 == 0.5 and right % 1 == 0.5 and not scale.is_log:
        left, right = left + 0.5, right - 0.5  # of whole numbers the first and the last
    return f"{name} {scale.text(scale.value(left))} to {scale.text(scale.value(right))}"
