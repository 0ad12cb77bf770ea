"""A network as a file to take home."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from hpolab.network.drawing import Colours
from hpolab.network.pdf import pdf
from hpolab.network.svg import svg
from hpolab.network.tints import box_tints, scale

if TYPE_CHECKING:
    from hpolab.network import ArchitectureGraph, Picture

__all__ = ["FILES", "File", "file_of"]

FILES: Mapping[str, str] = {
    "svg": "Drawing (SVG)",
    "pdf": "Drawing (PDF)",
    "json": "Data (JSON)",
}
"""Endings, and what they are called."""


class File(NamedTuple):
    """A file's content and its media type."""

    content: bytes
    kind: str


def file_of(what: str, graph: ArchitectureGraph, drawn: Picture, by: str) -> File:
    """The network as a file.

    Args:
        what: A key of ``FILES``.
        graph: The network.
        drawn: As it is seen, blocks folded or not.
        by: What its colours say.

    Raises:
        ConfigError: A PDF is asked for, and what writes one is not installed.
    """
    if what == "json":
        return File(graph.to_json().encode(), "application/json")
    legend = scale(graph, by, drawn)
    coloured = Colours(box_tints(graph, drawn, by), legend) if legend else None
    if what == "pdf":
        return File(pdf(drawn, coloured), "application/pdf")
    return File(svg(drawn, coloured).encode(), "image/svg+xml")
