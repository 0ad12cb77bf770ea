"""Health, drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from hpolab.diagnostics.examination import examination
from hpolab.palette import LIGHT
from hpolab.plots.plot import Plot
from hpolab.plots.style import BLANK, draw_figure

if TYPE_CHECKING:
    from pathlib import Path

    from hpolab.diagnostics.examination import Examination
    from hpolab.plots.plot import Entry

__all__ = ["radar"]


_OUTSIDE = (
    "top right", "top right", "bottom right", "bottom right", "bottom left", "top left",
)  # fmt: skip
_INSIDE = (
    "bottom right", "bottom left", "top left", "top right", "top right", "bottom right",
)  # fmt: skip
"""Where the numbers stand, clockwise: outside the polygon, or inside near the rim."""


def radar(entry: Entry, folder: Path) -> Plot | None:
    """The health metrics as corners of a polygon."""
    facts = examination(folder)
    if facts is None:
        return None
    figure = draw_figure(
        [_polygon(facts), _corners(facts)],
        height=340,
        margin={"l": 80, "r": 80, "t": 40, "b": 40},
        showlegend=False,
        polar={
            "bgcolor": BLANK,
            "radialaxis": {
                "range": (0, 1), "tickvals": (0.25, 0.5, 0.75, 1), "gridcolor": LIGHT["line"],
                "linecolor": LIGHT["line"], "showticklabels": False, "ticks": "",
            },
            "angularaxis": {
                "direction": "clockwise", "rotation": 90, "gridcolor": LIGHT["line"],
                "linecolor": LIGHT["edge"], "tickfont": {"size": 11},
            },
        },
    )  # fmt: skip
    return Plot(
        name=entry.name,
        title=entry.title,
        reading="Each corner is a health metric from 0 in the middle to 1 at the rim: the larger "
        "the polygon, the healthier the network; the whole story is in the overview.",
        warning="A dent is something sick; parameter efficiency is below 0.6 for most good "
        "networks, the others are near the rim.",
        verdict=facts.verdict,
        figure=figure,
    )


def _polygon(facts: Examination) -> dict[str, Any]:
    names = [*_names(facts), _names(facts)[0]]
    values = [*_values(facts), _values(facts)[0]]
    return {
        "type": "scatterpolar", "mode": "lines", "r": np.array(values, np.float32), "theta": names,
        "fill": "toself", "fillcolor": LIGHT["accent-soft"], "opacity": 0.8,
        "line": {"color": LIGHT["accent"], "width": 2}, "hoverinfo": "skip",
    }  # fmt: skip


def _corners(facts: Examination) -> dict[str, Any]:
    """A dot for each metric, with its number; a low one is red, and another shape."""
    is_low = [name in facts.low for name in facts.metrics]
    return {
        "type": "scatterpolar",
        "mode": "markers+text",
        "r": np.array(_values(facts), np.float32),
        "theta": _names(facts),
        "text": [f"{value:.2f}" for value in _values(facts)],
        "textposition": [_beside(at, value) for at, value in enumerate(_values(facts))],
        "textfont": {"color": [LIGHT["bad" if low else "text"] for low in is_low]},
        "marker": {
            "size": [11 if low else 7 for low in is_low],
            "symbol": ["x" if low else "circle" for low in is_low],
            "color": [LIGHT["bad" if low else "accent"] for low in is_low],
        },
        "customdata": [metric.evidence for metric in facts.metrics.values()],
        "hovertemplate": "%{theta}: %{r:.2f}<br>%{customdata}<extra></extra>",
    }


def _beside(at: int, value: float) -> str:
    return (_INSIDE if value > 0.75 else _OUTSIDE)[at]


def _names(facts: Examination) -> list[str]:
    return [name.replace("_", "<br>").capitalize() for name in facts.metrics]


def _values(facts: Examination) -> list[float]:
    return [metric.value for metric in facts.metrics.values()]
