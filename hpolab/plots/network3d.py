"""A network in space: a figure that can be turned and come closer to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from hpolab.network.drawing import tone
from hpolab.network.solids import LANE, Solid, Solids, solids
from hpolab.network.tints import box_tints, scale
from hpolab.palette import FAMILIES, LIGHT
from hpolab.plots.plot import Plot
from hpolab.plots.style import BLANK, draw_figure, short

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from hpolab.network.graph import ArchitectureGraph
    from hpolab.network.tints import Scale, Tint

__all__ = ["draw_network3d"]

MAX_LABELS = 28
ROOM = 0.3
"""Above the first row and below the last."""

TALL, WIDE, WIDE_CHAIN = 2.0, 1.8, 0.8
"""How much of plotly's scene a network takes: 3 fill its height, 1.8 a phone's width."""

BESIDE = 0.08
"""How far beside what it passes a line runs."""

LABEL_AWAY = 116
"""Pixels from the middle of a solid to its label."""

_LEGEND: dict[str, Any] = {
    "orientation": "h", "x": 0, "y": 1, "yanchor": "bottom", "itemwidth": 30,
}  # fmt: skip
_BESIDE: Mapping[str, Any] = {
    "ax": LABEL_AWAY, "ay": 0, "xanchor": "left", "borderpad": 0,
    "arrowcolor": LIGHT["edge"], "arrowwidth": 1, "arrowhead": 0,
}  # fmt: skip
_UPON: Mapping[str, Any] = {
    "showarrow": False, "opacity": 0.85, "borderpad": 2,
}  # fmt: skip
_READING = (
    "Each solid is a layer or a block of layers, the input on top. Pictures are as wide and deep "
    "as the square root of their columns and rows, and as thick as the logarithm of their "
    "channels; bars are vectors: the more units the wider, the more parameters the thicker."
)
_WARNING = "A red solid is a layer whose units are silent, or whose gradient is far off."
_CORNERS = ((-1, -1, -1), (1, -1, -1), (1, 1, -1), (-1, 1, -1),
            (-1, -1, 1), (1, -1, 1), (1, 1, 1), (-1, 1, 1))  # fmt: skip
_TRIANGLES = ((0, 1, 2), (0, 2, 3), (4, 6, 5), (4, 7, 6), (0, 5, 1), (0, 4, 5),
              (1, 6, 2), (1, 5, 6), (2, 7, 3), (2, 6, 7), (3, 4, 0), (3, 7, 4))  # fmt: skip
_RIMS = ((0, 1), (1, 2), (2, 3), (3, 0), (4, 5), (5, 6), (6, 7), (7, 4), (0, 4), (1, 5), (2, 6),
         (3, 7))  # fmt: skip


def draw_network3d(
    graph: ArchitectureGraph, *, by: str = "kind", unfolded: Collection[str] = frozenset()
) -> Plot:
    """A network in space.

    Args:
        graph: The network; with health where it is to be coloured by it.
        by: What the colours say.
        unfolded: Names of the blocks that are open, as for ``picture``.

    Raises:
        ConfigError: There is no such thing to colour by.
    """
    laid_out = solids(graph, unfolded)
    words = box_tints(graph, laid_out.picture, by)
    legend = scale(graph, by, laid_out.picture)
    coloured = (
        _by_family(laid_out, words) if legend is None else _by_value(laid_out, words, legend)
    )
    figure = draw_figure(
        [*coloured, _edges(laid_out), _rims(laid_out.solids)],
        height=_height(laid_out),
        scene=_scene(laid_out),
        margin={"l": 0, "r": 0, "t": 40, "b": 0},
        legend=_LEGEND if legend is None else {**_LEGEND, "x": 1, "xanchor": "right"},
        uirevision=graph.name,
    )
    return Plot(
        name="network3d",
        title="The network in space",
        reading=_READING,
        warning=_WARNING if by == "health" else "",
        verdict="",
        figure=figure,
    )


def _by_family(laid_out: Solids, words: Mapping[str, Tint]) -> list[dict[str, Any]]:
    """A mesh for each family, so that the legend can hide it."""
    return [
        {
            **_mesh([solid for solid in laid_out.solids if solid.box.family == family], words),
            "name": label,
            "color": FAMILIES[family][0],
            "showlegend": True,
        }
        for family, label in laid_out.picture.legend
    ]


def _by_value(laid_out: Solids, words: Mapping[str, Tint], legend: Scale) -> list[dict[str, Any]]:
    """A mesh of what is known, by its value, and one of the rest."""
    known = [solid for solid in laid_out.solids if words[solid.box.name].value is not None]
    rest = [solid for solid in laid_out.solids if words[solid.box.name].value is None]
    bar = {
        "orientation": "h",
        "x": 0.02, "xanchor": "left", "y": 1.0, "yanchor": "bottom", "len": 0.5, "thickness": 10,
        "title": {"text": legend.title, "side": "top"},
        "tickvals": [0, 1], "ticktext": [legend.low, legend.high], "outlinewidth": 0,
    }  # fmt: skip
    values = {
        "intensity": [words[solid.box.name].value for solid in known for _ in _CORNERS],
        "cmin": 0,
        "cmax": 1,
        "colorscale": [[at, tone(legend, at)] for at in (0, 0.5, 1)],
        "colorbar": bar,
    }
    plain = {"color": LIGHT["sunken"], "name": "not measured", "showlegend": True}
    meshes = [_mesh(known, words) | values] if known else []
    return meshes + ([_mesh(rest, words) | plain] if rest else [])


def _mesh(some: Sequence[Solid], words: Mapping[str, Tint]) -> dict[str, Any]:
    """All of these as one mesh; corners say what they belong to."""
    corners = [corner for solid in some for corner in _corners(solid)]
    starts = range(0, len(corners), len(_CORNERS))
    triangles = [[start + i for i in triple] for start in starts for triple in _TRIANGLES]
    return {
        "type": "mesh3d",
        **{axis: [corner[i] for corner in corners] for i, axis in enumerate("xyz")},
        **{name: [triple[i] for triple in triangles] for i, name in enumerate("ijk")},
        "text": [_words(solid, words) for solid in some for _ in _CORNERS],
        "hovertemplate": "%{text}<extra></extra>",
        "flatshading": True,
        "lighting": {"ambient": 0.9, "diffuse": 0.35, "specular": 0.0, "fresnel": 0.0},
        "lightposition": {"x": -1000, "y": -3000, "z": 9000},
    }


def _rims(some: Sequence[Solid]) -> dict[str, Any]:
    """The edges of the solids, which tell them apart whatever their colour."""
    pieces = [
        [corners[start], corners[end]] for corners in map(_corners, some) for start, end in _RIMS
    ]
    return _lines(pieces, colour=LIGHT["text"], width=1.5)


def _edges(laid_out: Solids) -> dict[str, Any]:
    """What feeds what: lines from the underside of one to the upper side of the other."""
    pieces = []
    for start, end in laid_out.edges:
        source, target = laid_out.solids[start], laid_out.solids[end]
        below = (source.x, source.y, source.z - source.thickness / 2)
        above = (target.x, target.y, target.z + target.thickness / 2)
        passed = [
            solid.x + solid.width / 2
            for solid in laid_out.solids
            if source.row < solid.row < target.row and abs(solid.x - source.x) < LANE / 2
        ]
        beside = max(passed, default=source.x) + BESIDE
        around = [(beside, 0.0, below[2]), (beside, 0.0, above[2])] if passed else []
        pieces.append([below, *around, above])
    return _lines(pieces, colour=LIGHT["edge"], width=3)


def _lines(pieces: Sequence[Sequence[Any]], *, colour: str, width: float) -> dict[str, Any]:
    """Lines through points, one trace for all."""
    points = [point for piece in pieces for point in (*piece, (None, None, None))]
    return {
        "type": "scatter3d",
        "mode": "lines",
        **{axis: [point[i] for point in points] for i, axis in enumerate("xyz")},
        "line": {"color": colour, "width": width},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _scene(laid_out: Solids) -> dict[str, Any]:
    hidden = {"visible": False, "showspikes": False}
    reach = max((abs(solid.x) + solid.width / 2 for solid in laid_out.solids), default=0.5)
    depth = max((solid.depth for solid in laid_out.solids), default=1.0)
    height = laid_out.height + ROOM
    is_chain = _is_chain(laid_out)
    zoom = min(TALL / height, (WIDE_CHAIN if is_chain else WIDE) / (2 * reach))
    return {
        "xaxis": {**hidden, "range": [-reach, reach]},
        "yaxis": {**hidden, "range": [-depth / 2, depth / 2]},
        "zaxis": {**hidden, "range": [-ROOM / 2, laid_out.height + ROOM / 2]},
        "aspectmode": "manual",
        "aspectratio": {"x": 2 * reach * zoom, "y": depth * zoom, "z": height * zoom},
        # labels beside a chain need room to its right, on a phone too
        "domain": {"x": [0.02, 0.66] if is_chain else [0, 0.9]},
        "bgcolor": BLANK,
        "dragmode": "turntable",
        "camera": {
            "projection": {"type": "orthographic"},  # rows, and so labels, are equally far apart
            "eye": {"x": -0.6, "y": -1.3, "z": 0.42},
        },
        "annotations": _labels(laid_out),
    }


def _is_chain(laid_out: Solids) -> bool:
    """Whether no row has two."""
    return len(laid_out.solids) == laid_out.rows


def _labels(laid_out: Solids) -> list[dict[str, Any]]:
    """Names, beside a solid that is alone in its row, else upon it."""
    named = _named(laid_out)
    in_row = Counter(solid.row for solid in laid_out.solids)
    is_chain = _is_chain(laid_out)
    letters = 17 if is_chain else 12
    return [
        {
            "x": solid.x, "y": solid.y, "z": solid.z,
            "font": {"size": 11, "color": LIGHT["text"]},
            "bgcolor": LIGHT["surface"] if not is_chain else BLANK,
            **(_BESIDE if in_row[solid.row] == 1 else _UPON),
            "text": short(solid.box.title, limit=letters if in_row[solid.row] == 1 else 9),
        }
        for solid in laid_out.solids
        if solid.box.name in named
    ]  # fmt: skip


def _named(laid_out: Solids) -> set[str]:
    """The solids that get a label: the largest, and none in a row next to a labelled one's."""
    if laid_out.rows <= MAX_LABELS:
        return {solid.box.name for solid in laid_out.solids}
    apart = laid_out.rows / MAX_LABELS
    chosen: list[Solid] = []
    for solid in sorted(laid_out.solids, key=lambda solid: -solid.box.parameters):
        if all(abs(solid.row - other.row) >= apart for other in chosen):
            chosen.append(solid)
    return {solid.box.name for solid in chosen}


def _corners(solid: Solid) -> list[tuple[float, float, float]]:
    return [
        (
            solid.x + x * solid.width / 2,
            solid.y + y * solid.depth / 2,
            solid.z + z * solid.thickness / 2,
        )
        for x, y, z in _CORNERS
    ]


def _words(solid: Solid, words: Mapping[str, Tint]) -> str:
    box = solid.box
    lines = (f"<b>{box.name}</b>", box.caption, box.shape, f"{box.parameters:,} parameters")
    return "<br>".join(filter(None, (*lines, words[box.name].words)))


def _height(laid_out: Solids) -> int:
    """In pixels: a line for each label."""
    return max(420, min(760, 190 + 19 * laid_out.rows))
