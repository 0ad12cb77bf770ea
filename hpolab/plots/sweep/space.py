"""Scores along one, two and all hyperparameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from hpolab.analysis import (
    Cells,
    Course,
    Measured,
    cells,
    course,
    parallel,
    strongest,
)
from hpolab.palette import LIGHT
from hpolab.parameters import spoken
from hpolab.plots.style import plain, short
from hpolab.plots.sweep.canvas import (
    FIXED,
    RISING,
    Drawing,
    along,
    canvas,
    described,
    drawn_states,
    empty,
    percent,
    plural,
    score_axis,
    scored,
    whole,
)

if TYPE_CHECKING:
    from hpolab.analysis import Axis
    from hpolab.plots.sweep.material import Material

__all__ = ["draw_contour", "draw_parallel", "draw_slice"]

_NONE_COMPLETED = "No trial that has both of these has completed yet."
_MOST_DIMENSIONS = 5
_MANY = 150
"""Trials, from which on their marks are smaller, so that the cells under them are seen."""


def draw_parallel(material: Material, shown: str) -> Drawing:
    """A line per trial across hyperparameters, coloured by its score."""
    told = parallel(material.measured, material.axes)
    if not len(told.numbers):
        return empty("No trial has a score yet.")
    if not told.axes:
        return empty(FIXED)
    order = strongest(material.measured, material.axes)
    axes = sorted(told.axes, key=lambda axis: order.index(axis.name))
    results = [name for name, values in told.results.items() if not np.isnan(values).all()]
    if shown != "all":
        axes, results = axes[:_MOST_DIMENSIONS], results[:1]
    dimensions = [_dimension(axis, told.places[axis.name], told.unused) for axis in axes]
    for name in results:
        values = whole(np.nan_to_num(told.results[name]))
        dimensions.append({"name": name, "label": name, "values": values, "range": [0, 1]})
    trace = {
        "type": "parcoords", "dimensions": dimensions, "labelangle": -30, "labelside": "bottom",
        "line": {"color": whole(told.score), "colorscale": RISING},
        "rangefont": {"color": "rgba(0,0,0,0)"}, "tickfont": {"color": LIGHT["text"]},
        "customdata": told.numbers,
    }  # fmt: skip
    margin = {"l": 72, "r": 24, "t": 24, "b": 96}
    figure = canvas([trace], height=420, margin=margin)
    words = f"{plural(len(told.numbers), 'trial')} with a score"
    hidden = len(told.axes) - len(axes)
    also = f"; {plural(hidden, 'hyperparameter')} that matter less are not shown" if hidden else ""
    return Drawing(figure, f"{words}{also}.")


def _dimension(axis: Axis, places: np.ndarray, unused: Any) -> dict[str, Any]:
    shown = along(axis)
    low, high = axis.span
    ticks, texts = shown.get("tickvals"), shown.get("ticktext")
    if ticks is None:
        ticks = np.linspace(low, high, 5).round(6).tolist()
    texts = texts or [f"{tick:.3g}" for tick in ticks]
    if axis.name in unused:
        low = unused[axis.name]
        ticks, texts = [low, *ticks], ["not used", *texts]
    return {
        "name": axis.name, "label": short(axis.label, limit=18), "values": whole(places, 6),
        "range": [low, high if high > low else low + 1], "tickvals": ticks, "ticktext": texts,
    }  # fmt: skip


def draw_slice(material: Material, parameter: str) -> Drawing:
    """Every trial's score along one hyperparameter, and the medians of neighbours."""
    axis, rows = material.axis(parameter), material.measured
    at = axis.places(rows.trials)
    shown = rows.only(~np.isnan(at) & (~np.isnan(rows.score) | (rows.states == "failed")))
    if not len(shown.trials):
        return empty("No trial that uses it has a score yet.")
    told = course(rows, axis)
    traces = [*_spread(told, joined=not axis.options), *_dots(shown, axis)]
    best = [_best_band(told)] if told.best and not axis.options else []
    figure = canvas(traces, xaxis=along(axis), yaxis=score_axis(shown.score), shapes=best)
    return Drawing(figure, _spoken_course(told, axis))


def _dots(shown: Measured, axis: Axis) -> list[dict[str, Any]]:
    known = ~np.isnan(shown.score)
    floor = float(np.nanmin(shown.score)) - 0.04 if known.any() else 0.0
    at = axis.places(shown.trials)
    if axis.options:  # side by side, so that a hundred trials of one option can be told apart
        at = at + np.random.default_rng(0).uniform(-0.18, 0.18, len(at))
    values = [plain(spoken(trial.params[axis.name])) for trial in shown.trials]
    columns = {
        "x": whole(at, 5),
        "y": whole(np.where(known, shown.score, floor)),
        "customdata": np.array(
            list(zip(shown.numbers.tolist(), values, scored(shown.score), strict=True)),
            dtype=object,
        ),
    }
    hover = f"{plain(axis.label)} %{{customdata[1]}}<br>%{{customdata[2]}}"
    return drawn_states(shown.states, columns, hover=hover, opacity=0.75)


