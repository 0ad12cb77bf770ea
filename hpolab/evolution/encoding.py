"""Hyperparameters of any kind as points of the unit cube, and back.

==================  ==========  ===================================================================
parameter           numbers     a number u in [0, 1] stands for
==================  ==========  ===================================================================
Float               1           ``low + u (high - low)``; with ``log``, the same between logarithms
Int                 1           one of n equal cells, one for each whole number on the grid
Int with ``log``    1           cells that are as wide as ``log(v + 1/2) - log(v - 1/2)``
Choice              an option   the option whose number is the largest, the first one of equals
Fixed, or 1 value   0           nothing: the value goes without saying
==================  ==========  ===================================================================

An algorithm so sees no order among options, and points drawn evenly from the cube decode to
values that are even on their scale. What is encoded is the middle of a cell, and of a choice 1
for the option and 0 for the others, so that decoding it gives the same values. Conditions
(``only_if``) are not looked at: every parameter has its numbers, whether or not it counts.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from hpolab.errors import ConfigError, did_you_mean
from hpolab.parameters import Choice, Fixed, Float, Int, Parameter, Params, Value

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from hpolab.evolution.algorithm import Array

__all__ = ["Encoding"]


class Encoding:
    """The unit cube of some parameters.

    >>> from hpolab.parameters import Choice, Float
    >>> cube = Encoding({"rate": Float(low=1, high=9), "kind": Choice(options=("a", "b"))})
    >>> cube.decode([0.5, 0.2, 0.9])
    {'rate': 5.0, 'kind': 'b'}

    Args:
        parameters: By name, in the order of their numbers.

    Attributes:
        parameters: As given.
        bounds: Of the cube, shape (dimensions, 2), for an algorithm.
    """

    def __init__(self, parameters: Mapping[str, Parameter]) -> None:
        self.parameters = dict(parameters)
        self._widths = {name: _width(parameter) for name, parameter in self.parameters.items()}
        self.bounds: Array = np.tile([0.0, 1.0], (sum(self._widths.values()), 1))

    @property
    def dimensions(self) -> int:
        """How many numbers a point has; 0 where no parameter varies."""
        return len(self.bounds)

    def decode(self, point: ArrayLike) -> Params:
        """The value of every parameter at a point of the cube, shape (dimensions,).

        Raises:
            ConfigError: The point has another shape, or lies outside the cube.
        """
        numbers = np.asarray(point, dtype=float)
        if numbers.shape != (self.dimensions,):
            raise ConfigError(
                f"must have the shape ({self.dimensions},), but has {numbers.shape}.",
                field="point",
            )
        if not ((numbers >= 0) & (numbers <= 1)).all():
            raise ConfigError("must lie in the unit cube; clip it first.", field="point")
        values: Params = {}
        at = 0
        for name, parameter in self.parameters.items():
            width = self._widths[name]
            values[name] = _decoded(parameter, numbers[at : at + width])
            at += width
        return values

    def encode(self, values: Mapping[str, Value]) -> Array:
        """A point of the cube, shape (dimensions,), that decodes to the values.

        Raises:
            ConfigError: A value is missing, or is none that its parameter can have.
        """
        numbers: list[float] = []
        for name, parameter in self.parameters.items():
            if name not in values:
                raise ConfigError(f"is missing; {did_you_mean(name, values)}", field=name)
            if not parameter.contains(values[name]):
                raise ConfigError(f"cannot be {values[name]!r}.", field=name)
            if self._widths[name]:
                numbers += _encoded(parameter, values[name])
        return np.array(numbers, dtype=float)


def _width(parameter: Parameter) -> int:
    """How many numbers a parameter needs."""
    if isinstance(parameter, Fixed) or parameter.size() == 1:
        return 0
    return len(parameter.options) if isinstance(parameter, Choice) else 1


def _decoded(parameter: Parameter, numbers: Array) -> Value:
    match parameter:
        case Fixed():
            return parameter.value
        case Choice():
            return parameter.options[int(numbers.argmax()) if len(numbers) else 0]
        case _ if not len(numbers):
            return parameter.low
        case Float():
            return _between(parameter, float(numbers[0]))
        case Int():
            return _cell(parameter, float(numbers[0]))


def _encoded(parameter: Parameter, value: Value) -> list[float]:
    match parameter:
        case Choice():
            return [float(_is_same(value, option)) for option in parameter.options]
        case Float() | Int(log=True):
            low, high = _edges(parameter)
            number = math.log(value) if parameter.log else float(value)  # type: ignore[arg-type]
            return [min(max((number - low) / (high - low), 0.0), 1.0)]
        case Int():
            step = (int(value) - parameter.low) // parameter.step
            return [(step + 0.5) / parameter.size()]
        case _:
            return []


def _between(parameter: Float, u: float) -> float:
    low, high = _edges(parameter)
    number = low * (1 - u) + high * u
    value = math.exp(number) if parameter.log else number
    return min(max(value, parameter.low), parameter.high)  # a rounding error may lie outside


def _cell(parameter: Int, u: float) -> int:
    if parameter.log:
        low, high = _edges(parameter)
        value = round(math.exp(low + u * (high - low)))
        return min(max(value, parameter.low), parameter.high)
    count = int(parameter.size())
    return parameter.low + parameter.step * min(int(u * count), count - 1)


def _edges(parameter: Float | Int) -> tuple[float, float]:
    """The ends of the scale on which the numbers are even."""
    beyond = 0.5 if isinstance(parameter, Int) else 0.0
    if parameter.log:
        return math.log(parameter.low - beyond), math.log(parameter.high + beyond)
    return float(parameter.low), float(parameter.high)


def _is_same(value: Value, option: Value) -> bool:
    return type(value) is type(option) and value == option
