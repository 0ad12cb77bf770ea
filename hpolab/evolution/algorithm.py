"""What every algorithm does: it is asked for a generation, and told how good that was."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Generic, Self, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hpolab.errors import ConfigError
from hpolab.frozen import Frozen

__all__ = ["Algorithm", "Array", "checked_bounds"]

Array = NDArray[np.float64]
Parameters = TypeVar("Parameters", bound=Frozen)

_LARGEST = 1e100
"""Of bounds: far from where sums and squares are no longer finite."""


class Algorithm(ABC, Generic[Parameters]):
    """A search for the point of lowest error in a box, one generation after the other.

    >>> from hpolab.evolution import DifferentialEvolution
    >>> search = DifferentialEvolution([(-5, 5), (-5, 5)], seed=1)
    >>> for _ in range(100):
    ...     points = search.ask()
    ...     search.tell(points, (points**2).sum(axis=1))
    >>> search.best_error < 1e-9
    True

    The same seed, bounds, parameters and errors give the same run. Asking again before telling
    gives the same generation again, so a caller that was interrupted asks anew.

    Args:
        bounds: Lowest and highest value of each dimension, shape (dimensions, 2).
        seed: Decides every random number.
        parameters: Of the algorithm, as its ``parameters_type`` describes them.

    Attributes:
        name: As in ``ALGORITHMS``.
        parameters_type: The record of its parameters: ranges, defaults, and what each means.
        parameters: As they were given, the defaults filled in.
        low, high: The bounds, shape (dimensions,) each.
        evaluations: How many points were told.

    Raises:
        ConfigError: Bounds or a parameter break their rule.
    """

    name: ClassVar[str]
    parameters_type: ClassVar[type[Frozen]]
    _kept: ClassVar[tuple[str, ...]]
    """The attributes that, beside those of this class, make up the state."""

    def __init__(self, bounds: ArrayLike, *, seed: int = 0, **parameters: Any) -> None:
        self.parameters: Parameters = self.parameters_type.parse(parameters)  # type: ignore[assignment]
        self.low, self.high = checked_bounds(bounds).T
        self.evaluations = 0
        self._width = self.high - self.low
        self._rng = np.random.default_rng(seed)
        self._asked: Array | None = None
        self._best_point: Array | None = None
        self._best_error = np.inf

    @classmethod
    def planned(
        cls,
        bounds: ArrayLike,
        *,
        budget: int,  # noqa: ARG003 - for those that plan
        seed: int = 0,
        **parameters: Any,
    ) -> Self:
        """The algorithm for a search of ``budget`` evaluations.

        Only those that follow a schedule make use of it: simulated annealing cools for so long.
        """
        return cls(bounds, seed=seed, **parameters)

    @property
    def dimensions(self) -> int:
        """How many numbers a point has."""
        return len(self.low)

    @property
    def best_error(self) -> float:
        """The lowest error told so far; infinite before the first, and while all are infinite."""
        return float(self._best_error)

    @property
    def best_point(self) -> Array:
        """Where ``best_error`` was, shape (dimensions,).

        Raises:
            ConfigError: Nothing has been told yet.
        """
        if self._best_point is None:
            raise ConfigError("there is no best point before the first generation is told.")
        return self._best_point.copy()

    @property
    @abstractmethod
    def population(self) -> Array:
        """The points that the algorithm goes on from, shape (n, dimensions); n is 0 at first."""

    def ask(self) -> Array:
        """The points of the next generation, shape (n, dimensions), all within the bounds.

        How many there are is the algorithm's choice, and may change between generations.
        """
        if self._asked is None:
            points = self._propose()
            np.maximum(points, self.low, out=points)  # a rounding error may lie outside
            np.minimum(points, self.high, out=points)
            self._asked = points
        return self._asked.copy()

    def tell(self, points: ArrayLike, errors: ArrayLike) -> None:
        """How good the generation was; the next ``ask`` gives the next one.

        Args:
            points: What ``ask`` gave, in its order; or where in the bounds it was evaluated
                instead, such as at the nearest whole numbers.
            errors: One number a point, lower is better, shape (n,). What is not finite (NaN,
                infinite of either sign) counts as worse than every other error.

        Raises:
            ConfigError: Nothing was asked, or a shape is wrong, or a point is out of bounds.
        """
        points, errors = self._checked(points, errors)
        best = errors.argmin()
        if errors[best] < self._best_error or self._best_point is None:
            self._best_point, self._best_error = points[best].copy(), errors[best]
        self.evaluations += len(points)
        self._learn(points, errors)
        self._asked = None

    def state(self) -> dict[str, Any]:
        """All that ``restore`` needs to go on exactly, as plain data that JSON can hold."""
        return {
            "algorithm": self.name,
            "bounds": np.stack([self.low, self.high], axis=1).tolist(),
            "parameters": self.parameters.model_dump(mode="json"),
            "random": self._rng.bit_generator.state,
            "evaluations": self.evaluations,
            "best_error": _plain(np.asarray(self._best_error)),
            "best_point": None if self._best_point is None else _plain(self._best_point),
            "asked": None if self._asked is None else _plain(self._asked),
            **{name: _plain(getattr(self, name)) for name in self._kept},
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from a state of an algorithm of the same name, bounds and parameters.

        Raises:
            ConfigError: It is the state of another one.
        """
        mine = self.state()
        for what in ("algorithm", "bounds", "parameters"):
            if state.get(what) != mine[what]:
                raise ConfigError(
                    f"the state is of {what} {state.get(what)!r}, not {mine[what]!r}; restore it "
                    "into an algorithm made as the first one was.",
                    field=what,
                )
        self._rng.bit_generator.state = state["random"]
        self.evaluations = state["evaluations"]
        self._best_error = float(_array(state["best_error"]))
        best, asked = state["best_point"], state["asked"]
        self._best_point = None if best is None else _array(best)
        self._asked = None if asked is None else _array(asked)
        for name in self._kept:
            value = state[name]
            setattr(self, name, _array(value) if isinstance(value, Mapping) else value)

    @abstractmethod
    def _propose(self) -> Array:
        """A new array with the next generation; ``ask`` puts it within the bounds."""

    @abstractmethod
    def _learn(self, points: Array, errors: Array) -> None:
        """Take in a generation; errors are finite or plus infinity."""

    def _scattered(self, count: int) -> Array:
        """So many points, evenly at random in the bounds."""
        points: Array = self.low + self._width * self._rng.random((count, self.dimensions))
        return points

    def _checked(self, points: ArrayLike, errors: ArrayLike) -> tuple[Array, Array]:
        if self._asked is None:
            raise ConfigError("nothing was asked that could be told; call `ask` first.")
        points, errors = np.array(points, dtype=float), np.array(errors, dtype=float)
        if points.shape != self._asked.shape:
            raise ConfigError(
                f"must have the shape of what was asked, {self._asked.shape}, "
                f"but has {points.shape}.",
                field="points",
            )
        if errors.shape != points.shape[:1]:
            raise ConfigError(
                f"must be one number for each of the {len(points)} points, but the shape is "
                f"{errors.shape}.",
                field="errors",
            )
        if not ((points >= self.low) & (points <= self.high)).all():
            raise ConfigError("must lie within the bounds; clip them first.", field="points")
        errors[~np.isfinite(errors)] = np.inf
        return points, errors


