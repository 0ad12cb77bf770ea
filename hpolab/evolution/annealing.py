"""Simulated annealing in parallel chains: steps uphill are taken while it is warm."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from pydantic import Field

from hpolab.evolution.algorithm import Algorithm, Array
from hpolab.frozen import Frozen

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["Annealing", "AnnealingParameters"]

_SAMPLE = 20
"""Random points that tell how much errors differ, which is the first temperature."""

_ACCEPTED = 0.4
"""Share of steps that is aimed at: between the half of Corana and a third, where cold."""

_NARROWEST, _WIDEST = 1e-12, 0.5
"""Steps, as shares of the bounds' width; the first is near the precision of numbers."""

_NARROW_WIDE = 1e-4
"""Lower end of the steps of any size: smaller ones are found by adapting."""


class AnnealingParameters(Frozen):
    """Defaults were tuned on the functions of ``tests/benchmarks/evolution_quality.py``.

    The fall of the temperature is geometric: Kirkpatrick, Gelatt and Vecchi 1983, "Optimization
    by simulated annealing".
    """

    chains: int = Field(
        default=4, ge=1, le=10_000, description="Walks side by side; few long ones go deeper."
    )
    evaluations: int = Field(
        default=20_000, ge=1, le=10**9, description="In so many it cools down; then it stays cold."
    )
    final_temperature: float = Field(
        default=1e-18, gt=0, le=1, description="When it is cold, as a share of the first."
    )
    wide_share: float = Field(
        default=0.3, ge=0, le=1, description="How often a step is of any size, however cold it is."
    )
    exchange: int = Field(
        default=50,
        ge=1,
        le=10**9,
        description="Generations after which the worst chain goes on from the best one's place.",
    )


class Annealing(Algorithm[AnnealingParameters]):
    """Each chain moves in one dimension at a time, and by chance ``exp(-rise / T)`` uphill.

    Metropolis et al. 1953; step sizes of their own for each chain and dimension follow the share
    of accepted steps (Corana, Marchesi, Martini and Ridella 1987, "Minimizing multimodal
    functions of continuous variables"). Steps are Cauchy, whose few long ones leave a pit (Szu
    and Hartley 1987, "Fast simulated annealing"), some of any order of magnitude (Ingber 1989,
    "Very fast simulated re-annealing"). A number that leaves the bounds comes in again at the
    other side.

    The first generation samples the bounds: how far errors are from their median on average is
    the first temperature, and the best points are where the chains begin.
    """

    name: ClassVar[str] = "sa"
    parameters_type: ClassVar[type[Frozen]] = AnnealingParameters
    _kept = ("_points", "_errors", "_steps", "_columns", "_is_wide", "_warmest", "_generation")

    def __init__(self, bounds: ArrayLike, *, seed: int = 0, **parameters: Any) -> None:
        super().__init__(bounds, seed=seed, **parameters)
        chains = self.parameters.chains
        self._points = np.empty((0, self.dimensions))
        self._errors = np.empty(0)
        self._steps = np.full((chains, self.dimensions), 0.3)  # shares of the bounds' width
        self._columns = np.zeros(chains, dtype=np.intp)  # which dimension each chain moves in
        self._is_wide = np.zeros(chains, dtype=bool)
        self._warmest = 0.0
        self._generation = 0

    @classmethod
    def planned(cls, bounds: ArrayLike, *, budget: int, seed: int = 0, **parameters: Any) -> Self:
        """Cools for ``budget`` evaluations, unless the parameters say otherwise."""
        return cls(bounds, seed=seed, **{"evaluations": budget, **parameters})

    @property
    def population(self) -> Array:
        """Where the chains are."""
        return self._points.copy()

    @property
    def temperature(self) -> float:
        """By how much an error may rise, times chance; zero before the first generation."""
        progress = min(self.evaluations / self.parameters.evaluations, 1)
        return float(self._warmest * self.parameters.final_temperature**progress)

    def _propose(self) -> Array:
        points = self._points.copy()
        chains = len(points)
        if not chains:
            return self._scattered(max(self.parameters.chains, _SAMPLE))
        self._columns = self._rng.integers(0, self.dimensions, chains)
        self._is_wide = self._rng.random(chains) < self.parameters.wide_share
        rows, columns = np.arange(chains), self._columns
        steps = self._steps[rows, columns] * self._rng.standard_cauchy(chains)
        sizes = _NARROW_WIDE ** self._rng.random(chains)  # every order of magnitude alike
        steps = np.where(self._is_wide, np.where(steps < 0, -sizes, sizes), steps)
        low, width = self.low[columns], self._width[columns]
        height = (points[rows, columns] - low) / width + steps
        points[rows, columns] = low + height % 1 * width
        return points

    def _learn(self, points: Array, errors: Array) -> None:
        if not len(self._points):
            best = errors.argsort(kind="stable")[: self.parameters.chains]
            self._points, self._errors = points[best], errors[best]
            finite = errors[np.isfinite(errors)]
            if len(finite):
                with np.errstate(over="ignore"):  # then it is as warm as can be
                    spread = np.abs(finite / 2 - np.median(finite / 2)).mean() * 2
                self._warmest = float(min(spread, np.finfo(float).max))
            return
        chance = self._rng.exponential(size=len(errors))
        with np.errstate(over="ignore"):  # every step is accepted then
            accepted = errors <= self._errors + self.temperature * chance
        self._adapt(accepted)
        self._points = np.where(accepted[:, None], points, self._points)
        self._errors = np.where(accepted, errors, self._errors)
        self._generation += 1
        if self._generation % self.parameters.exchange == 0:
            hottest, coolest = self._errors.argmax(), self._errors.argmin()
            for held in (self._points, self._errors, self._steps):
                held[hottest] = held[coolest]

    def _adapt(self, accepted: NDArray[np.bool_]) -> None:
        """Wider steps where they were accepted, narrower ones where not."""
        rows = np.arange(len(accepted))
        factors = np.where(self._is_wide, 1, np.exp(0.3 * (accepted - _ACCEPTED)))
        steps = self._steps[rows, self._columns] * factors
        self._steps[rows, self._columns] = np.minimum(np.maximum(steps, _NARROWEST), _WIDEST)
