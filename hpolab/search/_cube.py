"""Optuna's search spaces as a unit cube, and trials as points in it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)

from hpolab.search.configurations import _at_quantile
from hpolab.space import Choice, Float, Int

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from optuna.trial import FrozenTrial

    from hpolab.evolution import Array
    from hpolab.space import Parameter

__all__ = ["Cube"]


class Cube:
    """A search space of Optuna as the unit cube, one coordinate a parameter.

    Args:
        space: What varies, by name; nothing that has a single value.
    """

    def __init__(self, space: Mapping[str, BaseDistribution]) -> None:
        self.space = dict(space)
        self._axes = {name: _parameter(kind) for name, kind in space.items()}

    @property
    def bounds(self) -> list[tuple[float, float]]:
        """Lowest and highest value of each coordinate."""
        return [(0.0, 1.0)] * len(self.space)

    def values(self, point: Array) -> dict[str, Any]:
        """The configuration at a point, as Optuna has it."""
        return {name: self.value(name, x) for name, x in zip(self.space, point, strict=True)}

    def value(self, name: str, x: float) -> Any:
        """What a parameter is at a coordinate in [0, 1]."""
        return _external(self.space[name], _at_quantile(self._axes[name], float(x)))

    def places(self, trials: Sequence[FrozenTrial], *, near: Array) -> Array:
        """Where trials are, shape (trials, dimensions).

        A coordinate stays as it is in ``near`` where the trial has the value that lies there, so
        that small steps within a cell add up; also where the trial has no such parameter.
        """
        places = near.copy()
        for place, trial in zip(places, trials, strict=True):
            for column, (name, kind) in enumerate(self.space.items()):
                if trial.distributions.get(name) != kind:
                    continue
                if self.value(name, place[column]) != trial.params[name]:
                    index = _internal(kind, trial.params[name])
                    place[column] = _quantile_of(self._axes[name], index)
        return places


def _parameter(kind: BaseDistribution) -> Parameter:
    """The hyperparameter that varies as the distribution does; steps and options by their index."""
    if isinstance(kind, CategoricalDistribution):
        return Choice(options=tuple(range(len(kind.choices))))
    assert isinstance(kind, FloatDistribution | IntDistribution)
    if isinstance(kind, FloatDistribution) and kind.step is None:
        return Float(low=kind.low, high=kind.high, log=kind.log)
    if kind.log:
        return Int(low=int(kind.low), high=int(kind.high), log=True)
    return Int(low=0, high=round((kind.high - kind.low) / kind.step))


def _external(kind: BaseDistribution, value: Any) -> Any:
    """What Optuna calls the hyperparameter's value."""
    if isinstance(kind, CategoricalDistribution):
        return kind.choices[value]
    assert isinstance(kind, FloatDistribution | IntDistribution)
    if kind.step is None or kind.log:
        return value
    stepped = kind.low + value * kind.step
    return min(stepped, kind.high)


def _internal(kind: BaseDistribution, value: Any) -> Any:
    """What the hyperparameter calls Optuna's value."""
    if isinstance(kind, CategoricalDistribution):
        return int(kind.to_internal_repr(value))
    assert isinstance(kind, FloatDistribution | IntDistribution)
    if kind.step is None or kind.log:
        return value
    return round((value - kind.low) / kind.step)


def _quantile_of(parameter: Parameter, value: Any) -> float:
    if isinstance(parameter, Choice):
        return (value + 0.5) / len(parameter.options)
    assert isinstance(parameter, Float | Int)
    half = 0.5 if isinstance(parameter, Int) else 0.0
    low, high = parameter.low - half, parameter.high + half
    if parameter.log:
        low, high, value = math.log(low), math.log(high), math.log(value)
    return (value - low) / (high - low)
