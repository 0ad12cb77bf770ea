"""A network laid out in two dimensions: boxes and arrows, from top to bottom, in pixels."""

from __future__ import annotations

from pydantic import Field

from hpolab.frozen import Frozen

__all__ = ["Arrow", "Box", "Picture"]


class Box(Frozen):
    """What is drawn as one box: a layer, or a block of layers that is folded.

    Attributes:
        name: The layer's, or the block's.
        family: What kind of thing it is, for colour, shape and legend: "convolution", "dense" ...
        title: The first line in it.
        caption: The second line: the kind, and what is special about this one.
        shape: The output's, for a person: "28 × 28 × 16".
        parameters: All of them.
        layers: The layers that it stands for.
        repeats: How many equal blocks in a row it stands for.
        x, y: Its upper left corner.
        width, height: Its size.
    """

    name: str
    family: str
    title: str
    caption: str = ""
    shape: str = ""
    parameters: int = Field(default=0, ge=0)
    layers: tuple[str, ...]
    repeats: int = Field(default=1, ge=1)
    x: float
    y: float
    width: float
    height: float

    @property
    def is_block(self) -> bool:
        """Whether it can be unfolded."""
        return len(self.layers) > 1


class Arrow(Frozen):
    """Which box feeds which.

    Attributes:
        source, target: Names of boxes.
        points: Corners of the line, shape (n, 2), from the source's edge to the target's.
    """

    source: str
    target: str
    points: tuple[tuple[float, float], ...]


class Picture(Frozen):
    """All of it.

    Attributes:
        boxes: From input to output.
        arrows: Between them.
        width, height: Of the whole; nothing lies outside.
        legend: The families that occur, each with its label, in order of appearance.
    """

    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    width: float
    height: float
    legend: tuple[tuple[str, str], ...]
