"""What the colours of a drawn network say, as its front end is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from hpolab.network.tints import offered

if TYPE_CHECKING:
    from hpolab.network import ArchitectureGraph

__all__ = ["chosen_of", "menu"]

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
