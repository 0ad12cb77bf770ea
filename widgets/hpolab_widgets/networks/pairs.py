"""Two networks beside each other, and what tells them apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from hpolab.network import ArchitectureGraph, Picture

__all__ = ["Differences", "Side", "differences"]

Marks = dict[str, dict[str, Any]]


class Side(NamedTuple):
    """One of the two."""

    title: str
    graph: ArchitectureGraph
    drawn: Picture


class Differences(NamedTuple):
    """What tells them apart.

    Attributes:
        marks: Of each side, by the box's name.
        dies: Of each side, where its signal dies; empty if it does not, or nobody knows.
        lines: Tone and words, in order from input to output.
    """

    marks: tuple[Marks, Marks]
    dies: tuple[str, str]
    lines: tuple[tuple[str, str], ...]


def differences(left: Side, right: Side) -> Differences:
    """What tells two networks apart."""
    return Differences(({}, {}), ("", ""), ())
