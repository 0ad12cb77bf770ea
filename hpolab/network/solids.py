"""A network laid out in three dimensions: a solid for each box of its picture, in rows along z.

Lengths are in units of the widest solid. What is read off a solid:

=========  =====================================================================
pictures   width and depth: square roots of columns and rows; thickness: logarithm of channels
series     width: square root of steps; thickness: logarithm of features
vectors    width: logarithm of units; thickness: logarithm of parameters
=========  =====================================================================
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from hpolab.network.layout import picture

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from hpolab.network.graph import ArchitectureGraph
    from hpolab.network.picture import Box, Picture

__all__ = ["Solid", "Solids", "solids"]

LANE = 1.2
ROW = 0.3
TALLEST = 3.0
FILLED = 0.8
THIN = 0.16
WIDEST_VECTOR = 4096
MOST_PARAMETERS = 1e7
_USUAL_SIDE = 32
"""Taken for a side of any size."""


class Solid(NamedTuple):
    """A box in space.

    Attributes:
        box: What it stands for.
        x, y, z: Its middle; z falls from input to output.
        width, depth, thickness: Along x, y and z.
        row: From 0 at the input.
    """

    box: Box
    x: float
    y: float
    z: float
    width: float
    depth: float
    thickness: float
    row: int


class Solids(NamedTuple):
    """All of them.

    Attributes:
        solids: From input to output.
        edges: Places in ``solids``: what feeds, and what it feeds.
        picture: The same in two dimensions.
        rows: How many rows there are.
        height: From the first row to the last.
    """

    solids: tuple[Solid, ...]
    edges: tuple[tuple[int, int], ...]
    picture: Picture
    rows: int
    height: float


def solids(graph: ArchitectureGraph, unfolded: Collection[str] = frozenset()) -> Solids:
    """Lay a network out in space.

    Args:
        graph: The network.
        unfolded: Names of the blocks that are open, as for ``picture``.
    """
    drawn = picture(graph, unfolded)
    shapes = {layer.name: layer.output_shape[1:] for layer in graph.layers}
    sizes = _sizes([shapes[box.layers[-1]] for box in drawn.boxes], drawn.boxes)
    levels = sorted({round(box.y + box.height / 2) for box in drawn.boxes})
    height = min(TALLEST, ROW * max(1, len(levels) - 1))
    pitch = height / max(1, len(levels) - 1)
    rows = [levels.index(round(box.y + box.height / 2)) for box in drawn.boxes]
    places = _lanes(drawn.boxes, rows)
    found = tuple(
        Solid(box, x, 0.0, height - row * pitch, width, depth, thickness * pitch * FILLED, row)
        for box, x, row, (width, depth, thickness) in zip(
            drawn.boxes, places, rows, sizes, strict=True
        )
    )
    at = {box.name: place for place, box in enumerate(drawn.boxes)}
    edges = tuple((at[arrow.source], at[arrow.target]) for arrow in drawn.arrows)
    return Solids(found, edges, drawn, len(levels), height)


def _sizes(
    shapes: Sequence[tuple[int | None, ...]], boxes: Sequence[Box]
) -> list[tuple[float, float, float]]:
    """Width, depth and thickness of each, all in (0, 1]."""
    known = [tuple(size or _USUAL_SIDE for size in shape) for shape in shapes]
    side = max((max(shape[:-1]) for shape in known if len(shape) > 1), default=1)
    channels = max((shape[-1] for shape in known if len(shape) > 1), default=1)
    return [_size(shape, box, side, channels) for shape, box in zip(known, boxes, strict=True)]


def _size(
    shape: tuple[int, ...], box: Box, side: int, channels: int
) -> tuple[float, float, float]:
    if len(shape) < 2:
        units = shape[0] if shape else 1
        return (
            max(THIN, min(1.0, math.log1p(units) / math.log1p(WIDEST_VECTOR))),
            THIN,
            max(THIN, min(1.0, math.log1p(box.parameters) / math.log1p(MOST_PARAMETERS))),
        )
    rows, columns = (shape[0], shape[1]) if len(shape) > 2 else (0, shape[0])
    return (
        max(THIN, math.sqrt(columns / side)),
        max(THIN, math.sqrt(rows / side)),
        max(THIN, math.log1p(shape[-1]) / math.log1p(channels)),
    )


def _lanes(boxes: Sequence[Box], rows: Sequence[int]) -> list[float]:
    """Where each is along x, so that none touches another of its row; the trunk is at 0."""
    middles = [box.x + box.width / 2 for box in boxes]
    in_row: dict[int, list[float]] = {}
    for row, middle in zip(rows, middles, strict=True):
        in_row.setdefault(row, []).append(middle)
    gaps = [
        right - left
        for row in in_row.values()
        for left, right in zip(sorted(row), sorted(row)[1:], strict=False)
    ]
    trunk = sorted(middles)[len(middles) // 2] if middles else 0.0
    narrowest = min(gaps, default=LANE)
    return [(middle - trunk) / narrowest * LANE for middle in middles]
