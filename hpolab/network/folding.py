"""What is seen of a network when some of its blocks are open and the others are folded."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from hpolab.network.graph import Layer
from hpolab.network.units import Block, layers_of, unit_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from hpolab.network.units import Unit

__all__ = ["OpenBlock", "View", "view"]


class OpenBlock(NamedTuple):
    """A block that is open.

    Attributes:
        block: The block.
        units: Names of the units that are seen in its place.
        depth: How many open blocks it is in.
    """

    block: Block
    units: tuple[str, ...]
    depth: int


class View(NamedTuple):
    """What is seen.

    Attributes:
        units: Each behind all that feed it.
        open: Blocks that can be closed, outer ones before those inside.
        edges: Which unit feeds which, as places in ``units``; each pair once.
    """

    units: tuple[Unit, ...]
    open: tuple[OpenBlock, ...]
    edges: tuple[tuple[int, int], ...]


def view(units: Sequence[Unit], unfolded: Collection[str]) -> View:
    """Open the blocks of these names, and those inside them; unknown names say nothing."""
    opened: list[OpenBlock] = []
    seen = tuple(_open(units, unfolded, opened, depth=0))
    place = unit_of(seen)
    edges = {
        (place[source], at): None
        for at, unit in enumerate(seen)
        for layer in layers_of(unit)
        for source in layer.inputs
        if place[source] != at
    }
    return View(seen, tuple(sorted(opened, key=lambda each: each.depth)), tuple(edges))


def _open(
    units: Sequence[Unit], unfolded: Collection[str], opened: list[OpenBlock], *, depth: int
) -> list[Unit]:
    seen: list[Unit] = []
    for unit in units:
        if isinstance(unit, Layer) or unit.name not in unfolded:
            seen.append(unit)
            continue
        inner = _open(unit.units, unfolded, opened, depth=depth + 1)
        opened.append(OpenBlock(unit, tuple(each.name for each in inner), depth))
        seen += inner
    return seen
