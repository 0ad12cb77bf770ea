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
    _check(budget=budget, stagnation=stagnation, seconds=seconds)
    search = find_algorithm(algorithm).planned(bounds, budget=budget, seed=seed, **parameters)
    evaluate = _generation(fitness, vectorized=vectorized or isinstance(fitness, Function))
    began = time.monotonic()
    history: list[tuple[int, float]] = []
    evaluations = last_better = 0
    while True:
        points = search.ask()
        affordable = min(len(points), budget - evaluations)
        errors = np.full(len(points), np.inf)
        errors[:affordable] = evaluate(points[:affordable])
        before = search.best_error
        search.tell(points, errors)
        evaluations += affordable
        if search.best_error < before:
            last_better = evaluations
        history.append((evaluations, search.best_error))
        stopped_by = _reason(
            target is not None and search.best_error <= target and "target",
            evaluations >= budget and "budget",
            stagnation is not None and evaluations - last_better >= stagnation and "stagnation",
            seconds is not None and time.monotonic() - began >= seconds and "seconds",
        )
        if stopped_by:
            break
    return Result(
        point=search.best_point,
        error=search.best_error,
        history=np.array(history),
        evaluations=evaluations,
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


def _negative(fitness: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def negative(points: Array) -> Any:
        return -np.asarray(fitness(points), dtype=float)

    return negative


def _check(**limits: float | None) -> None:
    for name, limit in limits.items():
        if limit is not None and not limit > 0:
            raise ConfigError(f"must be above 0, but got {limit!r}.", field=name)


def _reason(*reasons: Any) -> StoppedBy | None:
    return next((reason for reason in reasons if reason), None)


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
    first = np.atleast_2d(points)[0].tolist()
    try:
        given = fitness(points.copy())
        errors = np.asarray(given, dtype=float)
    except Exception as error:  # a user's function may raise anything
        raise TrialFailed(
            f"the fitness failed at {where} {first}: {type(error).__name__}: {error}"
        ) from error
    if given is None:
        raise TrialFailed(f"at {where} {first} the fitness gave nothing; it must `return` errors.")
    return errors
