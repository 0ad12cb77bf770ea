"""Two networks side by side: which layers are the same, changed, added or gone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from hpolab.frozen import Frozen
from hpolab.network.captions import shape_words
from hpolab.network.families import family

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hpolab.network.graph import ArchitectureGraph, Layer

__all__ = ["Difference", "State", "difference"]

State = Literal["same", "changed", "added", "gone"]

_SAME_NAME = 3
_ALIKE = 2
_OF_NO_INTEREST = {"momentum", "epsilon"}


class Difference(Frozen):
    """One layer of two networks.

    Attributes:
        state: "added" where only the second network has it, "gone" where only the first has.
        first, second: Its name in each; None where it is not.
        changes: What is different, each in a few words: "16 instead of 32 filters", in which
            the second network's value comes first.
    """

    state: State
    first: str | None = None
    second: str | None = None
    changes: tuple[str, ...] = ()


def difference(first: ArchitectureGraph, second: ArchitectureGraph) -> tuple[Difference, ...]:
    """Every layer of both networks once, in an order that goes down both.

    Layers are matched by the longest common sequence of layers of one kind, those with the same
    name before others, so that "conv2" is held against "conv2" when "conv1" has been left out.
    """
    found = []
    for one, other in _matched(first.layers, second.layers):
        if one is None or other is None:
            layer = one or other
            assert layer is not None
            state: State = "added" if one is None else "gone"
            name = {"second" if one is None else "first": layer.name}
            found.append(Difference(state=state, **name))
            continue
        changes = _changes(one, other)
        found.append(
            Difference(
                state="changed" if changes else "same",
                first=one.name,
                second=other.name,
                changes=changes,
            )
        )
    return tuple(found)


def _matched(
    first: Sequence[Layer], second: Sequence[Layer]
) -> list[tuple[Layer | None, Layer | None]]:
    """Pairs in order; None stands for no partner."""
    worth = _worths(first, second)
    pairs: list[tuple[Layer | None, Layer | None]] = []
    at, to = 0, 0
    while at < len(first) or to < len(second):
        if at < len(first) and to < len(second):
            likeness = _likeness(first[at], second[to])
            if likeness and worth[at][to] == likeness + worth[at + 1][to + 1]:
                pairs.append((first[at], second[to]))
                at, to = at + 1, to + 1
                continue
        if to == len(second) or (at < len(first) and worth[at][to] == worth[at + 1][to]):
            pairs.append((first[at], None))
            at += 1
        else:
            pairs.append((None, second[to]))
            to += 1
    return pairs


def _worths(first: Sequence[Layer], second: Sequence[Layer]) -> list[list[int]]:
    """For each pair of places, how much the best matching of what follows is worth."""
    worth = [[0] * (len(second) + 1) for _ in range(len(first) + 1)]
    for at in range(len(first) - 1, -1, -1):
        for to in range(len(second) - 1, -1, -1):
            best = max(worth[at + 1][to], worth[at][to + 1])
            likeness = _likeness(first[at], second[to])
            if likeness:
                best = max(best, likeness + worth[at + 1][to + 1])
            worth[at][to] = best
    return worth


def _likeness(one: Layer, other: Layer) -> int:
    """How gladly two layers are held against each other; 0 where they are nothing alike.

    Layers of one family and name are, and those of one kind; a reader and the same one both ways
    count as one kind. The activation of the answer and another one are not of one role.
    """
    if family(one) != family(other) or _is_answer(one) != _is_answer(other):
        return 0
    if one.name == other.name:
        return _SAME_NAME
    is_wrapped = "wraps" in one.details or "wraps" in other.details
    return _ALIKE if one.kind == other.kind or is_wrapped else 0


def _is_answer(layer: Layer) -> bool:
    return layer.activation == "softmax"


def _changes(one: Layer, other: Layer) -> tuple[str, ...]:
    """What a person would call different: settings first, then what follows from them."""
    told = []
    if one.kind != other.kind:
        told.append(f"{other.kind} instead of {one.kind}")
    if one.activation != other.activation:
        told.append(f"{other.activation or 'no'} instead of {one.activation or 'no'} activation")
    names = dict.fromkeys((*one.details, *other.details))
    for name in names:
        before, after = one.details.get(name), other.details.get(name)
        if before != after and name not in _OF_NO_INTEREST:
            told.append(f"{_words(after)} instead of {_words(before)} {name.replace('_', ' ')}")
    if one.output_shape != other.output_shape:
        shapes = shape_words(other.output_shape), shape_words(one.output_shape)
        told.append(f"output {shapes[0]} instead of {shapes[1]}")
    if one.parameters != other.parameters:
        told.append(f"{other.parameters:,} instead of {one.parameters:,} parameters")
    return tuple(told)


def _words(value: object) -> str:
    if value is None:
        return "usual"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return " by ".join(map(str, value))
    return f"{value:,}" if isinstance(value, int) else str(value)
