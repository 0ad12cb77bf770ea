from __future__ import annotations

import base64
import io
import json
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from hpolab.palette import DARK, LIGHT, SERIES
from hpolab.plots.mosaic import mosaic, png
from hpolab.plots.style import FROM_NONE, as_json, darkened, draw_figure, line, short


def test_a_dark_page_gets_the_twin_of_every_colour() -> None:
    figure = draw_figure(
        [line([0, 1], [1, 2], "a", SERIES["convergence_quality"][0])],
        height=200,
        shapes=[{"type": "rect", "fillcolor": LIGHT["bad-soft"]}],
        coloraxis={"colorscale": FROM_NONE},
    )
    text = json.dumps(as_json(darkened(figure)))
    light = set(LIGHT.values()) | {pair[0] for pair in SERIES.values()}
    assert not {colour for colour in light if colour in text} - set(DARK.values())
    assert SERIES["convergence_quality"][1] in text
    assert DARK["bad-soft"] in text
    assert LIGHT["bad-soft"] in json.dumps(as_json(figure))  # which is as it was


def test_the_white_of_a_surface_becomes_the_dark_surface() -> None:
    figure = draw_figure([line([0], [0], "a", LIGHT["surface"])], height=200)
    assert darkened(figure).data[0].line.color == DARK["surface"]


def test_numbers_survive_the_way_to_json() -> None:
    plain = as_json(draw_figure([line([0, 1], [0.5, np.nan], "a", LIGHT["accent"])], height=200))
    y = plain["data"][0]["y"]
    values = np.frombuffer(base64.b64decode(y["bdata"]), y["dtype"])
    np.testing.assert_array_equal(values, np.array([0.5, np.nan], np.float32))


def test_what_json_has_no_word_for_is_none() -> None:
    figure = go.Figure(go.Scatter(y=[1.0, float("nan")], customdata=np.array(["a", "b"])))
    plain: dict[str, Any] = json.loads(json.dumps(as_json(figure), allow_nan=False))
    assert plain["data"][0]["y"] == [1.0, None]


def test_users_names_are_cut_and_cannot_format() -> None:
    assert short("automobile") == "automobile"
    assert len(short("a very long name of a class")) == 14
    assert short("<b>cat") == "&lt;b&gt;cat"


@given(st.integers(1, 20), st.integers(1, 8), st.integers(1, 5), st.integers(1, 5))
def test_a_mosaic_holds_every_tile_where_it_belongs(n: int, columns: int, h: int, w: int) -> None:
    tiles = np.random.default_rng(n).integers(1, 256, (n, h, w)).astype(np.uint8)
    picture = mosaic(tiles, columns)
    for i, tile in enumerate(tiles):
        top, left = i // columns * (h + 1), i % columns * (w + 1)
        np.testing.assert_array_equal(picture[top : top + h, left : left + w], tile)
    assert (picture > 0).sum() == tiles.size


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_an_image_is_the_pixels_it_was(channels: int) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (6, 5, channels)).astype(np.uint8)
    data = base64.b64decode(png(pixels).removeprefix("data:image/png;base64,"))
    shown = np.asarray(Image.open(io.BytesIO(data)))
    np.testing.assert_array_equal(shown.reshape(pixels.shape), pixels)
