"""How trials change places as health begins to count."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hpolab.scoring import score_all

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hpolab.analysis.ranking import TrialTable
    from hpolab.scoring import ScoringWeights

__all__ = ["Places", "places"]


class Places(NamedTuple):
    """Ranks from accuracy alone, step by step, to the given weights.

    Attributes:
        health: The weight of health at each step, shape (steps,), from 0.
        numbers: Trials that are among the first at either end, shape (shown,).
        ranks: Shape (steps, shown), 1 is the first.
        trials: How many are ranked in all.
        swapped: Share of all pairs of trials whose order differs between the ends.
    """

    health: NDArray[np.float64]
    numbers: NDArray[np.int64]
    ranks: NDArray[np.int64]
    trials: int
    swapped: float


def places(
    table: TrialTable, weights: ScoringWeights, *, first: int = 8, steps: int = 5
) -> Places:
    """The ranks of the trials that are among the first at either end.

    Args:
        table: What completed trials measured.
        weights: Where the steps lead.
        first: How many trials of each end are shown.
        steps: How many weightings, both ends counted.
    """
    health = np.linspace(0.0, weights.health, steps)
    ranks = np.empty((steps, len(table.numbers)), dtype=np.int64)
    for step, weight in enumerate(health):
        totals = score_all(weights.with_health(float(weight)), table.accuracy, table.metrics)
        ranks[step, np.lexsort((table.numbers, -totals))] = np.arange(1, len(totals) + 1)
    shown = (ranks[0] <= first) | (ranks[-1] <= first)
    return Places(
        health, table.numbers[shown], ranks[:, shown], len(table.numbers), _swapped(ranks)
    )


def _swapped(ranks: NDArray[np.int64]) -> float:
    """Share of pairs in another order at the end than at the start (Kendall's distance)."""
    n = ranks.shape[1]
    if n < 2:
        return 0.0
    later = ranks[-1][np.argsort(ranks[0])]
    disordered = sum(int((later[index + 1 :] < rank).sum()) for index, rank in enumerate(later))
    return float(2 * disordered / (n * (n - 1)))
