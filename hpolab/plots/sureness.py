"""Confidence against truth, drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from hpolab.diagnostics.arrays import Arrays
from hpolab.diagnostics.sureness import SURE_FROM
from hpolab.diagnostics.sureness import calibration as read
from hpolab.palette import LIGHT
from hpolab.plots.plot import Plot
from hpolab.plots.style import axis, band, corner, draw_figure, line, note

if TYPE_CHECKING:
    from pathlib import Path

    from hpolab.diagnostics.sureness import Calibration
    from hpolab.plots.plot import Entry

__all__ = ["calibration", "sureness"]


def calibration(entry: Entry, folder: Path) -> Plot | None:
    """The reliability diagram: how often answers of some confidence are right."""
    facts = read(Arrays.read(folder))
    if facts is None:
        return None
    found = note(f"ECE {facts.ece:.3f}", tone="bad" if facts.verdict else "good", **corner(0, 1))
    figure = draw_figure(
        [
            _bars(facts),
            line([0, 1], [0, 1], "calibrated", LIGHT["quiet"], dash="dot", mode="lines"),
        ],
        height=360,
        xaxis=axis("Confidence", tickformat=".0%", range=(0, 1)),
        yaxis=axis("Right answers", tickformat=".0%", range=(0, 1)),
        annotations=[found],
        bargap=0.08,
    )
    return Plot(
        name=entry.name,
        title=entry.title,
        reading="Answers are sorted by the probability that the network gives them; of those it "
        "gives 80 %, 80 % should be right, so bars should end at the dotted line. ECE is the mean "
        "distance, weighted by the number of answers.",
        warning="Bars far below the line are promises that are not kept; far above it, the "
        "network is less sure than it could be.",
        verdict=facts.verdict,
        figure=figure,
    )


def _bars(facts: Calibration) -> dict[str, Any]:
    """Bars of right answers; pale where few answers are, outlined where far from the line."""
    marked = facts.far_off & bool(facts.verdict)
    is_there = facts.counts > 0
    return {
        "type": "bar",
        "name": "measured",
        "x": ((facts.edges[1:] + facts.edges[:-1]) / 2)[is_there].astype(np.float32),
        "y": facts.accuracy[is_there].astype(np.float32),
        "width": float(facts.edges[1]) * 0.92,
        "customdata": np.stack([facts.counts, facts.confidence], axis=1)[is_there],
        "marker": {
            "color": LIGHT["accent"],
            "opacity": np.where(facts.counts >= 5, 0.85, 0.35)[is_there],
            "line": {
                "color": np.where(marked, LIGHT["bad"], LIGHT["accent"])[is_there].tolist(),
                "width": np.where(marked, 3, 0)[is_there],
            },
        },
        "hovertemplate": "%{customdata[0]:.0f} answers with a mean confidence of "
        "%{customdata[1]:.0%}: %{y:.0%} right<extra></extra>",
    }


def sureness(entry: Entry, folder: Path) -> Plot | None:
    """How many right and wrong answers there are at every confidence."""
    facts = read(Arrays.read(folder))
    if facts is None:
        return None
    centres = ((facts.edges[1:] + facts.edges[:-1]) / 2).astype(np.float32)
    sides = {
        "right": (facts.right, LIGHT["accent"], ""),
        "wrong": (facts.wrong, LIGHT["other"], "/"),
    }
    verdict = facts.sure_verdict
    figure = draw_figure(
        [
            {
                "type": "bar", "name": name, "x": centres, "y": counts.astype(np.int32),
                "marker": {"color": colour, "pattern": {"shape": pattern}},
                "hovertemplate": f"%{{y}} {name}, confidence about %{{x:.0%}}<extra></extra>",
            }
            for name, (counts, colour, pattern) in sides.items()
        ],
        height=300,
        barmode="stack",
        bargap=0.08,
        xaxis=axis("Confidence", tickformat=".0%", range=(0, 1)),
        yaxis=axis("Answers"),
        shapes=[band(SURE_FROM, 1)] if verdict else [],
        annotations=[note("sure and wrong", **corner(1, 1))] if verdict else [],
    )  # fmt: skip
    return Plot(
        name=entry.name,
        title=entry.title,
        reading="Every answer to the validation set by the probability that the network gave it; "
        "wrong answers should be few, and at the left.",
        warning="Wrong answers at the right end were given without doubt: no threshold on "
        "confidence would catch them.",
        verdict=verdict,
        figure=figure,
    )
