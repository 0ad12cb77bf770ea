"""Ant colony optimisation on real numbers: ants search where the archive's best points are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from pydantic import Field

from hpolab.evolution.algorithm import Algorithm, Array
from hpolab.frozen import Frozen

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["Acor", "AcorParameters", "mean_distances"]


class AcorParameters(Frozen):
    """Archive and evaporation as in Socha and Dorigo 2008, "ACO for continuous domains", table 2.

    They take 2 ants and a locality of 0.0001 where a bowl is to be followed down fast, and 0.1
    where there are many pits; the defaults suit both.
    """

    ants: int = Field(default=10, ge=1, le=10_000, description="New points a generation.")
    archive: int = Field(default=50, ge=2, le=10_000, description="k: points that are kept.")
    locality: float = Field(
        default=0.1,
        ge=1e-6,
        le=10,
        description="q: the smaller, the more the best point attracts.",
    )
    evaporation: float = Field(
        default=0.85, gt=0, le=10, description="xi: the higher, the wider ants search."
    )


class Acor(Algorithm[AcorParameters]):
    """Each ant chooses a point of the archive and draws around it, as widely as the others are.

    Socha and Dorigo 2008, "Ant colony optimization for continuous domains", section 3: weights
    by rank (equation 9), deviations by mean distance (equation 10). The axes stay as they are.
    Numbers out of bounds are put on them.
    """

    name: ClassVar[str] = "acor"
    parameters_type: ClassVar[type[Frozen]] = AcorParameters
    _kept = ("_points", "_errors")

    def __init__(self, bounds: ArrayLike, *, seed: int = 0, **parameters: Any) -> None:
        super().__init__(bounds, seed=seed, **parameters)
        self._points = np.empty((0, self.dimensions))  # the archive, the best first
        self._errors = np.empty(0)
        ranks = np.arange(self.parameters.archive)
        scale = self.parameters.locality * self.parameters.archive
        weights = np.exp(-((ranks / scale) ** 2) / 2)
        self._odds = weights.cumsum() / weights.sum()

    @property
    def population(self) -> Array:
        """The archive, the best first."""
        return self._points.copy()

    def _propose(self) -> Array:
        if not len(self._points):
            return self._scattered(self.parameters.archive)
        ants = self.parameters.ants
        guides = self._odds.searchsorted(self._rng.random(ants), side="right")
        guides = np.minimum(guides, len(self._points) - 1)  # the last odds may be just below 1
        points = self._rng.standard_normal((ants, self.dimensions))
        points *= self.parameters.evaporation
        points *= mean_distances(self._points)[guides]
        points += self._points[guides]
        return points

    def _learn(self, points: Array, errors: Array) -> None:
        points = np.concatenate([self._points, points])
        errors = np.concatenate([self._errors, errors])
        best = errors.argsort(kind="stable")[: self.parameters.archive]
        self._points, self._errors = points[best], errors[best]


def mean_distances(points: Array) -> Array:
    """Of each number of each point, how far the others are from it on average; same shape.

    In a sorted column of k values the j-th is above j of them and below the rest, so two running
    sums are enough, where all pairs would take k times as long.
    """
    count = len(points)
    columns = (points - points[0]).T  # from the best point, lest the sums lose digits
    order = columns.argsort(axis=1)
    values = np.take_along_axis(columns, order, axis=1)  # (dimensions, count)
    sums = values.cumsum(axis=1)
    place = np.arange(count)
    total = sums[:, -1:]
    distances = values * (2 * place + 2 - count) - 2 * sums + total
    mean = np.empty_like(distances)
    np.put_along_axis(mean, order, np.maximum(distances, 0) / (count - 1), axis=1)
    return np.asarray(mean.T)
