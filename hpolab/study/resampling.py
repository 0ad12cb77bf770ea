"""How well one number foretells another, and how far that can be trusted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Measure", "area", "measure", "partial_rank_correlation", "rank_correlation"]

Array = NDArray[np.float64]

DRAWS = 2_000
CONFIDENCE = 0.95


class Measure(NamedTuple):
    """A number and its interval.

    Attributes:
        name: What is measured, in words.
        value: From the networks as they are.
        low, high: Bounds of its 95 % interval; like the value, NaN where nothing can be said.
        n: How many networks it is from.
        chance: What it would be if there were nothing to find.
    """

    name: str
    value: float
    low: float
    high: float
    n: int
    chance: float = 0.0

    @property
    def side(self) -> int:
        """1 or -1 where the whole interval is above or below chance; 0 where chance is in it."""
        return int(self.low > self.chance) - int(self.high < self.chance)


def measure(
    name: str,
    statistic: Callable[..., Array],
    *columns: NDArray[Any],
    chance: float = 0.0,
    seed: int = 0,
) -> Measure:
    """A statistic of some networks with its percentile bootstrap interval.

    Whole networks are drawn with replacement, so that a network's numbers stay together, and
    differences between two statistics are of the same networks. Draws in which the statistic does
    not exist (no sick network among them, say) are left out.

    Args:
        name: What is measured, in words.
        statistic: Takes each column along the last axis of arrays of any shape.
        columns: One number a network, shape (n,) each.
        chance: What it would be if there were nothing to find.
        seed: Of the draws.

    References:
        Efron and Tibshirani (1993), "An Introduction to the Bootstrap", chapter 13.
    """
    n = len(columns[0])
    chosen = np.random.default_rng(seed).integers(n, size=(DRAWS, n))
    drawn = np.asarray(statistic(*(column[chosen] for column in columns)))
    tail = 50 * (1 - CONFIDENCE)
    exist = drawn[np.isfinite(drawn)]
    low, high = np.percentile(exist, [tail, 100 - tail]) if len(exist) else (np.nan, np.nan)
    value = float(statistic(*columns))
    return Measure(name, value, float(low), float(high), n, chance)


def area(score: Array, is_sick: NDArray[np.bool_]) -> Array:
    """Share of pairs of a sick and a well network in which the sick one has the lower score.

    The area under the ROC curve (Hanley and McNeil 1982, Radiology 143): 1 finds all, 0.5 is
    guessing; ties count half. NaN where all are sick, or none.

    Args:
        score: Shape (..., n); low is suspicious.
        is_sick: The same shape.
    """
    from scipy.stats import rankdata

    ranks = rankdata(score, axis=-1)
    sick = is_sick.sum(axis=-1)
    pairs = sick * (is_sick.shape[-1] - sick)
    above = (ranks * is_sick).sum(axis=-1) - sick * (sick + 1) / 2  # pairs won by the sick one
    with np.errstate(invalid="ignore"):
        return np.asarray(1 - np.where(pairs > 0, above, np.nan) / pairs)


def rank_correlation(x: Array, y: Array) -> Array:
    """Spearman's rank correlation along the last axis; NaN where one of them does not vary."""
    from scipy.stats import rankdata

    return _correlation(rankdata(x, axis=-1), rankdata(y, axis=-1))


def partial_rank_correlation(x: Array, y: Array, given: Array) -> Array:
    """Rank correlation of x and y among networks that are alike in a third thing."""
    xy, xz, yz = (rank_correlation(*pair) for pair in ((x, y), (x, given), (y, given)))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((xy - xz * yz) / np.sqrt((1 - xz**2) * (1 - yz**2)))


def _correlation(x: Array, y: Array) -> Array:
    x = x - x.mean(axis=-1, keepdims=True)
    y = y - y.mean(axis=-1, keepdims=True)
    with np.errstate(invalid="ignore"):
        spread = np.sqrt((x**2).sum(axis=-1) * (y**2).sum(axis=-1))
        return np.asarray((x * y).sum(axis=-1) / np.where(spread > 0, spread, np.nan))
