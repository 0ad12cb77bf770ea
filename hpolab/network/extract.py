"""From a Keras model to its graph as plain data."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from hpolab.errors import ConfigError
from hpolab.network.details import activation, details
from hpolab.network.graph import ArchitectureGraph, Layer
from hpolab.network.walk import is_graph, nodes

if TYPE_CHECKING:
    from collections.abc import Sequence

    import keras

    from hpolab.network.graph import Shape
    from hpolab.network.walk import Node

__all__ = ["extract"]

Feed = tuple[str, "Shape"]
"""A layer's name, and the shape of that output of it which is meant."""


def extract(model: keras.Model) -> ArchitectureGraph:
    """What a model is made of: any functional or sequential model of Keras 3.

    Nested models are flattened: their layers stand in the place of the model, and
    ``Layer.inside`` names it. What keeps its inside to itself stays one layer: a wrapper
    (``Bidirectional``, ``TimeDistributed``), a layer with layers of its own, a nested model that
    is a class of somebody's.

    Raises:
        ConfigError: The model itself is a class with a ``call`` of its own, or a sequential model
            that does not know its input's shape: there is no graph to be seen.
    """
    if not is_graph(model):
        raise ConfigError(
            f"the model {model.name!r} ({type(model).__name__}) has no graph that can be drawn; "
            "build it with the functional or the sequential API, starting from keras.Input."
        )
    extraction = _Extraction()
    extraction.add(model)
    return ArchitectureGraph(
        name=model.name,
        n_parameters=_count(model.trainable_variables),
        layers=tuple(extraction.layers),
    )


class _Extraction:
    """A model half read: its layers so far, and which names and weights have been seen."""

    def __init__(self) -> None:
        self.layers: list[Layer] = []
        self._names: set[str] = set()
        self._owners: dict[str, Any] = {}
        self._models: set[str] = set()
        self._counted: set[int] = set()

    def add(
        self, model: keras.Model, *, inside: tuple[str, ...] = (), given: Sequence[Feed] = ()
    ) -> list[Feed]:
        """Add a model's layers.

        Args:
            model: The model.
            inside: Names of the models around it, its own last.
            given: What feeds it, one for each of its inputs; empty for the outermost model.

        Returns:
            What feeds those that it feeds, one for each of its outputs.
        """
        places = {id(tensor): place for place, tensor in enumerate(model.inputs)}
        feeds: dict[int, Feed] = {}  # by the id of the symbolic tensor
        found = nodes(model)
        for node in found:
            self._owners.setdefault(node.layer.name, node.layer)
        for node in found:
            sources = [feeds[id(source.tensor)] for source in node.sources]
            place = places.get(id(node.output))
            if given and place is not None:
                made = [given[place]]
            elif is_graph(node.layer) and len(node.layer.inputs) == len(sources):
                name = _free(node.layer.name, self._models)
                made = self.add(node.layer, inside=(*inside, name), given=sources)
            else:
                made = self._add_layer(node, inside, sources)
            feeds.update(zip(map(id, node.outputs), made, strict=True))
        return [feeds[id(tensor)] for tensor in model.outputs]

    def _add_layer(
        self, node: Node, inside: tuple[str, ...], sources: Sequence[Feed]
    ) -> list[Feed]:
        layer = node.layer
        weights = self._new(getattr(layer, "weights", ()))
        trainable = {id(weight) for weight in getattr(layer, "trainable_weights", ())}
        shape = tuple(node.output.shape)
        self.layers.append(
            Layer(
                name=(name := self._name(layer, inside)),
                kind=type(layer).__name__,
                inside=inside,
                input_shapes=tuple(shape for _, shape in sources),
                output_shape=shape,
                parameters=_count(weights),
                trainable_parameters=_count([w for w in weights if id(w) in trainable]),
                activation=activation(layer),
                inputs=tuple(source for source, _ in sources),
                details=details(layer),
            )
        )
        return [(name, tuple(output.shape)) for output in node.outputs]

    def _name(self, layer: Any, inside: tuple[str, ...]) -> str:
        """A name of its own: "name:2" at a second use, "model/name" where another has the name."""
        is_first = self._owners[layer.name] is layer
        name = layer.name if is_first or not inside else f"{inside[-1]}/{layer.name}"
        return _free(name, self._names)

    def _new(self, weights: Sequence[Any]) -> list[Any]:
        """Those that have not been counted yet."""
        new = [weight for weight in weights if id(weight) not in self._counted]
        self._counted.update(map(id, new))
        return new


def _free(name: str, taken: set[str]) -> str:
    """The name, or "name:2" and so on where it is taken; taken from now on."""
    free, number = name, 1
    while free in taken:
        number += 1
        free = f"{name}:{number}"
    taken.add(free)
    return free


def _count(weights: Sequence[Any]) -> int:
    return sum(math.prod(weight.shape) for weight in weights)
