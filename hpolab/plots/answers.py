"""Answers class by class, drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from hpolab.diagnostics import answers
from hpolab.diagnostics.arrays import Arrays
from hpolab.palette import LIGHT, SERIES
from hpolab.plots.plot import Plot
from hpolab.plots.style import FROM_NONE, axis, band, corner, draw_figure, note, short

if TYPE_CHECKING:
    from pathlib import Path

    from hpolab.plots.plot import Entry

__all__ = ["classes", "confusion"]

WRITTEN_UP_TO = 12
MAX_TICKS = 22
MARKED = 5


def confusion(entry: Entry, folder: Path) -> Plot | None:
    """True against predicted classes; wrong answers stand out, right ones are pale."""
    facts = answers.confusion(Arrays.read(folder))
    if facts is None:
        return None
    every = -(-len(facts.classes) // MAX_TICKS)
    names = [short(name) for name in facts.classes[::every]]
    places = np.arange(0, len(facts.classes), every)
    ticks = {"tickvals": places, "ticktext": names, "showgrid": False, "constrain": "domain"}
    tilt = 0 if max(map(len, names)) <= 2 else -45
    figure = draw_figure(
        _cells(facts),
        height=400,
        xaxis=axis("Predicted class", tickangle=tilt, ticklabeloverflow="allow", **ticks),
        yaxis=axis(
            "True class",
            autorange="reversed",
            scaleanchor="x",
            constraintoward="top",
            **ticks,
        ),
        shapes=[_outline(true, said) for true, said in _marked(facts)],
    )
    return Plot(
        name=entry.name,
        title=entry.title,
        reading="A row holds the validation examples of one class, a column what they were taken "
        "for, in percent of the row: the diagonal is right, all else is wrong.",
        warning="A strong cell off the diagonal is a pair that is mixed up; a strong column is an "
        "answer that is given whatever the question.",
        verdict=facts.verdict,
        figure=figure,
    )


def _cells(facts: answers.Confusion) -> list[dict[str, Any]]:
    shares = facts.shares
    cells: dict[str, Any] = {
        "type": "heatmap",
        "z": (100 * shares).astype(np.float32),
        "zmin": 0,
        "zmax": 100,
        "colorscale": FROM_NONE,
        "showscale": len(facts.classes) > WRITTEN_UP_TO,
        "colorbar": {"title": {"text": "% of<br>class"}, "thickness": 10, "outlinewidth": 0},
        "customdata": facts.counts,
        "hovertemplate": "true %{y}, predicted %{x}: %{customdata} examples, "
        "%{z:.0f} % of the class<extra></extra>",
        "xgap": 1,
        "ygap": 1,
    }  # fmt: skip
    if len(facts.classes) <= WRITTEN_UP_TO:
        cells["text"] = [[str(count) if count else "" for count in row] for row in facts.counts]
        cells["texttemplate"] = "%{text}"
    return [cells]


def _marked(facts: answers.Confusion) -> list[tuple[int, int]]:
    """The cells to outline: pairs that are mixed up, or what stands for a class never answered."""
    if facts.never_answered:
        return [(true, int(facts.counts[true].argmax())) for true in facts.never_answered]
    return list(facts.mixed_up[:MARKED])


def _outline(row: int, column: int) -> dict[str, Any]:
    return {
        "type": "rect", "x0": column - 0.5, "x1": column + 0.5, "y0": row - 0.5, "y1": row + 0.5,
        "line": {"color": LIGHT["bad"], "width": 3},
    }  # fmt: skip


def classes(entry: Entry, folder: Path) -> Plot | None:
    """Precision, recall and F1 of every class."""
    facts = answers.classes(Arrays.read(folder))
    if facts is None:
        return None
    n = len(facts.classes)
    figure = draw_figure(
        _dots(facts),
        height=110 + max(8, n) * 24,
        xaxis=axis("Share", tickformat=".0%", range=(-0.04, 1.04)),
        yaxis=axis(
            "Class",
            tickvals=np.arange(n),
            ticktext=[short(name) for name in facts.classes],
            range=(n - 0.4, -0.6),
        ),
        shapes=[
            *(band(i - 0.5, i + 0.5, along="y") for i in facts.weak),
            _accuracy(facts.accuracy),
        ],
        annotations=[
            note(f"all: {facts.accuracy:.0%}", tone="good", **corner(1, 1, yanchor="bottom"))
        ],
    )  # fmt: skip
    return Plot(
        name=entry.name,
        title=entry.title,
        reading="Recall is the share of a class's examples that are found, precision the share "
        "of the answers naming it that are right, F1 the harmonic mean of both; the line is the "
        "accuracy over all classes.",
        warning="A class far to the left of the others is neglected; high precision with low "
        "recall means that it is named too rarely, the reverse too often.",
        verdict=facts.verdict,
        figure=figure,
    )


def _dots(facts: answers.Classes) -> list[dict[str, Any]]:
    looks = {
        "precision": (facts.precision, LIGHT["accent"], "circle-open"),
        "recall": (facts.recall, LIGHT["other"], "diamond-open"),
        "F1": (facts.f1, SERIES["training_stability"][0], "x-thin-open"),
    }
    return [
        {
            "type": "scatter", "mode": "markers", "name": name,
            "x": values.astype(np.float32), "y": np.arange(len(values)),
            "customdata": facts.examples,
            "marker": {"color": colour, "symbol": symbol, "size": 9, "line": {"width": 2}},
            "hovertemplate": f"%{{y}}: {name} %{{x:.0%}}, %{{customdata}} examples<extra></extra>",
        }
        for name, (values, colour, symbol) in looks.items()
    ]  # fmt: skip


def _accuracy(value: float) -> dict[str, Any]:
    return {
        "type": "line", "x0": value, "x1": value, "yref": "paper", "y0": 0, "y1": 1,
        "line": {"color": LIGHT["good"], "width": 1},
    }  # fmt: skip
