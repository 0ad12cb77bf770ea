"""The study of what health is good for, drawn: its networks, and its numbers with intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from hpolab.errors import ConfigError, did_you_mean
from hpolab.palette import LIGHT
from hpolab.plots.plot import Plot
from hpolab.plots.style import axis, draw_figure
from hpolab.study.columns import GOOD, columns_of
from hpolab.study.findings import finding
from hpolab.study.sickness import CLEAR_GAIN
from hpolab.study.table import Study, read_study

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from hpolab.study.columns import Columns
    from hpolab.study.resampling import Measure

__all__ = ["draw_networks", "draw_numbers", "networks_title"]

_ROW = 30
_WELL = {"color": LIGHT["accent"], "symbol": "circle", "size": 7, "opacity": 0.75}
_SICK = {"color": LIGHT["other"], "symbol": "x", "size": 8}


def draw_numbers(name: str, study: Study | None = None) -> Plot:
    """The numbers of a finding, each with its interval and with what chance would give.

    Those for which chance would give something else than for the first (differences) are told in
    the answer, and stand on no common axis.

    Raises:
        ConfigError: There is no such finding.
    """
    found = finding(name, study)
    chance = found.measures[0].chance
    alike = [measure for measure in found.measures if measure.chance == chance]
    measures = tuple(alike[::-1])  # the first one on top
    traces = [_whiskers(measures)]
    figure = draw_figure(
        traces,
        height=90 + _ROW * len(measures),
        margin={"l": 8, "r": 16, "t": 8, "b": 44},
        showlegend=False,
        xaxis=axis("", range=_range(measures)),
        yaxis={
            "automargin": True,
            "showgrid": False,
            "ticks": "",
            "range": [-0.6, len(measures) - 0.4],
        },
        shapes=[_upright(chance)],
    )  # fmt: skip
    return Plot(
        name,
        "The numbers",
        f"{found.scale} Whiskers are 95 % intervals.",
        "Pale: the interval holds what chance would give (dashed).",
        "",
        figure,
    )


def draw_networks(name: str, study: Study | None = None) -> Plot:
    """Every network that a finding is about, as a mark.

    Raises:
        ConfigError: There is no such finding.
    """
    seen = _seen(name)
    marks = seen.marks(columns_of(study or read_study()))
    traces = [
        {
            "type": "scatter", "mode": "markers", "name": f"{label} ({int(rows.sum())})",
            "x": np.round(marks.x[rows], 4), "y": np.round(marks.y[rows], 4), "marker": look,
            "hovertemplate": f"{seen.x}: %{{x:.3~g}}<br>{seen.y}: %{{y:.3~g}}<extra></extra>",
        }
        for label, rows, look in marks.groups
    ]  # fmt: skip
    figure = draw_figure(
        traces,
        height=340,
        margin={"l": 52, "r": 16, "t": 32, "b": 48},
        hovermode="closest",
        xaxis=axis(seen.x, type="log" if seen.is_log else "linear"),
        yaxis=axis(seen.y),
    )
    return Plot(name, seen.title, seen.reading, "", "", figure)


def networks_title(name: str) -> str:
    """What ``draw_networks`` shows, in a few words.

    Raises:
        ConfigError: There is no such finding.
    """
    return _seen(name).title


class _Marks(NamedTuple):
    """What is drawn: two columns, and groups of networks with what marks them."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    groups: tuple[tuple[str, NDArray[np.bool_], Mapping[str, Any]], ...]


class _Seen(NamedTuple):
    """How the networks of a finding are drawn."""

    title: str
    x: str
    y: str
    reading: str
    marks: Callable[[Columns], _Marks]
    is_log: bool = False


def _ends(all_: Columns) -> tuple[tuple[str, NDArray[np.bool_], Mapping[str, Any]], ...]:
    return (("ended well", ~all_.is_sick, _WELL), ("ended sick", all_.is_sick, _SICK))


def _good(
    all_: Columns, known: NDArray[np.bool_]
) -> tuple[tuple[str, NDArray[np.bool_], Mapping[str, Any]], ...]:
    good = all_.end.accuracy >= GOOD
    return (("good", known & good, _WELL), ("others", known & ~good, _SICK))


