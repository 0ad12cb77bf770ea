"""How much room text takes, near enough to make boxes for it without a browser."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["CAPTION", "SIZE", "TITLE", "Lettering", "text_width"]

_NARROW = frozenset("ijltfrI.,:;|!'`()[]/ ")
_WIDE = frozenset("mwMW…%@")


class Lettering(NamedTuple):
    """One kind of line.

    Attributes:
        size: Of the font, in pixels.
        weight: CSS font weight.
        colour: A name in ``hpolab.palette.LIGHT``.
    """

    size: float
    weight: int
    colour: str


TITLE = Lettering(13, 600, "text")
CAPTION = Lettering(11, 400, "text")
SIZE = Lettering(11, 400, "quiet")


def text_width(text: str, lettering: Lettering) -> float:
    """Width of a line in pixels, a little generous: fonts differ.

    Classes of letters with the widths they have in common sans-serif fonts, in parts of the
    size: narrow 0.36, wide 0.92, capitals 0.7, all others 0.6; bold ones are 7 % wider.
    """
    ems = sum(
        0.36
        if letter in _NARROW
        else 0.92
        if letter in _WIDE or ord(letter) > 0x2E80  # scripts with square letters
        else 0.7
        if letter.isupper()
        else 0.6
        for letter in text
    )
    return ems * lettering.size * (1.07 if lettering.weight > 400 else 1.0)
