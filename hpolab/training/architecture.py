"""A model's architecture as plain data: what ``architecture.json`` holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hpolab.training.graph import nodes

if TYPE_CHECKING:
    import keras

__all__ = ["describe"]

FORMAT = 1


def describe(model: keras.Model) -> dict[str, Any]:
    """Layers and edges of a model, JSON-able.

    Returns:
        ``format``; ``name``; ``n_parameters`` (trainable); ``layers``, from input to output, each
        with ``name``, ``kind`` (the Keras class), ``output_shape`` (None for the batch),
        ``parameters`` (all of the layer's), ``activation`` (or None) and ``inputs`` (names);
        ``edges``, pairs of names.
    """
    layers = []
    edges = []
    for node in nodes(model):
        layers.append(
            {
                "name": node.layer.name,
                "kind": type(node.layer).__name__,
                "output_shape": list(node.output.shape),
                "parameters": _count(getattr(node.layer, "weights", [])),
                "activation": _activation(node.layer),
                "inputs": list(node.inputs),
            }
        )
        edges += [[source, node.layer.name] for source in node.inputs]
    return {
        "format": FORMAT,
        "name": model.name,
        "n_parameters": _count(model.trainable_variables),
        "layers": layers,
        "edges": edges,
    }


def _count(weights: list[Any]) -> int:
    return sum(int(weight.shape.num_elements()) for weight in weights)


def _activation(layer: Any) -> str | None:
    activation = getattr(layer, "activation", None)
    name = getattr(activation, "__name__", None)
    return None if name in (None, "linear") else str(name)
