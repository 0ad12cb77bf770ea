"""How a search went: scores in order, workers over time, and what it took."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from hpolab.analysis import Costs, Timeline, costs, history, timeline
from hpolab.palette import LIGHT, STATES
from hpolab.plots.style import short
from hpolab.plots.sweep.canvas import (
    Drawing,
    canvas,
    drawn_states,
    empty,
    percent,
    plural,
    score_axis,
    scored,
    time_unit,
    trial_axis,
    whole,
)

if TYPE_CHECKING:
    from hpolab.plots.sweep.material import Material

__all__ = ["draw_costs", "draw_history", "draw_timeline"]

_BAR = 26
_MANY = 200
"""Bars, from which on lines between them would hide them."""

_SHAPES = {"pruned": "/", "failed": "x", "cancelled": "\\", "running": "."}
"""Patterns of bars, since a bar has no shape."""

_MARKS = {"completed": "●", "pruned": "▼", "failed": "✖", "cancelled": "□"}
"""The shapes of ``canvas.SYMBOLS`` as letters: the bars are the legend of the marks."""


def draw_history(material: Material) -> Drawing:
    """The score of every trial, and the best so far as a staircase."""
    told = history(material.measured)
    if not len(told.numbers):
        return empty("No trial has begun yet.")
    place = np.arange(1, len(told.numbers) + 1)
    known = ~np.isnan(told.score)
    floor = float(np.nanmin(told.score)) - 0.04 if known.any() else 0.0
    columns = {
        "x": place,
        "y": whole(np.where(known, told.score, floor)),
        "customdata": np.array(
            list(zip(told.numbers.tolist(), scored(told.score), strict=True)), dtype=object
        ),
    }
    traces = drawn_states(told.states, columns, hover="%{customdata[1]}")
    has_best = ~np.isnan(told.best)
    if has_best.any():
        traces.append(
            {
                "type": "scatter", "mode": "lines", "name": "best so far", "hoverinfo": "skip",
                "x": place[has_best], "y": whole(told.best[has_best]),
                "line": {"shape": "hv", "color": LIGHT["accent"], "width": 2},
            }
        )  # fmt: skip
    figure = canvas(
        traces,
        xaxis=trial_axis("trials, in the order of their ends", len(place)),
        yaxis=score_axis(columns["y"]),
    )
    if not len(told.gains):
        return Drawing(figure, "No trial has completed yet.")
    best = int(told.numbers[told.gains[-1]])
    verb = "was" if told.since_gain == 1 else "were"
    after = f"{plural(told.since_gain, 'trial')} since then {verb} not better"
    verdict = f"Trial {best} is best with {told.best[-1]:.3f}"
    return Drawing(
        figure, f"{verdict}; {after}." if told.since_gain else f"{verdict}, the latest."
    )


def draw_timeline(material: Material) -> Drawing:
    """A row per worker, a bar per trial."""
    told = timeline(material.trials, now=material.now)
    if told.begun is None:
        return empty("No trial has been trained here yet.")
    divisor, unit = time_unit(told.seconds)
    row = {worker: place for place, worker in enumerate(told.workers)}
    figure = canvas(
        [_bars(told, state, row, divisor) for state in (*STATES,) if _has(told, state)],
        height=120 + _BAR * max(2, len(row)),
        barmode="overlay",
        bargap=0.25,
        xaxis={"title": {"text": f"time since the start ({unit})"}},
        yaxis={
            "title": {"text": "worker"}, "tickvals": list(row.values()),
            "ticktext": [short(worker) for worker in row],
            "autorange": "reversed", "showgrid": False,
        },
    )  # fmt: skip
    verb = "was" if len(row) == 1 else "were"
    verdict = f"{plural(len(row), 'worker')} {verb} busy {percent(told.busy)} of the time."
    if told.untrained:
        verdict += (
            f" {plural(told.untrained, 'trial')} took no worker (reused, inherited, waiting)."
        )
    return Drawing(figure, verdict)


def _has(told: Timeline, state: str) -> bool:
    return any(span.state == state for span in told.spans)


def _bars(told: Timeline, state: str, row: dict[str, int], divisor: float) -> dict[str, Any]:
    spans = [span for span in told.spans if span.state == state]
    return {
        "type": "bar", "orientation": "h", "name": state,
        "base": whole(np.array([span.start for span in spans]) / divisor, 3),
        "x": whole(np.array([span.end - span.start for span in spans]) / divisor, 3),
        "y": np.array([row[span.worker] for span in spans]),
        "customdata": np.array(
            [(span.trial, round(span.end - span.start, 1)) for span in spans], dtype=object
        ),
        "marker": {
            "color": LIGHT[STATES[state]],
            "line": {"color": LIGHT["surface"], "width": 0.5 if len(told.spans) < _MANY else 0},
            "pattern": {
                "shape": _SHAPES.get(state, ""), "size": 6, "solidity": 0.25,
                "fillmode": "overlay", "fgcolor": LIGHT["surface"],
            },
        },
        "hovertemplate": f"trial %{{customdata[0]}}, {state}<br>%{{customdata[1]}} s"
        "<extra></extra>",
    }  # fmt: skip


def draw_costs(material: Material) -> Drawing:
    """What was spent and saved, above what every trial took."""
    told = costs(material.trials, epochs=material.epochs)
    if not told.trials:
        return empty("No trial has ended here yet.")
    rows = _sums(told)
    divisor, unit = time_unit(max(seconds for _, seconds, _ in rows))
    sums = {
        "type": "bar", "orientation": "h", "showlegend": False, "xaxis": "x", "yaxis": "y",
        "x": whole(np.array([seconds for _, seconds, _ in rows]) / divisor, 3),
        "y": [label for label, _, _ in rows],
        "marker": {
            "color": [LIGHT[colour] for _, _, colour in rows],
            "pattern": {"shape": ["/" if "saved" in label else "" for label, _, _ in rows]},
        },
        "hovertemplate": f"%{{y}}: %{{x:.3g}} {unit}<extra></extra>",
    }  # fmt: skip
    small, small_unit = time_unit(max(told.seconds))
    columns = {
        "x": np.array(told.trials),
        "y": whole(np.array(told.seconds) / small),
        "customdata": np.array(told.trials)[:, None],
    }
    trials = drawn_states(
        np.array(told.states), columns, hover=f"%{{y:.3g}} {small_unit}", xaxis="x2", yaxis="y2"
    )
    split = 0.5 + 0.02 * len(rows)
    figure = canvas(
        [sums, *trials],
        height=300 + _BAR * len(rows),
        xaxis={
            "title": {"text": f"worker time in all ({unit})"}, "anchor": "y",
            "rangemode": "tozero",
        },
        yaxis={"domain": [split + 0.08, 1], "autorange": "reversed", "showgrid": False},
        xaxis2={**trial_axis("trial", len(told.trials)), "anchor": "y2"},
        yaxis2={
            "domain": [0, split - 0.06], "anchor": "x2", "rangemode": "tozero",
            "title": {"text": f"each trial took ({small_unit})"},
        },
        showlegend=False,
    )  # fmt: skip
    return Drawing(figure, _spoken_costs(told))


def _sums(told: Costs) -> list[tuple[str, float, str]]:
    """Label, seconds and named colour of every sum; only what is there."""
    in_epochs = sum(told.training)
    rows = [
        (f"{_MARKS.get(state, '')} {state}", told.spent.get(state, 0.0), STATES[state])
        for state in STATES
    ]
    rows += [
        ("of it in epochs", in_epochs, "accent"),
        ("saved by pruning", told.saved_by_pruning, "edge"),
        ("saved by reuse", told.saved_by_reuse, "edge"),
    ]
    return [row for row in rows if row[1] > 0] or [("completed", 0.0, "good")]


def _spoken_costs(told: Costs) -> str:
    divisor, unit = time_unit(told.total)
    words = (
        f"{told.total / divisor:.3g} {unit} of worker time, {percent(told.training_share)} of it "
        "spent in epochs."
    )
    saved = told.saved_by_pruning + told.saved_by_reuse
    if saved > 0:
        would = told.total + saved
        words += (
            f" Pruning and reuse saved about {percent(saved / would)} of what it would have been."
        )
    return words
