"""A network laid out in two dimensions: boxes and arrows, from top to bottom, in pixels."""

from __future__ import annotations

from pydantic import Field

from hpolab.frozen import Frozen

__all__ = ["Arrow", "Box", "Frame", "Picture"]


class Box(Frozen):
    """What is drawn as one box: a layer, or a block of layers that is folded.

    Attributes:
        name: The layer's, or the block's: what ``unfolded`` takes.
        family: What kind of thing it is, for colour, shape and legend: a key of
            ``hpolab.network.families.LABELS``.
        title: The first line in it: the name, with its middle left out where it is long.
        caption: The second line: the kind, and what is special about this one.
        size: The third line: the output's shape and the parameters.
        shape: The output's, for a person: "28 × 28 × 16".
        parameters: All of them.
        layers: The layers that it stands for.
        repeats: How many equal blocks in a row it stands for.
        x, y: Its upper left corner.
        width, height: Its size; the more parameters, the higher.
    """

    name: str
    family: str
    title: str
    caption: str = ""
    size: str = ""
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
        points: Corners of the line, shape (n, 2), from the source's lower edge to the target's
            upper edge; each piece is level or upright, and none crosses a box.
    """

    source: str
    target: str
    points: tuple[tuple[float, float], ...]


class Frame(Frozen):
    """An open block: drawn around its boxes, and where it is closed again.

    Attributes:
        name: The block's: what ``unfolded`` takes.
        title: For a person.
        boxes: Names of the boxes in it.
        x, y: Its upper left corner.
        width, height: Its size.
    """

    name: str
    title: str
    boxes: tuple[str, ...]
    x: float
    y: float
    width: float
    height: float


class Picture(Frozen):
    """All of it.

    Attributes:
        name: Of the network.
        boxes: From input to output.
        arrows: Between them.
        frames: Open blocks, outer ones before those inside them.
        width, height: Of the whole; nothing lies outside.
        legend: The families that occur, each with its label, in order of appearance.
    """

    name: str = ""
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    frames: tuple[Frame, ...] = ()
    width: float
    height: float
    legend: tuple[tuple[str, str], ...]
