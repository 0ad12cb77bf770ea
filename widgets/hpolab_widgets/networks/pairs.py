"""Two networks beside each other, and what tells them apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from hpolab.network import tinted
from hpolab.network.difference import difference
from hpolab_widgets.networks import colours

if TYPE_CHECKING:
    from hpolab.network import ArchitectureGraph, Picture
    from hpolab.network.difference import Difference

__all__ = ["Differences", "Side", "beside", "dies", "differences"]

_NEARLY_ALL = 0.9
"""Share of silent units from which on a layer passes on next to nothing."""

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
        lines: Tone and words of each layer that is not the same, from input to output.
    """

    marks: tuple[Marks, Marks]
    lines: tuple[tuple[str, str], ...]


def differences(left: Side, right: Side) -> Differences:
    """What the right network has that the left one has not, and the other way round."""
    found = [each for each in difference(left.graph, right.graph) if each.state != "same"]
    own = {each.first: each for each in found if each.first is not None}
    other = {each.second: each for each in found if each.second is not None}
    return Differences(
        marks=(_marks(left, own, "only here"), _marks(right, other, "only here")),
        lines=tuple((each.state, _line(each, left.title, right.title)) for each in found),
    )


def beside(left: Side, right: Side, colour: str) -> dict[str, Any]:
    """What a front end is told of two networks beside that of the left one alone."""
    found = differences(left, right)
    tints = tinted(right.graph, right.drawn, colours.chosen_of(right.graph, colour))
    return {
        "marks": found.marks[0],
        "differences": [{"tone": tone, "words": words} for tone, words in found.lines],
        "other": {
            "title": right.title,
            "picture": right.drawn.to_dict(),
            "tints": tints,
            "marks": found.marks[1],
            "dies": dies(right.graph),
        },
    }


def dies(graph: ArchitectureGraph) -> str:
    """Where the signal dies, in a sentence: the first layer nearly all of whose units are silent.

    Empty where it reaches the end, or where nobody has looked.
    """
    for layer in graph.layers:
        silent = layer.health.silent if layer.health else None
        if silent is not None and silent >= _NEARLY_ALL:
            return (
                f"The signal dies in {layer.name}: {100 * silent:.0f} % of its units are silent."
            )
    return ""


def _marks(side: Side, found: Mapping[str, Difference], alone: str) -> Marks:
    """What is written beside a box; beside a folded block, how many of its layers differ."""
    marks: Marks = {}
    for box in side.drawn.boxes:
        here = [found[name] for name in box.layers if name in found]
        if not here:
            continue
        states = {each.state for each in here}
        state = next(iter(states)) if len(states) == 1 else "changed"
        words = alone if state != "changed" else "changed"
        if len(box.layers) > 1:
            words = f"{len(here)} of {len(box.layers)} differ"
        marks[box.name] = {"tone": state, "label": words, "words": words}
    return marks


def _line(found: Difference, left: str, right: str) -> str:
    if found.state == "changed":
        name = found.first if found.first == found.second else f"{found.first}, {found.second}"
        return f"{name}: {right} has {'; '.join(found.changes)}."
    where = left if found.state == "gone" else right
    return f"{found.first or found.second} is only in {where}."
