"""Gradients and updates, drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from hpolab.diagnostics import gradients as facts_of
from hpolab.diagnostics.arrays import Arrays
from hpolab.diagnostics.gradients import LEAST_UPDATE, MOST_UPDATE
from hpolab.palette import LIGHT, SERIES
from hpolab.plots.plot import Plot
from hpolab.plots.style import axis, band, corner, draw_figure, finite, line, note

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from hpolab.health.recorded import Array
    from hpolab.plots.plot import Entry

__all__ = ["gradients", "updates"]

FLOOR = 1e-10
MAX_LINES = 12
_COLOURS = tuple(pair[0] for pair in SERIES.values())
_DASHES = ("solid", "dash", "dot")
_UPPER_EDGE = {"xref": "paper", "x": 1, "xanchor": "right", "y": float(np.log10(MOST_UPDATE)),
               "yanchor": "top"}  # fmt: skip


def gradients(entry: Entry, folder: Path) -> Plot | None:
    """Norm of the gradient of every weight matrix over the epochs."""
    facts = facts_of.gradients(Arrays.read(folder))
    if facts is None:
        return None
    wrong = facts.flooded or facts.starved
    words = "explodes" if facts.flooded else "vanishes"
    found = [note(f"{facts.matrices[wrong[0]]} {words}", **corner(1, 0))] if wrong else []
    figure = _lines(
        facts.epoch, facts.norms, facts.matrices, wrong,
        yaxis=axis("Gradient norm (log scale)", **_decades(facts.norms)),
        annotations=found,
    )  # fmt: skip
    return Plot(
        name=entry.name,
        title=entry.title,
        reading="Each line is a weight matrix: how strongly the loss pulls at it, on the same "
        "training examples after every look; the scale is logarithmic, and what is below 1e-10 is "
        "drawn there.",
        warning="A line many decades below the others belongs to weights that learn nothing "
        "(a vanishing gradient); lines that climb without end explode.",
        verdict=facts.verdict,
        figure=figure,
    )


def updates(entry: Entry, folder: Path) -> Plot | None:
    """How far a step moves every weight matrix over the epochs."""
    facts = facts_of.updates(Arrays.read(folder))
    if facts is None:
        return None
    wrong = facts.too_large or facts.too_small
    words = "moves too far" if facts.too_large else "hardly moves"
    found = [note(f"{facts.matrices[wrong[0]]} {words}", **corner(1, 0))] if wrong else []
    figure = _lines(
        facts.epoch, facts.ratios, facts.matrices, wrong,
        yaxis=axis("Step / weights (log scale)",
                   **_decades(np.append(facts.ratios, [LEAST_UPDATE, MOST_UPDATE]))),
        shapes=[band(LEAST_UPDATE, MOST_UPDATE, along="y", tone="good")],
        annotations=[*found, note("usual", tone="good", **_UPPER_EDGE)],
    )  # fmt: skip
    return Plot(
        name=entry.name,
        title=entry.title,
        reading="Each line is a weight matrix: by which part of its own size the last step of the "
        "epoch moved it, on a logarithmic scale; about 0.001 is usual, the green band is healthy.",
        warning="Above the band each step throws away what was learnt (a learning rate that is "
        "too high), below it training stands still; at the end of a falling schedule it may.",
        verdict=facts.verdict,
        figure=figure,
    )


def _lines(
    epoch: Array, rows: Array, names: tuple[str, ...], wrong: Collection[int], **layout: Any
) -> Any:
    """A line for each matrix, of many matrices for twelve; those in question are red."""
    spaced = np.linspace(0, len(names) - 1, min(MAX_LINES, len(names))).round().astype(int)
    shown = sorted({*spaced.tolist(), *list(wrong)[:MAX_LINES]})
    drawn = _drawn(rows)
    traces = []
    for place, i in enumerate(shown):
        colour = LIGHT["bad"] if i in wrong else _COLOURS[place % len(_COLOURS)]
        dash = _DASHES[place // len(_COLOURS) % len(_DASHES)]
        traces.append(line(epoch, drawn[:, i], names[i], colour, dash=dash))
    return draw_figure(
        traces,
        height=330 + 10 * len(shown),
        xaxis=axis("Epoch"),
        legend={"y": -0.2, "yanchor": "top"},
        hovermode="closest",
        **layout,
    )


def _drawn(values: Array) -> Array:
    """Numbers that a logarithmic scale can show."""
    return np.where(np.isfinite(values), np.maximum(finite(values), FLOOR), np.nan)


def _decades(values: Array) -> dict[str, Any]:
    """A logarithmic scale over whole decades, at most eight of them labelled."""
    exponents = np.log10(_drawn(values))
    exponents = exponents[np.isfinite(exponents)] if np.isfinite(exponents).any() else np.zeros(1)
    low, high = np.floor(exponents.min() - 0.05), np.ceil(exponents.max() + 0.05)
    step = float(max(1, np.ceil((high - low) / 8)))
    ticks = {"dtick": step, "exponentformat": "power"}
    return {"type": "log", "range": (float(low), float(high)), **ticks}
