"""What a network can be shown, and what comes of it, as a panel tells it to its front end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from hpolab.errors import ConfigError, HpolabError
from hpolab.tracing import Example, candidates, subject

if TYPE_CHECKING:
    from hpolab.network import ArchitectureGraph
    from hpolab.sweep import Sweep

__all__ = ["Takes", "example_of", "offer", "picked", "takes"]

_USUAL_SIDE = 96
_MAX_SIDE = 224
_DRAWABLE = (1, 3)


class Takes(NamedTuple):
    """What a network reads.

    Attributes:
        kind: "picture", "text", or "" for what nobody can draw or type.
        rows, columns, channels: Of the picture.
    """

    kind: str
    rows: int = 0
    columns: int = 0
    channels: int = 0


def takes(graph: ArchitectureGraph) -> Takes:
    """What a network reads, by the shape of its input."""
    inputs = [layer.output_shape for layer in graph.layers if not layer.inputs]
    if len(inputs) != 1:
        return Takes("")
    if len(inputs[0]) == 4 and inputs[0][3] in _DRAWABLE:
        _, rows, columns, channels = (size or _USUAL_SIDE for size in inputs[0])
        return Takes("picture", min(rows, _MAX_SIDE), min(columns, _MAX_SIDE), channels)
    is_embedded = any("Embedding" in layer.kind for layer in graph.layers)
    return Takes("text" if len(inputs[0]) == 2 and is_embedded else "")


def example_of(
    *,
    validation: object = None,
    text: object = None,
    pixels: object = None,
    shape: tuple[object, object, object] = (None, None, None),
) -> Example:
    """What a browser asks to be shown, checked.

    Raises:
        ConfigError: It is none of the three kinds, or of the wrong type or size.
    """
    if pixels is None:
        return Example.parse({"validation": validation, "text": text})
    if any(isinstance(size, bool) or not isinstance(size, int) for size in shape):
        raise ConfigError("a picture needs rows, columns and channels, all whole numbers.")
    return Example.parse({"pixels": pixels, "shape": shape})


def offer(sweep: Sweep, number: int, graph: ArchitectureGraph, *, uploads: bool) -> dict[str, Any]:
    """What a trial's network can be shown, or in ``why`` the reason why nothing can.

    Args:
        sweep: Whose trial.
        number: Of the trial.
        graph: Its network.
        uploads: Whether pictures of one's own may be sent.
    """
    try:
        subject(sweep, number)
    except HpolabError as error:
        return {"why": str(error)}
    kind = takes(graph)
    size = {"rows": kind.rows, "columns": kind.columns, "channels": kind.channels}
    return {"why": "", "takes": kind.kind, "size": size, "uploads": uploads}


def picked(sweep: Sweep, number: int) -> dict[str, Any]:
    """Validation examples to choose from, or why there are none."""
    try:
        found = candidates(sweep, number)
    except HpolabError as error:
        return {"items": [], "problem": str(error)}
    return {"items": [example.to_dict() for example in found], "problem": ""}
