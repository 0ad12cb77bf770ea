"""A network as a file to take home."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from hpolab.errors import ConfigError
from hpolab.network.drawing import Colours
from hpolab.network.pdf import pdf
from hpolab.network.svg import svg
from hpolab.network.tints import box_tints, scale
from hpolab.tracing import forward_html

if TYPE_CHECKING:
    from hpolab.network import ArchitectureGraph, ForwardPass, Picture

__all__ = ["FILES", "File", "file_of"]

FILES: Mapping[str, str] = {
    "svg": "Drawing (SVG)",
    "pdf": "Drawing (PDF)",
    "json": "Data (JSON)",
    "html": "Animation (HTML)",
}
"""Endings, and what they are called."""


class File(NamedTuple):
    """A file's content and its media type."""

    content: bytes
    kind: str


def file_of(
    what: str,
    graph: ArchitectureGraph,
    drawn: Picture,
    by: str,
    forward: ForwardPass | None = None,
) -> File:
    """The network as a file.

    Args:
        what: A key of ``FILES``.
        graph: The network.
        drawn: As it is seen, blocks folded or not.
        by: What its colours say.
        forward: What became of the last example in it.

    Raises:
        ConfigError: A PDF is asked for, and what writes one is not installed; or an animation,
            and no example was sent.
    """
    if what == "html":
        if forward is None:
            raise ConfigError("send an example through the network first: its way is what plays.")
        return File(forward_html(graph, forward, by=by).encode(), "text/html")
    if what == "json":
        return File(graph.to_json().encode(), "application/json")
    legend = scale(graph, by, drawn)
    coloured = Colours(box_tints(graph, drawn, by), legend) if legend else None
    if what == "pdf":
        return File(pdf(drawn, coloured), "application/pdf")
    return File(svg(drawn, coloured).encode(), "image/svg+xml")
