"""Which hyperparameters the results go with, how sure that is, and when it is not to be believed.

The share of the spread (variance) of a result that goes with one hyperparameter alone: the
correlation ratio, corrected for what grouping explains by chance (epsilon squared: Kelley 1935,
"An unbiased correlation ratio measure"; the first-order term of a functional ANOVA: Hutter, Hoos
and Leyton-Brown 2014, "An efficient approach for assessing hyperparameter importance"). Numbers
are put into groups of neighbours. A hyperparameter that applies to some trials only counts by the
spread among these. What only shows when two hyperparameters move together belongs to neither.

A share is held against chance as in Altmann et al. 2010, "Permutation importance": the results are
shuffled among the trials, and the largest share of all hyperparameters is noted each time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from hpolab.analysis.axes import Axis
    from hpolab.analysis.measured import Measured

    Array = NDArray[np.float64]

__all__ = ["TARGETS", "TRIALS_PER_AXIS", "Importance", "importances", "strongest"]

TARGETS = ("score", "accuracy", "health")
TRIALS_PER_AXIS = 4
"""With fewer completed trials per hyperparameter no share is believed: our rule of thumb."""

_DRAWS = 200
_FEWEST = 3


class Importance(NamedTuple):
    """How much of the spread of one result goes with each hyperparameter.

    Attributes:
        target: "score", "accuracy" or "health".
        trials: Completed trials that have it.
        names: The hyperparameters, in the order of the axes.
        shares: Of the variance, in [0, 1], shape (names,).
        low, high: 95 % bootstrap interval of each share.
        chance: What the largest share would be by chance, in 19 of 20 cases.
        needed: How many trials it takes to believe any of it.
    """

    target: str
    trials: int
    names: tuple[str, ...]
    shares: Array
    low: Array
    high: Array
    chance: float
    needed: int

    @property
    def is_enough(self) -> bool:
        """Whether there are trials enough."""
        return self.trials >= self.needed

    @property
    def is_sure(self) -> NDArray[np.bool_]:
        """Which shares are more than chance, shape (names,)."""
        return (self.shares > self.chance) & self.is_enough


def importances(
    measured: Measured, axes: Sequence[Axis], targets: Sequence[str] = TARGETS
) -> tuple[Importance, ...]:
    """The shares for each target, the same every time: chance is drawn from a fixed seed."""
    rows = measured.completed()
    return tuple(_importance(target, rows, axes) for target in targets)


def strongest(measured: Measured, axes: Sequence[Axis]) -> list[str]:
    """The names of the hyperparameters, those first that the score goes with most."""
    rows = measured.completed()
    if len(rows.trials) < _FEWEST:
        return [axis.name for axis in axes]
    score = rows.score - rows.score.mean()
    once = np.ones((len(score), 1))
    shares = [
        _shares(_members(axis.groups(axis.places(rows.trials))), score[:, None], once)[0]
        for axis in axes
    ]
    order = np.argsort(-np.array(shares).clip(0), kind="stable")
    return [axes[place].name for place in order]


def _importance(target: str, rows: Measured, axes: Sequence[Axis]) -> Importance:
    values: Array = getattr(rows, target)
    known = ~np.isnan(values)
    rows, values = rows.only(known), values[known]
    n, names = len(values), tuple(axis.name for axis in axes)
    needed = TRIALS_PER_AXIS * len(axes)
    nothing = np.zeros(len(axes))
    if n < _FEWEST or not axes or np.ptp(values) == 0:
        return Importance(target, n, names, nothing, nothing, nothing, 0.0, needed)
    values = (values - values.mean()) / values.std()  # shares do not depend on it, rounding does
    members = [_members(axis.groups(axis.places(rows.trials))) for axis in axes]
    once = np.ones((n, 1))
    rng = np.random.default_rng(0)
    shuffled = np.stack([rng.permutation(values) for _ in range(_DRAWS)], axis=1)
    drawn = rng.multinomial(n, np.full(n, 1 / n), size=_DRAWS).T.astype(float)  # (trials, draws)
    share = np.array([_shares(m, values[:, None], once)[0] for m in members])
    by_chance = np.array([_shares(m, shuffled, once) for m in members])  # (axes, draws)
    again = np.array([_shares(m, values[:, None], drawn) for m in members])
    # trials that are drawn twice look alike: the bootstrap's own excess is taken off
    again += (share - again.mean(axis=1))[:, None]
    low, high = np.quantile(again, [0.025, 0.975], axis=1).clip(0, 1)
    chance = float(np.quantile(by_chance.max(axis=0), 0.95))
    return Importance(target, n, names, share.clip(0, 1), low, high, max(0.0, chance), needed)


def _members(groups: NDArray[np.int64]) -> Array:
    """Which trial is in which group, as ones; shape (groups, trials)."""
    n_groups = int(groups.max(initial=-1)) + 1
    return np.asarray(groups == np.arange(n_groups)[:, None], dtype=float)


def _shares(members: Array, values: Array, times: Array) -> Array:
    """Epsilon squared of one hyperparameter, once per column.

    Args:
        members: Shape (groups, trials).
        values: Shape (trials, 1 or draws).
        times: How often each trial counts, of the same shape or one that fits.

    Returns:
        Shape (draws,); may be negative, as an unbiased share near zero is.
    """
    weighted = values * times
    squares = weighted * values
    count = members @ np.broadcast_to(times, squares.shape)  # (groups, draws), from here on
    sums = members @ weighted
    filled = count > 0
    explained = np.divide(sums**2, count, out=np.zeros_like(sums), where=filled).sum(axis=0)
    n = count.sum(axis=0)
    centre = np.divide(sums.sum(axis=0) ** 2, n, out=np.zeros_like(n), where=n > 0)
    within = (members @ squares).sum(axis=0) - explained
    total = squares.sum(axis=0) - weighted.sum(axis=0) ** 2 / np.broadcast_to(
        times, squares.shape
    ).sum(axis=0)
    k = filled.sum(axis=0)
    noise = np.divide(within, n - k, out=np.zeros_like(n), where=n > k)
    between = explained - centre - (k - 1) * noise
    told = (total > 0) & (n > k) & (k > 1)
    return np.asarray(np.divide(between, total, out=np.zeros_like(n), where=told))
