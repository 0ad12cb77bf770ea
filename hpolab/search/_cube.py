"""Optuna's search spaces as a unit cube, and trials as points in it."""

from __future__ import annotations

from itertools import accumulate, pairwise, starmap
from typing import TYPE_CHECKING, Any

import numpy as np
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)

from hpolab.evolution import Encoding
from hpolab.space import Choice, Float, Int

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from optuna.trial import FrozenTrial

    from hpolab.evolution import Array
    from hpolab.space import Parameter

__all__ = ["Cube"]


class Cube:
    """A search space of Optuna as the unit cube of ``hpolab.evolution.encoding``.

    Args:
        space: What varies, by name; nothing that has a single value.

    Attributes:
        space: As given.
        bounds: Of the cube, shape (dimensions, 2).
    """

    def __init__(self, space: Mapping[str, BaseDistribution]) -> None:
        self.space = dict(space)
        self._axes = {name: Encoding({name: _parameter(kind)}) for name, kind in space.items()}
        ends = [0, *accumulate(axis.dimensions for axis in self._axes.values())]
        self._columns = dict(zip(space, starmap(slice, pairwise(ends)), strict=True))
        self.bounds = np.tile([0.0, 1.0], (ends[-1], 1))

    def values(self, point: Array) -> dict[str, Any]:
        """The configuration at a point, as Optuna has it."""
        return {name: self._value(name, point[at]) for name, at in self._columns.items()}

    def draw(self, name: str, rng: np.random.Generator) -> Any:
        """A value of one parameter, at random."""
        return self._value(name, rng.random(self._axes[name].dimensions))

    def places(self, trials: Sequence[FrozenTrial], *, near: Array) -> Array:
        """Where trials are, shape (trials, dimensions).

        Numbers stay as they are in ``near`` where the trial has the value that they stand for, so
        that small steps within a cell add up; also where the trial has no such parameter.
        """
        places = near.copy()
        for place, trial in zip(places, trials, strict=True):
            for name, kind in self.space.items():
                if trial.distributions.get(name) != kind:
                    continue
                at, value = self._columns[name], trial.params[name]
                if self._value(name, place[at]) != value:
                    place[at] = self._axes[name].encode({name: _internal(kind, value)})
        return places

    def _value(self, name: str, numbers: Array) -> Any:
        return _external(self.space[name], self._axes[name].decode(numbers)[name])


def _parameter(kind: BaseDistribution) -> Parameter:
    """What varies as the distribution does; steps and options are told by their index."""
    if isinstance(kind, CategoricalDistribution):
        return Choice(options=tuple(range(len(kind.choices))))
    assert isinstance(kind, FloatDistribution | IntDistribution)
    if kind.step is None:
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
    return min(kind.low + value * kind.step, kind.high)


def _internal(kind: BaseDistribution, value: Any) -> Any:
    """What the hyperparameter calls Optuna's value."""
    if isinstance(kind, CategoricalDistribution):
        return int(kind.to_internal_repr(value))
    assert isinstance(kind, FloatDistribution | IntDistribution)
    if kind.step is None or kind.log:
        return value
    return round((value - kind.low) / kind.step)