def _spread(told: Course, *, joined: bool) -> list[dict[str, Any]]:
    """The median and the quartiles of each group; groups that have an order are joined."""
    if len(told.trials) < 2:
        return []
    middle = (told.start + told.end) / 2
    bars = {
        "type": "data", "symmetric": False, "array": whole(told.high - told.median),
        "arrayminus": whole(told.median - told.low), "thickness": 1.5, "width": 5,
        "color": LIGHT["other"],
    }  # fmt: skip
    return [
        {
            "type": "scatter", "mode": "lines+markers" if joined else "markers",
            "name": "median, quartiles",
            "x": whole(middle, 5), "y": whole(told.median), "error_y": bars,
            "line": {"color": LIGHT["other"], "width": 2},
            "marker": {"size": 7, "symbol": "diamond"},
            "customdata": told.trials[:, None],
            "hovertemplate": "median %{y:.3f} of %{customdata[0]} trials<extra></extra>",
        }
    ]  # fmt: skip


def _best_band(told: Course) -> dict[str, Any]:
    low, high = told.best or (0.0, 0.0)
    return {
        "type": "rect", "x0": low, "x1": high, "y0": 0, "y1": 1, "yref": "paper", "layer": "below",
        "fillcolor": LIGHT["good-soft"], "line": {"width": 0},
    }  # fmt: skip


def _spoken_course(told: Course, axis: Axis) -> str:
    if told.best is None:
        known = plural(int(told.trials.sum()), "completed trial")
        return f"{known}: too few to say where the best are."
    if axis.options:
        names = [described(axis, place) for place in told.best_places]
        if len(names) == len(axis.options):
            return "Every option is among the best tenth of the trials."
        return f"The best tenth of the trials has {', '.join(names)}."
    low, high = (described(axis, place) for place in told.best)
    return f"The best tenth of the trials lies between {low} and {high}, the shaded part."


def draw_contour(material: Material, one: str, other: str) -> Drawing:
    """Mean scores in cells of two hyperparameters; blank where no trial has been."""
    x, y = material.axis(one), material.axis(other)
    told = cells(material.measured, x, y)
    if not told.trials.sum():
        return empty(_NONE_COMPLETED)
    rows = material.measured.completed()
    figure = canvas(
        [_map(told), _seen(rows, x, y)],
        height=420,
        showlegend=False,
        xaxis=along(x) | {"showgrid": False, "range": told.x_edges[[0, -1]].tolist()},
        yaxis=along(y) | {"showgrid": False, "range": told.y_edges[[0, -1]].tolist()},
    )
    best = np.unravel_index(np.nanargmax(told.mean), told.mean.shape)
    verdict = (
        f"{percent(told.covered)} of the cells hold a completed trial; the best mean, "
        f"{told.mean[best]:.3f}, is of {plural(int(told.trials[best]), 'trial')}."
    )
    return Drawing(figure, verdict)


def _map(told: Cells) -> dict[str, Any]:
    bar = {"title": {"text": "mean score", "side": "right"}, "thickness": 12}
    return {
        "type": "heatmap", "x": whole(told.x_edges, 6), "y": whole(told.y_edges, 6),
        "z": whole(told.mean), "customdata": told.trials, "colorscale": RISING, "colorbar": bar,
        "xgap": 1, "ygap": 1, "hoverongaps": False,
        "hovertemplate": "mean score %{z:.3f} of %{customdata} completed<extra></extra>",
    }  # fmt: skip


def _seen(rows: Measured, x: Axis, y: Axis) -> dict[str, Any]:
    """The trials themselves; options are spread a little, or all would lie on one point."""
    rng = np.random.default_rng(0)
    at = [
        axis.places(rows.trials)
        + (rng.uniform(-0.3, 0.3, len(rows.trials)) if axis.options else 0)
        for axis in (x, y)
    ]
    known = ~np.isnan(at[0]) & ~np.isnan(at[1])
    return {
        "type": "scatter", "mode": "markers",
        "x": whole(at[0][known], 5), "y": whole(at[1][known], 5),
        "customdata": np.stack([rows.numbers[known], whole(rows.score[known], 3)], axis=1),
        "marker": {
            "size": 7 if known.sum() < _MANY else 3, "color": LIGHT["other"],
            "line": {"color": LIGHT["surface"], "width": 1 if known.sum() < _MANY else 0},
        },
        "hovertemplate": "trial %{customdata[0]:.0f}<br>score %{customdata[1]:.3f}<extra></extra>",
    }  # fmt: skip
