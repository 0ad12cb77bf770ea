"""Particle swarm optimisation: points that fly, drawn to where they and their like were best."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from pydantic import Field

from hpolab.evolution.algorithm import Algorithm, Array
from hpolab.frozen import Frozen

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["Pso", "PsoParameters", "RingPso"]


class PsoParameters(Frozen):
    """Defaults: Clerc and Kennedy 2002, "The particle swarm: explosion, stability, convergence".

    Their constriction is 0.7298; times 2.05 it is how strongly each memory pulls, 1.4962. Forty
    particles: Bratton and Kennedy 2007, "Defining a standard for PSO", find 20 to 100 alike.
    """

    population: int = Field(default=40, ge=2, le=10_000, description="Particles in the swarm.")
    inertia: float = Field(
        default=0.7298, ge=0, le=1, description="Share of its velocity that a particle keeps."
    )
    own_pull: float = Field(
        default=1.4962, ge=0, le=4, description="How strongly its own best point draws it."
    )
    swarm_pull: float = Field(
        default=1.4962, ge=0, le=4, description="How strongly the best point of its like does."
    )


class Pso(Algorithm[PsoParameters]):
    """Every particle knows the best point of the whole swarm: fast, and easily trapped.

    Kennedy and Eberhart 1995, "Particle swarm optimization". A particle that would leave the
    bounds stops at them, its velocity across them zero (Standard PSO 2007); particles start with
    half the way to another random point as velocity (ibid.).
    """

    name: ClassVar[str] = "pso"
    parameters_type: ClassVar[type[Frozen]] = PsoParameters
    _kept = ("_positions", "_velocities", "_best_positions", "_best_errors")

    def __init__(self, bounds: ArrayLike, *, seed: int = 0, **parameters: Any) -> None:
        super().__init__(bounds, seed=seed, **parameters)
        self._positions = np.empty((0, self.dimensions))
        self._velocities = self._positions
        self._best_positions = self._positions
        self._best_errors = np.empty(0)

    @property
    def population(self) -> Array:
        """Where the particles are."""
        return self._positions.copy()

    def _propose(self) -> Array:
        settings = self.parameters
        if not len(self._positions):
            positions = self._scattered(settings.population)
            self._velocities = (self._scattered(settings.population) - positions) / 2
            return positions
        chance = self._rng.random((2, *self._positions.shape))
        chance[0] *= settings.own_pull
        chance[1] *= settings.swarm_pull
        chance[0] *= self._best_positions - self._positions
        chance[1] *= self._leaders() - self._positions
        velocities = self._velocities
        velocities *= settings.inertia
        velocities += chance[0]
        velocities += chance[1]
        flown = self._positions + velocities
        positions = np.minimum(np.maximum(flown, self.low), self.high)
        velocities *= positions == flown
        return np.asarray(positions)

    def _leaders(self) -> Array:
        """The best point that each particle knows of, (particles or 1, dimensions)."""
        return np.asarray(self._best_positions[self._best_errors.argmin()])

    def _learn(self, points: Array, errors: Array) -> None:
        if not len(self._positions):
            self._best_positions, self._best_errors = points.copy(), errors
        else:
            better = errors < self._best_errors
            self._best_positions[better] = points[better]
            np.minimum(errors, self._best_errors, out=self._best_errors)
        self._positions = points


class RingPso(Pso):
    """A particle knows its own best point and those of its two neighbours: slower, less trapped.

    Kennedy and Mendes 2002, "Population structure and particle swarm performance": the ring.
    """

    name: ClassVar[str] = "pso-ring"

    def _leaders(self) -> Array:
        around = np.stack(
            [np.roll(self._best_errors, 1), self._best_errors, np.roll(self._best_errors, -1)]
        )
        count = len(self._best_errors)
        leaders = (around.argmin(axis=0) - 1 + np.arange(count)) % count
        return np.asarray(self._best_positions[leaders])
