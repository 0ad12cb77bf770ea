"""Units of a layer, drawn: what they say, and when they fell silent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from hpolab.diagnostics import units as facts_of
from hpolab.diagnostics.arrays import Arrays
from hpolab.palette import LIGHT
from hpolab.plots.plot import Plot
from hpolab.plots.style import FROM_NONE, axis, band, corner, draw_figure, note

if TYPE_CHECKING:
    from pathlib import Path

    from hpolab.plots.plot import Entry

__all__ = ["outputs", "units"]


def outputs(entry: Entry, folder: Path) -> Plot | None:
    """How the outputs of a layer are spread."""
    facts = facts_of.outputs(Arrays.read(folder), entry.part)
    if facts is None:
        return None
    figure = draw_figure(
        [
            {
                "type": "bar",
                "x": ((facts.edges[1:] + facts.edges[:-1]) / 2).astype(np.float32),
                "y": np.where(facts.counts > 0, facts.shares, np.nan).astype(np.float32),
                "width": float(facts.edges[1] - facts.edges[0]),
                "marker": {"color": LIGHT["accent"], "line": {"width": 0}},
                "hovertemplate": "%{y:.2%} of the outputs are about %{x:.3g}<extra></extra>",
            }
        ],
        height=260,
        showlegend=False,
        xaxis=axis("Output of a unit"),
        yaxis=axis(
            "Share (log scale)", type="log", tickformat=".3~%", dtick=1, range=_decades(facts)
        ),
        **_marks(facts),
    )
    return Plot(
        name=entry.name,
        title=entry.title,
        reading="All outputs of the layer's units over a few dozen validation examples, behind "
        "the activation; with ReLU about half of them are zero.",
        warning="Nearly all in one bar means units that say nothing; both ends of a bounded "
        "activation, such as tanh, mean that it is saturated.",
        verdict=facts.verdict,
        figure=figure,
    )


def _marks(facts: facts_of.Outputs) -> dict[str, Any]:
    """A shade over the bins in question, and in a word what is wrong with them."""
    if not facts.verdict:
        return {}
    last = len(facts.counts) - 1
    shown, words = [int(facts.counts.argmax())], "all the same"
    if not facts.counts.sum():
        shown, words = [], "no finite number"
    elif facts.saturated:
        shown, words = [0, last], "saturated"
    edges = facts.edges
    return {
        "shapes": [band(float(edges[i]), float(edges[i + 1])) for i in shown],
        "annotations": [note(words, **corner(1, 1))],
    }


def _decades(facts: facts_of.Outputs) -> tuple[float, float]:
    """From below the smallest share to all, as exponents of ten."""
    smallest = facts.shares[facts.counts > 0].min(initial=0.1)
    return float(np.log10(smallest)) - 0.3, 0.1


def units(entry: Entry, folder: Path) -> Plot | None:
    """Units against epochs: how much each varies, and which are silent."""
    facts = facts_of.units(Arrays.read(folder), entry.part)
    if facts is None:
        return None
    n = facts.silent.shape[1]
    looks = [str(int(epoch)) for epoch in facts.epoch]
    figure = draw_figure(
        [_levels(facts, looks), _crosses(facts, looks)],
        height=min(520, 190 + 12 * min(n, 24)),
        xaxis=axis("After epoch", type="category", showgrid=False),
        yaxis=axis("Unit", range=(n - 0.5, -0.5), showgrid=False),
        annotations=[note(f"{facts.share[-1]:.0%} silent at the end",
                          tone="bad" if facts.verdict else "good",
                          **corner(1, 1, yanchor="bottom"))],
    )  # fmt: skip
    return Plot(
        name=entry.name,
        title=entry.title,
        reading="A row is a unit, a column a look at the network: the stronger, the more its "
        "output differs from example to example; orange or red cells are silent: they answer the "
        "same to all.",
        warning="Rows that stay silent to the right are dead units; a whole silent column is a "
        "layer that says nothing any more.",
        verdict=facts.verdict,
        figure=figure,
    )


def _levels(facts: facts_of.Units, looks: list[str]) -> dict[str, Any]:
    """Deviation by that of the layer's liveliest unit at the same look, as bytes."""
    std = np.where(np.isfinite(facts.std), facts.std, 0.0)
    top = std.max(axis=1, keepdims=True)
    level = np.divide(std, top, out=np.zeros(std.shape), where=top > 0)
    return {
        "type": "heatmap",
        "x": looks,
        "z": np.rint(100 * level.T).astype(np.uint8),
        "zmin": 0,
        "zmax": 100,
        "colorscale": FROM_NONE,
        "colorbar": {"title": {"text": "% of<br>liveliest"}, "thickness": 10, "outlinewidth": 0},
        "hovertemplate": "unit %{y} after epoch %{x}: varies %{z} % as much as the liveliest"
        "<extra></extra>",
    }


def _crosses(facts: facts_of.Units, looks: list[str]) -> dict[str, Any]:
    """Silent cells, over the others: red where there are too many."""
    colour = LIGHT["bad" if facts.verdict else "other"]
    return {
        "type": "heatmap",
        "x": looks,
        "z": np.where(facts.silent.T, 1.0, np.nan).astype(np.float32),
        "zmin": 0,
        "zmax": 1,
        "colorscale": [(0.0, colour), (1.0, colour)],
        "showscale": False,
        "hovertemplate": "unit %{y} after epoch %{x}: silent<extra></extra>",
    }
