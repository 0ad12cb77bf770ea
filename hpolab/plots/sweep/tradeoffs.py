"""What a trial pays for its accuracy, and who changes places when health counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from hpolab.analysis import Pareto, Places, pareto, places, table_of
from hpolab.palette import LIGHT
from hpolab.plots.sweep.canvas import Drawing, canvas, empty, percent, plural, whole

if TYPE_CHECKING:
    from hpolab.plots.sweep.material import Material

__all__ = ["draw_pareto", "draw_places"]

_TITLES = {
    "health": "health (0 to 1, more is better)",
    "parameters": "trainable parameters (log scale, fewer is better)",
    "seconds": "time of the trial (s, log scale, less is better)",
}
_SIDES = ("top center", "bottom center")
_NAMED = 12
"""Trials of the front are numbered in the figure as long as they are so few."""


def draw_pareto(material: Material, against: str) -> Drawing:
    """Accuracy against another thing, the front marked."""
    told = pareto(material.measured, against)
    if told.winner is None:
        return empty("No trial has completed yet.")
    on = np.flatnonzero(told.front)
    on = on[np.argsort(told.other[on])]
    rest = np.flatnonzero(~told.front)
    point = f"trial %{{customdata[0]}}<br>accuracy %{{y:.1%}}<br>{against} %{{x:.4~g}}"
    traces = [
        _points(
            told, rest, "beaten by another", point, color=LIGHT["edge"], symbol="circle", size=6,
        ),
        _points(
            told, on, "on the front", point, color=LIGHT["accent"], symbol="diamond", size=10,
            line={"color": LIGHT["accent"], "shape": _stairs(against), "width": 1.5},
            text=[str(n) for n in told.numbers[on]] if len(on) <= _NAMED else [],
        ),
        _points(
            told, np.array([told.winner]), "first under these weights", point,
            color=LIGHT["other"], symbol="star", size=14,
        ),
    ]  # fmt: skip
    figure = canvas(
        [trace for trace in traces if len(trace["x"])],
        xaxis={
            "title": {"text": _TITLES[against]},
            "type": "linear" if against == "health" else "log",
        },
        yaxis={"title": {"text": "validation accuracy"}, "tickformat": ".3~p"},
    )
    return Drawing(figure, _spoken_front(told, on))


def _points(
    told: Pareto, at: np.ndarray, name: str, hover: str, *, color: str, symbol: str, size: int,
    line: dict[str, Any] | None = None, text: list[str] | None = None,
) -> dict[str, Any]:  # fmt: skip
    mode = "+".join(["markers", *(["lines"] if line else []), *(["text"] if text else [])])
    return {
        "type": "scatter", "name": name, "mode": mode, "hovertemplate": f"{hover}<extra></extra>",
        "x": _significant(told.other[at]), "y": whole(told.accuracy[at]),
        "customdata": told.numbers[at][:, None],
        "marker": {"color": color, "symbol": symbol, "size": size},
        **({"line": line} if line else {}),
        **({"text": text, "textposition": [_SIDES[place % 2] for place in range(len(text))]}
           if text else {}),
    }  # fmt: skip


def _significant(values: np.ndarray) -> np.ndarray:
    return np.round(values, 4)


def _stairs(against: str) -> str:
    """The edge of what is beaten: a front has corners where nothing lies between two trials."""
    return "vh" if against == "health" else "hv"


def _spoken_front(told: Pareto, on: np.ndarray) -> str:
    winner = told.numbers[told.winner]
    if len(on) == 1:
        return f"Trial {told.numbers[on[0]]} is best in both: nothing has to be traded."
    place = "is one of them" if told.front[told.winner] else "is not one of them"
    return (
        f"No single winner: {plural(len(on), 'trial')} on the front. Trial {winner}, first under "
        f"these weights, {place}."
    )


def draw_places(material: Material) -> Drawing:
    """A line per trial from its place by accuracy to its place under the weights."""
    told = places(table_of(material.trials), material.weights)
    if not told.trials:
        return empty("No trial has completed yet.")
    if material.weights.health == 0:
        return empty("Accuracy counts alone here: nothing changes places. Give health a weight.")
    steps = [percent(weight) for weight in told.health]
    order = np.argsort(told.ranks[-1])
    traces = [_line(told, column, steps) for column in order[::-1]]
    deepest = int(told.ranks.max())
    figure = canvas(
        traces,
        height=440,
        showlegend=False,
        xaxis={
            "title": {"text": "weight of health"}, "type": "category",
            "range": [-0.35, len(steps) - 0.45],
        },
        yaxis={
            "title": {"text": "place (1 is best, log scale)"}, "type": "log",
            "range": [np.log10(deepest * 1.15), np.log10(0.87)],
            "tickvals": [n for n in (1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000) if n <= deepest],
        },
    )  # fmt: skip
    return Drawing(figure, _spoken_places(told))


def _line(told: Places, column: int, steps: list[str]) -> dict[str, Any]:
    ranks, number = told.ranks[:, column], int(told.numbers[column])
    moved = int(ranks[0]) - int(ranks[-1])
    colour = "good" if moved > 0 else "bad" if moved < 0 else "edge"
    symbol = "triangle-up" if moved > 0 else "triangle-down" if moved < 0 else "circle"
    label = [""] * (len(steps) - 1) + [f" {number}"]
    return {
        "type": "scatter", "name": f"trial {number}", "x": steps, "y": ranks,
        "mode": "lines+markers+text", "text": label, "textposition": "middle right",
        "customdata": np.full((len(steps), 1), number),
        "line": {"color": LIGHT[colour], "width": 2}, "cliponaxis": False,
        "marker": {"color": LIGHT[colour], "symbol": symbol, "size": 8},
        "hovertemplate": f"trial {number}<br>place %{{y}} with health at %{{x}}<extra></extra>",
    }  # fmt: skip


def _spoken_places(told: Places) -> str:
    before, after = (int(told.numbers[np.argmin(told.ranks[step])]) for step in (0, -1))
    winner = (
        f"Trial {after} stays first"
        if before == after
        else f"Trial {after} takes over from {before}"
    )
    return f"{winner}; {percent(told.swapped)} of all pairs of trials change their order."
