"""Where the arrows of a drawing run: down from a box, along between two rows, down to a box."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hpolab.network.lanes import Edge, Lanes

__all__ = ["Route", "Routes", "route"]

NEAR_EDGE = 0.42


class Level(NamedTuple):
    """A level piece of an arrow, in the gap below a row.

    Attributes:
        gap: The row above it.
        start, end: From where to where.
        is_leaving: Whether it comes from a box of that row; otherwise it goes to one of the next.
        track: Which line of the gap, counted from the upper end for those that leave, from the
            lower end for the others.
    """

    gap: int
    start: float
    end: float
    is_leaving: bool
    track: int = 0


class Route(NamedTuple):
    """How an arrow runs.

    Attributes:
        leave, arrive: Where it leaves its source and arrives at its target, left to right.
        lane: Where it runs down; None where there is only one level piece, or none.
        levels: Its level pieces, from top to bottom: none, one or two.
    """

    leave: float
    arrive: float
    lane: float | None
    levels: tuple[Level, ...]


class Routes(NamedTuple):
    """All arrows, and how many lines each gap needs for pieces that leave and that arrive."""

    routes: dict[Edge, Route]
    leaving: dict[int, int]
    arriving: dict[int, int]


def route(lanes: Lanes, widths: Sequence[float], edges: Sequence[Edge]) -> Routes:
    """Lead every arrow around the boxes, level pieces side by side."""
    leave = _ports(lanes, widths, edges, end=0)
    ends = tuple(Counter(edge[end] for edge in edges) for end in (0, 1))
    arrive = _ports(lanes, widths, edges, end=1)
    drawn: dict[Edge, Route] = {}
    for edge in edges:
        parts = ends[0][edge[0]] > ends[1][edge[1]]
        drawn[edge] = _route(lanes, edge, leave[edge], arrive[edge], parts=parts)
    tracks = _tracks([level for each in drawn.values() for level in each.levels])
    routes = {
        edge: each._replace(levels=tuple(tracks[level] for level in each.levels))
        for edge, each in drawn.items()
    }
    counts: tuple[dict[int, int], dict[int, int]] = ({}, {})
    for level in tracks.values():
        lines = counts[0] if level.is_leaving else counts[1]
        lines[level.gap] = max(lines.get(level.gap, 0), level.track + 1)
    return Routes(routes, *counts)


def _route(lanes: Lanes, edge: Edge, leave: float, arrive: float, *, parts: bool) -> Route:
    """How one arrow runs; ``parts`` says whether more part at its source than meet at its target.

    It decides at which end of a gap a single level piece is sorted in among its neighbours.
    """
    source, target = edge
    above, below = lanes.row[source], lanes.row[target] - 1
    lane = lanes.lane.get(edge)
    if lane is None:
        levels = (Level(below, leave, arrive, is_leaving=parts),) if leave != arrive else ()
        return Route(leave, arrive, None, levels)
    out = (Level(above, leave, lane, is_leaving=True),) if leave != lane else ()
    back = (Level(below, lane, arrive, is_leaving=False),) if lane != arrive else ()
    return Route(leave, arrive, lane, out + back)


def _ports(
    lanes: Lanes, widths: Sequence[float], edges: Sequence[Edge], *, end: int
) -> dict[Edge, float]:
    """Where each edge meets the box at one of its ends: in the middle when it comes straight.

    Arrows from either side meet the box in the order of where they come from, so that they do
    not cross.
    """
    at_box: dict[int, list[Edge]] = {}
    for edge in edges:
        at_box.setdefault(edge[end], []).append(edge)
    ports: dict[Edge, float] = {}
    for box, mine in at_box.items():
        centre = lanes.x[box]
        away = {edge: lanes.lane.get(edge, lanes.x[edge[1 - end]]) - centre for edge in mine}
        ports |= {edge: centre for edge in mine if away[edge] == 0 or len(mine) == 1}
        for side in (-1, 1):
            there = sorted(
                (edge for edge in mine if edge not in ports and away[edge] * side > 0),
                key=lambda edge: abs(away[edge]),
            )
            for number, edge in enumerate(there, start=1):
                reach = NEAR_EDGE * widths[box] * number / (len(there) + 0.5)
                ports[edge] = centre + side * min(reach, abs(away[edge]))
    return ports


def _tracks(levels: Sequence[Level]) -> Mapping[Level, Level]:
    """Put level pieces that would touch on lines of their own.

    In each gap, of the pieces that leave the longest is the uppermost, and of those that arrive
    the longest is the lowest: so that no two cross that need not.
    """
    groups: dict[tuple[int, bool], list[Level]] = {}
    for level in levels:
        groups.setdefault((level.gap, level.is_leaving), []).append(level)
    placed: dict[Level, Level] = {}
    for group in groups.values():
        done: list[Level] = []
        for level in sorted(set(group), key=lambda each: -abs(each.end - each.start)):
            touching = [other.track for other in done if _touch(level, other)]
            done.append(level._replace(track=max(touching, default=-1) + 1))
            placed[level] = done[-1]
    return placed


def _touch(one: Level, other: Level) -> bool:
    spans = sorted((sorted((one.start, one.end)), sorted((other.start, other.end))))
    return spans[0][1] + 4 >= spans[1][0]
