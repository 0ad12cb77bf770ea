"""What the colours of a drawn network can say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hpolab.network import ArchitectureGraph, Picture

__all__ = ["COLOURS", "offered", "tinted"]

COLOURS: Mapping[str, str] = {"kind": "kind of layer"}


def offered(graph: ArchitectureGraph) -> tuple[tuple[str, str], ...]:
    """What can be chosen for this network."""
    return tuple(COLOURS.items())


def tinted(graph: ArchitectureGraph, drawn: Picture, by: str) -> dict[str, Any] | None:
    """Where each box stands on the scale; None for the colours of kinds."""
    return None
