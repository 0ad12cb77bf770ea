"""The winner's network, drawn ready: what a page without Python can show of it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from hpolab.diagnostics.arrays import Arrays
from hpolab.diagnostics.layers import layer_health
from hpolab.errors import StoreError
from hpolab.network import ArchitectureGraph, picture
from hpolab.network.tints import box_tints, offered, scale

if TYPE_CHECKING:
    from pathlib import Path

    from hpolab.network import Picture
    from hpolab.network.graph import LayerHealth
    from hpolab.storage.folder import SweepFolder

__all__ = ["network_of"]

log = logging.getLogger(__name__)


def network_of(folder: SweepFolder, number: int) -> dict[str, Any] | None:
    """A trial's network laid out, and the health of its layers where that was recorded.

    Returns:
        ``trial``; ``picture``, as hpolab/network/picture.py lays it out; ``tints``, one for each
        thing that can colour its boxes. None without an architecture.
    """
    place = folder.trial(number)
    try:
        graph = ArchitectureGraph.load(place / "architecture.json")
    except StoreError as error:
        log.info("the replay goes without a network: %s", error)
        return None
    graph = graph.with_health(_health(place))
    drawn = picture(graph)
    return {
        "trial": number,
        "picture": drawn.to_dict(),
        "tints": [found for by in offered(graph) if (found := _tinted(graph, drawn, by))],
    }


def _health(place: Path) -> dict[str, LayerHealth]:
    try:
        arrays = Arrays.find(place)
        return {} if arrays is None else layer_health(arrays)
    except StoreError as error:
        log.info("the replay goes without the health of layers: %s", error)
        return {}


def _tinted(graph: ArchitectureGraph, drawn: Picture, by: str) -> dict[str, Any] | None:
    """Where each box stands on a scale, and what the scale is; None for the colours of kinds."""
    found = scale(graph, by, drawn)
    if found is None:
        return None
    boxes = box_tints(graph, drawn, by)
    is_partial = any(tint.value is None for tint in boxes.values())
    return {
        **found.to_dict(),
        "by": by,
        "none": "not measured" if is_partial else "",
        "boxes": {name: tint.to_dict() for name, tint in boxes.items()},
    }
