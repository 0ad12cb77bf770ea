from __future__ import annotations

from collections.abc import Callable

import pytest

from hpolab.errors import ConfigError
from hpolab.network import ArchitectureGraph, Layer, LayerHealth, picture
from hpolab.network.tints import box_tints, layer_health_value, offered, scale, tints

Make = Callable[..., Layer]


@pytest.fixture
def three(layer: Make, graph: Callable[..., ArchitectureGraph]) -> ArchitectureGraph:
    return graph(
        layer("image", "InputLayer"),
        layer("conv", "Conv2D", ["image"], parameters=99),
        layer("dense", "Dense", ["conv"], parameters=9999),
    ).with_health(
        {
            "conv": LayerHealth(silent=0.25, elasticity=1, activation=0.5, gradient=1e-4),
            "dense": LayerHealth(silent=0, elasticity=1e-4, activation=2, gradient=1e-2),
        }
    )


def test_health_is_the_share_of_units_that_speak_or_the_score_of_the_gradient(
    three: ArchitectureGraph,
) -> None:
    found = tints(three, "health")
    assert found["conv"].value == pytest.approx(0.75)
    assert found["conv"].words == "25 % silent"
    assert found["dense"].value == pytest.approx(1 / 3)  # a decade above the end of the band
    assert found["dense"].words == "weak gradient"
    assert found["image"].value is None
    assert found["image"].words == "not measured"


@pytest.mark.parametrize(
    ("health", "value"),
    [
        (LayerHealth(), None),
        (None, None),
        (LayerHealth(silent=1), 0),
        (LayerHealth(elasticity=0), 0),
        (LayerHealth(silent=0, elasticity=50), 1),
        (LayerHealth(elasticity=1e300), 0),
    ],
)
def test_health_needs_something_that_was_looked_at(
    layer: Make, health: LayerHealth | None, value: float | None
) -> None:
    assert layer_health_value(layer("any", health=health)) == value


def test_activation_begins_at_nothing_and_gradients_are_in_decades(
    three: ArchitectureGraph,
) -> None:
    activation, gradient = tints(three, "activation"), tints(three, "gradient")
    assert [activation[name].value for name in ("conv", "dense")] == [0.25, 1]
    assert [gradient[name].value for name in ("conv", "dense")] == [0, 1]
    assert scale(three, "gradient").low == "0.0001"
    assert scale(three, "activation").low == "0"


def test_parameters_are_in_decades_from_none(three: ArchitectureGraph) -> None:
    found = tints(three, "parameters")
    assert [found[name].value for name in found] == [0, pytest.approx(0.5), 1]
    assert found["dense"].words == "9,999"
    assert scale(three, "parameters").high == "9,999"


def test_a_folded_block_is_as_ill_as_its_worst_layer_and_has_all_parameters(
    residual: ArchitectureGraph,
) -> None:
    sick = residual.with_health(
        {
            "conv2_block2_1_conv": LayerHealth(silent=0.9),
            "conv2_block3_2_conv": LayerHealth(silent=0.1),
        }
    )
    drawn = picture(sick)
    block = drawn.boxes[1].name
    health = box_tints(sick, drawn, "health")
    assert health[block].value == pytest.approx(0.1)
    assert health[block].words == "90 % silent in conv2_block2_1_conv"
    assert box_tints(sick, drawn, "parameters")[block].words == "1,200"
    assert set(health) == {box.name for box in drawn.boxes}


def test_kinds_have_a_legend_and_no_scale(three: ArchitectureGraph) -> None:
    assert scale(three, "kind") is None
    assert tints(three, "kind")["conv"].words == "Convolution"


def test_only_what_is_known_is_offered(
    three: ArchitectureGraph, residual: ArchitectureGraph
) -> None:
    assert offered(three) == ("kind", "parameters", "health", "activation", "gradient")
    assert offered(residual) == ("kind", "parameters")


def test_an_unknown_colour_is_refused_with_those_there_are(three: ArchitectureGraph) -> None:
    with pytest.raises(ConfigError, match="did you mean 'health'"):
        tints(three, "helth")
