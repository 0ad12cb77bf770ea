"""What all figures of a sweep have in common: their ground, states of trials, axes, words."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from hpolab.palette import LIGHT, SERIES, STATES
from hpolab.parameters import spoken
from hpolab.plots.style import draw_figure, plain, short

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from numpy.typing import NDArray

    from hpolab.analysis import Axis

__all__ = [
    "FIXED",
    "RESULT_COLOURS",
    "RISING",
    "SYMBOLS",
    "Drawing",
    "along",
    "canvas",
    "described",
    "drawn_states",
    "empty",
    "percent",
    "plural",
    "score_axis",
    "scored",
    "time_unit",
    "trial_axis",
    "whole",
]

FIXED = "Every hyperparameter is fixed: there is nothing to compare."

SYMBOLS: Mapping[str, str] = {
    "completed": "circle",
    "running": "circle-open",
    "pruned": "triangle-down",
    "failed": "x",
    "cancelled": "square-open",
}
"""A shape for each state of a trial: colour never says it alone."""

RISING = [[0.0, LIGHT["line"]], [1.0, LIGHT["accent"]]]
"""From low to high, in colours that have a twin on dark pages; the lowest is not the ground."""

RESULT_COLOURS: Mapping[str, str] = {
    "score": LIGHT["accent"],
    "accuracy": SERIES["parameter_efficiency"][0],
    "health": SERIES["training_stability"][0],
}

_MOST_TICKS = 6
_TRIAL = "trial %{customdata[0]}"
_LEAST_SPAN = 0.06
_FEW = 12
_MANY = 200
"""Trials, from which on their marks are smaller."""


class Drawing(NamedTuple):
    """A figure, and what it shows of this sweep in a sentence."""

    figure: go.Figure
    verdict: str = ""


def canvas(
    traces: list[dict[str, Any]],
    *,
    height: int = 360,
    margin: Mapping[str, int] | None = None,
    **layout: Any,
) -> go.Figure:
    """A figure that keeps its zoom when it is drawn again."""
    return draw_figure(
        traces,
        height=height,
        margin=margin or {"l": 48, "r": 16, "t": 32, "b": 48},
        hovermode="closest",
        uirevision="as it was",  # a live sweep is drawn again and again: zooms stay
        **layout,
    )


def empty(sentence: str) -> Drawing:
    """A figure that says why there is nothing to be seen."""
    hidden = {"visible": False}
    note = {
        "text": "<br>".join(textwrap.wrap(sentence, 40)), "showarrow": False, "x": 0.5, "y": 0.5,
        "xref": "paper", "yref": "paper",
        "font": {"color": LIGHT["quiet"]},
    }  # fmt: skip
    figure = canvas([], height=200, xaxis=hidden, yaxis=hidden, annotations=[note])
    return Drawing(figure, sentence)


def drawn_states(
    states: NDArray[np.str_], columns: Mapping[str, NDArray[Any]], *, hover: str, **trace: Any
) -> list[dict[str, Any]]:
    """One trace of markers for each state that is there, completed trials first.

    Args:
        states: Of the points.
        columns: "x", "y" and "customdata" of the points; the first of ``customdata`` is the trial.
        hover: What a point says of itself.
        trace: More for every trace.
    """
    size = 8 if len(states) < _MANY else 5
    drawn = []
    for state, symbol in SYMBOLS.items():
        mask = states == state
        if mask.any():
            here = {name: column[mask] for name, column in columns.items()}
            marker = {"symbol": symbol, "color": LIGHT[STATES[state]], "size": size}
            drawn.append(
                {
                    "type": "scatter", "mode": "markers", "name": state, "marker": marker,
                    "hovertemplate": f"{_TRIAL}, {state}<br>{hover}<extra></extra>",
                    **here, **trace,
                }
            )  # fmt: skip
    return drawn


def along(axis: Axis) -> dict[str, Any]:
    """A plotly axis for a hyperparameter, in the terms of ``Axis.places``.

    Choices and logarithms are written as ticks: what is drawn is always linear.
    """
    low, high = axis.span
    title = {"text": plain(axis.label) + (" (log scale)" if axis.log else "")}
    if axis.options:
        return {
            "title": title, "range": [-0.6, high + 0.6],
            "tickvals": list(range(len(axis.options))),
            "ticktext": [short(spoken(option)) for option in axis.options],
        }  # fmt: skip
    margin = 0.04 * (high - low)
    shown = {"title": title, "range": [low - margin, high + margin]}
    if axis.is_whole and not axis.log:
        return shown | {"tickformat": "d", "tickvals": _whole_ticks(low, high)}
    if not axis.log:
        return shown
    values, texts = _decades(low, high)
    return shown | {"tickvals": values, "ticktext": texts}


def _whole_ticks(low: float, high: float) -> list[int]:
    step = max(1, int(np.ceil((high - low) / _MOST_TICKS)))
    return list(range(int(low), int(high) + 1, step))


def _decades(low: float, high: float) -> tuple[list[float], list[str]]:
    """Ticks of a log axis: whole powers, with 2 and 5 between where there are few."""
    steps = (1.0, 2.0, 5.0) if high - low < 2 else (1.0,)
    powers = np.arange(np.floor(low), np.ceil(high) + 1)
    if len(powers) > _MOST_TICKS:
        powers = powers[:: int(np.ceil(len(powers) / _MOST_TICKS))]
    at = np.array([power + np.log10(step) for power in powers for step in steps])
    at = at[(at >= low - 1e-9) & (at <= high + 1e-9)]
    return at.tolist(), [f"{10**place:.3g}" for place in at]


def described(axis: Axis, place: float) -> str:
    """The value at a place of an axis, in words."""
    if axis.options:
        return spoken(axis.options[round(place)])
    return f"{10**place if axis.log else place:.2g}"


def score_axis(scores: NDArray[np.float64]) -> dict[str, Any]:
    """The axis of these scores; where they hardly differ it does not blow that up."""
    known = scores[~np.isnan(scores)]
    shown: dict[str, Any] = {"title": {"text": "score (0 to 1)"}}
    if len(known) and np.ptp(known) < _LEAST_SPAN:
        middle = float(known.max() + known.min()) / 2
        shown["range"] = [middle - _LEAST_SPAN / 2, middle + _LEAST_SPAN / 2]
    return shown


def trial_axis(title: str, number: int) -> dict[str, Any]:
    """An axis of trials, which come in whole numbers."""
    return {"title": {"text": title}, **({"dtick": 1} if number <= _FEW else {})}


def scored(scores: NDArray[np.float64]) -> list[str]:
    """What a mark says of its score: some trials have none."""
    return ["no score" if np.isnan(score) else f"score {score:.3f}" for score in scores]


def percent(share: float) -> str:
    """A share as a whole percentage."""
    return f"{100 * share:.0f} %"


def plural(number: int, noun: str) -> str:
    """A number and its noun."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def time_unit(seconds: float) -> tuple[float, str]:
    """What to divide seconds by so that the longest reads well, and how the unit is written."""
    for limit, divisor, unit in ((180, 1.0, "s"), (3 * 3600, 60.0, "min")):
        if seconds < limit:
            return divisor, unit
    return 3600.0, "h"


def whole(values: NDArray[np.float64], digits: int = 4) -> NDArray[np.float64]:
    """Rounded, so that a figure stays small when it is sent."""
    return np.round(values, digits)