def checked_bounds(bounds: ArrayLike) -> Array:
    """Bounds as an array, shape (dimensions, 2).

    Raises:
        ConfigError: They are no pairs of numbers within 1e100 of zero, the lower one first.
    """
    try:
        box = np.array(bounds, dtype=float)
    except (TypeError, ValueError) as error:
        raise ConfigError(
            f"must be pairs of numbers, but got {bounds!r}.", field="bounds"
        ) from error
    if box.ndim != 2 or box.shape[1] != 2 or not len(box):
        raise ConfigError(
            f"must be one pair (low, high) a dimension, but the shape is {box.shape}.",
            field="bounds",
        )
    usable = (np.abs(box) <= _LARGEST).all(axis=1) & (box[:, 0] < box[:, 1])
    if not usable.all():
        number = int(usable.argmin())
        low, high = map(float, box[number])
        raise ConfigError(
            f"`low < high` must hold, both within {_LARGEST:g} of zero, but dimension {number} "
            f"has ({low=}, {high=}).",
            field="bounds",
        )
    return box


def _plain(value: Any) -> Any:
    """An array as its shape and a flat list, infinity as None; other values as they are."""
    if not isinstance(value, np.ndarray):
        return value
    numbers = value.ravel().tolist()
    values = [None if isinstance(one, float) and np.isinf(one) else one for one in numbers]
    return {"shape": list(value.shape), "values": values}


def _array(data: Mapping[str, Any]) -> Any:
    """What ``_plain`` made of an array: of whole numbers, truths or floats, as the values are."""
    values = [np.inf if one is None else one for one in data["values"]]
    return np.array(values).reshape(data["shape"])
