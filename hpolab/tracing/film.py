"""An example's way through a network as one HTML file that plays it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hpolab import page
from hpolab.network import picture
from hpolab.network.tints import box_tints, scale
from hpolab.page.document import document

if TYPE_CHECKING:
    from collections.abc import Collection

    from hpolab.network import ArchitectureGraph, ForwardPass, Picture

__all__ = ["forward_html"]

_PARTS = ("graph", "player", "film")
_LEAD = (
    "What every layer makes of one example, with the real numbers. Play it, or go step by step; "
    "choose a layer to see what it gives."
)


def forward_html(
    graph: ArchitectureGraph,
    forward: ForwardPass,
    *,
    title: str = "",
    by: str = "kind",
    unfolded: Collection[str] = frozenset(),
) -> str:
    """The page: it plays, pauses, steps, and needs no server, no Python and no network.

    Args:
        graph: The network.
        forward: What became of the example in it.
        title: In the reader's words; the network's name when empty.
        by: What the colours of the layers say.
        unfolded: Names of the blocks that are open, as for ``picture``.
    """
    drawn = picture(graph, unfolded)
    title = title or f"An example on its way through {graph.name}"
    data = {
        "title": title,
        "lead": _LEAD,
        "picture": drawn.to_dict(),
        "pass": forward.to_view(),
        "tints": _tinted(graph, drawn, by),
    }
    return document(title=title, data=data, script=page.script(*_PARTS), style=page.sheet(*_PARTS))


def _tinted(graph: ArchitectureGraph, drawn: Picture, by: str) -> dict[str, Any] | None:
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
