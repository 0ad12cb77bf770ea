"""Networks without Keras: what a drawing needs is plain data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from hpolab.network import ArchitectureGraph, Layer


def make_layer(name: str, kind: str = "Dense", inputs: Sequence[str] = (), **told: Any) -> Layer:
    return Layer(name=name, kind=kind, inputs=tuple(inputs), output_shape=(None, 8), **told)


def make_graph(*layers: Layer, name: str = "net") -> ArchitectureGraph:
    n_parameters = sum(layer.trainable_parameters for layer in layers)
    return ArchitectureGraph(name=name, n_parameters=n_parameters, layers=layers)


@pytest.fixture
def layer() -> Callable[..., Layer]:
    return make_layer


@pytest.fixture
def graph() -> Callable[..., ArchitectureGraph]:
    return make_graph


@pytest.fixture
def residual() -> ArchitectureGraph:
    """A small residual network of 3 stages of 3 blocks, with names as Keras' ResNets have them."""
    layers = [make_layer("image", "InputLayer")]
    for stage in (2, 3, 4):
        for block in (1, 2, 3):
            before, name = layers[-1].name, f"conv{stage}_block{block}"
            layers += [
                make_layer(f"{name}_1_conv", "Conv2D", [before], parameters=stage * 100),
                make_layer(f"{name}_1_bn", "BatchNormalization", [f"{name}_1_conv"]),
                make_layer(f"{name}_2_conv", "Conv2D", [f"{name}_1_bn"], parameters=stage * 100),
                make_layer(f"{name}_add", "Add", [before, f"{name}_2_conv"]),
                make_layer(f"{name}_out", "Activation", [f"{name}_add"], activation="relu"),
            ]
    return make_graph(*layers, make_layer("answer", "Dense", [layers[-1].name], parameters=10))
