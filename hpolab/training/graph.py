"""Reading a Keras model as a graph: which layer feeds which, where units can be watched.

The only module that knows how Keras keeps a model's graph.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import keras
from keras import layers

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Node", "hidden_outputs", "nodes", "weight_matrices"]

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


class Node(NamedTuple):
    """One use of a layer.

    Attributes:
        layer: The layer (or a bare operation that Keras recorded).
        inputs: Names of the layers that feed it.
        output: Its symbolic output; the first one where there are several.
        consumers: The nodes that it feeds.
    """

    layer: Any
    inputs: tuple[str, ...]
    output: Any
    consumers: list[Node]


def nodes(model: keras.Model) -> list[Node]:
    """The nodes of a functional or sequential model from input to output."""
    found: dict[int, Node] = {}
    ordered: list[Node] = []
    stack = [(tensor, False) for tensor in model.outputs]
    while stack:
        tensor, inputs_done = stack.pop()
        call = _call(tensor)
        if id(call) in found:
            continue
        if not inputs_done:
            stack.append((tensor, True))
            stack.extend((source, False) for source in call.input_tensors)
            continue
        sources = [found[id(_call(source))] for source in call.input_tensors]
        names = tuple(source.layer.name for source in sources)
        node = Node(call.operation, names, call.outputs[0], [])
        for source in sources:
            source.consumers.append(node)
        found[id(call)] = node
        ordered.append(node)
    return ordered


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


def _call(tensor: Any) -> Any:
    """Keras' own record of the call that made a symbolic tensor."""
    history = tensor._keras_history
    return history.operation._inbound_nodes[history.node_index]
