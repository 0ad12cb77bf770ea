"""An example's way through a network as one HTML file that plays it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hpolab import page
from hpolab.network import picture
from hpolab.network.tints import tinted
from hpolab.page.document import document

if TYPE_CHECKING:
    from collections.abc import Collection

    from hpolab.network import ArchitectureGraph, ForwardPass

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
        "tints": tinted(graph, drawn, by),
    }
    return document(title=title, data=data, script=page.script(*_PARTS), style=page.sheet(*_PARTS))
