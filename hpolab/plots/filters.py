"""What convolutions look for, drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from hpolab.diagnostics.arrays import Arrays
from hpolab.diagnostics.weights import filters as read
from hpolab.plots.mosaic import frames, mosaic, pitch, tile_scale
from hpolab.plots.plot import Plot
from hpolab.plots.style import TO_BOTH_SIDES, axis, draw_figure, finite

if TYPE_CHECKING:
    from pathlib import Path

    from hpolab.diagnostics.weights import Filters
    from hpolab.plots.plot import Entry

__all__ = ["filters"]

ACROSS = 8
MAX_COLUMNS = 16


def filters(entry: Entry, folder: Path) -> Plot | None:
    """The kernels of a convolution as tiles."""
    facts = read(Arrays.read(folder), entry.part)
    if facts is None:
        return None
    kernels = finite(np.moveaxis(facts.kernels, (2, 3), (0, 1)))  # (channels, filters, k, k)
    bound = float(np.abs(kernels).max()) or 1.0
    if len(kernels) == 1:
        tiles, columns = kernels[0], min(ACROSS, kernels.shape[1])
    else:
        tiles, columns = (
            kernels[:, :MAX_COLUMNS].reshape(-1, *kernels.shape[2:]),
            min(MAX_COLUMNS, kernels.shape[1]),
        )
    picture = mosaic(np.rint(128 + 127 * tiles / bound).astype(np.uint8), columns)
    figure = draw_figure(
        [tile_scale(picture, TO_BOTH_SIDES, low=-bound, high=bound, title="weight")],
        height=int(130 + min(430, 330 * picture.shape[0] / picture.shape[1])),
        shapes=frames(_places(facts, columns), columns, *map(pitch, tiles.shape[1:])),
        **_axes(facts, columns, tiles.shape[1:], len(tiles) // columns),
    )
    return Plot(
        name=entry.name,
        title=entry.title,
        reading="Each tile is what a filter weighs its little window with: blue adds, orange "
        "takes away, the colour of the page does nothing; edges and spots are what first layers "
        "learn.",
        warning="Tiles without colour look for nothing, and many tiles alike look for the same.",
        verdict=facts.verdict,
        figure=figure,
    )


def _axes(
    facts: Filters, columns: int, tile: tuple[int, ...], rows: int
) -> dict[str, dict[str, Any]]:
    """Filters in rows of eight, or input channels against filters."""
    is_grey = facts.kernels.shape[2] == 1
    tall, wide = map(pitch, tile)
    across, down = np.arange(columns), np.arange(max(1, rows))
    shared = {"constrain": "domain", "showgrid": False}
    return {
        "xaxis": axis(
            f"Filter, {columns} in a row" if is_grey else f"Filter ({columns} shown)",
            tickvals=(across + 0.5) * wide - 1,
            ticktext=[str(i) for i in across],
            **shared,
        ),
        "yaxis": axis(
            "First filter" if is_grey else "Input channel",
            tickvals=(down + 0.5) * tall - 1,
            ticktext=[str(i * columns if is_grey else i) for i in down],
            autorange="reversed",
            scaleanchor="x",
            constraintoward="top",
            **shared,
        ),
    }


def _places(facts: Filters, columns: int) -> list[int]:
    """The tiles of empty filters."""
    if facts.kernels.shape[2] == 1:
        return list(facts.empty)
    rows = range(facts.kernels.shape[2])
    return [row * columns + i for row in rows for i in facts.empty if i < columns]
