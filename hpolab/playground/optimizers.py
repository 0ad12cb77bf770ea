"""How a gradient becomes a step. The formulas and their constants are Keras'."""

from __future__ import annotations

import numpy as np

from hpolab.playground.network import Dense, Layers, grown

__all__ = ["Optimizer"]

_MOMENTUM = 0.9
_BETA_1, _BETA_2 = 0.9, 0.999
_EPSILON = 1e-7
_MEANS = {"sgd": 0, "momentum": 1, "adam": 2}
"""How many running means each optimizer has of every weight."""


class Optimizer:
    """One of sgd, momentum, adam, with what it remembers of the steps before."""

    def __init__(self, name: str, layers: Layers) -> None:
        """Without a memory yet.

        Args:
            name: One of plan.OPTIMIZERS.
            layers: The network that it will move.
        """
        self.name = name
        self._steps = 0
        self._means = [_zeros(layers) for _ in range(_MEANS[name])]

    def apply(self, layers: Layers, gradients: Layers, rate: float) -> None:
        """Move every weight by one step, in place.

        Args:
            layers: The network.
            gradients: Of the loss, shapes as in the network.
            rate: The learning rate.
        """
        self._steps += 1
        for layer, gradient, *means in zip(layers, gradients, *self._means, strict=True):
            for weight, slope, *mean in zip(layer, gradient, *means, strict=True):
                weight += self._step(slope, mean, rate)

    def regrow(self, layers: Layers) -> None:
        """Fit the memory to a network of other sizes; units that stayed are remembered."""
        self._means = [grown(old, _zeros(layers)) for old in self._means]

    def _step(self, slope: np.ndarray, mean: list[np.ndarray], rate: float) -> np.ndarray:
        """What is added to a weight; its running means are brought up to date."""
        if self.name == "sgd":
            return -rate * slope
        if self.name == "momentum":  # most of the last step, and some of this gradient
            (last,) = mean
            last *= _MOMENTUM
            last -= rate * slope
            return last
        # Adam: the mean gradient, divided by its recent size (Kingma and Ba 2015, section 2)
        first, second = mean
        first += (1 - _BETA_1) * (slope - first)
        second += (1 - _BETA_2) * (slope**2 - second)
        unbiased = np.sqrt(1 - _BETA_2**self._steps) / (1 - _BETA_1**self._steps)
        return np.asarray(-rate * unbiased * first / (np.sqrt(second) + _EPSILON))


def _zeros(layers: Layers) -> Layers:
    return [Dense(np.zeros_like(kernel), np.zeros_like(bias)) for kernel, bias in layers]
