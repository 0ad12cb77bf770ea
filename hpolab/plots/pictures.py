"""Images and texts that a network was shown, drawn with what it made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from hpolab.diagnostics import pictures as facts_of
from hpolab.diagnostics.arrays import Arrays
from hpolab.palette import LIGHT
from hpolab.plots.mosaic import frames, mosaic, pitch, png, tile_scale
from hpolab.plots.plot import Plot
from hpolab.plots.style import FROM_NONE, axis, corner, draw_figure, note, plain, short

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from hpolab.diagnostics.pictures import Mistakes
    from hpolab.diagnostics.texts import Word
    from hpolab.plots.plot import Entry

__all__ = ["maps", "mistakes"]

IN_A_ROW, IN_A_ROW_NAMED = 4, 3
MAX_IMAGES = 24
MAX_TEXTS = 12
MAX_WORDS = 120
CHANNELS_IN_A_ROW = 8
ROW_PIXELS = 330
_OUTLINED = note("outlined: always the same", **corner(1, 0, yanchor="top", yshift=-18))


def mistakes(entry: Entry, folder: Path) -> Plot | None:
    """The surest mistakes: the user's own images or texts."""
    facts = facts_of.mistakes(Arrays.read(folder))
    if facts is None:
        return None
    if facts.images is None:
        figure, what = _table(facts), "A row is a text"
        more = " Words in italics are not in the network's vocabulary: it reads all of them alike."
    else:
        figure, what, more = _album(facts, facts.images), "Each is an image", ""
    return Plot(
        name=entry.name,
        title=entry.title,
        reading=f"{what} of the validation set that the network got wrong, the surest first: what "
        f"it said, how sure it was, and what is true.{more}",
        warning="Mistakes that you would not make, made without doubt; if you agree with the "
        "network, look for a wrong label.",
        verdict=facts.verdict,
        figure=figure,
    )


