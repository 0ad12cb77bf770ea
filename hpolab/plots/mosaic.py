"""Many small pictures as one: numbers as tiles of a heatmap, photographs as one image."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING, Any

import numpy as np

from hpolab.palette import LIGHT

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

__all__ = ["frames", "mosaic", "pitch", "png", "tile_scale"]

_LEAST, _MOST = 1.0, 255.0  # 0 is the gap between tiles


def pitch(size: int) -> int:
    """How far the next tile is, in cells: one cell is the gap."""
    return size + 1


def mosaic(tiles: NDArray[np.uint8], columns: int) -> NDArray[np.uint8]:
    """Tiles row by row, with gaps of one cell that are 0; numbers are 1..255, 0 becomes 1.

    Args:
        tiles: Shape (n, height, width).
        columns: How many stand in a row.
    """
    n, height, width = tiles.shape
    rows = -(-n // columns)
    cells = np.zeros((rows * columns, height + 1, width + 1), np.uint8)
    cells[:n, :height, :width] = np.maximum(tiles, 1)
    grid = cells.reshape(rows, columns, height + 1, width + 1).swapaxes(1, 2)
    return grid.reshape(rows * (height + 1), columns * (width + 1))[:-1, :-1]


def tile_scale(
    picture: NDArray[np.uint8],
    scale: Sequence[tuple[float, str]],
    *,
    low: float,
    high: float,
    title: str,
) -> dict[str, Any]:
    """A heatmap of a mosaic, with a colour bar that says what 1 and 255 stand for."""
    start = _LEAST / _MOST / 2
    gap = [(0.0, LIGHT["line"]), (start, LIGHT["line"])]
    stops = [(start + (1 - start) * place, colour) for place, colour in scale]
    return {
        "type": "heatmap",
        "z": picture,
        "zmin": 0,
        "zmax": 255,
        "colorscale": [*gap, *stops],
        "hoverinfo": "skip",
        "colorbar": {
            "orientation": "h", "y": 1, "yanchor": "bottom", "thickness": 8, "len": 0.7,
            "outlinewidth": 0, "tickvals": [1, 128, 255], "title": {"text": title, "side": "top"},
            "ticktext": [f"{value:.2g}" for value in (low, (low + high) / 2, high)],
        },
    }  # fmt: skip


def frames(which: Iterable[int], columns: int, height: int, width: int) -> list[dict[str, Any]]:
    """Outlines around some tiles of a mosaic.

    Args:
        which: Their places, row by row.
        columns: How many stand in a row.
        height, width: From one tile to the next, in cells.
    """
    return [
        {
            "type": "rect", "line": {"color": LIGHT["bad"], "width": 2},
            "x0": i % columns * width - 1, "x1": (i % columns + 1) * width - 1,
            "y0": i // columns * height - 1, "y1": (i // columns + 1) * height - 1,
        }
        for i in which
    ]  # fmt: skip


def png(pixels: NDArray[np.uint8]) -> str:
    """An image as a data URL.

    Args:
        pixels: Shape (rows, columns, 1, 3 or 4): grey, colours, or colours and opacity.
    """
    from PIL import Image

    file = io.BytesIO()
    squeezed = pixels[..., 0] if pixels.shape[-1] == 1 else pixels
    Image.fromarray(np.ascontiguousarray(squeezed)).save(file, "PNG")
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"
