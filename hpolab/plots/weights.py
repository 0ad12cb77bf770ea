"""Weights, drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from hpolab.diagnostics import weights as facts_of
from hpolab.diagnostics.arrays import Arrays
from hpolab.palette import LIGHT
from hpolab.plots.plot import Plot
from hpolab.plots.style import axis, draw_figure, note

if TYPE_CHECKING:
    from pathlib import Path

    from hpolab.diagnostics.weights import Histogram
    from hpolab.plots.plot import Entry

__all__ = ["weights"]

MAX_HISTOGRAMS = 6
ROW_PIXELS, GAP_PIXELS = 190, 64


def weights(entry: Entry, folder: Path) -> Plot | None:
    """Each weight and bias of a layer, before and after training."""
    facts = facts_of.weights(Arrays.read(folder), entry.part)
    if facts is None:
        return None
    shown = facts.histograms[:MAX_HISTOGRAMS]
    gap = GAP_PIXELS / (ROW_PIXELS * len(shown))
    height = (1 + gap) / len(shown) - gap
    axes: dict[str, Any] = {}
    notes, traces = [], []
    for at, histogram in enumerate(shown):
        number = "" if at == 0 else str(at + 1)
        top = 1 - at * (height + gap)
        axes[f"xaxis{number}"] = axis(f"Value of {histogram.name}", anchor=f"y{number}")
        axes[f"yaxis{number}"] = axis(
            "Share",
            domain=(max(0.0, top - height), top),
            anchor=f"x{number}",
            rangemode="tozero",
            tickformat=".0%",
        )
        traces += _steps(histogram, number, is_first=at == 0)
        if histogram.fault:
            notes.append(
                note(histogram.fault, xref="paper", x=1, xanchor="right", yref="paper", y=top,
                     yanchor="top")
            )  # fmt: skip
    figure = draw_figure(traces, height=76 + ROW_PIXELS * len(shown), annotations=notes, **axes)
    return Plot(
        name=entry.name,
        title=entry.title,
        reading="How the numbers of each weight and bias are spread, before training (grey) and "
        "after it: training moves them apart, a little.",
        warning="Two equal shapes are weights that have not moved; a shape many times as wide as "
        "before, or numbers that are lost, are weights that have exploded.",
        verdict=facts.verdict,
        figure=figure,
    )


def _steps(histogram: Histogram, number: str, *, is_first: bool) -> list[dict[str, Any]]:
    """Both histograms as outlines, that after training filled."""
    looks = {
        "before": (histogram.first, LIGHT["quiet"], "dot", "none"),
        "after": (
            histogram.last,
            LIGHT["bad" if histogram.fault else "accent"],
            "solid",
            "tozeroy",
        ),
    }
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "name": name,
            "legendgroup": name,
            "showlegend": is_first,
            "x": np.repeat(histogram.edges, 2)[1:-1].astype(np.float32),
            "y": np.repeat(counts / max(1, counts.sum()), 2).astype(np.float32),
            "line": {"color": colour, "width": 1.5, "dash": dash},
            "fill": fill,
            "fillcolor": LIGHT["accent-soft"],
            "xaxis": f"x{number}",
            "yaxis": f"y{number}",
            "hovertemplate": f"{name}: %{{y:.1%}} about %{{x:.3g}}<extra></extra>",
        }
        for name, (counts, colour, dash, fill) in looks.items()
    ]
