"""Layers and blocks of layers, as units of a drawing."""

from __future__ import annotations

import heapq
import re
from collections.abc import Sequence
from typing import NamedTuple

from hpolab.network.graph import Layer

__all__ = ["Block", "Unit", "folded", "layers_of", "title_of", "unit_of"]

_TO = " to "
_NUMBERED = re.compile(r"(.*?)(\d+[a-z]?)$")


class Block(NamedTuple):
    """Layers that are drawn as one box until it is opened.

    Attributes:
        name: Unique among blocks and layers.
        title: For a person.
        units: What is seen when it is open, from input to output.
        repeats: How many blocks in a row it is; 1 where it is none.
        likeness: Of those: "equal" or "similar".
    """

    name: str
    title: str
    units: tuple[Unit, ...]
    repeats: int = 1
    likeness: str = "equal"


Unit = Block | Layer


def layers_of(unit: Unit) -> tuple[Layer, ...]:
    """All layers in it, however deep."""
    if isinstance(unit, Layer):
        return (unit,)
    return tuple(layer for inner in unit.units for layer in layers_of(inner))


def unit_of(units: Sequence[Unit]) -> dict[str, int]:
    """For each layer's name, which of the units it is in."""
    return {layer.name: at for at, unit in enumerate(units) for layer in layers_of(unit)}


def folded(units: Sequence[Unit], found: Sequence[Block]) -> tuple[Unit, ...]:
    """The units with blocks in the place of what they hold, each behind all that feed it.

    A block that something leaves and enters again cannot be drawn as one box; it is left out.
    """
    together = _ordered(_replaced(units, found))
    if together is not None:
        return together
    current = tuple(units)
    for block in found:
        ordered = _ordered(_replaced(current, (block,)))
        current = ordered if ordered is not None else current
    return current


def _replaced(units: Sequence[Unit], found: Sequence[Block]) -> list[Unit]:
    """The units with each block where the last that it holds has been."""
    block_of = {layer.name: block for block in found for layer in layers_of(block)}
    held = [block_of.get(layers_of(unit)[0].name) for unit in units]
    last = {block.name: at for at, block in enumerate(held) if block is not None}
    replaced: list[Unit] = []
    for at, (unit, block) in enumerate(zip(units, held, strict=True)):
        if block is None:
            replaced.append(unit)
        elif last[block.name] == at:
            replaced.append(block)
    return replaced


def title_of(first: Unit, last: Unit) -> str:
    """What a row of units is called: "conv2_block2-3", or its first and last."""
    titles = [unit.name if isinstance(unit, Layer) else unit.title for unit in (first, last)]
    names = [titles[0].partition(_TO)[0], titles[1].rpartition(_TO)[2]]
    parts = [_NUMBERED.match(name) for name in names]
    if parts[0] and parts[1] and parts[0][1] == parts[1][1]:
        return f"{names[0]}{_TO}{parts[1][2]}"
    return f"{names[0]}{_TO}{names[1]}"


def _ordered(units: Sequence[Unit]) -> tuple[Unit, ...] | None:
    """The units, each behind all that feed it, otherwise in order; None where they form a ring."""
    place = unit_of(units)
    sources = [
        {place[name] for layer in layers_of(unit) for name in layer.inputs if name in place} - {at}
        for at, unit in enumerate(units)
    ]
    targets: list[list[int]] = [[] for _ in units]
    for at, feeding in enumerate(sources):
        for source in feeding:
            targets[source].append(at)
    missing = [len(feeding) for feeding in sources]
    ready = [at for at, count in enumerate(missing) if not count]
    heapq.heapify(ready)
    order: list[Unit] = []
    while ready:
        at = heapq.heappop(ready)
        order.append(units[at])
        for target in targets[at]:
            missing[target] -= 1
            if not missing[target]:
                heapq.heappush(ready, target)
    return tuple(order) if len(order) == len(units) else None
