"""Learning curves, drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from hpolab.diagnostics import learning
from hpolab.diagnostics.arrays import Arrays
from hpolab.palette import LIGHT
from hpolab.plots.plot import Plot
from hpolab.plots.style import axis, corner, draw_figure, line, note

if TYPE_CHECKING:
    from pathlib import Path

    from hpolab.plots.plot import Entry

__all__ = ["curves"]

_LOSS, _ACCURACY, _RATE = (0.56, 1.0), (0.2, 0.46), (0.0, 0.12)
"""Where the three parts stand, from 0 at the foot to 1 at the head."""


def curves(entry: Entry, folder: Path) -> Plot | None:
    """Loss, accuracy and learning rate over the epochs."""
    facts = learning.curves(Arrays.read(folder))
    if facts is None:
        return None
    figure = draw_figure(
        _lines(facts),
        height=460,
        xaxis=axis("Epoch", anchor="y3", dtick=max(1, len(facts.epoch) // 10)),
        yaxis=axis("Loss (nats)", domain=_LOSS, rangemode="tozero"),
        yaxis2=axis("Accuracy", domain=_ACCURACY, tickformat=".0%", range=(-0.03, 1.03)),
        yaxis3=axis(
            "Rate",
            domain=_RATE,
            type="log",
            range=_decades(facts),
            dtick=np.ceil(np.ptp(_decades(facts)) / 2),
            exponentformat="power",
        ),
        hovermode="x unified",
        **_marks(facts),
    )
    return Plot(
        name=entry.name,
        title=entry.title,
        reading="Each epoch is one pass over the training examples: loss should fall, accuracy "
        "rise, and the validation curve, of examples that are not trained on, stay near the "
        "training curve.",
        warning="A validation loss that turns and rises while the training loss falls is "
        "overfitting; a loss that stays at the dotted line has learnt nothing.",
        verdict=facts.verdict,
        figure=figure,
    )


def _lines(facts: learning.Curves) -> list[dict[str, Any]]:
    train, validation = LIGHT["accent"], LIGHT["other"]
    shared = {"legendgroup": "training"}, {"legendgroup": "validation"}
    return [
        line(facts.epoch, facts.train_loss, "training", train, **shared[0]),
        line(facts.epoch, facts.val_loss, "validation", validation, dash="dash", **shared[1]),
        line(facts.epoch, facts.train_accuracy, "training", train, yaxis="y2", showlegend=False,
             **shared[0]),
        line(facts.epoch, facts.val_accuracy, "validation", validation, dash="dash", yaxis="y2",
             showlegend=False, **shared[1]),
        line(facts.epoch, facts.learning_rate, "learning rate", LIGHT["quiet"], yaxis="y3",
             showlegend=False),
    ]  # fmt: skip


def _decades(facts: learning.Curves) -> tuple[float, float]:
    """The decades that hold every learning rate."""
    rates = facts.learning_rate[facts.learning_rate > 0]
    low, high = (np.log10(rates.min()), np.log10(rates.max())) if rates.size else (-3, -3)
    return float(np.floor(low - 0.05)), float(np.ceil(high + 0.05))


def _marks(facts: learning.Curves) -> dict[str, Any]:
    """The baseline, and a band over the epochs in which something is wrong."""
    shapes: list[dict[str, Any]] = []
    if facts.baseline:
        shapes.append(
            {
                "type": "line", "xref": "paper", "x0": 0, "x1": 1,
                "y0": facts.baseline, "y1": facts.baseline,
                "line": {"color": LIGHT["quiet"], "width": 1, "dash": "dot"},
            }
        )  # fmt: skip
    if not facts.verdict:
        return {"shapes": shapes}
    words, start = "overfits", float(facts.best_epoch)
    if facts.lost_at is not None:
        words, start = "not a number", float(facts.lost_at)
    elif facts.learns_nothing:
        words, start = "learns nothing", 1.0
    start = min(start, max(1.0, facts.epoch[-1] - 1))
    shapes.append(
        {
            "type": "rect", "layer": "below", "line": {"width": 0}, "fillcolor": LIGHT["bad-soft"],
            "x0": start, "x1": float(facts.epoch[-1]), "yref": "paper", "y0": _LOSS[0], "y1": 1,
        }
    )  # fmt: skip
    place = corner(1, _LOSS[0], yanchor="bottom")
    return {"shapes": shapes, "annotations": [note(words, **place)]}
