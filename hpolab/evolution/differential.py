"""Differential evolution: a point moves by the difference of two others, and stays if better."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from pydantic import Field

from hpolab.evolution.algorithm import Algorithm, Array
from hpolab.frozen import Frozen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

__all__ = ["DifferentialEvolution", "DifferentialParameters", "crossed", "others", "repair"]


class DifferentialParameters(Frozen):
    """Ranges and the weight 0.5: Storn and Price 1997, "Differential evolution", section 3.

    They take a crossover of 0.1 to 0.3 where dimensions hardly interact, 0.9 where they do.
    """

    population: int = Field(default=50, ge=4, le=10_000, description="Points that are kept.")
    weight: float = Field(
        default=0.5, gt=0, le=2, description="F: how much of the difference is added."
    )
    crossover: float = Field(
        default=0.3, ge=0, le=1, description="CR: chance of each number to come from the mutant."
    )


class DifferentialEvolution(Algorithm[DifferentialParameters]):
    """DE/rand/1/bin: ``v = x_a + F (x_b - x_c)``, crossed with x, kept unless worse.

    Storn and Price 1997, "Differential evolution - a simple and efficient heuristic for global
    optimization over continuous spaces", section 2. A number out of bounds is put midway between
    the bound and where its parent is (Zhang and Sanderson 2009, "JADE", section III).
    """

    name: ClassVar[str] = "de"
    parameters_type: ClassVar[type[Frozen]] = DifferentialParameters
    _kept = ("_points", "_errors")

    def __init__(self, bounds: ArrayLike, *, seed: int = 0, **parameters: Any) -> None:
        super().__init__(bounds, seed=seed, **parameters)
        self._points = np.empty((0, self.dimensions))
        self._errors = np.empty(0)

    @property
    def population(self) -> Array:
        """The best points so far, each better than what came from it."""
        return self._points.copy()

    def _propose(self) -> Array:
        points = self._points
        if not len(points):
            return self._scattered(self.parameters.population)
        a, b, c = others(self._rng, len(points), (len(points),) * 3)
        mutants = points[b] - points[c]
        mutants *= self.parameters.weight
        mutants += points[a]
        repair(mutants, points, self.low, self.high)
        return crossed(self._rng, points, mutants, self.parameters.crossover)

    def _learn(self, points: Array, errors: Array) -> None:
        if not len(self._points):
            self._points, self._errors = points, errors
            return
        kept = errors <= self._errors
        self._points = np.where(kept[:, None], points, self._points)
        self._errors = np.where(kept, errors, self._errors)


def others(rng: np.random.Generator, count: int, among: Sequence[int]) -> NDArray[np.intp]:
    """For each of ``count`` members others, all different, shape (draws, count).

    The k-th draw is among those that are left, and steps over those that are taken, the lowest
    first: every combination is equally likely, and none has to be drawn again.

    Args:
        rng: Draws them.
        count: How many members there are.
        among: How many each draw is from; the members come first.
    """
    left = np.array(among) - np.arange(1, len(among) + 1)
    taken = np.empty((len(among) + 1, count), dtype=np.intp)
    taken[0] = np.arange(count)
    taken[1:] = rng.random((len(among), count)) * left[:, None]  # rounded down
    for draw in range(1, len(among) + 1):
        drawn = taken[draw]
        for earlier in np.sort(taken[:draw], axis=0) if draw > 1 else taken[:1]:
            drawn += drawn >= earlier
    return taken[1:]


def crossed(
    rng: np.random.Generator, points: Array, mutants: Array, crossover: float | Array
) -> Array:
    """Each number from the mutant by the chance ``crossover``, and one always (binomial)."""
    count, dimensions = points.shape
    from_mutant = rng.random((count, dimensions)) < crossover
    from_mutant[np.arange(count), rng.integers(0, dimensions, count)] = True
    return np.where(from_mutant, mutants, points)


def repair(mutants: Array, parents: Array, low: Array, high: Array) -> None:
    """Put numbers that are out of bounds midway between the bound and their parent."""
    below, above = mutants < low, mutants > high
    if below.any() or above.any():
        np.copyto(mutants, (parents + low) / 2, where=below)
        np.copyto(mutants, (parents + high) / 2, where=above)
