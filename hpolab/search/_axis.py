"""The axis of one hyperparameter as TPE's densities see it: where values lie, and how wide."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)

from hpolab.space import Choice

if TYPE_CHECKING:
    import numpy.typing as npt

    from hpolab.space import Parameter, Value

    Array = npt.NDArray[np.float64]

__all__ = ["Axis"]

_CELLS = 240
"""A kernel is at least a hundredth of the axis wide (Optuna's magic clip), so these are enough."""


class Axis(NamedTuple):
    """From 0 to 1, so that drawing at random has a density of 1 everywhere.

    Whole numbers and options have cells of their own, half a step to either side.

    Attributes:
        parameter: Of the space.
        kind: What Optuna calls it.
    """

    parameter: Parameter
    kind: BaseDistribution

    @property
    def nature(self) -> Literal["range", "steps", "options"]:
        """Numbers, numbers in steps, or options without an order."""
        if isinstance(self.kind, CategoricalDistribution):
            return "options"
        return "range" if isinstance(self.kind, FloatDistribution) else "steps"

    @property
    def is_log(self) -> bool:
        """Whether numbers lie on a logarithmic scale."""
        return bool(getattr(self.kind, "log", False))

    def place(self, x: Array) -> Array:
        """Where internal representations lie, 0 to 1."""
        low, high = self._ends()
        if isinstance(self.kind, CategoricalDistribution):
            x = x + 0.5
        return np.asarray((self._scaled(x) - low) / (high - low))

    def grid(self) -> tuple[Array, Array]:
        """Internal representations to compute at, and the share of the axis each stands for."""
        if isinstance(self.kind, FloatDistribution):
            middles = (np.arange(_CELLS) + 0.5) / _CELLS
            return self.at(middles), np.full(_CELLS, 1 / _CELLS)
        if isinstance(self.kind, IntDistribution):
            n = (self.kind.high - self.kind.low) // self.kind.step + 1
            chosen = np.unique(np.linspace(0, n - 1, min(n, _CELLS)).round())
            steps = self.kind.low + self.kind.step * chosen
            return steps, self._width(steps)
        assert isinstance(self.kind, CategoricalDistribution)
        n = len(self.kind.choices)
        return np.arange(n, dtype=float), np.full(n, 1 / n)

    def at(self, place: Array) -> Array:
        """The number at a place; not of options."""
        low, high = self._ends()
        scaled = low + place * (high - low)
        return np.asarray(np.exp(scaled) if self.is_log else scaled)

    def relative(self, log_density: Array, x: Array) -> Array:
        """Optuna's density or mass at values, as a density over this axis."""
        if isinstance(self.kind, FloatDistribution):
            low, high = self._ends()
            return np.asarray(np.exp(log_density) * (high - low))
        return np.asarray(np.exp(log_density) / self._width(x))

    def external(self, x: Array) -> tuple[Value, ...]:
        """As the configuration has them."""
        if isinstance(self.parameter, Choice):
            return tuple(self.parameter.options[int(index)] for index in x)
        number = int if isinstance(self.kind, IntDistribution) else float
        return tuple(number(each) for each in x)

    def internal(self, value: Value) -> Array:
        """A configuration's value as Optuna has it, shape (1,)."""
        if isinstance(self.parameter, Choice):
            options = self.parameter.options
            same = (type(each) is type(value) and each == value for each in options)
            return np.array([float(list(same).index(True))])
        return np.array([float(value)])

    def _width(self, x: Array) -> Array:
        if isinstance(self.kind, CategoricalDistribution):
            return np.full(len(x), 1 / len(self.kind.choices))
        assert isinstance(self.kind, IntDistribution)
        low, high = self._ends()
        half = self.kind.step / 2
        return np.asarray((self._scaled(x + half) - self._scaled(x - half)) / (high - low))

    def _ends(self) -> tuple[float, float]:
        if isinstance(self.kind, CategoricalDistribution):
            return 0.0, float(len(self.kind.choices))
        assert isinstance(self.kind, FloatDistribution | IntDistribution)
        half = self.kind.step / 2 if isinstance(self.kind, IntDistribution) else 0.0
        low, high = self.kind.low - half, self.kind.high + half
        return (math.log(low), math.log(high)) if self.is_log else (low, high)

    def _scaled(self, x: Array) -> Array:
        return np.log(x) if self.is_log else x
