"""Success-history adaptive differential evolution: it learns which weights have paid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from pydantic import Field

from hpolab.evolution.algorithm import Algorithm, Array
from hpolab.evolution.differential import crossed, others, repair
from hpolab.frozen import Frozen

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["Shade", "ShadeParameters"]


class ShadeParameters(Frozen):
    """Defaults: Tanabe and Fukunaga 2013, "Success-history based parameter adaptation for DE".

    They take a population and a memory of 100 for 300,000 evaluations in 30 dimensions; 30 and 30
    were better in 20,000 (``tests/benchmarks/evolution_quality.py``).
    """

    population: int = Field(default=30, ge=4, le=10_000, description="Points that are kept.")
    memory: int = Field(
        default=30, ge=1, le=10_000, description="H: generations whose successes are remembered."
    )
    greediness: float = Field(
        default=0.2, gt=0, le=1, description="Largest share of best points that draw the others."
    )


class Shade(Algorithm[ShadeParameters]):
    """DE/current-to-pbest/1/bin whose F and CR follow those that recently made points better.

    Tanabe and Fukunaga 2013, "Success-history based parameter adaptation for differential
    evolution", sections II and III; numbers out of bounds are put midway between the bound and
    the parent, as there.
    """

    name: ClassVar[str] = "shade"
    parameters_type: ClassVar[type[Frozen]] = ShadeParameters
    _kept = (
        "_points",
        "_errors",
        "_archive",
        "_weights",
        "_crossovers",
        "_weight_memory",
        "_crossover_memory",
        "_oldest",
    )

    def __init__(self, bounds: ArrayLike, *, seed: int = 0, **parameters: Any) -> None:
        super().__init__(bounds, seed=seed, **parameters)
        self._points = np.empty((0, self.dimensions))
        self._errors = np.empty(0)
        self._archive = self._points  # parents that were beaten
        self._weights = self._crossovers = np.empty(0)  # F and CR of what was asked
        self._weight_memory = np.full(self.parameters.memory, 0.5)
        self._crossover_memory = np.full(self.parameters.memory, 0.5)
        self._oldest = 0

    @property
    def population(self) -> Array:
        """The best points so far, each better than what came from it."""
        return self._points.copy()

    def _propose(self) -> Array:
        points = self._points
        count = len(points)
        if not count:
            return self._scattered(self.parameters.population)
        memories = self._rng.integers(0, self.parameters.memory, count)
        crossovers = self._rng.normal(self._crossover_memory[memories], 0.1)
        self._crossovers = np.minimum(np.maximum(crossovers, 0), 1)
        self._weights = self._drawn_weights(self._weight_memory[memories])
        known = np.concatenate([points, self._archive]) if len(self._archive) else points
        first, second = others(self._rng, count, (count, len(known)))
        mutants = points[self._leaders()] - points
        mutants += points[first]
        mutants -= known[second]
        mutants *= self._weights[:, None]
        mutants += points
        repair(mutants, points, self.low, self.high)
        return crossed(self._rng, points, mutants, self._crossovers[:, None])

    def _leaders(self) -> NDArray[np.intp]:
        """For each point one of the best, from a share of its own draw (p in [2 / N, 0.2])."""
        count = len(self._points)
        chance, pick = self._rng.random((2, count))
        least = min(2 / count, self.parameters.greediness)
        shares = least + (self.parameters.greediness - least) * chance
        ranks = (pick * np.maximum(np.floor(shares * count), 1)).astype(np.intp)
        return np.asarray(self._errors.argsort()[ranks])

    def _drawn_weights(self, centres: Array) -> Array:
        """Cauchy of scale 0.1 around the centres, cut to (0, 1].

        The part below zero is left out in the cumulative distribution, which is as if it were
        drawn again; what is above one counts as one.
        """
        below = 0.5 - np.arctan(centres / 0.1) / np.pi
        chance = below + (1 - below) * self._rng.random(len(centres))
        weights = centres + 0.1 * np.tan(np.pi * (chance - 0.5))
        return np.asarray(np.minimum(np.maximum(weights, 1e-6), 1))

    def _learn(self, points: Array, errors: Array) -> None:
        if not len(self._points):
            self._points, self._errors = points, errors
            return
        better = errors < self._errors
        if better.any():
            with np.errstate(over="ignore"):  # a gain may be infinite
                gains = self._errors[better] - errors[better]
            self._remember(gains, better)
            self._put_away(self._points[better])
        kept = errors <= self._errors
        self._points = np.where(kept[:, None], points, self._points)
        self._errors = np.where(kept, errors, self._errors)

    def _remember(self, gains: Array, better: NDArray[np.bool_]) -> None:
        """The weighted Lehmer mean of F and mean of CR that paid, over the oldest memory."""
        gains = np.minimum(gains, np.finfo(float).max)
        shares = gains / gains.max()
        shares /= shares.sum()
        weights, crossovers = self._weights[better], self._crossovers[better]
        mean = (shares @ weights**2) / (shares @ weights)
        self._weight_memory[self._oldest] = mean
        self._crossover_memory[self._oldest] = shares @ crossovers
        self._oldest = (self._oldest + 1) % self.parameters.memory

    def _put_away(self, beaten: Array) -> None:
        """Into the archive, which is as large as the population; others make room at random."""
        room = self.parameters.population - len(self._archive)
        self._archive = np.concatenate([self._archive, beaten[:room]])
        for_others = beaten[room:]
        slots = self._rng.integers(0, len(self._archive), len(for_others))
        self._archive[slots] = for_others
