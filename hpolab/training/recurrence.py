"""Reading an LSTM step by step: what its gates let through and what its cells keep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import keras
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Reading", "lstms", "read"]


class Reading(NamedTuple):
    """What an LSTM did, in the order in which it read.

    Attributes:
        gates: Input, forget and output gate in [0, 1], shape (examples, time, 3, units).
        cells: What the cells hold after each step, shape (examples, time, units).
        hidden: What the units say after each step, in [-1, 1], of the same shape.
    """

    gates: NDArray[Any]
    cells: NDArray[Any]
    hidden: NDArray[Any]


def read(layer: Any, x: NDArray[Any]) -> Reading:
    """An LSTM step by step (Hochreiter and Schmidhuber 1997; forget gate Gers et al. 2000).

    Args:
        layer: One of ``lstms``.
        x: What it reads, shape (examples, time, features).
    """
    kernel, recurrent, bias = (weight.numpy() for weight in layer.cell.weights)
    h = c = np.zeros((len(x), layer.units))
    gates, cells, hidden = [], [], []
    for step in range(x.shape[1])[:: -1 if layer.go_backwards else 1]:
        i, f, new, o = np.split(x[:, step] @ kernel + h @ recurrent + bias, 4, axis=1)
        i, f, o = (0.5 * (1 + np.tanh(z / 2)) for z in (i, f, o))  # sigmoid without overflow
        c = f * c + i * np.tanh(new)
        h = o * np.tanh(c)
        gates.append(np.stack((i, f, o), axis=1))
        cells.append(c)
        hidden.append(h)
    return Reading(*(np.stack(steps, axis=1) for steps in (gates, cells, hidden)))


def lstms(layer: Any) -> list[Any]:
    """The LSTMs with weights and activations as Keras has them: one, two, or none."""
    if isinstance(layer, keras.layers.Bidirectional):
        return [*lstms(layer.forward_layer), *lstms(layer.backward_layer)]
    plain = isinstance(layer, keras.layers.LSTM) and layer.use_bias
    return [layer] if plain and layer.activation is keras.activations.tanh else []
