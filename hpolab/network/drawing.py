"""A picture of a network as lines, areas and text on paper: what SVG and PDF are written from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from hpolab.network.lettering import CAPTION, SIZE, TITLE, Lettering, text_width
from hpolab.network.outlines import Command, circle_corner, outline, rounded
from hpolab.network.tints import box_tints, scale
from hpolab.palette import FAMILIES, LIGHT, TONE, mixed

if TYPE_CHECKING:
    from hpolab.network.graph import ArchitectureGraph
    from hpolab.network.picture import Arrow, Box, Frame, Picture
    from hpolab.network.tints import Scale, Tint

__all__ = ["Colours", "Drawing", "Group", "Path", "Text", "drawn"]

TINT_TONE = 0.34
CORNER = 5.0
HEAD = 7.0
SHEET = 4.0
HALF = 0.5
ROOM = 14.0
SMALLEST = 8.0


class Path(NamedTuple):
    """A line or an area; colours as "#rrggbb" or None, lengths in pixels."""

    commands: tuple[Command, ...]
    fill: str | None = None
    stroke: str | None = None
    width: float = 1.0
    dash: tuple[float, ...] = ()


class Text(NamedTuple):
    """One line of text.

    Attributes:
        x, y: Where it stands: its middle or its beginning, on the base line.
        words: The text.
        lettering: Size, weight, colour.
        is_centred: Whether x is its middle.
    """

    x: float
    y: float
    words: str
    lettering: Lettering
    is_centred: bool = False


class Group(NamedTuple):
    """Marks that belong together, and what they say to who cannot see them."""

    title: str
    marks: tuple[Path | Text, ...]


class Drawing(NamedTuple):
    """A sheet of paper: everything on it lies within (0, 0) and (width, height)."""

    width: float
    height: float
    groups: tuple[Group, ...]


class Colours(NamedTuple):
    """Colours that say more than the family.

    Attributes:
        tints: By the box's name.
        scale: What they mean.
    """

    tints: Mapping[str, Tint]
    scale: Scale

    @classmethod
    def by(cls, graph: ArchitectureGraph, picture: Picture, what: str) -> Colours | None:
        """The colours of a picture of this graph; None for those of families.

        Raises:
            ConfigError: There is no such thing to colour by.
        """
        meaning = scale(graph, what, picture)
        return None if meaning is None else cls(box_tints(graph, picture, what), meaning)


def drawn(picture: Picture, colours: Colours | None) -> tuple[Group, ...]:
    """The network without its legend, at its place: frames below, then arrows, then boxes."""
    return (
        *(_frame(frame) for frame in picture.frames),
        *(_arrow(arrow) for arrow in picture.arrows),
        *(_frame_title(frame) for frame in picture.frames),
        *(_box(box, colours) for box in picture.boxes),
    )


def tone(scale: Scale, value: float) -> str:
    """The colour of a value in [0, 1]."""
    low, high = LIGHT[scale.low_colour], LIGHT[scale.high_colour]
    if not scale.middle_colour:
        return mixed(high, low, value)
    middle = LIGHT[scale.middle_colour]
    return mixed(middle, low, 2 * value) if value < 0.5 else mixed(high, middle, 2 * value - 1)


def _box(box: Box, colours: Colours | None) -> Group:
    tint = colours.tints.get(box.name) if colours else None
    stroke, ground = FAMILIES[box.family][0], TONE
    if colours is not None:
        value = tint.value if tint else None
        stroke = LIGHT["edge"] if value is None else tone(colours.scale, value)
        ground = 0.0 if value is None else TINT_TONE
    is_sick = colours is not None and colours.scale.low_colour == "bad" and _is_low(tint)
    fill = mixed(stroke, LIGHT["surface"], ground)
    sheets = min(2, box.repeats) if box.is_block else 0
    marks: list[Path | Text] = []
    for sheet in range(sheets, -1, -1):
        shape = outline(
            box.family, box.x + SHEET * sheet, box.y + SHEET * sheet, box.width, box.height
        )
        marks.append(Path(shape, fill=fill, stroke=stroke, width=2.8 if is_sick else 1.4))
    middle, centre = box.y + box.height / 2, box.x + box.width / 2
    lines = ((box.title, TITLE, -9), (box.caption, CAPTION, 7), (box.size, SIZE, 21))
    if tint is not None and tint.value is not None:
        lines = (*lines[:2], (tint.words, _fitting(tint.words, box.width), 21))
    marks += [
        Text(centre, middle + below, words, lettering, is_centred=True)
        for words, lettering, below in lines
    ]
    told = (box.title, box.caption, box.size, tint.words if tint else "")
    return Group(", ".join(filter(None, told)), tuple(marks))


def _is_low(tint: Tint | None) -> bool:
    return tint is not None and tint.value is not None and tint.value < HALF


def _fitting(words: str, width: float) -> Lettering:
    """Letters for a line that the box was not made for, smaller where they have to be."""
    share = (width - ROOM) / text_width(words, CAPTION)
    return CAPTION._replace(size=max(SMALLEST, min(1.0, share) * CAPTION.size))


def _arrow(arrow: Arrow) -> Group:
    """A line with round corners and a head at its end."""
    *before, (x, y) = arrow.points
    points = (*before, (x, y - HEAD))
    path: list[Command] = [("M", points[0])]
    for previous, corner, following in zip(points, points[1:], points[2:], strict=False):
        reach = min(_length(previous, corner), _length(corner, following)) / 2
        path += circle_corner(previous, corner, following, min(CORNER, reach))
    path.append(("L", points[-1]))
    half = HEAD / 2
    head: tuple[Command, ...] = (
        *(("M", (x, y)), ("L", (x - half, y - HEAD)), ("L", (x + half, y - HEAD))),
        ("Z", ()),
    )
    colour = LIGHT["quiet"]
    line = Path(tuple(path), stroke=colour, width=1.3)
    return Group(f"{arrow.source} feeds {arrow.target}", (line, Path(head, fill=colour)))


def _length(one: tuple[float, float], other: tuple[float, float]) -> float:
    return abs(one[0] - other[0]) + abs(one[1] - other[1])


def _frame(frame: Frame) -> Group:
    shape = rounded(frame.x, frame.y, frame.width, frame.height, 8)
    return Group(
        frame.title, (Path(shape, fill=LIGHT["page"], stroke=LIGHT["edge"], dash=(4, 4)),)
    )


def _frame_title(frame: Frame) -> Group:
    """Above arrows, on a ground of its own: an arrow may run down behind it."""
    width = text_width(frame.title, SIZE) + 4
    ground = Path(rounded(frame.x + 7, frame.y + 3, width, 15, 3), fill=LIGHT["page"])
    return Group("", (ground, Text(frame.x + 9, frame.y + 14, frame.title, SIZE)))
