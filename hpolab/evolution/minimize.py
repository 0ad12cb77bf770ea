"""A search from beginning to end: the loop of ask and tell, and the reasons to leave it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from hpolab.errors import ConfigError, TrialFailed
from hpolab.evolution.catalogue import find_algorithm
from hpolab.evolution.functions import Function

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from hpolab.evolution.algorithm import Array

__all__ = ["Result", "StoppedBy", "maximize", "minimize"]

StoppedBy = Literal["budget", "target", "stagnation", "seconds"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a search found.

    Attributes:
        point: The best one, shape (dimensions,).
        error: What the fitness said there: the lowest of all, or with ``maximize`` the highest.
        history: The best so far after each generation, shape (generations, 2): evaluations made,
            and what the fitness said.
        evaluations: How many points were evaluated.
        seconds: Wall time.
        stopped_by: Why the search ended.
    """

    point: Array
    error: float
    history: Array
    evaluations: int
    seconds: float
    stopped_by: StoppedBy


def minimize(
    fitness: Callable[[Any], Any],
    bounds: ArrayLike,
    algorithm: str = "shade",
    *,
    budget: int = 10_000,
    seed: int = 0,
    vectorized: bool = False,
    target: float | None = None,
    stagnation: int | None = None,
    seconds: float | None = None,
    **parameters: Any,
) -> Result:
    """The point where the fitness is lowest, as far as the budget goes.

    >>> minimize(lambda x: (x[0] - 1) ** 2 + x[1] ** 2, [(-5, 5), (-5, 5)], "pso").point.round(6)
    array([ 1., -0.])

    Args:
        fitness: Takes a point, shape (dimensions,), and gives a number; NaN and infinite ones
            count as worst.
        bounds: Lowest and highest value of each dimension, shape (dimensions, 2).
        algorithm: A name of ``ALGORITHMS``.
        budget: Evaluations, at most.
        seed: Decides every random number.
        vectorized: The fitness takes a generation, shape (n, dimensions), and gives n numbers.
            Functions of this package are known to.
        target: Stop when an error is this low.
        stagnation: Stop when so many evaluations in a row brought nothing better.
        seconds: Stop after so much wall time; looked at between generations.
        parameters: Of the algorithm.

    Raises:
        ConfigError: A setting breaks its rule.
        TrialFailed: The fitness raised an error, which is chained, or gave no number; the message
            says at which point.
    """
    limits = _Limits(budget=budget, target=target, stagnation=stagnation, seconds=seconds)
    search = find_algorithm(algorithm).planned(bounds, budget=budget, seed=seed, **parameters)
    evaluate = _generation(fitness, vectorized=vectorized or isinstance(fitness, Function))
    began = time.monotonic()
    history: list[tuple[int, float]] = []
    stopped_by: StoppedBy | None = None
    while stopped_by is None:
        points = search.ask()
        evaluations = history[-1][0] if history else 0
        affordable = min(len(points), budget - evaluations)
        errors = np.full(len(points), np.inf)
        errors[:affordable] = evaluate(points[:affordable])
        search.tell(points, errors)
        history.append((evaluations + affordable, search.best_error))
        stopped_by = limits.reached(history, time.monotonic() - began)
    return Result(
        point=search.best_point,
        error=search.best_error,
        history=np.array(history),
        evaluations=history[-1][0],
        seconds=time.monotonic() - began,
        stopped_by=stopped_by,
    )


def maximize(
    fitness: Callable[[Any], Any],
    bounds: ArrayLike,
    algorithm: str = "shade",
    *,
    target: float | None = None,
    vectorized: bool = False,
    **settings: Any,
) -> Result:
    """The point where the fitness is highest; everything else as for ``minimize``.

    Args:
        fitness: As for ``minimize``.
        bounds: As for ``minimize``.
        algorithm: As for ``minimize``.
        target: Stop when the fitness is this high.
        vectorized: As for ``minimize``.
        settings: The others of ``minimize``.
    """
    vectorized = vectorized or isinstance(fitness, Function)
    found = minimize(
        _negative(fitness),
        bounds,
        algorithm,
        target=None if target is None else -target,
        vectorized=vectorized,
        **settings,
    )
    history = found.history * (1, -1)
    return replace(found, error=-found.error, history=history)


class _Limits:
    """When a search ends, as the arguments of ``minimize``."""

    def __init__(
        self,
        *,
        budget: int,
        target: float | None,
        stagnation: int | None,
        seconds: float | None,
    ) -> None:
        for name, limit in (("budget", budget), ("stagnation", stagnation), ("seconds", seconds)):
            if limit is None:
                continue
            if not limit > 0:
                raise ConfigError(f"must be above 0, but got {limit!r}.", field=name)
            if name != "seconds" and not isinstance(limit, int):
                raise ConfigError(f"must be a whole number, but got {limit!r}.", field=name)
        self._budget, self._target, self._stagnation = budget, target, stagnation
        self._seconds = seconds
        self._last_better = (0, np.inf)

    def reached(self, history: list[tuple[int, float]], seconds: float) -> StoppedBy | None:
        """Which limit a search has met; to be asked after each generation."""
        evaluations, error = history[-1]
        if error < self._last_better[1]:
            self._last_better = history[-1]
        if self._target is not None and error <= self._target:
            return "target"
        if evaluations >= self._budget:
            return "budget"
        idle = evaluations - self._last_better[0]
        if self._stagnation is not None and idle >= self._stagnation:
            return "stagnation"
        if self._seconds is not None and seconds >= self._seconds:
            return "seconds"
        return None


def _negative(fitness: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def negative(points: Array) -> Any:
        given = fitness(points)
        return None if given is None else -np.asarray(given, dtype=float)

    return negative


def _generation(fitness: Callable[[Any], Any], *, vectorized: bool) -> Callable[[Array], Array]:
    """What evaluates a generation, (n, dimensions) -> (n,), by either kind of fitness."""

    def at_once(points: Array) -> Array:
        errors = _call(fitness, points, "the generation that begins with")
        if errors.shape != (len(points),):
            raise TrialFailed(
                f"a vectorized fitness must give one number a point, shape {(len(points),)}, but "
                f"gave {errors.shape}; leave `vectorized` out if it takes one point."
            )
        return errors

    def one_by_one(points: Array) -> Array:
        errors = np.empty(len(points))
        for row, point in enumerate(points):
            error = _call(fitness, point, "the point")
            if error.size != 1:
                raise TrialFailed(
                    f"the fitness must give one number, but at {point.tolist()} it gave "
                    f"{error.size}."
                )
            errors[row] = error.item()
        return errors

    return at_once if vectorized else one_by_one


def _call(fitness: Callable[[Any], Any], points: Array, where: str) -> Array:
    try:
        given = fitness(points.copy())
        if given is not None:
            return np.asarray(given, dtype=float)
    except Exception as error:  # a user's function may raise anything
        raise TrialFailed(
            f"the fitness failed at {where} {_first(points)}: {type(error).__name__}: {error}"
        ) from error
    raise TrialFailed(
        f"the fitness gave nothing at {where} {_first(points)}; it must `return` a number."
    )


def _first(points: Array) -> list[float]:
    first: list[float] = np.atleast_2d(points)[0].tolist()
    return first
