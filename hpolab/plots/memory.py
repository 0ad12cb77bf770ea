"""LSTMs at work, drawn: gates, cells, and how far back they learn from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from hpolab.diagnostics import memory as facts_of
from hpolab.diagnostics.arrays import Arrays
from hpolab.diagnostics.memory import GATES, HEARD
from hpolab.palette import LIGHT
from hpolab.plots.plot import Plot
from hpolab.plots.style import (
    FROM_NONE,
    TO_BOTH_SIDES,
    axis,
    band,
    corner,
    draw_figure,
    finite,
    line,
    note,
    short,
)

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from hpolab.diagnostics.texts import Word
    from hpolab.plots.plot import Entry

__all__ = ["cells", "gates", "reach"]

MAX_STEPS = 40
FLOOR = 1e-12
_NUMBERS = ("", "2", "3")
"""What plotly adds to the name of each gate's axis."""


def gates(entry: Entry, folder: Path) -> Plot | None:
    """The three gates of an LSTM while it reads a text, word by word."""
    facts = facts_of.gates(Arrays.read(folder), entry.part)
    if facts is None or not facts.words:
        return None
    shown = np.rint(100 * facts.open[-MAX_STEPS:]).astype(np.uint8)
    n = len(shown)
    shut = [
        _column(unit, f"x{_NUMBERS[at]}", n)
        for at, unit in np.argwhere(facts.shut & bool(facts.verdict)).tolist()
    ]
    figure = draw_figure(
        [_gate(shown[:, at], at) for at in range(len(GATES))],
        height=150 + 14 * n,
        shapes=shut,
        yaxis=_words(facts.words, n),
        **{f"xaxis{number}": _gate_axis(at) for at, number in enumerate(_NUMBERS)},
    )
    return Plot(
        name=entry.name,
        title=entry.title,
        reading="The network reads from top to bottom; each column is a unit. The input gate lets "
        "the word in, the forget gate keeps what was before, the output gate says it: the "
        f"stronger, the more open. Shown are {_which(facts.words)}.",
        warning="Columns that are faint from top to bottom are gates that never open: their units "
        "take nothing in, keep nothing, or say nothing.",
        verdict=facts.verdict,
        figure=figure,
    )


def _gate(shown: NDArray[np.uint8], at: int) -> dict[str, Any]:
    """One gate: words downwards, units across."""
    return {
        "type": "heatmap", "z": shown, "xaxis": f"x{_NUMBERS[at]}", "zmin": 0, "zmax": 100,
        "colorscale": FROM_NONE, "showscale": at == 0, "colorbar": _bar("% open"),
        "hovertemplate": f"{GATES[at]} gate of unit %{{x}}: %{{z}} % open<extra></extra>",
    }  # fmt: skip


def _gate_axis(at: int) -> dict[str, Any]:
    start = at * 0.345
    return axis(
        f"{GATES[at]} gate<br>of unit",
        domain=(start, start + 0.31),
        anchor="y",
        showgrid=False,
        dtick=5,
    )


def cells(entry: Entry, folder: Path) -> Plot | None:
    """What the cells of an LSTM hold while it reads a text, word by word."""
    facts = facts_of.cells(Arrays.read(folder), entry.part)
    if facts is None or not facts.words:
        return None
    shown = finite(facts.state[-MAX_STEPS:])
    bound = float(np.abs(shown).max()) or 1.0
    n = len(shown)
    figure = draw_figure(
        [
            {
                "type": "heatmap", "z": shown.astype(np.float32), "zmin": -bound, "zmax": bound,
                "colorscale": TO_BOTH_SIDES, "colorbar": _bar("memory"),
                "hovertemplate": "unit %{x} holds %{z:.2f}<extra></extra>",
            }
        ],
        height=150 + 14 * n,
        xaxis=axis("Unit", showgrid=False, dtick=5),
        yaxis=_words(facts.words, n),
        annotations=[note("mostly beyond 3", **corner(1, 0))] if facts.verdict else [],
    )  # fmt: skip
    return Plot(
        name=entry.name,
        title=entry.title,
        reading="The network reads from top to bottom; each column is a memory cell, blue above "
        f"zero, orange below. Shown are {_which(facts.words)}.",
        warning="Cells that hold more than 3 or less than -3 are full: what comes makes no "
        "difference; columns that never change remember nothing.",
        verdict=facts.verdict,
        figure=figure,
    )


def reach(entry: Entry, folder: Path) -> Plot | None:
    """How much the loss depends on what is read at each step."""
    facts = facts_of.reach(Arrays.read(folder), entry.part)
    if facts is None:
        return None
    n = len(facts.norms)
    steps = np.arange(n) - n + 1
    drawn = np.where(np.isfinite(facts.norms), np.maximum(facts.norms, FLOOR), np.nan)
    marks: dict[str, Any] = {}
    if facts.verdict:
        marks["shapes"] = [band(float(steps[0]), -facts.heard + 0.5)]
        marks["annotations"] = [note("not heard", **corner(0, 1))]
    decades = np.ptp(np.log10(drawn[np.isfinite(drawn)])) if np.isfinite(drawn).any() else 0
    loud = HEARD * float(np.nanmax(drawn)) if np.isfinite(drawn).any() else FLOOR
    figure = draw_figure(
        [
            line(steps, drawn, "gradient", LIGHT["accent"], mode="lines"),
            line(steps[[0, -1]], [loud, loud], "1 % of the largest", LIGHT["quiet"], dash="dot",
                 mode="lines"),
        ],
        height=300,
        xaxis=axis("Words before the last one"),
        yaxis=axis("Gradient norm (log scale)", type="log", exponentformat="power",
                   dtick=1 if decades < 5 else None, nticks=6),
        **marks,
    )  # fmt: skip
    return Plot(
        name=entry.name,
        title=entry.title,
        reading="How strongly the loss pulls at what is read at each step, mean over some texts; "
        "the end of the text is at the right. Above the dotted line a word still counts.",
        warning="A line that falls steeply to the left means that only the last words are learnt "
        "from, one that climbs means a gradient that explodes.",
        verdict=facts.verdict,
        figure=figure,
    )


def _words(words: tuple[Word, ...], n: int) -> dict[str, Any]:
    """An axis that has the last ``n`` words, read downwards."""
    return axis(
        "Word", autorange="reversed", showgrid=False, tickvals=np.arange(n),
        ticktext=[short(word.text, limit=12) for word in words[-n:]], tickfont={"size": 11},
    )  # fmt: skip


def _which(words: tuple[Word, ...]) -> str:
    n = len(words)
    return f"all {n} words of a text" if n <= MAX_STEPS else f"the last {MAX_STEPS} of {n} words"


def _bar(title: str) -> dict[str, Any]:
    return {
        "orientation": "h", "y": 1, "yanchor": "bottom", "thickness": 8, "len": 0.7,
        "outlinewidth": 0, "title": {"text": title, "side": "top"},
    }  # fmt: skip


def _column(unit: int, xref: str, n: int) -> dict[str, Any]:
    return {
        "type": "rect", "xref": xref, "x0": unit - 0.5, "x1": unit + 0.5, "y0": -0.5,
        "y1": n - 0.5, "line": {"color": LIGHT["bad"], "width": 1.5},
    }  # fmt: skip
