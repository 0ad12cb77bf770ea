"""Rows of equal blocks in a network: the same few layers again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hpolab.network.families import family
from hpolab.network.units import Block, layers_of, title_of, unit_of

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from hpolab.network.graph import Layer
    from hpolab.network.units import Unit

__all__ = ["equal", "repetitions", "similar"]

MAX_PERIOD = 12
MIN_LAYERS = 3
_FOLLOWERS = {"normalisation", "activation", "dropout", "pooling"}


def equal(layer: Layer) -> Hashable:
    """Layers are alike when they are built alike and have as many parameters."""
    settings = tuple(sorted(layer.details.items()))
    return layer.kind, layer.activation, layer.parameters, settings


def similar(layer: Layer) -> Hashable:
    """Layers are alike when they are of one kind."""
    return layer.kind


def repetitions(
    units: Sequence[Unit], likeness: Callable[[Layer], Hashable], named: Callable[[str], str]
) -> list[Block]:
    """Rows of units that repeat, each row a block; none is in two.

    Args:
        units: Each behind all that feed it.
        likeness: ``equal`` or ``similar``: what alike layers have in common. Blocks are alike
            when their layers are, and are wired alike.
        named: Makes a block's name unique.
    """
    signs = _signs(units, likeness)
    found: list[Block] = []
    at = 0
    while at < len(units):
        period, times = _row(signs, at) if _may_begin(units[at]) else (1, 1)
        row = units[at : at + period * times]
        if times > 1 and sum(len(layers_of(unit)) for unit in row) >= MIN_LAYERS:
            block = _block(row, period, named)
            found.append(block._replace(likeness=likeness.__name__))
        else:
            row = row[:1]
        at += len(row)
    return found


def _signs(units: Sequence[Unit], likeness: Callable[[Layer], Hashable]) -> list[Hashable]:
    """What alike units share: their layers, how those are wired, and how far back they reach."""
    place = unit_of(units)
    signs: list[Hashable] = []
    for at, unit in enumerate(units):
        layers = layers_of(unit)
        inner = {layer.name: number for number, layer in enumerate(layers)}
        own = []
        for number, layer in enumerate(layers):
            sources = [
                ("inside", number - inner[name])
                if name in inner
                else ("back", at - place[name])
                if name in place
                else ("elsewhere", at)  # like no other: it begins a way of its own
                for name in layer.inputs
            ]
            own.append((likeness(layer), *sources))
        signs.append(tuple(own))
    return signs


def _row(signs: Sequence[Hashable], at: int) -> tuple[int, int]:
    """The longest repetition that begins here: after how many units, and how many times."""
    best = (1, 1)
    for period in range(1, min(MAX_PERIOD, (len(signs) - at) // 2) + 1):
        times = 1
        while signs[at + times * period : at + (times + 1) * period] == signs[at : at + period]:
            times += 1
        if times > 1 and period * times > best[0] * best[1]:
            best = period, times
    return best


def _may_begin(unit: Unit) -> bool:
    """What follows a convolution does not begin a repetition: it would be cut in two."""
    return isinstance(unit, Block) or family(unit) not in _FOLLOWERS


def _block(row: Sequence[Unit], period: int, named: Callable[[str], str]) -> Block:
    parts = [tuple(row[start : start + period]) for start in range(0, len(row), period)]
    inner = [
        part[0]
        if period == 1
        else Block(named(f"{part[0].name}…{part[-1].name}"), title_of(part[0], part[-1]), part)
        for part in parts
    ]
    name = named(f"{row[0].name}…{row[-1].name}")
    return Block(name, title_of(row[0], row[-1]), tuple(inner), repeats=len(parts))
