"""What all figures have in common: fonts, grids, colours, marks, and how they are sent."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from hpolab.palette import DARK, FONTS, LIGHT, SERIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import plotly.graph_objects as go
    from numpy.typing import ArrayLike, NDArray

__all__ = [
    "BLANK",
    "FROM_NONE",
    "TO_BOTH_SIDES",
    "as_json",
    "axis",
    "band",
    "corner",
    "darkened",
    "draw_figure",
    "finite",
    "line",
    "note",
    "plain",
    "short",
    "template",
]

BLANK = "rgba(0,0,0,0)"
FROM_NONE: tuple[tuple[float, str], ...] = (
    (0.0, LIGHT["surface"]),
    (0.5, LIGHT["accent"]),
    (1.0, LIGHT["text"]),
)
"""A colour scale for amounts: nothing has the colour of the ground, on light and on dark pages."""

TO_BOTH_SIDES: tuple[tuple[float, str], ...] = (
    (0.0, LIGHT["other"]),
    (0.5, LIGHT["surface"]),
    (1.0, LIGHT["accent"]),
)
"""A colour scale for amounts below and above zero; orange and blue, for colour-blind people."""

_DARK_TWIN = {pair[0]: pair[1] for pair in SERIES.values()}
_DARK_TWIN |= {LIGHT[name]: DARK[name] for name in [*LIGHT][::-1]}
_COLOUR = re.compile("|".join(map(re.escape, _DARK_TWIN)))


@lru_cache(maxsize=1)
def template() -> go.layout.Template:
    """The look of every figure; it draws no ground, so that a page's own shows."""
    import plotly.graph_objects as go

    grid = {
        "gridcolor": LIGHT["line"],
        "linecolor": LIGHT["edge"],
        "tickcolor": LIGHT["edge"],
        "showline": True,
        "zeroline": False,
        "ticks": "outside",
        "ticklen": 4,
        "automargin": True,
        "title": {"standoff": 8},
    }
    return go.layout.Template(
        layout={
            "font": {"family": FONTS["text"], "size": 12, "color": LIGHT["text"]},
            "paper_bgcolor": BLANK,
            "plot_bgcolor": BLANK,
            "colorway": [LIGHT["accent"], LIGHT["other"], *(s[0] for s in _after_first())],
            "margin": {"l": 56, "r": 12, "t": 28, "b": 48},
            "xaxis": grid,
            "yaxis": grid,
            "legend": {"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom"},
            "hoverlabel": {
                "bgcolor": LIGHT["sunken"],
                "bordercolor": LIGHT["edge"],
                "font": {"color": LIGHT["text"], "size": 12},
            },
        }
    )


def draw_figure(traces: Sequence[Mapping[str, Any]], *, height: int, **layout: Any) -> go.Figure:
    """A figure in our look.

    Args:
        traces: As plotly's JSON has them.
        height: In pixels; as wide as the place it is shown in.
        layout: As plotly's JSON has it.
    """
    import plotly.graph_objects as go

    return go.Figure(
        data=list(traces), layout={"template": template(), "height": height, **layout}
    )


def axis(title: str, **rest: Any) -> dict[str, Any]:
    """An axis that says what it counts, and in what."""
    return {"title": {"text": title}, **rest}


def line(
    x: ArrayLike, y: ArrayLike, name: str, colour: str, *, dash: str = "solid", **rest: Any
) -> dict[str, Any]:
    """A line with a dot at every number, so that a single one shows, too."""
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": np.asarray(x, np.float32),
        "y": np.asarray(y, np.float32),
        "name": name,
        "line": {"color": colour, "width": 2, "dash": dash},
        "marker": {"color": colour, "size": 5},
        **rest,
    }


def band(start: float, end: float, *, along: str = "x", tone: str = "bad") -> dict[str, Any]:
    """A shade over part of an axis, behind everything."""
    other = "y" if along == "x" else "x"
    return {
        "type": "rect",
        "layer": "below",
        "line": {"width": 0},
        "fillcolor": LIGHT[f"{tone}-soft"],
        f"{along}0": start,
        f"{along}1": end,
        f"{other}ref": "paper",
        f"{other}0": 0,
        f"{other}1": 1,
    }


def finite(values: NDArray[Any]) -> NDArray[np.float64]:
    """Numbers with zeros for those that are not finite, which a verdict speaks of."""
    return np.where(np.isfinite(values), values, 0.0)


def short(name: str, *, limit: int = 14) -> str:
    """A user's name for a thing, short enough to stand beside an axis on a phone."""
    return plain(name if len(name) <= limit else f"{name[: limit - 1]}\N{HORIZONTAL ELLIPSIS}")


def plain(text: str) -> str:
    """A user's text as it is: plotly takes some HTML, and links, for formatting."""
    return html.escape(text, quote=False)


def corner(x: float, y: float, **rest: Any) -> dict[str, Any]:
    """Where a note stands in the plot, from the lower left (0, 0) to the upper right (1, 1)."""
    return {
        "xref": "paper",
        "x": x,
        "xanchor": "left" if x < 0.5 else "right",
        "yref": "paper",
        "y": y,
        "yanchor": "bottom" if y < 0.5 else "top",
        **rest,
    }


def note(text: str, *, tone: str = "bad", **place: Any) -> dict[str, Any]:
    """An annotation without an arrow, in the colours of good, warn or bad."""
    return {
        "text": text,
        "showarrow": False,
        "font": {"color": LIGHT[tone], "size": 12},
        "bgcolor": LIGHT[f"{tone}-soft"],
        "borderpad": 3,
        **place,
    }


def darkened(figure: go.Figure) -> go.Figure:
    """The same figure for a dark page: each of our light colours becomes its dark twin."""
    import plotly.graph_objects as go

    return go.Figure(_exchanged(figure.to_dict()), skip_invalid=True)


def as_json(figure: go.Figure) -> dict[str, Any]:
    """The figure as plain data for plotly.js: numbers in base64, and nothing that JSON lacks."""
    plain: dict[str, Any] = _plain(figure.to_dict())
    return plain


def _after_first() -> Iterable[tuple[str, str]]:
    """The series colours without that of accuracy, which is the accent."""
    return list(SERIES.values())[1:]


def _exchanged(part: Any) -> Any:
    if isinstance(part, str):
        return _COLOUR.sub(lambda found: _DARK_TWIN[found[0]], part)
    if isinstance(part, Mapping):
        if "bdata" in part:
            return part
        return {key: _exchanged(value) for key, value in part.items()}
    if isinstance(part, list | tuple):
        return [_exchanged(value) for value in part]
    return part


def _plain(part: Any) -> Any:
    """Lists for arrays and tuples, None for what is not a finite number."""
    if isinstance(part, Mapping):
        return {key: _plain(value) for key, value in part.items()}
    if hasattr(part, "tolist"):  # an array of texts or of mixed things, or a number of numpy's
        part = part.tolist()
    if isinstance(part, list | tuple):
        return [_plain(value) for value in part]
    if isinstance(part, float) and not -float("inf") < part < float("inf"):
        return None
    return part
