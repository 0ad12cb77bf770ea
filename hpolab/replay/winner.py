"""The winner's network, drawn ready: what a page without Python can show of it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from hpolab.diagnostics.arrays import Arrays
from hpolab.diagnostics.layers import layer_health
from hpolab.errors import StoreError
from hpolab.network import ArchitectureGraph, picture

if TYPE_CHECKING:
    from pathlib import Path

    from hpolab.network import Box, Layer
    from hpolab.network.graph import LayerHealth
    from hpolab.storage.folder import SweepFolder

__all__ = ["network_of"]

log = logging.getLogger(__name__)


def network_of(folder: SweepFolder, number: int) -> dict[str, Any] | None:
    """A trial's network laid out, and the health of its layers where that was recorded.

    Returns:
        ``trial``; ``picture``, as hpolab/network/picture.py lays it out; ``tints``, the share of
        living units of each box, None where nothing was recorded. None without an architecture.
    """
    place = folder.trial(number)
    try:
        graph = ArchitectureGraph.load(place / "architecture.json")
    except StoreError as error:
        log.info("the replay goes without a network: %s", error)
        return None
    layers = {layer.name: layer for layer in graph.with_health(_health(place)).layers}
    drawn = picture(graph)
    tints = {box.name: tint for box in drawn.boxes if (tint := _tint(box, layers))}
    return {"trial": number, "picture": drawn.to_dict(), "tints": tints or None}


def _health(place: Path) -> dict[str, LayerHealth]:
    try:
        arrays = Arrays.find(place)
        return {} if arrays is None else layer_health(arrays)
    except StoreError as error:
        log.info("the replay goes without the health of layers: %s", error)
        return {}


def _tint(box: Box, layers: dict[str, Layer]) -> dict[str, Any] | None:
    """How alive the worst layer of a box is."""
    silent = [
        health.silent
        for name in box.layers
        if name in layers and (health := layers[name].health) and health.silent is not None
    ]
    if not silent:
        return None
    alive = 1 - max(silent)
    return {"value": round(alive, 3), "words": f"{100 * alive:.0f} % of units react"}
