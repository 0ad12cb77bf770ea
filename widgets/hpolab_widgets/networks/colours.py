"""What the colours of a drawn network say, as its front end is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from hpolab.network.tints import box_tints, offered, scale

if TYPE_CHECKING:
    from hpolab.network import ArchitectureGraph, Picture

__all__ = ["chosen_of", "menu", "tinted"]

_LABELS: Mapping[str, str] = {
    "kind": "kind of layer",
    "health": "health",
    "activation": "strength of outputs",
    "parameters": "parameters",
    "gradient": "gradient",
}


def menu(graph: ArchitectureGraph) -> list[list[str]]:
    """What is known of this network and can colour it: names and labels."""
    return [[by, _LABELS[by]] for by in offered(graph)]


def chosen_of(graph: ArchitectureGraph, asked: str) -> str:
    """What colours it: what is asked for, or else the kinds of layers."""
    return next((by for by in offered(graph) if by == asked), "kind")


def tinted(graph: ArchitectureGraph, drawn: Picture, by: str) -> dict[str, Any] | None:
    """Where each box stands on which scale; None for the colours of kinds."""
    found = scale(graph, by, drawn)
    if found is None:
        return None
    boxes = box_tints(graph, drawn, by)
    is_partial = any(tint.value is None for tint in boxes.values())
    return {
        **found.to_dict(),
        "none": "not measured" if is_partial else "",
        "boxes": {name: tint.to_dict() for name, tint in boxes.items()},
    }
