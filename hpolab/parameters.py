"""What one hyperparameter may be: a range, a choice, or a fixed value, and when it counts."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Self, TypeGuard

from pydantic import Field, model_validator

from hpolab.errors import SpaceError
from hpolab.frozen import Frozen

__all__ = ["Choice", "Fixed", "Float", "Int", "Parameter", "Params", "Value", "spoken"]

_LARGEST_INT = 2**53
"""Beyond it not every whole number is a floating-point number, which samplers compute with."""

Value = bool | int | float | str
Params = dict[str, Value]


class _Conditional(Frozen):
    """``only_if`` maps an earlier parameter to the values under which this one counts."""

    only_if: dict[str, tuple[Value, ...]] = Field(default_factory=dict)

    def applies(self, params: Mapping[str, Value]) -> bool:
        """Whether this parameter counts, given the values of the earlier ones."""
        return all(
            name in params and any(_same(params[name], value) for value in values)
            for name, values in self.only_if.items()
        )


class _Varying(_Conditional):
    """``start`` is a value that was good elsewhere: searches that learn begin with it."""

    start: Value | None = None

    @model_validator(mode="after")
    def _start_is_possible(self) -> Self:
        if self.start is not None and not self.contains(self.start):  # type: ignore[attr-defined]
            raise SpaceError(f"start must be one of the possible values, but got {self.start!r}.")
        return self


class _Range(_Varying):
    @model_validator(mode="after")
    def _rules(self) -> Self:
        low, high = self.low, self.high  # type: ignore[attr-defined]
        if low > high:
            raise SpaceError(f"`low <= high` must hold, but got ({low=}, {high=}); swap them.")
        if self.log and low <= 0:  # type: ignore[attr-defined]
            raise SpaceError(f"`low > 0` must hold when log is true, but got ({low=}).")
        return self


class Float(_Range):
    """A real number in [low, high], uniform or log-uniform."""

    low: float
    high: float
    log: bool = False

    def contains(self, value: Value) -> bool:
        """Whether the value is a number inside the range."""
        return _is_number(value) and self.low <= value <= self.high

    def size(self) -> float:
        """How many values there are."""
        return 1 if self.low == self.high else math.inf


class Int(_Range):
    """A whole number in [low, high] on a grid of ``step``, uniform or log-uniform."""

    low: int = Field(ge=-_LARGEST_INT, le=_LARGEST_INT)
    high: int = Field(ge=-_LARGEST_INT, le=_LARGEST_INT)
    step: int = Field(default=1, ge=1)
    log: bool = False

    @model_validator(mode="after")
    def _no_step_on_a_log_scale(self) -> Self:
        if self.log and self.step != 1:
            raise SpaceError(f"`step == 1` must hold when log is true, but got ({self.step=}).")
        return self

    def contains(self, value: Value) -> bool:
        """Whether the value is a whole number on the grid."""
        if not _is_number(value) or not self.low <= value <= self.high:
            return False
        return int(value) == value and (int(value) - self.low) % self.step == 0

    def size(self) -> float:
        """How many values there are."""
        return (self.high - self.low) // self.step + 1


class Choice(_Varying):
    """One of several named values, without an order."""

    options: tuple[Value, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        for index, option in enumerate(self.options):
            if any(_same(option, earlier) for earlier in self.options[:index]):
                raise SpaceError(f"options must differ, but {option!r} is there twice.")
        return self

    def contains(self, value: Value) -> bool:
        """Whether the value is one of the options, of the same type."""
        return any(_same(value, option) for option in self.options)

    def size(self) -> float:
        """How many values there are."""
        return len(self.options)


class Fixed(_Conditional):
    """A value that the search leaves alone."""

    value: Value

    def contains(self, value: Value) -> bool:
        """Whether the value is the fixed one."""
        return _same(value, self.value)

    def size(self) -> float:
        """How many values there are."""
        return 1


Parameter = Float | Int | Choice | Fixed


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _same(left: Value, right: Value) -> bool:
    """Equal and of the same type: True is not 1, and 1 is not 1.0."""
    return type(left) is type(right) and left == right


def spoken(value: Value) -> str:
    """A value as it is written in a sentence, or beside an axis.

    >>> spoken(True), spoken(0.00321), spoken(64), spoken("adam")
    ('yes', '0.0032', '64', 'adam')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.2g}" if isinstance(value, float) else str(value)
