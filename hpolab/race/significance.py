"""Whether one contender is better than another, or was lucky: what so many seeds can tell."""

from __future__ import annotations

import math
import warnings
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hpolab.race.outcomes import mean_ranks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hpolab.evolution import Array

__all__ = ["LEVEL", "Verdict", "judge", "least_seeds"]

LEVEL = 0.05
"""How often at most one is told of a difference where there is none."""

_MOST_EXACT = 50


class Verdict(NamedTuple):
    """What the seeds can tell.

    Attributes:
        leader: The contender with the lowest mean rank; None without a seed that all have run.
        rank: Its mean rank.
        seeds: That all have run.
        needed: Fewer seeds than this can tell nothing, whatever the results.
        p: That contenders who are all alike would differ so much (Friedman 1937, "The use of
            ranks to avoid the assumption of normality"); None with two contenders, or too few
            seeds.
        beaten: Contenders from whom the leader can be told apart: Wilcoxon's signed-rank test
            (1945) on the pairs of runs with equal seeds, corrected by Holm (1979) for all pairs.
        level_with: Those from whom it cannot.
    """

    leader: str | None
    rank: float | None
    seeds: int
    needed: int
    p: float | None
    beaten: tuple[str, ...]
    level_with: tuple[str, ...]

    @property
    def words(self) -> str:
        """It in a sentence or two."""
        if self.leader is None:
            return "Nobody can be compared before all have run from the same start."
        ahead = f"{self.leader} is ahead, with a mean rank of {self.rank:.2f}"
        if not self.beaten and not self.level_with:
            return f"{self.leader} has raced alone."
        if self.seeds < self.needed:
            return (
                f"{ahead}, but {_several(self.seeds)} cannot tell skill from luck: with so many "
                f"contenders it takes {self.needed}."
            )
        if not self.beaten:
            return f"{ahead}, but can be told apart from nobody: it may be luck."
        better = f"{ahead}. It is better than {_listed(self.beaten)}"
        if not self.level_with:
            return f"{better}."
        return f"{better}; from {_listed(self.level_with)} it cannot be told apart."


def judge(names: Sequence[str], scores: Array) -> Verdict:
    """Who is ahead, and of whom that can be said.

    Args:
        names: Of the contenders.
        scores: As ``paired_scores`` gives them, lower is better.
    """
    seeds, count = scores.shape if scores.size else (0, len(names))
    needed = least_seeds(count)
    if not seeds:
        return Verdict(None, None, 0, needed, None, (), ())
    ranks = [rank or 0.0 for rank in mean_ranks(scores)]
    best = int(np.argmin(ranks))
    others = [number for number in range(count) if number != best]
    p, better = None, set[int]()
    if seeds >= needed and count > 1:
        p = _friedman(scores) if count > 2 else None
        if p is None or p <= LEVEL:
            told_apart = _pairs(scores)
            better = {number for number in others if frozenset((best, number)) in told_apart}
    return Verdict(
        leader=names[best],
        rank=ranks[best],
        seeds=seeds,
        needed=needed,
        p=p,
        beaten=tuple(names[number] for number in others if number in better),
        level_with=tuple(names[number] for number in others if number not in better),
    )


def least_seeds(contenders: int) -> int:
    """With fewer seeds no pair can be told apart, even if one wins every time.

    The signed-rank test of n pairs has 2**n outcomes that are equally likely by chance, of which
    two are extreme; Holm compares the smallest p with the level divided by the number of pairs.
    """
    pairs = max(1, contenders * (contenders - 1) // 2)
    return math.ceil(math.log2(2 * pairs / LEVEL))


def _friedman(scores: Array) -> float:
    from scipy.stats import friedmanchisquare  # lazily: it takes a second to load

    with warnings.catch_warnings(action="ignore"), np.errstate(invalid="ignore"):
        p = float(friedmanchisquare(*scores.T).pvalue)
    return 1.0 if math.isnan(p) else p  # everybody did the same on every seed


def _pairs(scores: Array) -> set[frozenset[int]]:
    """The pairs that can be told apart: Holm's procedure over all of them."""
    pairs = list(combinations(range(scores.shape[1]), 2))
    found = sorted(
        (_wilcoxon(scores[:, one] - scores[:, other]), frozenset((one, other)))
        for one, other in pairs
    )
    told: set[frozenset[int]] = set()
    for done, (p, pair) in enumerate(found):
        if p > LEVEL / (len(pairs) - done):
            break
        told.add(pair)
    return told


def _wilcoxon(differences: Array) -> float:
    """The two-sided p of the signed-rank test; equal pairs are left out, as Wilcoxon did."""
    from scipy.stats import wilcoxon

    left = differences[differences != 0]
    if not len(left):
        return 1.0
    has_ties = len(np.unique(np.abs(left))) < len(left)
    method = "approx" if has_ties or len(left) > _MOST_EXACT else "exact"
    with warnings.catch_warnings(action="ignore"):  # of few pairs with ties; needed sees to it
        return float(wilcoxon(left, method=method).pvalue)


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _several(seeds: int) -> str:
    return "1 seed" if seeds == 1 else f"{seeds} seeds"
