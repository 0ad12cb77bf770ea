"""What training asks of a model's graph: where units can be watched, which weights count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import keras
from keras import layers

from hpolab.network.walk import nodes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hpolab.network.walk import Node

__all__ = ["hidden_outputs", "weight_matrices"]

_WITH_UNITS = (
    layers.Dense,
    layers.EinsumDense,
    layers.Conv1D,
    layers.Conv2D,
    layers.Conv3D,
    layers.Conv1DTranspose,
    layers.Conv2DTranspose,
    layers.DepthwiseConv2D,
    layers.SeparableConv1D,
    layers.SeparableConv2D,
    layers.RNN,
    layers.Bidirectional,
)
_ACTIVATIONS = (layers.Activation, layers.ReLU, layers.LeakyReLU, layers.PReLU, layers.ELU)
_TRANSPARENT = (
    layers.BatchNormalization,
    layers.LayerNormalization,
    layers.GroupNormalization,
    layers.UnitNormalization,
    layers.Dropout,
    layers.SpatialDropout1D,
    layers.SpatialDropout2D,
    layers.GaussianNoise,
    layers.GaussianDropout,
    layers.AlphaDropout,
)


def hidden_outputs(model: keras.Model) -> dict[str, Any]:
    """Where to watch the units of each hidden layer: symbolic tensors by the layer's name.

    A layer without an activation of its own is watched behind the activation that follows it,
    normalisation and dropout skipped. The output layer is not hidden.
    """
    outputs = {}
    final = {id(tensor) for tensor in model.outputs}
    for node in nodes(model):
        if not isinstance(node.layer, _WITH_UNITS):
            continue
        watched = node
        if _is_linear(node.layer):
            watched = next(
                (n for n in _following(node) if isinstance(n.layer, _ACTIVATIONS)), node
            )
        reaches_end = id(watched.output) in final or any(
            id(follower.output) in final for follower in _following(watched)
        )
        if not reaches_end:
            outputs[node.layer.name] = watched.output
    return outputs


def weight_matrices(model: keras.Model) -> dict[str, Any]:
    """Trainable weights of two or more dimensions by a short name: "conv1/kernel".

    The name is the layer's and the weight's; the way from one to the other (a cell, a wrapper)
    is kept only where it is needed to tell weights apart.
    """
    weights = [w for w in model.trainable_variables if len(w.shape) >= 2]
    shorts = [_short(weight.path) for weight in weights]
    return {
        short if shorts.count(short) == 1 else weight.path: weight
        for short, weight in zip(shorts, weights, strict=True)
    }


def _short(path: str) -> str:
    first, *_, last = path.split("/")
    return f"{first}/{last}"


def _following(node: Node) -> Iterator[Node]:
    """The nodes behind this one, as long as there is one way and it keeps units apart."""
    while len(node.consumers) == 1:
        node = node.consumers[0]
        if not isinstance(node.layer, _TRANSPARENT + _ACTIVATIONS):
            return
        yield node


def _is_linear(layer: Any) -> bool:
    activation = getattr(layer, "activation", None)
    return activation is None or activation is keras.activations.linear
