"""A figure, and the words that go with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import plotly.graph_objects as go

__all__ = ["Entry", "Plot"]


class Entry(NamedTuple):
    """A figure that can be drawn.

    Attributes:
        name: What ``draw`` takes: "confusion", "weights/conv1".
        title: A few words.
        group: Under which heading it is shown.
        layer: The layer that it is about; "" when it is about the whole network.
    """

    name: str
    title: str
    group: str
    layer: str = ""

    @property
    def part(self) -> str:
        """What the name has behind its kind: "conv1"."""
        return self.name.partition("/")[2]


class Plot(NamedTuple):
    """A figure that a person can read without having seen one like it before.

    Attributes:
        name: What ``draw`` takes: "confusion", "weights/conv1".
        title: A few words.
        reading: One sentence on how to read it.
        warning: One sentence on what a bad one looks like.
        verdict: What is wrong here, and marked in the figure; empty when nothing is.
        figure: Colours are of palette.LIGHT; ``style.darkened`` gives the figure for dark pages.
    """

    name: str
    title: str
    reading: str
    warning: str
    verdict: str
    figure: go.Figure
