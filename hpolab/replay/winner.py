"""The winner's network, drawn ready: what a page without Python can show of it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from hpolab.diagnostics.arrays import Arrays
from hpolab.diagnostics.layers import layer_health
from hpolab.errors import StoreError
from hpolab.network import ArchitectureGraph, picture
from hpolab.network.tints import offered, tinted

if TYPE_CHECKING:
    from pathlib import Path

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
        "tints": [found for by in offered(graph) if (found := tinted(graph, drawn, by))],
    }


def _health(place: Path) -> dict[str, LayerHealth]:
    try:
        arrays = Arrays.find(place)
        return {} if arrays is None else layer_health(arrays)
    except StoreError as error:
        log.info("the replay goes without the health of layers: %s", error)
        return {}
