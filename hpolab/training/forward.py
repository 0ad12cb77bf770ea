"""One example through a network, every layer's output laid open."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from hpolab.errors import DataError
from hpolab.network.extract import extract
from hpolab.network.passes import Answer, ForwardPass, LayerPass, Shown, packed
from hpolab.network.walk import is_graph, nodes
from hpolab.training.contents import MapSize, gates, maps, series, units
from hpolab.training.fast_lstm import accelerate
from hpolab.training.recurrence import lstms

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from hpolab.network.passes import Gates, Maps, Series, Units

__all__ = ["OpenModel", "forward"]

ZERO = 1e-6
"""Outputs this close to zero say nothing; smooth activations do not reach it exactly."""

MAX_ANSWERS = 20
MAX_RECURRENT = 4

_PASSING = (
    layers.InputLayer,
    layers.Flatten,
    layers.Reshape,
    layers.Permute,
    layers.RepeatVector,
    layers.Dropout,
    layers.SpatialDropout1D,
    layers.SpatialDropout2D,
    layers.GaussianNoise,
    layers.GaussianDropout,
    layers.AlphaDropout,
    layers.ActivityRegularization,
)


def forward(
    model: keras.Model, x: NDArray[Any], *, shown: Shown | None = None, classes: Sequence[str] = ()
) -> ForwardPass:
    """Send one example through a network; see ``OpenModel`` for several through the same."""
    return OpenModel(model).forward(x, shown=shown, classes=classes)


class OpenModel:
    """A network of which every layer's output can be seen."""

    def __init__(self, model: keras.Model):
        """Open it.

        Args:
            model: Sequential or functional, with one input and one output.

        Raises:
            DataError: It is no such graph.
        """
        if any(len(getattr(model, side, None) or ()) != 1 for side in ("inputs", "outputs")):
            raise DataError(
                f"the network {model.name!r} is not a graph from one input to one output, so no "
                "example can be sent through it."
            )
        accelerate(model)
        self._graph = _Graph(model)
        self._names = [layer.name for layer in extract(model).layers]
        tensor = model.inputs[0]
        self.input_shape: tuple[int | None, ...] = tuple(tensor.shape[1:])
        self._dtype = tensor.dtype

    def forward(
        self, x: NDArray[Any], *, shown: Shown | None = None, classes: Sequence[str] = ()
    ) -> ForwardPass:
        """Send one example through.

        Args:
            x: The example without a batch axis, of the model's input shape.
            shown: What to draw as the example; x itself where it is a picture, when not given.
            classes: Names of the classes; numbers stand for them where there are other than so
                many.
        """
        uses, said = self._graph.run([tf.constant(x[None], self._dtype)])
        size = MapSize.fitting(
            [use.said.shape for use in uses if use.said.ndim == 3 and not use.passes_on]
        )
        n_opened = 0
        passes = []
        for name, use in zip(self._names, uses, strict=True):
            content: Maps | Units | Series | Gates | None = None
            if not use.passes_on:
                content = use.gates() if n_opened < MAX_RECURRENT else None
                n_opened += content is not None
                content = content or _content(use.said, size)
            passes.append(_layer_pass(name, use, content))
        probabilities = np.asarray(said[0], np.float64)[0]
        answers = _answers(probabilities, classes)
        return ForwardPass(
            shown=shown or _shown(x),
            layers=tuple(passes),
            answers=answers,
            n_classes=probabilities.size if answers else 0,
        )


class _Use(NamedTuple):
    """One use of a layer, on this example: what it was given and what it said."""

    layer: Any
    given: list[Any]
    said: NDArray[Any]

    @property
    def passes_on(self) -> bool:
        return isinstance(self.layer, _PASSING)

    def gates(self) -> Gates | None:
        """What happened in it, where it is an LSTM that can be read step by step."""
        readers = lstms(self.layer)
        if not readers or len(self.given) != 1:
            return None
        return gates(readers, np.asarray(self.given[0])[0], said=self.said)


class _Graph:
    """A model, and the models nested in it, that give the outputs of all their layers."""

    def __init__(self, model: keras.Model):
        self._model = model
        self._nodes = nodes(model)
        self._tensors = [tensor for node in self._nodes for tensor in node.outputs]
        self._watcher = keras.Model(model.inputs, self._tensors)
        self._nested = {
            id(node.output): _Graph(node.layer)
            for node in self._nodes
            if is_graph(node.layer) and len(node.layer.inputs) == len(node.sources)
        }

    def run(self, inputs: list[Any]) -> tuple[list[_Use], list[Any]]:
        """Every use of a layer, in the order of ``extract``, and the model's own outputs."""
        computed = keras.tree.flatten(self._watcher(inputs, training=False))
        values = dict(zip(map(id, self._tensors), computed, strict=True))
        return list(self._uses(values)), [values[id(tensor)] for tensor in self._model.outputs]

    def _uses(self, values: dict[int, Any]) -> Iterator[_Use]:
        for node in self._nodes:
            given = [values[id(source.tensor)] for source in node.sources]
            inner = self._nested.get(id(node.output))
            if inner is not None:
                # a nested model's inputs are what feeds it: they stand there already
                uses, _ = inner.run(given)
                yield from (use for use in uses if not isinstance(use.layer, layers.InputLayer))
            else:
                said = np.asarray(values[id(node.output)])[0].astype(np.float64)
                yield _Use(node.layer, given, said)


def _content(value: NDArray[Any], size: MapSize) -> Maps | Units | Series:
    if value.ndim == 3:
        return maps(value, size)
    return series(value) if value.ndim == 2 else units(value)


def _layer_pass(name: str, use: _Use, content: Maps | Units | Series | Gates | None) -> LayerPass:
    size = np.abs(use.said)
    mean = float(size.mean()) if size.size else 0.0
    return LayerPass(
        name=name,
        kind=type(use.layer).__name__,
        shape=use.said.shape,
        mean=mean if math.isfinite(mean) else None,
        at_zero=float((size <= ZERO).mean()) if size.size else 1.0,
        passes_on=use.passes_on,
        content=content,
    )


def _answers(probabilities: NDArray[np.float64], classes: Sequence[str]) -> tuple[Answer, ...]:
    """The classes with their probabilities; none where they are no probabilities."""
    if probabilities.ndim != 1 or not len(probabilities):
        return ()
    if not (probabilities >= 0).all() or abs(probabilities.sum() - 1) > 1e-3:  # also for NaN
        return ()
    n = len(probabilities)
    names = classes if len(classes) == n else [f"class {i}" for i in range(n)]
    order = range(n) if n <= MAX_ANSWERS else np.argsort(-probabilities)[:MAX_ANSWERS].tolist()
    return tuple(
        Answer(name=names[i], probability=min(1.0, float(probabilities[i]))) for i in order
    )


def _shown(x: NDArray[Any]) -> Shown:
    if x.ndim == 3 and x.shape[2] in (1, 3):
        pixels = np.ascontiguousarray(np.rint(np.asarray(x, np.float64)).clip(0, 255), np.uint8)
        return Shown(pixels=packed(pixels), shape=pixels.shape)
    return Shown()
