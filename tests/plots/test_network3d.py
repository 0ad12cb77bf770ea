"""Networks in space: every layer is there, can be told apart, and says what it is."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import keras
import pytest
from keras import layers

from hpolab.errors import ConfigError
from hpolab.models.cnn import cnn
from hpolab.models.lstm import lstm
from hpolab.network import ArchitectureGraph, LayerHealth, extract
from hpolab.network.solids import Solid, solids
from hpolab.network.tints import tints
from hpolab.palette import FAMILIES, LIGHT
from hpolab.plots.network3d import draw_network3d


@pytest.fixture(scope="module")
def a_cnn() -> ArchitectureGraph:
    return extract(cnn((28, 28, 1), 10))


@pytest.fixture(scope="module")
def an_lstm() -> ArchitectureGraph:
    return extract(lstm((200,), 2, n_layers=2, bidirectional=True))


@pytest.fixture(scope="module")
def branched() -> ArchitectureGraph:
    start = keras.Input((32, 32, 3), name="start")
    sides = [layers.Conv2D(8, k, padding="same", name=f"side{k}")(start) for k in (1, 3, 5)]
    x = layers.GlobalAveragePooling2D(name="mean")(layers.Concatenate(name="join")(sides))
    return extract(keras.Model(start, layers.Dense(2, name="end")(x)))


def meshes(figure: Any) -> list[Any]:
    return [trace for trace in figure.data if trace.type == "mesh3d"]


def overlap(one: Solid, other: Solid) -> bool:
    pairs = (
        (one.x, other.x, one.width, other.width),
        (one.y, other.y, one.depth, other.depth),
        (one.z, other.z, one.thickness, other.thickness),
    )
    return all(abs(a - b) < (size_a + size_b) / 2 - 1e-9 for a, b, size_a, size_b in pairs)


@pytest.mark.parametrize("name", ["a_cnn", "an_lstm", "branched"])
def test_every_layer_is_a_solid_of_its_own_family(
    name: str, request: pytest.FixtureRequest
) -> None:
    graph = request.getfixturevalue(name)

    figure = draw_network3d(graph).figure

    told = [text for mesh in meshes(figure) for text in mesh.text]
    for layer in graph.layers:
        assert sum(text.startswith(f"<b>{layer.name}</b>") for text in told) == 8  # its corners
        assert any(f"{layer.parameters:,} parameters" in text for text in told)
    assert all(mesh.showlegend and mesh.color in _colours() for mesh in meshes(figure))
    assert len({mesh.name for mesh in meshes(figure)}) == len(meshes(figure))
    assert {label.text for label in figure.layout.scene.annotations} == {
        layer.name for layer in graph.layers
    } or name == "an_lstm"


def _colours() -> set[str]:
    return {pair[0] for pair in FAMILIES.values()}


@pytest.mark.parametrize("name", ["a_cnn", "an_lstm", "branched"])
def test_solids_do_not_touch_and_flow_along_z(name: str, request: pytest.FixtureRequest) -> None:
    laid_out = solids(request.getfixturevalue(name))

    found = laid_out.solids
    assert not any(overlap(a, b) for i, a in enumerate(found) for b in found[:i])
    assert all(found[source].z > found[target].z for source, target in laid_out.edges)
    assert all(0 < side <= 1 for s in found for side in (s.width, s.depth, s.thickness))


def test_branches_stand_beside_each_other(branched: ArchitectureGraph) -> None:
    found = {solid.box.name: solid for solid in solids(branched).solids}

    sides = [found[f"side{k}"] for k in (1, 3, 5)]
    assert len({side.z for side in sides}) == 1
    assert len({side.x for side in sides}) == 3


def test_sizes_follow_the_shapes(a_cnn: ArchitectureGraph) -> None:
    found = {solid.box.name: solid for solid in solids(a_cnn).solids}

    assert found["conv1"].width == pytest.approx(2**0.5 * found["pool1"].width)  # 28 and 14 wide
    assert found["conv1"].width == found["conv1"].depth
    assert found["conv2"].thickness > found["conv1"].thickness  # 32 and 16 channels
    assert found["dense"].thickness > found["logits"].thickness  # parameters
    assert found["dense"].width > found["logits"].width  # units


def test_colours_follow_the_health_and_a_bar_says_what_they_mean(
    a_cnn: ArchitectureGraph,
) -> None:
    sick = a_cnn.with_health({"conv1": LayerHealth(silent=0.9), "conv2": LayerHealth(silent=0)})

    figure = draw_network3d(sick, by="health").figure

    known, rest = meshes(figure)
    value = dict(zip((text.split("</b>")[0] for text in known.text), known.intensity, strict=True))
    assert value["<b>conv1"] == pytest.approx(0.1)
    assert value["<b>conv2"] == 1
    assert [colour for _, colour in known.colorscale] == [
        LIGHT["bad"],
        LIGHT["fair"],
        LIGHT["good"],
    ]
    assert known.colorbar.ticktext == ("sick", "healthy")
    words = tints(sick, "health")["conv1"].words
    assert any(text.startswith("<b>conv1</b>") and text.endswith(words) for text in known.text)
    assert rest.name == "not measured"


def test_a_network_of_which_nothing_was_measured_is_drawn_all_the_same(
    a_cnn: ArchitectureGraph,
) -> None:
    (rest,) = meshes(draw_network3d(a_cnn, by="health").figure)

    assert rest.name == "not measured"


def test_the_labels_of_a_long_chain_keep_apart() -> None:
    start = x = keras.Input((4,))
    for i in range(60):
        x = layers.Dense(4, name=f"layer{i}", activation="relu" if i % 3 else "tanh")(x)
    graph = extract(keras.Model(start, x))
    opened: set[str] = set()
    while blocks := {s.box.name for s in solids(graph, opened).solids if s.box.is_block}:
        opened |= blocks
    laid_out = solids(graph, opened)

    figure = draw_network3d(graph, unfolded=opened).figure

    heights = sorted(label.z for label in figure.layout.scene.annotations)
    assert laid_out.rows > 28
    assert 0 < len(heights) <= 30
    gaps = [b - a for a, b in pairwise(heights)]
    assert min(gaps) >= laid_out.height / 32


def test_what_no_colour_can_say_is_refused(a_cnn: ArchitectureGraph) -> None:
    with pytest.raises(ConfigError, match="helth"):
        draw_network3d(a_cnn, by="helth")
