"""Which trials nobody beats in both of two things: the Pareto front."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hpolab.analysis.measured import Measured

__all__ = ["AGAINST", "Pareto", "pareto", "unbeaten"]

AGAINST = ("health", "parameters", "seconds")
"""What accuracy can be held against: more health is better, fewer of the others."""


class Pareto(NamedTuple):
    """Completed trials in two dimensions.

    Attributes:
        against: "health", "parameters" or "seconds".
        numbers: Of the trials, shape (trials,).
        accuracy: Of each.
        other: Health, parameters or seconds of each.
        front: Which trials are on the front.
        winner: The index of the trial that is first under the weights; None without trials.
    """

    against: str
    numbers: NDArray[np.int64]
    accuracy: NDArray[np.float64]
    other: NDArray[np.float64]
    front: NDArray[np.bool_]
    winner: int | None


def pareto(measured: Measured, against: str) -> Pareto:
    """Accuracy against one of ``AGAINST``; trials without it, or not trained, are left out."""
    rows = measured.completed()
    rows = rows.only(~np.isnan(getattr(rows, against)) & ~np.isnan(rows.accuracy))
    if against == "seconds":  # what is shared with another trial took no time
        trained = [
            trial.ended is not None and trial.ended.reused_from is None for trial in rows.trials
        ]
        rows = rows.only(np.array(trained, dtype=bool))
    other: NDArray[np.float64] = getattr(rows, against)
    front = unbeaten(rows.accuracy, other if against == "health" else -other)
    winner = int(np.lexsort((rows.numbers, -rows.score))[0]) if len(rows.numbers) else None
    return Pareto(against, rows.numbers, rows.accuracy, other, front, winner)


def unbeaten(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which points no point beats: as good in both, and better in one. More is better.

    Args:
        one, other: Shape (points,), without NaN.
    """
    front = np.zeros(len(one), dtype=bool)
    highest = -np.inf  # of ``other``, among the points that are better in ``one``
    order = np.lexsort((-other, -one))
    start = 0
    for end in [*(np.flatnonzero(np.diff(one[order])) + 1), len(order)]:
        equal = order[start:end]  # in ``one``; the best in ``other`` come first
        if len(equal) and other[equal[0]] > highest:
            highest = other[equal[0]]
            front[equal[other[equal] == highest]] = True
        start = end
    return front
