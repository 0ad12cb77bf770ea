"""Blocks of layers in a large network: nested models, named groups, branches, repetitions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hpolab.network.graph import ArchitectureGraph, Layer
from hpolab.network.repetitions import equal, repetitions, similar
from hpolab.network.units import Block, Unit, folded, layers_of, title_of

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["MAX_BOXES", "blocks"]

MAX_BOXES = 25
"""What a person can take in; smaller graphs are never folded."""

MIN_GROUP = 4
_BEGINNING = re.compile(r"\d([a-z]?)[_/.](?=.)")
"""Where a name may end and a part of it begin: "conv2_|block1_|1_|conv", "block2a_|expand"."""


def blocks(graph: ArchitectureGraph) -> tuple[Unit, ...]:
    """The graph as blocks within blocks, from input to output; a small graph as its layers.

    Blocks are, in this order: nested models; layers whose names say that they belong together
    ("conv2_block1_1_conv"); ways that part and join again; then rows of equal blocks, and where
    that is not enough, rows of blocks of equal kinds.
    """
    return _Folding(graph).fold(graph.layers, depth=0)


class _Folding:
    """Finds the blocks of one graph; knows which names are taken and what feeds what."""

    def __init__(self, graph: ArchitectureGraph) -> None:
        self._taken = {layer.name for layer in graph.layers}
        self._fed: dict[str, list[str]] = {layer.name: [] for layer in graph.layers}
        for source, target in graph.edges:
            self._fed[source].append(target)

    def fold(self, layers: Sequence[Layer], *, depth: int) -> tuple[Unit, ...]:
        """Blocks and layers in order; few layers stay as they are.

        Args:
            layers: Of the graph, or of one block.
            depth: How many nested models they are all in.
        """
        units: tuple[Unit, ...] = tuple(layers)
        if len(layers) <= MAX_BOXES:
            return units
        units = folded(units, self._nested(layers, depth))
        units = folded(units, self._named(units, depth))
        units = folded(units, self._branching(units, depth))
        units = folded(units, repetitions(units, equal, self._free))
        if len(units) > MAX_BOXES:
            units = folded(units, repetitions(units, similar, self._free))
        return units

    def _nested(self, layers: Sequence[Layer], depth: int) -> list[Block]:
        """Nested models, each a block."""
        members: dict[str, list[Layer]] = {}
        for layer in layers:
            if len(layer.inside) > depth:
                members.setdefault(layer.inside[depth], []).append(layer)
        return [
            Block(self._free(name), name, self.fold(inner, depth=depth + 1))
            for name, inner in members.items()
            if len(inner) > 1
        ]

    def _named(self, units: Sequence[Unit], depth: int) -> list[Block]:
        """Layers whose names begin alike, up to a number."""
        layers = [unit for unit in units if isinstance(unit, Layer)]
        return [
            Block(self._free(name), name, self.fold(inner, depth=depth))
            for name, inner in _named_alike(layers, level=0).items()
            if MIN_GROUP <= len(inner) < len(layers)
        ]

    def _branching(self, units: Sequence[Unit], depth: int) -> list[Block]:
        """Layers between two places that all ways pass through, with the second of the two."""
        place = {layer.name: at for at, unit in enumerate(units) for layer in layers_of(unit)}
        found: list[Block] = []
        reach = start = 0
        for at, unit in enumerate(units):
            if reach <= at:  # no way leads past this unit
                inner = [each for each in units[start : at + 1] if isinstance(each, Layer)]
                if MIN_GROUP <= len(inner) == at + 1 - start < len(units):
                    name = self._free(f"{inner[0].name}…{inner[-1].name}")
                    title = title_of(inner[0], inner[-1])
                    found.append(Block(name, title, self.fold(inner, depth=depth)))
                start = at + 1
            targets = (name for layer in layers_of(unit) for name in self._fed[layer.name])
            reach = max([reach, *(place.get(name, len(units)) for name in targets)])
        return found

    def _free(self, name: str) -> str:
        """A name that no layer and no other block has; taken from now on."""
        while name in self._taken:
            name += "…"
        self._taken.add(name)
        return name


def _named_alike(layers: Sequence[Layer], *, level: int) -> dict[str, list[Layer]]:
    """Groups of layers by what their names begin with.

    A group is divided further only if its parts take in all of it: "conv2" into its blocks, but
    no block of those into "conv2_block1_2" and what is left over.
    """
    groups: dict[str, list[Layer]] = {}
    for layer in layers:
        beginnings = _beginnings(layer.name)
        if len(beginnings) > level:
            groups.setdefault(beginnings[level], []).append(layer)
    found: dict[str, list[Layer]] = {}
    for name, inner in groups.items():
        parts = _named_alike(inner, level=level + 1)
        is_whole = sum(map(len, parts.values())) == len(inner)
        if is_whole and all(len(part) >= MIN_GROUP for part in parts.values()):
            found |= parts
        else:
            found[name] = inner
    return found


def _beginnings(name: str) -> list[str]:
    """What a name may share with its block, shortest first."""
    return [name[: match.end(1)] for match in _BEGINNING.finditer(name)]