def _album(facts: Mistakes, images: NDArray[Any]) -> Any:
    """Images in rows of four with two lines of text below each."""
    shown = images[:MAX_IMAGES]
    n, tall, wide = shown.shape[:3]
    is_named = max(map(len, facts.true + facts.predicted)) > 3
    most = IN_A_ROW_NAMED if is_named else IN_A_ROW
    columns = min(most, n)
    rows = -(-n // columns)
    step_x, step_y = wide * 1.12, tall * 1.0 + wide * 0.5
    left, top = (np.arange(n) % columns) * step_x, (np.arange(n) // columns) * step_y
    traces: list[dict[str, Any]] = [
        {"type": "image", "source": png(image), "x0": x + 0.5, "y0": y + 0.5, "hoverinfo": "skip"}
        for image, x, y in zip(_bytes(shown), left, top, strict=True)
    ]
    traces.append(_captions(facts, left + wide / 2, top + tall + wide * 0.04))
    pixels = ROW_PIXELS / most / step_x * step_y * rows
    hidden = {"visible": False, "constrain": "domain"}
    marks = [
        _outline(x, y, wide, tall)
        for x, y, sure in zip(left, top, facts.confidence, strict=False)
        if facts.verdict and sure >= facts_of.SURE
    ]
    return draw_figure(
        traces,
        height=int(pixels) + 24,
        margin={"l": 4, "r": 4, "t": 12, "b": 4},
        showlegend=False,
        shapes=marks,
        xaxis={**hidden, "range": (-wide * 0.06, most * step_x)},
        yaxis={**hidden, "range": (rows * step_y, -wide * 0.04), "scaleanchor": "x"},
    )


def _captions(facts: Mistakes, x: NDArray[Any], y: NDArray[Any]) -> dict[str, Any]:
    n = len(x)
    answers = zip(facts.predicted[:n], facts.confidence[:n], facts.true[:n], strict=True)
    words = [
        f"{short(said, limit=9)} {sure:.0%}<br><b>is {short(true, limit=10)}</b>"
        for said, sure, true in answers
    ]
    return {
        "type": "scatter", "mode": "text", "x": x.astype(np.float32), "y": y.astype(np.float32),
        "text": words, "textposition": "bottom center", "textfont": {"size": 11},
        "hovertext": [
            f"said {plain(said)} ({sure:.1%}), is {plain(true)}"
            for said, sure, true in zip(facts.predicted, facts.confidence, facts.true, strict=True)
        ][:n],
        "hoverinfo": "text", "cliponaxis": False,
    }  # fmt: skip


def _outline(x: float, y: float, width: float, height: float) -> dict[str, Any]:
    return {
        "type": "rect", "x0": x, "x1": x + width, "y0": y, "y1": y + height,
        "line": {"color": LIGHT["bad"], "width": 2},
    }  # fmt: skip


def _table(facts: Mistakes) -> Any:
    """Texts as rows; long ones show their end, which is what a network reads last."""
    texts = (facts.texts or ())[:MAX_TEXTS]
    n = len(texts)
    sure = [facts.verdict != "" and value >= facts_of.SURE for value in facts.confidence[:n]]
    grounds = [LIGHT["bad-soft" if is_marked else "surface"] for is_marked in sure]
    cells = [
        [_sentence(text) for text in texts],
        [plain(name) for name in facts.predicted[:n]],
        [f"{value:.0%}" for value in facts.confidence[:n]],
        [plain(name) for name in facts.true[:n]],
    ]
    shared = {"align": "left", "line": {"color": LIGHT["line"]}, "font": {"color": LIGHT["text"]}}
    return draw_figure(
        [
            {
                "type": "table",
                "columnwidth": [56, 18, 13, 18],
                "header": {"values": ["Text", "Said", "Sure", "Is"],
                           "fill": {"color": LIGHT["sunken"]}, **shared},
                "cells": {"values": cells, "height": 22, "fill": {"color": [grounds] * 4},
                          **shared},
            }
        ],
        height=440,
        margin={"l": 0, "r": 0, "t": 4, "b": 4},
    )  # fmt: skip


def _sentence(text: tuple[Word, ...]) -> str:
    words = [plain(word.text) if word.is_known else f"<i>{plain(word.text)}</i>" for word in text]
    start = "\N{HORIZONTAL ELLIPSIS} " if len(words) > MAX_WORDS else ""
    return start + " ".join(words[-MAX_WORDS:])


def maps(entry: Entry, folder: Path) -> Plot | None:
    """What each channel of a layer gives for a few images."""
    facts = facts_of.maps(Arrays.read(folder), entry.part)
    if facts is None:
        return None
    n, tall, wide, channels = facts.maps.shape
    columns = min(CHANNELS_IN_A_ROW, channels)
    rows = -(-channels // columns)
    step_y, step_x = pitch(tall), pitch(wide)
    picture = _sheet(facts.maps, rows, columns)
    side = min(rows, 2) * step_y - 1
    centres = (np.arange(n) + 0.5) * rows * step_y - 1
    traces = [tile_scale(picture, FROM_NONE, low=facts.low, high=facts.high, title="output")]
    for image, centre in zip(_bytes(facts.inputs), centres, strict=True):
        traces.append(_beside(image, centre, side, gap=step_x * 0.3))
    flat = [e * rows * columns + channel for e in range(n) for channel in facts.flat]
    across = columns * step_x + side + step_x * 0.6
    figure = draw_figure(
        traces,
        height=int(120 + min(620, 330 * n * rows * step_y / across)),
        shapes=frames(flat, columns, step_y, step_x) if facts.verdict else [],
        annotations=[_OUTLINED] if facts.verdict else [],
        xaxis=axis(f"Channel, {columns} in a row", constrain="domain", showgrid=False,
                   tickvals=(np.arange(columns) + 0.5) * step_x - 1,
                   ticktext=[str(i) for i in range(columns)],
                   range=(-side - step_x * 0.6, columns * step_x)),
        yaxis=axis("Image", constrain="domain", showgrid=False, tickvals=centres,
                   ticktext=list(map(_answer, facts.true, facts.predicted)),
                   range=(n * rows * step_y, -2), scaleanchor="x", constraintoward="top"),
    )  # fmt: skip
    return Plot(
        name=entry.name,
        title=entry.title,
        reading="At the left some validation images, beside each what the channels of the layer "
        "give for it, behind the activation: the stronger, the more.",
        warning="A channel that is the same for every image says nothing; many of them are dead "
        "filters.",
        verdict=facts.verdict,
        figure=figure,
    )


def _sheet(maps: NDArray[np.uint8], rows: int, columns: int) -> NDArray[np.uint8]:
    """All maps in one picture: some rows for each image, the last of them filled up."""
    n, tall, wide, channels = maps.shape
    tiles = np.zeros((n, rows * columns, tall, wide), np.uint8)
    tiles[:, :channels] = np.moveaxis(maps, 3, 1)
    return mosaic(tiles.reshape(-1, tall, wide), columns)


def _beside(image: NDArray[np.uint8], centre: float, side: float, *, gap: float) -> dict[str, Any]:
    """An image of some height, left of the maps."""
    scale = side / max(image.shape[:2])
    return {
        "type": "image", "source": png(image), "hoverinfo": "skip", "dx": scale, "dy": scale,
        "x0": -gap - image.shape[1] * scale + scale / 2,
        "y0": centre - image.shape[0] * scale / 2 + scale / 2,
    }  # fmt: skip


def _answer(true: str, predicted: str) -> str:
    said = "" if true == predicted else f"<br>said {short(predicted, limit=8)}"
    return f"{short(true, limit=10)}{said}"


def _bytes(images: NDArray[Any]) -> NDArray[np.uint8]:
    """Pixels as bytes; a builder's own inputs are stretched over their range."""
    if images.dtype != np.uint8:
        low, high = float(np.nanmin(images)), float(np.nanmax(images))
        images = np.rint(255 * (np.nan_to_num(images) - low) / ((high - low) or 1.0))
    if images.shape[-1] not in (1, 3, 4):
        images = images[..., :1]
    return images.astype(np.uint8)
