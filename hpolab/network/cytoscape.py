"""A drawn network as elements for Cytoscape, the program and the library."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hpolab.network.picture import Box, Picture

__all__ = ["cytoscape"]


def cytoscape(picture: Picture) -> dict[str, Any]:
    """Elements JSON: nodes and edges with their data, nodes with the places of their centres.

    An open block is a node too, the ``parent`` of what is in it, the innermost one of each box.
    """
    around_box = {
        box.name: [frame.name for frame in picture.frames if box.name in frame.boxes]
        for box in picture.boxes
    }
    frames = []
    for at, frame in enumerate(picture.frames):
        around = [
            outer.name for outer in picture.frames[:at] if set(outer.boxes) >= set(frame.boxes)
        ]
        frames.append({"data": {"id": frame.name, "label": frame.title} | _parent(around)})
    boxes = [
        {
            "data": _data(box) | _parent(around_box[box.name]),
            "position": {"x": box.x + box.width / 2, "y": box.y + box.height / 2},
        }
        for box in picture.boxes
    ]
    edges = [
        {
            "data": {
                "id": f"{arrow.source} to {arrow.target}",
                "source": arrow.source,
                "target": arrow.target,
            }
        }
        for arrow in picture.arrows
    ]
    return {"data": {"name": picture.name}, "elements": {"nodes": frames + boxes, "edges": edges}}


def _data(box: Box) -> dict[str, Any]:
    return {
        "id": box.name,
        "label": box.title,
        "caption": box.caption,
        "family": box.family,
        "shape": box.shape,
        "parameters": box.parameters,
        "layers": list(box.layers),
        "repeats": box.repeats,
        "width": box.width,
        "height": box.height,
    }


def _parent(around: Sequence[str]) -> dict[str, str]:
    """The innermost of the blocks around something, outer ones first, as Cytoscape names it."""
    return {"parent": around[-1]} if around else {}
