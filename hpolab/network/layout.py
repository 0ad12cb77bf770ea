"""Laying a network out: one layout for panel, paper and pages without a server."""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import TYPE_CHECKING, NamedTuple

from hpolab.network.blocks import blocks
from hpolab.network.captions import (
    block_caption,
    caption,
    shape_words,
    shortened,
    size_words,
)
from hpolab.network.families import BLOCK, LABELS, family
from hpolab.network.folding import view
from hpolab.network.graph import ArchitectureGraph, Layer
from hpolab.network.lanes import arrange
from hpolab.network.lettering import CAPTION, SIZE, TITLE, text_width
from hpolab.network.outlines import padding
from hpolab.network.picture import Arrow, Box, Frame, Picture
from hpolab.network.routing import route
from hpolab.network.units import layers_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hpolab.network.folding import OpenBlock, View
    from hpolab.network.lanes import Lanes
    from hpolab.network.routing import Routes
    from hpolab.network.units import Unit

__all__ = ["picture"]

MARGIN = 16.0
MIN_WIDTH = 96.0
HEIGHT = 56.0
PER_DECADE = 5.0
GAP = 24.0
TRACK = 8.0
FRAME = 10.0
FRAME_TITLE = 20.0


def picture(graph: ArchitectureGraph, unfolded: Collection[str] = frozenset()) -> Picture:
    """Lay a network out from top to bottom.

    Up to 25 layers are drawn one by one. In larger networks blocks are folded: nested models,
    groups of names, branches, rows of equal blocks.

    Args:
        graph: The network.
        unfolded: Names of the blocks that are open; names that are no block's say nothing.
    """
    seen = view(blocks(graph), unfolded)
    boxes = [_box(unit) for unit in seen.units]
    widths = [box.width for box in boxes]
    lanes = arrange(widths, seen.edges)
    routes = route(lanes, widths, seen.edges)
    rows = _rows(boxes, lanes, routes, seen)
    placed = [
        box.replace(
            x=lanes.x[at] - box.width / 2,
            y=rows.centre[lanes.row[at]] - box.height / 2,
        )
        for at, box in enumerate(boxes)
    ]
    arrows = [_arrow(placed, edge, routes, rows) for edge in seen.edges]
    frames = _frames(seen.open, placed, arrows)
    families = dict.fromkeys(box.family for box in placed)
    legend = tuple((name, LABELS[name]) for name in families)
    return _within_bounds(graph.name, placed, arrows, frames, legend)


class _Rows(NamedTuple):
    """Where rows are: their centres, and the lines between them, from top to bottom."""

    centre: list[float]
    leaving: dict[int, float]
    arriving: dict[int, float]


def _box(unit: Unit) -> Box:
    """A box of the size that its text needs, not placed yet."""
    layers = layers_of(unit)
    parameters = sum(layer.parameters for layer in layers)
    shape = shape_words(layers[-1].output_shape)
    if isinstance(unit, Layer):
        title, lower, kind, repeats = unit.name, caption(unit), family(unit), 1
    else:
        title, lower, kind = unit.title, block_caption(unit), BLOCK
        repeats = unit.repeats
    title, size = shortened(title), size_words(shape, parameters)
    lines = ((title, TITLE), (lower, CAPTION), (size, SIZE))
    return Box(
        name=unit.name,
        family=kind,
        title=title,
        caption=lower,
        size=size,
        shape=shape,
        parameters=parameters,
        layers=tuple(layer.name for layer in layers),
        repeats=repeats,
        x=0,
        y=0,
        width=round(max(MIN_WIDTH, padding(kind) + max(text_width(*line) for line in lines))),
        height=round(HEIGHT + PER_DECADE * math.log10(1 + parameters)),
    )


