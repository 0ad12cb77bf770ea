"""A function to be minimised, with what is known of it: bounds, optimum, source."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hpolab.errors import ConfigError

__all__ = ["Function"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A landscape with a known lowest point.

    >>> from hpolab.evolution.functions import find_function
    >>> rastrigin = find_function("rastrigin", dimensions=3).shifted(seed=1)
    >>> float(rastrigin(rastrigin.optimum_point).round(9))
    0.0

    Attributes:
        name: As in ``FUNCTIONS``, with "shifted" and "rotated" before it where that holds.
        bounds: Where it is searched, shape (dimensions, 2).
        optimum_point: Where it is lowest, shape (dimensions,); None where that is not published.
        optimum_value: How low.
        source: The paper or book that defines it.
        formula: From points, shape (n, dimensions), to values, shape (n,).
        is_confined: Beyond its own bounds the formula may be lower than the optimum. Where a
            shifted or rotated form looks there, it takes the value at the nearest point within
            and adds the squared distance, as a share of the bounds' width, times 1000.
    """

    name: str
    bounds: Array
    optimum_point: Array | None
    optimum_value: float
    source: str
    formula: Callable[[Array], Array]
    is_confined: bool = False

    @property
    def dimensions(self) -> int:
        """How many numbers a point has."""
        return len(self.bounds)

    def __call__(self, points: ArrayLike) -> Array:
        """The values of points, shape (n, dimensions) -> (n,); of a single one a scalar.

        Raises:
            ConfigError: The points have another number of dimensions.
        """
        points = np.asarray(points, dtype=float)
        if points.ndim not in (1, 2) or points.shape[-1] != self.dimensions:
            raise ConfigError(
                f"{self.name} takes points of shape (n, {self.dimensions}) or "
                f"({self.dimensions},), but got {points.shape}.",
                field="points",
            )
        values = self.formula(points if points.ndim == 2 else points[None])
        return values if points.ndim == 2 else values[0]

    def shifted(self, seed: int) -> Function:
        """The same landscape with its optimum elsewhere: in the inner four fifths of the bounds.

        Raises:
            ConfigError: Where the optimum is, is not known.
        """
        low, high = self.bounds.T
        optimum = self._optimum()
        chance = np.random.default_rng(seed).random(self.dimensions)
        moved = low + (high - low) * (0.1 + 0.8 * chance)
        inner = self._beyond()

        def formula(points: Array) -> Array:
            return inner(points - moved + optimum)

        return self._derived("shifted", formula, moved)

    def rotated(self, seed: int) -> Function:
        """The same landscape turned about its optimum, so that no dimension is on its own.

        Raises:
            ConfigError: Where the optimum is, is not known.
        """
        optimum = self._optimum()
        normal = np.random.default_rng(seed).standard_normal((self.dimensions, self.dimensions))
        turn, triangle = np.linalg.qr(normal)
        turn = turn * np.sign(np.diag(triangle))  # evenly among all rotations (Mezzadri 2007)
        inner = self._beyond()

        def formula(points: Array) -> Array:
            return inner((points - optimum) @ turn + optimum)

        return self._derived("rotated", formula, optimum)

    def _optimum(self) -> Array:
        if self.optimum_point is None:
            raise ConfigError(
                f"{self.name} in {self.dimensions} dimensions has no published optimum to move; "
                "take it as it is."
            )
        return self.optimum_point

    def _derived(self, word: str, formula: Callable[[Array], Array], optimum: Array) -> Function:
        return replace(
            self,
            name=f"{word} {self.name}",
            formula=formula,
            optimum_point=optimum,
            is_confined=False,
        )

    def _beyond(self) -> Callable[[Array], Array]:
        """The formula as a moved form uses it: also for points that left the bounds."""
        if not self.is_confined:
            return self.formula
        low, high = self.bounds.T

        def confined(points: Array) -> Array:
            inside = np.minimum(np.maximum(points, low), high)
            distance = (points - inside) / (high - low)
            values: Array = self.formula(inside) + 1000 * (distance**2).sum(axis=1)
            return values

        return confined
