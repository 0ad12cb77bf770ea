"""A genetic algorithm on real numbers: tournaments, simulated binary crossover, mutation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from pydantic import Field

from hpolab.evolution.algorithm import Algorithm, Array
from hpolab.frozen import Frozen

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["Genetic", "GeneticParameters", "polynomial_step", "spread_factors"]


class GeneticParameters(Frozen):
    """Defaults: Deb, Pratap, Agarwal and Meyarivan 2002, "NSGA-II", section IV.

    They set the crossover to 0.9, the mutation to one over the dimensions, and both indices to
    20; 15 is the crossover's in Deb's later work (Deb and Jain 2014 take 30 for many objectives).
    """

    population: int = Field(default=50, ge=2, le=10_000, description="Points that are kept.")
    crossover_probability: float = Field(
        default=0.9, ge=0, le=1, description="How often two parents are crossed at all."
    )
    crossover_index: float = Field(
        default=15.0, ge=0, le=1000, description="The higher, the nearer children are to parents."
    )
    mutation_probability: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="How often a number is mutated; None for one over the dimensions.",
    )
    mutation_index: float = Field(
        default=20.0, ge=0, le=1000, description="The higher, the smaller mutations are."
    )


class Genetic(Algorithm[GeneticParameters]):
    """Parents win tournaments of two; of parents and children the best survive.

    Simulated binary crossover: Deb and Agrawal 1995, "Simulated binary crossover for continuous
    search space"; polynomial mutation within the bounds: Deb 2001, "Multi-objective optimization
    using evolutionary algorithms", section 4.3. Children out of bounds are put on them.
    """

    name: ClassVar[str] = "genetic"
    parameters_type: ClassVar[type[Frozen]] = GeneticParameters
    _kept = ("_points", "_errors")

    def __init__(self, bounds: ArrayLike, *, seed: int = 0, **parameters: Any) -> None:
        super().__init__(bounds, seed=seed, **parameters)
        self._points = np.empty((0, self.dimensions))  # the best first
        self._errors = np.empty(0)

    @property
    def population(self) -> Array:
        """The survivors, the best first."""
        return self._points.copy()

    def _propose(self) -> Array:
        if not len(self._points):
            return self._scattered(self.parameters.population)
        count = self.parameters.population
        half = -(-count // 2)
        rivals = self._rng.integers(0, count, (2, 2, half))
        first, second = self._points[rivals.min(axis=0)]  # sorted: the lower index is the better
        children = self._crossed(first, second)[:count]
        self._mutate(children)
        return children

    def _crossed(self, first: Array, second: Array) -> Array:
        """Two children of each pair, as far apart as a spread factor times their parents are.

        As in Deb's own code, half of the numbers of a pair are crossed, and of these half change
        sides, so that children mix what their parents have; the other half is copied.
        """
        settings = self.parameters
        spread = spread_factors(self._rng.random(first.shape), settings.crossover_index)
        lot = self._rng.random(first.shape)
        np.negative(spread, out=spread, where=lot < 0.25)
        is_pair_crossed = self._rng.random((len(first), 1)) < settings.crossover_probability
        np.copyto(spread, 1, where=(lot >= 0.5) | ~is_pair_crossed)
        middle = (first + second) / 2
        reach = (first - second) / 2
        reach *= spread
        return np.concatenate([middle + reach, middle - reach])

    def _mutate(self, children: Array) -> None:
        settings = self.parameters
        probability = settings.mutation_probability
        if probability is None:
            probability = 1 / self.dimensions
        rows, columns = (self._rng.random(children.shape) < probability).nonzero()
        low, width = self.low[columns], self._width[columns]
        height = (children[rows, columns] - low) / width
        height = np.minimum(np.maximum(height, 0), 1)
        step = polynomial_step(height, self._rng.random(len(rows)), settings.mutation_index)
        children[rows, columns] = low + (height + step) * width

    def _learn(self, points: Array, errors: Array) -> None:
        points = np.concatenate([self._points, points])
        errors = np.concatenate([self._errors, errors])
        best = errors.argsort(kind="stable")[: self.parameters.population]
        self._points, self._errors = points[best], errors[best]


def spread_factors(chance: Array, index: float) -> Array:
    """How many times as far apart as their parents two children are.

    Density ``(index + 1) / 2 * b^index`` for b up to 1, and of ``1 / b`` as of b: near 1 most
    often (Deb and Agrawal 1995, section 3).

    Args:
        chance: Even in [0, 1).
        index: The higher, the nearer to 1.
    """
    odds = np.where(chance <= 0.5, 2 * chance, 1 / (2 - 2 * chance))
    return np.asarray(odds ** (1 / (index + 1)))


def polynomial_step(height: Array, chance: Array, index: float) -> Array:
    """How far a mutation moves a number, as a share of the bounds' width.

    Args:
        height: Where it is within the bounds, 0 at the lower and 1 at the upper.
        chance: Even in [0, 1).
        index: The higher, the smaller the step.
    """
    down = chance < 0.5
    room = np.where(down, height, 1 - height)
    side = np.where(down, 2 * chance, 2 - 2 * chance)
    size = 1 - (side + (1 - side) * (1 - room) ** (index + 1)) ** (1 / (index + 1))
    return np.where(down, -size, size)