def _cures(all_: Columns) -> _Marks:
    gain = np.nan_to_num(all_.gain)
    return _Marks(
        all_.end.accuracy,
        all_.end.health,
        (
            ("steps were too large", gain >= CLEAR_GAIN, _SICK),
            ("steps were too small", gain <= -CLEAR_GAIN, _WELL),
        ),
    )


def _priced(all_: Columns) -> _Marks:
    good = all_.end.accuracy >= GOOD
    efficient = all_.end.metrics["parameter_efficiency"]
    return _Marks(
        np.concatenate([all_.parameters, all_.parameters]),
        np.concatenate([all_.end.health, efficient]),
        (
            ("health", np.concatenate([good, ~(good | True)]), _WELL),
            ("parameter efficiency", np.concatenate([~(good | True), good]), _SICK),
        ),
    )


_SEEN: Mapping[str, _Seen] = {
    "sick": _Seen(
        "Every network at its end",
        "accuracy at the end",
        "health at the end",
        "A mark is a network. Sick means: fewer than half of the validation digits are right.",
        lambda all_: _Marks(all_.end.accuracy, all_.end.health, _ends(all_)),
    ),
    "early": _Seen(
        "Every network after a fifth of its training",
        "accuracy so far",
        "health so far",
        "A mark is a network as it was then (validation accuracy); its shape says how it ended.",
        lambda all_: _Marks(all_.early.accuracy, all_.early.health, _ends(all_)),
    ),
    "ailment": _Seen(
        "The sick networks that another learning rate helps",
        "accuracy at the end",
        "health at the end",
        "A mark is a sick network; its shape says what helped it: smaller or larger steps.",
        _cures,
    ),
    "price": _Seen(
        "The good networks by their size",
        "trainable parameters (log scale)",
        "health, and parameter efficiency",
        "Every good network is there twice, once for each number.",
        _priced,
        is_log=True,
    ),
    "seeds": _Seen(
        "The networks that were trained with five more seeds",
        "health of one run",
        "standard deviation over five others",
        "A mark is a network; low is steady. Good: validation accuracy from 90 % on.",
        lambda all_: _Marks(
            all_.end.health, all_.spread, _good(all_, np.isfinite(all_.spread))
        ),
    ),
    "shift": _Seen(
        "Every network on changed test pictures",
        "health at the end",
        "accuracy on changed pictures",
        "A mark is a network. Good: validation accuracy from 90 % on, on unchanged pictures.",
        lambda all_: _Marks(
            all_.end.health,
            all_.shifted["mean"],
            _good(all_, np.isfinite(all_.shifted["mean"])),
        ),
    ),
}  # fmt: skip


def _seen(name: str) -> _Seen:
    if name not in _SEEN:
        raise ConfigError(f"no such finding; {did_you_mean(name, _SEEN)}")
    return _SEEN[name]


def _whiskers(measures: tuple[Measure, ...]) -> dict[str, Any]:
    values = np.array([measure.value for measure in measures])
    colours = [LIGHT["accent" if measure.side else "edge"] for measure in measures]
    return {
        "type": "scatter", "mode": "markers",
        "x": np.round(values, 3), "y": [_label(measure) for measure in measures],
        "marker": {"color": colours, "size": 9},
        "error_x": {
            "type": "data", "symmetric": False, "color": LIGHT["edge"], "thickness": 1.5,
            "array": np.round([m.high - m.value for m in measures], 3),
            "arrayminus": np.round([m.value - m.low for m in measures], 3),
        },
        "customdata": [[m.low, m.high, m.n] for m in measures],
        "hovertemplate": (
            "%{y}: %{x:.2f}<br>from %{customdata[0]:.2f} to %{customdata[1]:.2f}<br>"
            "%{customdata[2]} networks<extra></extra>"
        ),
    }  # fmt: skip


def _label(measure: Measure) -> str:
    """A name that leaves room for the picture on a phone."""
    return measure.name.replace(", ", ",<br>")


def _range(measures: tuple[Measure, ...]) -> list[float]:
    low = min(min(measure.low, measure.chance) for measure in measures)
    return [min(low, 0.0) - 0.05, 1.05]


def _upright(x: float) -> dict[str, Any]:
    return {
        "type": "line", "x0": x, "x1": x, "yref": "paper", "y0": 0, "y1": 1, "layer": "below",
        "line": {"color": LIGHT["quiet"], "dash": "dash", "width": 1.5},
    }  # fmt: skip
