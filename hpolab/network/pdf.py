"""A drawn network as PDF: vector, text that can be searched, made without a browser."""

from __future__ import annotations

import io
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from hpolab.errors import ConfigError
from hpolab.network.drawing import Path
from hpolab.network.legend import with_legend
from hpolab.palette import LIGHT

if TYPE_CHECKING:
    from hpolab.network.drawing import Colours, Text
    from hpolab.network.picture import Picture

__all__ = ["pdf"]

POINTS = 0.75
"""Points in a pixel: CSS has 96 of these in an inch, PDF 72 of those."""

_FONTS = (
    ("Vera.ttf", "VeraBd.ttf"),  # comes with ReportLab: Latin letters, and the signs we use
    ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"),
    ("NotoSans-Regular.ttf", "NotoSans-Bold.ttf"),
    ("arial.ttf", "arialbd.ttf"),
    ("Arial Unicode.ttf", "Arial Unicode.ttf"),
)
"""Regular and bold, in the order in which they are tried; those that a machine lacks are left."""


def pdf(picture: Picture, colours: Colours | None = None, *, title: str = "") -> bytes:
    """The whole sheet with its legend, as the content of a PDF file of one page.

    Letters that no font of the machine has are written by their number, "U+4E2D".

    Args:
        picture: The network, laid out.
        colours: What boxes are coloured by; without them, by family.
        title: Of the document; the network's name when it is empty.

    Raises:
        ConfigError: ReportLab is not installed.
    """
    try:
        from reportlab.pdfgen.canvas import Canvas
    except ImportError as error:
        raise ConfigError(
            "a PDF needs ReportLab, which is not installed; run: pip install 'hpolab[paper]', "
            "or write an SVG."
        ) from error
    sheet = with_legend(picture, colours)
    content = io.BytesIO()
    canvas = Canvas(content, pagesize=(POINTS * sheet.width, POINTS * sheet.height), invariant=1)
    canvas.setTitle(title or picture.name or "Network")
    canvas.setCreator("hpolab")
    canvas.scale(POINTS, POINTS)
    for group in sheet.groups:
        for mark in group.marks:
            if isinstance(mark, Path):
                _draw_path(canvas, mark, sheet.height)
            else:
                _draw_text(canvas, mark, sheet.height)
    canvas.showPage()
    canvas.save()
    return content.getvalue()


def _draw_path(canvas: Any, path: Path, height: float) -> None:
    from reportlab.lib.colors import HexColor

    drawn = canvas.beginPath()
    steps = {"M": drawn.moveTo, "L": drawn.lineTo, "C": drawn.curveTo, "Z": drawn.close}
    for letter, values in path.commands:
        steps[letter](*_upwards(values, height))
    if path.fill:
        canvas.setFillColor(HexColor(path.fill))
    if path.stroke:
        canvas.setStrokeColor(HexColor(path.stroke))
        canvas.setLineWidth(path.width)
        canvas.setDash(list(path.dash))
    canvas.drawPath(drawn, stroke=bool(path.stroke), fill=bool(path.fill))


def _draw_text(canvas: Any, text: Text, height: float) -> None:
    from reportlab.lib.colors import HexColor

    font, words = _font_for(text.words, text.lettering.weight > 400)
    canvas.setFont(font, text.lettering.size)
    canvas.setFillColor(HexColor(LIGHT[text.lettering.colour]))
    draw = canvas.drawCentredString if text.is_centred else canvas.drawString
    draw(text.x, height - text.y, words)


def _upwards(values: tuple[float, ...], height: float) -> list[float]:
    """Pairs of coordinates with y from the lower edge, as PDF has it."""
    return [height - value if at % 2 else value for at, value in enumerate(values)]


def _font_for(words: str, is_bold: bool) -> tuple[str, str]:
    """A font that has all letters, and the words as it can write them."""
    fonts = _fonts(is_bold)
    for name, letters in fonts:
        if letters.issuperset(map(ord, words)):
            return name, words
    name, letters = max(fonts, key=lambda font: sum(ord(each) in font[1] for each in words))
    return name, "".join(w if ord(w) in letters else f"U+{ord(w):04X}" for w in words)


@lru_cache
def _fonts(is_bold: bool) -> list[tuple[str, frozenset[int]]]:
    """Names of the fonts that this machine has, made known to ReportLab, with their letters."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFError, TTFont

    found = []
    for pair in _FONTS:
        name = f"hpolab-{pair[is_bold]}"
        try:
            font = TTFont(name, pair[is_bold])
        except TTFError:
            continue
        pdfmetrics.registerFont(font)
        found.append((name, frozenset(font.face.charToGlyph)))
    return found
