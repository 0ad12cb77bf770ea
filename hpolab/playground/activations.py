"""The bend between two layers, and its slope, which every gradient is multiplied by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from hpolab.health.recorded import Array

__all__ = ["ACTIVATION", "Activation"]

_LEAK = 0.2
"""What leaky_relu keeps of a negative number; Keras' default."""


class Activation(NamedTuple):
    """One bend. Both functions work number by number and keep the shape.

    Attributes:
        value: What it makes of x.
        slope: Its derivative at x, given x and ``value(x)``: most are simplest in terms of that.
    """

    value: Callable[[Array], Array]
    slope: Callable[[Array, Array], Array]


def _sigmoid(x: Array) -> Array:
    return np.asarray(0.5 * (1 + np.tanh(0.5 * x)))  # the same, and no exponential overflows


ACTIVATION: Mapping[str, Activation] = {
    "relu": Activation(lambda x: np.maximum(x, 0.0), lambda x, _: (x > 0).astype(float)),
    "leaky_relu": Activation(
        lambda x: np.where(x > 0, x, _LEAK * x), lambda x, _: np.where(x > 0, 1.0, _LEAK)
    ),
    "tanh": Activation(np.tanh, lambda _, value: 1 - value**2),
    "sigmoid": Activation(_sigmoid, lambda _, value: value * (1 - value)),
}
