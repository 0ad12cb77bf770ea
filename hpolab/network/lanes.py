"""Where the boxes of a drawing go: rows from top to bottom, and lanes that never bend.

Chains of boxes that feed each other stand in one column each. The longest chain is the trunk, at
zero; every other chain, and every arrow that passes rows by, gets a lane beside it, the shortest
next to the trunk. So boxes never overlap, and no arrow runs through one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Edge", "Lanes", "arrange"]

Edge = tuple[int, int]

GAP = 30.0
LANE = 16.0


class Lanes(NamedTuple):
    """Where everything goes from left to right.

    Attributes:
        row: Of each box, from 0 at the top.
        x: Centre of each box.
        lane: Centre of the upright part of each edge that passes rows by.
    """

    row: tuple[int, ...]
    x: tuple[float, ...]
    lane: dict[Edge, float]


class _Chain(NamedTuple):
    """Boxes above each other, and the rows that their column is kept free in."""

    boxes: tuple[int, ...]
    edges: tuple[Edge, ...]
    top: int
    bottom: int


def arrange(widths: Sequence[float], edges: Sequence[Edge]) -> Lanes:
    """Rows and columns for boxes.

    Args:
        widths: Of the boxes, each behind all that feed it.
        edges: Which box feeds which, as places in ``widths``.
    """
    row = _rows(len(widths), edges)
    chains = _chains(row, edges)
    left, right = [0.0] * (max(row, default=0) + 1), [0.0] * (max(row, default=0) + 1)
    x, lane = [0.0] * len(widths), dict[Edge, float]()
    for number, chain in enumerate(chains):
        half = {row[box]: widths[box] / 2 for box in chain.boxes}
        rows = range(chain.top, chain.bottom + 1)
        centre = _beside(rows, half, left, right) if number else 0.0
        for at in rows:
            reach = half.get(at, 0.0)
            right[at] = max(right[at], centre + reach)
            left[at] = max(left[at], reach - centre)
        for box in chain.boxes:
            x[box] = centre
        lane |= dict.fromkeys(chain.edges, centre)
    return Lanes(tuple(row), tuple(x), lane)


def _beside(
    rows: range, half: dict[int, float], left: Sequence[float], right: Sequence[float]
) -> float:
    """The nearest free place for a column at the right or the left of what is there."""
    needs = {at: half[at] + GAP if at in half else LANE for at in rows}
    at_right = max(right[at] + needs[at] for at in rows)
    at_left = max(left[at] + needs[at] for at in rows)
    return at_right if at_right <= at_left else -at_left


def _rows(n: int, edges: Sequence[Edge]) -> list[int]:
    """The row of each box: as high as those that feed it let it be; inputs near what they feed."""
    row = [0] * n
    sources: list[list[int]] = [[] for _ in range(n)]
    targets: list[list[int]] = [[] for _ in range(n)]
    for source, target in edges:
        sources[target].append(source)
        targets[source].append(target)
    for box in range(n):
        row[box] = max((row[source] + 1 for source in sources[box]), default=0)
    for box in range(n):
        if not sources[box] and targets[box]:
            row[box] = min(row[target] for target in targets[box]) - 1
    return row


def _chains(row: Sequence[int], edges: Sequence[Edge]) -> list[_Chain]:
    """The trunk, then all other columns, the shortest first."""
    fed: list[list[int]] = [[] for _ in row]
    feeding: list[list[int]] = [[] for _ in row]
    for source, target in edges:
        fed[source].append(target)
        feeding[target].append(source)
    paths = _paths(row, fed)
    chains, in_column = [], set[Edge]()
    for path in paths:
        first, last = path[0], path[-1]
        kept = []
        top, bottom = row[first], row[last]
        if len(feeding[first]) == 1 and row[feeding[first][0]] < top - 1:
            kept.append((feeding[first][0], first))
            top = row[feeding[first][0]] + 1
        if len(fed[last]) == 1 and row[fed[last][0]] > bottom + 1:
            kept.append((last, fed[last][0]))
            bottom = row[fed[last][0]] - 1
        in_column.update(kept)
        chains.append(_Chain(path, tuple(kept), top, bottom))
    passing = [edge for edge in edges if row[edge[1]] - row[edge[0]] > 1 and edge not in in_column]
    chains += [_Chain((), (edge,), row[edge[0]] + 1, row[edge[1]] - 1) for edge in passing]
    trunk, *others = chains
    return [trunk, *sorted(others, key=lambda chain: (chain.bottom - chain.top, chain.top))]


def _paths(row: Sequence[int], fed: Sequence[Sequence[int]]) -> list[tuple[int, ...]]:
    """Every box in one path from row to row, the longest path first."""
    left = set(range(len(row)))
    paths = []
    while left:
        length: dict[int, int] = {}
        after: dict[int, int] = {}
        for box in sorted(left, reverse=True):
            following = [to for to in fed[box] if to in left and row[to] == row[box] + 1]
            if following:
                after[box] = max(following, key=lambda to: length[to])
            length[box] = 1 + (length[after[box]] if following else 0)
        box = max(sorted(left), key=lambda each: length[each])
        path = [box]
        while box in after:
            box = after[box]
            path.append(box)
        left.difference_update(path)
        paths.append(tuple(path))
    return paths