def _rows(boxes: Sequence[Box], lanes: Lanes, routes: Routes, seen: View) -> _Rows:
    """Rows as high as their highest box, with room between them for lines and frames."""
    n_rows = max(lanes.row, default=-1) + 1
    heights = [0.0] * n_rows
    for at, box in enumerate(boxes):
        heights[lanes.row[at]] = max(heights[lanes.row[at]], box.height)
    above, below = _frame_room(lanes, seen, n_rows)
    rows, y = _Rows([], {}, {}), 0.0
    for row, height in enumerate(heights):
        y += above[row]
        rows.centre.append(y + height / 2)
        y += height + below[row]
        rows.leaving[row] = y + GAP / 2 - TRACK / 2
        lines = routes.leaving.get(row, 0) + routes.arriving.get(row, 0)
        y += GAP + TRACK * max(0, lines - 1)
        rows.arriving[row] = y - GAP / 2 + TRACK / 2
    return rows


def _frame_room(lanes: Lanes, seen: View, n_rows: int) -> tuple[list[float], list[float]]:
    """How much each row needs above and below itself for the edges of frames."""
    place = {unit.name: at for at, unit in enumerate(seen.units)}
    above, below = [0.0] * n_rows, [0.0] * n_rows
    for each in seen.open:
        rows = [lanes.row[place[name]] for name in each.units]
        above[min(rows)] += FRAME + FRAME_TITLE
        below[max(rows)] += FRAME
    return above, below


def _arrow(boxes: Sequence[Box], edge: tuple[int, int], routes: Routes, rows: _Rows) -> Arrow:
    source, target = boxes[edge[0]], boxes[edge[1]]
    drawn = routes.routes[edge]
    points = [(drawn.leave, source.y + source.height)]
    for level in drawn.levels:
        y = (
            rows.leaving[level.gap] + TRACK * level.track
            if level.is_leaving
            else rows.arriving[level.gap] - TRACK * level.track
        )
        points += [(level.start, y), (level.end, y)]
    points.append((drawn.arrive, target.y))
    return Arrow(source=source.name, target=target.name, points=tuple(points))


def _frames(
    opened: Sequence[OpenBlock], boxes: Sequence[Box], arrows: Sequence[Arrow]
) -> list[Frame]:
    """Frames around what they hold, outer ones first."""
    placed = {box.name: box for box in boxes}
    done: list[Frame] = []
    for each in reversed(opened):
        held = set(each.units)
        corners = [point for name in each.units for point in _corners(placed[name])]
        for arrow in arrows:
            if arrow.source in held and arrow.target in held:
                corners += arrow.points
        for frame in done:
            if held.issuperset(frame.boxes):
                corners += _corners(frame)
        left, top = (min(point[axis] for point in corners) for axis in (0, 1))
        right, bottom = (max(point[axis] for point in corners) for axis in (0, 1))
        done.append(
            Frame(
                name=each.block.name,
                title=each.block.title,
                boxes=each.units,
                x=left - FRAME,
                y=top - FRAME_TITLE,
                width=right - left + 2 * FRAME,
                height=bottom - top + FRAME_TITLE + FRAME / 2,
            )
        )
    return done[::-1]


def _corners(what: Box | Frame) -> list[tuple[float, float]]:
    return [(what.x, what.y), (what.x + what.width, what.y + what.height)]


def _within_bounds(
    name: str,
    boxes: Sequence[Box],
    arrows: Sequence[Arrow],
    frames: Sequence[Frame],
    legend: tuple[tuple[str, str], ...],
) -> Picture:
    """All of it moved so that it begins at the margin."""
    points = [point for arrow in arrows for point in arrow.points]
    points += [point for box in boxes for point in _corners(box)]
    points += [point for frame in frames for point in _corners(frame)]
    left, top = (min(point[axis] for point in points) - MARGIN for axis in (0, 1))
    right, bottom = (max(point[axis] for point in points) + MARGIN for axis in (0, 1))
    return Picture(
        name=name,
        boxes=tuple(box.replace(x=box.x - left, y=box.y - top) for box in boxes),
        arrows=tuple(
            arrow.replace(points=tuple((x - left, y - top) for x, y in arrow.points))
            for arrow in arrows
        ),
        frames=tuple(frame.replace(x=frame.x - left, y=frame.y - top) for frame in frames),
        width=right - left,
        height=bottom - top,
        legend=legend,
    )
