"""A drawn network as SVG: vector, self-contained, for papers and pages."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from hpolab.network.drawing import Path
from hpolab.network.legend import with_legend
from hpolab.palette import FONTS, LIGHT

if TYPE_CHECKING:
    from hpolab.network.drawing import Colours, Group, Text
    from hpolab.network.picture import Picture

__all__ = ["svg"]


def svg(
    picture: Picture,
    colours: Colours | None = None,
    *,
    title: str = "",
    ground: str | None = LIGHT["surface"],
) -> str:
    """The whole sheet with its legend, as the text of an SVG file.

    Args:
        picture: The network, laid out.
        colours: What boxes are coloured by; without them, by family.
        title: What a screen reader and a tooltip say; the network's name when it is empty.
        ground: Colour of the paper; None for none.
    """
    sheet = with_legend(picture, colours)
    width, height = _number(sheet.width), _number(sheet.height)
    font = escape(FONTS["text"], quote=True)
    paper = f'<rect width="{width}" height="{height}" fill="{ground}"/>' if ground else ""
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="0 0 {width} {height}" role="img" font-family="{font}">',
            f"<title>{escape(title or picture.name or 'Network')}</title>",
            *([paper] if paper else []),
            *(_group(group) for group in sheet.groups),
            "</svg>",
            "",
        )
    )


def _group(group: Group) -> str:
    marks = "".join(_path(mark) if isinstance(mark, Path) else _text(mark) for mark in group.marks)
    title = f"<title>{escape(group.title)}</title>" if group.title else ""
    return f"<g>{title}{marks}</g>"


def _path(path: Path) -> str:
    steps = " ".join(
        letter + " ".join(_number(value) for value in values) for letter, values in path.commands
    )
    dash = f' stroke-dasharray="{" ".join(map(_number, path.dash))}"' if path.dash else ""
    stroke = (
        f' stroke="{path.stroke}" stroke-width="{_number(path.width)}"{dash}'
        if path.stroke
        else ""
    )
    return f'<path d="{steps}" fill="{path.fill or "none"}"{stroke}/>'


def _text(text: Text) -> str:
    size, weight, colour = text.lettering
    anchor = ' text-anchor="middle"' if text.is_centred else ""
    return (
        f'<text x="{_number(text.x)}" y="{_number(text.y)}" font-size="{_number(size)}" '
        f'font-weight="{weight}" fill="{LIGHT[colour]}"{anchor}>{escape(text.words)}</text>'
    )


def _number(value: float) -> str:
    """At most one decimal: a tenth of a pixel is finer than print."""
    return f"{value:.1f}".removesuffix(".0")
