"""What the results go with: a bar for each hyperparameter, and whether to believe it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from hpolab.analysis import Importance, importances
from hpolab.palette import LIGHT
from hpolab.plots.style import plain
from hpolab.plots.sweep.canvas import (
    FIXED,
    RESULT_COLOURS,
    Drawing,
    canvas,
    empty,
    percent,
    plural,
    whole,
)

if TYPE_CHECKING:
    from hpolab.plots.sweep.material import Material

__all__ = ["draw_importance"]

_MOST_BARS = 12
"""Hyperparameters that have bars; the others matter less than all of these."""
_TOO_FEW = {
    "text": "too few trials to believe it", "showarrow": False, "xref": "paper", "yref": "paper",
    "x": 1, "y": 0.06, "xanchor": "right", "yanchor": "bottom", "font": {"color": LIGHT["bad"]},
    "bgcolor": LIGHT["surface"],
}  # fmt: skip


def draw_importance(material: Material) -> Drawing:
    """Bars of the shares for score, accuracy and health; pale where chance would do as well."""
    if not material.axes:
        return empty(FIXED)
    told = importances(material.measured, material.axes)
    first = told[0]
    if first.trials < 3:
        return empty(f"{plural(first.trials, 'trial')} completed: too few to compare anything.")
    order = np.argsort(-first.shares, kind="stable")[:_MOST_BARS]
    order = order[::-1]  # the last is drawn on top
    labels = [plain(material.axes[place].label) for place in order]
    edge = max(0.05, *(float(each.high.max(initial=0)) for each in told))
    figure = canvas(
        [_shares(each, order, labels) for each in told[::-1]],
        height=150 + 34 * len(labels),
        barmode="group",
        bargap=0.25,
        xaxis={
            "title": {"text": "share of the spread"}, "tickformat": ".0%",
            "range": [0, min(1.0, 1.05 * edge)],
        },
        yaxis={"showgrid": False},
        legend={"traceorder": "reversed", "orientation": "h", "x": 0, "y": 1.02},
        shapes=[_chance_line(first)],
        annotations=[_chance_word(first), *([] if first.is_enough else [_TOO_FEW])],
    )  # fmt: skip
    return Drawing(figure, _spoken_importance(first, material))


def _shares(told: Importance, order: np.ndarray, labels: list[str]) -> dict[str, Any]:
    shares, sure = told.shares[order], told.is_sure[order]
    return {
        "type": "bar", "orientation": "h", "name": f"of {told.target}", "y": labels,
        "x": whole(shares),
        "error_x": {
            "type": "data", "symmetric": False, "array": whole(told.high[order] - shares).clip(0),
            "arrayminus": whole(shares - told.low[order]).clip(0), "thickness": 1, "width": 2,
            "color": LIGHT["quiet"],
        },
        "marker": {
            "color": RESULT_COLOURS[told.target], "opacity": np.where(sure, 1.0, 0.3),
        },
        "customdata": np.stack([whole(told.low[order]), whole(told.high[order])], axis=1),
        "hovertemplate": f"%{{y}}: %{{x:.0%}} of the spread of {told.target}<br>"
        "between %{customdata[0]:.0%} and %{customdata[1]:.0%}<extra></extra>",
    }  # fmt: skip


def _chance_line(told: Importance) -> dict[str, Any]:
    line = {"color": LIGHT["bad"], "width": 1.5, "dash": "dash"}
    return {
        "type": "line", "x0": told.chance, "x1": told.chance, "y0": 0, "y1": 1, "yref": "paper",
        "line": line,
    }  # fmt: skip


def _chance_word(told: Importance) -> dict[str, Any]:
    return {
        "x": told.chance, "y": 0, "yref": "paper", "yanchor": "bottom", "xanchor": "left",
        "text": "chance", "showarrow": False, "font": {"color": LIGHT["bad"]},
    }  # fmt: skip


def _spoken_importance(told: Importance, material: Material) -> str:
    if not told.is_enough:
        return (
            f"Too few trials to believe it: {told.trials} completed, {told.needed} are needed "
            f"(4 for each of {plural(len(told.names), 'hyperparameter')})."
        )
    if not told.is_sure.any():
        return f"Nothing explains more of the score than chance would ({percent(told.chance)})."
    place = int(np.argmax(told.shares))
    return (
        f"{material.axes[place].label} explains {percent(told.shares[place])} of the spread of "
        f"the score (between {percent(told.low[place])} and {percent(told.high[place])})."
    )
