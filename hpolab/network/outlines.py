"""Shapes of boxes: they say the family a second time, beside the colour."""

from __future__ import annotations

from collections.abc import Callable, Mapping

__all__ = ["Command", "circle_corner", "outline", "padding", "rounded"]

Command = tuple[str, tuple[float, ...]]
"""One step of a path, absolute: M x y, L x y, C x1 y1 x2 y2 x y, Z."""

_KAPPA = 0.5523
"""Where the handles of a cubic curve lie that looks like a quarter of a circle."""

_SLOPE = 12.0


def outline(family: str, x: float, y: float, width: float, height: float) -> tuple[Command, ...]:
    """The outline of a box of this family: a closed path."""
    shape = _SHAPES.get(family, _plain)
    return shape(x, y, width, height)


def padding(family: str) -> float:
    """How much wider than its text a box of this family has to be."""
    return 26.0 if _SHAPES.get(family, _cut) is _cut else 26.0 + 1.5 * _SLOPE


def rounded(x: float, y: float, width: float, height: float, radius: float) -> tuple[Command, ...]:
    """A rectangle with round corners."""
    right, bottom = x + width, y + height
    path: list[Command] = [("M", (x + radius, y))]
    corners = ((right, y), (right, bottom), (x, bottom), (x, y))
    for number, corner in enumerate(corners):
        before, after = corners[number - 1], corners[(number + 1) % 4]
        path += circle_corner(before, corner, after, radius)
    return (*path, ("Z", ()))


def circle_corner(
    before: tuple[float, float],
    corner: tuple[float, float],
    after: tuple[float, float],
    radius: float,
) -> list[Command]:
    """A line towards a corner, then around it: lines are level or upright."""
    start = _towards(corner, before, radius)
    end = _towards(corner, after, radius)
    handles = (
        *_towards(corner, before, radius * (1 - _KAPPA)),
        *_towards(corner, after, radius * (1 - _KAPPA)),
    )
    return [("L", start), ("C", (*handles, *end))]


def _towards(
    point: tuple[float, float], other: tuple[float, float], length: float
) -> tuple[float, float]:
    """A point so far from the first on the way to the other."""
    dx, dy = other[0] - point[0], other[1] - point[1]
    whole = abs(dx) + abs(dy) or 1.0
    return point[0] + length * dx / whole, point[1] + length * dy / whole


def _polygon(*points: tuple[float, float]) -> tuple[Command, ...]:
    first, *others = points
    return (("M", first), *(("L", point) for point in others), ("Z", ()))


def _plain(x: float, y: float, width: float, height: float) -> tuple[Command, ...]:
    return rounded(x, y, width, height, min(5.0, height / 4))


def _pill(x: float, y: float, width: float, height: float) -> tuple[Command, ...]:
    return rounded(x, y, width, height, min(width, height) / 2)


def _cut(x: float, y: float, width: float, height: float) -> tuple[Command, ...]:
    cut = min(11.0, height / 3)
    right, bottom = x + width, y + height
    return _polygon(
        *((x + cut, y), (right - cut, y), (right, y + cut), (right, bottom - cut)),
        *((right - cut, bottom), (x + cut, bottom), (x, bottom - cut), (x, y + cut)),
    )


def _funnel(x: float, y: float, width: float, height: float) -> tuple[Command, ...]:
    slope, right, bottom = min(_SLOPE, width / 4), x + width, y + height
    return _polygon((x, y), (right, y), (right - slope, bottom), (x + slope, bottom))


def _slanted(x: float, y: float, width: float, height: float) -> tuple[Command, ...]:
    slope, right, bottom = min(_SLOPE, width / 4), x + width, y + height
    return _polygon((x + slope, y), (right, y), (right - slope, bottom), (x, bottom))


def _hexagon(x: float, y: float, width: float, height: float) -> tuple[Command, ...]:
    slope, right, bottom = min(_SLOPE, width / 4), x + width, y + height
    middle = y + height / 2
    return _polygon(
        *((x + slope, y), (right - slope, y), (right, middle)),
        *((right - slope, bottom), (x + slope, bottom), (x, middle)),
    )


_SHAPES: Mapping[str, Callable[[float, float, float, float], tuple[Command, ...]]] = {
    "input": _pill,
    "activation": _pill,
    "pooling": _funnel,
    "normalisation": _cut,
    "merge": _hexagon,
    "embedding": _slanted,
    "reshape": _slanted,
}
