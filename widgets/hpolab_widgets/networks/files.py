"""A network as a file to take home."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from hpolab.network import ArchitectureGraph, Picture

__all__ = ["FILES", "File", "file_of"]

FILES: Mapping[str, str] = {"json": "Data (JSON)"}
"""Endings, and what they are called."""


class File(NamedTuple):
    """A file's content and its media type."""

    content: bytes
    kind: str


def file_of(what: str, graph: ArchitectureGraph, drawn: Picture, *, colour: str) -> File:
    """The network as a file.

    Args:
        what: A key of ``FILES``.
        graph: The network.
        drawn: As it is seen.
        colour: What its colours say.
    """
    return File(graph.to_json().encode(), "application/json")
