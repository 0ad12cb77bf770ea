"""What stands below a drawn network: the families that occur, or what the colours mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hpolab.network.drawing import Drawing, Group, Path, Text, drawn, tone
from hpolab.network.lettering import CAPTION, SIZE, text_width
from hpolab.network.outlines import outline, rounded
from hpolab.palette import FAMILIES, LIGHT, TONE, mixed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hpolab.network.drawing import Colours
    from hpolab.network.picture import Picture
    from hpolab.network.tints import Scale

__all__ = ["with_legend"]

MARGIN = 16.0
LINE = 22.0
SWATCH = (22.0, 13.0)
BETWEEN = 18.0
NARROWEST = 360.0
STEPS = 24
SIZE_NOTE = "The higher a box, the more parameters."


def with_legend(picture: Picture, colours: Colours | None = None) -> Drawing:
    """The whole sheet: the network, and below it what it says."""
    width = max(picture.width, NARROWEST)
    shift = (width - picture.width) / 2
    network = drawn(_moved(picture, shift), colours)
    top = picture.height + MARGIN / 2
    if colours is None:
        below, top = _families(picture.legend, width, top)
    else:
        below, top = [_scale(colours.scale, top)], top + 2 * LINE
    if any(box.parameters for box in picture.boxes):
        below.append(Group("", (Text(MARGIN, top + 11, SIZE_NOTE, SIZE),)))
        top += LINE
    return Drawing(width, top + MARGIN / 2, (*network, *below))


def _families(
    legend: Sequence[tuple[str, str]], width: float, top: float
) -> tuple[list[Group], float]:
    """A sample and a label for each, in lines; and where the last line ends."""
    groups, x = [], MARGIN
    for family, label in legend:
        needed = SWATCH[0] + 6 + text_width(label, CAPTION)
        if x > MARGIN and x + needed > width - MARGIN:
            x, top = MARGIN, top + LINE
        colour = FAMILIES[family][0]
        fill = mixed(colour, LIGHT["surface"], TONE)
        sample = Path(outline(family, x, top, *SWATCH), fill=fill, stroke=colour, width=1.4)
        groups.append(Group("", (sample, Text(x + SWATCH[0] + 6, top + 11, label, CAPTION))))
        x += needed + BETWEEN
    return groups, top + LINE


def _scale(scale: Scale, top: float) -> Group:
    """A strip from one colour to the other, with words at its ends."""
    left = MARGIN + text_width(scale.low, SIZE) + 8
    step, y = 7.0, top + LINE - 4
    strip = [
        Path(rounded(left + step * at, y, step + 0.5, 12, 0), fill=tone(scale, at / (STEPS - 1)))
        for at in range(STEPS)
    ]
    return Group(
        f"{scale.title}: from {scale.low} to {scale.high}",
        (
            Text(MARGIN, top + 10, scale.title, CAPTION),
            Text(MARGIN, y + 10, scale.low, SIZE),
            *strip,
            Text(left + step * STEPS + 8, y + 10, scale.high, SIZE),
        ),
    )


def _moved(picture: Picture, right: float) -> Picture:
    """The same, farther right."""
    if not right:
        return picture
    return picture.replace(
        boxes=tuple(box.replace(x=box.x + right) for box in picture.boxes),
        frames=tuple(frame.replace(x=frame.x + right) for frame in picture.frames),
        arrows=tuple(
            arrow.replace(points=tuple((x + right, y) for x, y in arrow.points))
            for arrow in picture.arrows
        ),
    )
