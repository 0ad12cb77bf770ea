"""Hyperparameters as axes: where each trial lies, on which scale, and which do not apply."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hpolab.space import Choice, Float, Int

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from hpolab.record import TrialRecord
    from hpolab.space import Parameter, SearchSpace, Value

__all__ = ["MOST_GROUPS", "Axis", "axes_of"]

MOST_GROUPS = 8
_FEWEST_IN_GROUP = 8
_LOG_RATIO = 100
"""Without a search space, numbers are taken to be on a log scale when they are positive, span two
decades, and the middle one is nearer to the middle of that scale than to that of a linear one."""


class Axis(NamedTuple):
    """A hyperparameter that varies.

    Attributes:
        name: As the configuration has it.
        options: What it may be, in order, where that is a choice; empty for a range of numbers.
        log: Whether its scale is logarithmic.
        low, high: The ends of the range, before any logarithm; of a choice, the first and the last
            index.
        is_whole: Whether only whole numbers count.
    """

    name: str
    options: tuple[Value, ...]
    log: bool
    low: float
    high: float
    is_whole: bool = False

    @property
    def label(self) -> str:
        """The name in words."""
        return self.name.replace("_", " ")

    def places(self, trials: Sequence[TrialRecord]) -> NDArray[np.float64]:
        """Where each trial lies: its number, the number's log10, or the option's index.

        Returns:
            Shape (trials,); NaN where the hyperparameter does not apply.
        """
        values = [trial.params.get(self.name) for trial in trials]
        if self.options:
            index = {_key(option): float(place) for place, option in enumerate(self.options)}
            return np.array([index.get(_key(value), np.nan) for value in values], dtype=float)
        numbers = np.array([np.nan if value is None else value for value in values], dtype=float)
        return np.log10(numbers) if self.log else numbers

    @property
    def span(self) -> tuple[float, float]:
        """The ends of the axis, in the terms of ``places``."""
        return (math.log10(self.low), math.log10(self.high)) if self.log else (self.low, self.high)

    def groups(self, places: NDArray[np.float64]) -> NDArray[np.int64]:
        """Trials that are near each other: one option, or about equally many numbers.

        Numbers fall into at most eight groups of eight or more where there are so many; equal
        ones stay together.

        Returns:
            Shape (trials,), the group of each from 0; -1 where the hyperparameter does not apply.
        """
        applies = ~np.isnan(places)
        group = np.full(len(places), -1, dtype=np.int64)
        known = places[applies]
        if not len(known):
            return group
        if self.options:
            _, group[applies] = np.unique(known, return_inverse=True)
            return group
        n_groups = min(MOST_GROUPS, max(2, len(known) // _FEWEST_IN_GROUP))
        cuts = np.quantile(known, np.arange(1, n_groups) / n_groups)
        _, group[applies] = np.unique(
            np.searchsorted(np.unique(cuts), known, side="left"), return_inverse=True
        )
        return group


def axes_of(trials: Sequence[TrialRecord], space: SearchSpace | None = None) -> tuple[Axis, ...]:
    """The hyperparameters that vary, in the order of the space.

    Args:
        trials: Of the sweep.
        space: What was searched; None to tell from the trials what varies, and how.
    """
    if space is not None:
        known = ((name, space[name]) for name in space if space[name].size() > 1)
        return tuple(_axis(name, parameter) for name, parameter in known)
    values: dict[str, dict[tuple[type, Value], Value]] = {}
    for trial in trials:
        for name, value in trial.params.items():
            values.setdefault(name, {})[type(value), value] = value
    return tuple(
        _seen(name, list(seen.values())) for name, seen in values.items() if len(seen) > 1
    )


def _axis(name: str, parameter: Parameter) -> Axis:
    if isinstance(parameter, Float | Int):
        low, high = float(parameter.low), float(parameter.high)
        return Axis(name, (), parameter.log, low, high, isinstance(parameter, Int))
    assert isinstance(parameter, Choice)
    return _choice(name, list(parameter.options))


def _seen(name: str, values: list[Value]) -> Axis:
    if not all(_is_number(value) for value in values):
        return _choice(name, sorted(values, key=str))
    numbers = sorted(map(float, values))
    low, high, middle = numbers[0], numbers[-1], numbers[len(numbers) // 2]
    is_log = low > 0 and high / low >= _LOG_RATIO and middle**2 < math.sqrt(low * high) * high / 2
    return Axis(name, (), is_log, low, high, all(isinstance(value, int) for value in values))


def _choice(name: str, options: list[Value]) -> Axis:
    """Options that are all numbers have an order of their own."""
    if all(_is_number(option) for option in options):
        options = sorted(options, key=float)
    return Axis(name, tuple(options), False, 0.0, float(len(options) - 1))


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _key(value: Value | None) -> tuple[type, Value | None]:
    """True is not 1, and 1 is not 1.0."""
    return type(value), value
