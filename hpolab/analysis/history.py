"""How a search went: the score of each trial in the order of their ends, and the best so far."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hpolab.analysis.measured import Measured

__all__ = ["History", "history"]


class History(NamedTuple):
    """Trials that have ended, in the order in which they did, then those that run.

    Attributes:
        numbers: Of the trials, shape (trials,).
        states: Of each.
        score: Under the weights, the last one for trials that did not complete; NaN without one.
        best: The highest score of a completed trial until then; NaN before the first.
        gains: Where ``best`` rises, as indices.
    """

    numbers: NDArray[np.int64]
    states: NDArray[np.str_]
    score: NDArray[np.float64]
    best: NDArray[np.float64]
    gains: NDArray[np.int64]

    @property
    def since_gain(self) -> int:
        """How many trials have ended since the best one; 0 while nothing has completed."""
        ended = int((self.states != "running").sum())
        return ended - 1 - int(self.gains[-1]) if len(self.gains) else 0


def history(measured: Measured) -> History:
    """The course of the search. Trials that wait are left out."""
    rows = measured.only(measured.states != "waiting")
    ends = np.array(
        [t.ended_utc.timestamp() if t.ended_utc else np.inf for t in rows.trials], dtype=float
    )
    order = np.lexsort((rows.numbers, ends))
    numbers, states, score = rows.numbers[order], rows.states[order], rows.score[order]
    finished = np.where((states == "completed") & ~np.isnan(score), score, -np.inf)
    best = np.maximum.accumulate(finished) if len(finished) else finished
    gains = np.flatnonzero(best > np.concatenate([[-np.inf], best[:-1]]))
    return History(numbers, states, score, np.where(np.isinf(best), np.nan, best), gains)
