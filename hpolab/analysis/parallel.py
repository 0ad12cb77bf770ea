"""All hyperparameters of all trials side by side, and which trials lie inside chosen ranges."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from hpolab.analysis.axes import Axis
    from hpolab.analysis.measured import Measured

    Ranges = Mapping[str, Sequence[tuple[float, float]]]

__all__ = ["RESULTS", "Parallel", "parallel"]

RESULTS = ("score", "accuracy", "health")
"""What stands behind the hyperparameters."""

_BELOW = 0.12
"""Where trials stand that have no such hyperparameter: so much of the axis below it."""


class Parallel(NamedTuple):
    """Where every trial with a score lies on every axis.

    Attributes:
        numbers: Of the trials, shape (trials,).
        score: Of each, in [0, 1].
        axes: The hyperparameters.
        places: By hyperparameter, as ``Axis.places``; those without it lie at ``unused``.
        unused: By hyperparameter, the place of trials that have no such one; only where some have
            not.
        results: By the name of the result, in [0, 1]; NaN where there is none.
    """

    numbers: NDArray[np.int64]
    score: NDArray[np.float64]
    axes: tuple[Axis, ...]
    places: Mapping[str, NDArray[np.float64]]
    unused: Mapping[str, float]
    results: Mapping[str, NDArray[np.float64]]

    def within(self, ranges: Ranges) -> list[int]:
        """The numbers of the trials that lie inside the ranges.

        Args:
            ranges: By hyperparameter or result, in the terms of ``places`` and ``results``: one
                range or several of which one will do. An axis that is not named, or has no range,
                chooses nothing; an unknown one neither.
        """
        inside = np.ones(len(self.numbers), dtype=bool)
        for name, wanted in ranges.items():
            at = self.places.get(name, self.results.get(name))
            if at is None or not len(wanted):
                continue
            inside &= np.any([(at >= low) & (at <= high) for low, high in wanted], axis=0)
        return [int(number) for number in self.numbers[inside]]


def parallel(measured: Measured, axes: Sequence[Axis]) -> Parallel:
    """Trials that have a score, completed or not."""
    rows = measured.only(~np.isnan(measured.score))
    places, unused = {}, {}
    for axis in axes:
        low, high = axis.span
        at = axis.places(rows.trials)
        if np.isnan(at).any():
            unused[axis.name] = low - _BELOW * (high - low) if not axis.options else -1.0
            at = np.where(np.isnan(at), unused[axis.name], at)
        places[axis.name] = at
    results = {name: getattr(rows, name) for name in RESULTS}
    return Parallel(rows.numbers, rows.score, tuple(axes), places, unused, results)
