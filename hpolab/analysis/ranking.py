"""Who wins under which weights, and where the winner would change: nothing is trained for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hpolab.scoring import METRICS, health_all, score_all

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from hpolab.record import TrialRecord
    from hpolab.scoring import ScoringWeights

__all__ = ["Flip", "Ranking", "TrialTable", "flips_along_health", "rank", "table_of", "win_shares"]


class TrialTable(NamedTuple):
    """What completed trials measured.

    Attributes:
        numbers: Shape (trials,), ascending.
        accuracy: Shape (trials,), in [0, 1].
        metrics: Shape (trials, 6) in the order of METRICS; NaN where one does not apply.
    """

    numbers: NDArray[np.int64]
    accuracy: NDArray[np.float64]
    metrics: NDArray[np.float64]


class Ranking(NamedTuple):
    """Completed trials, the best first; equal totals keep the order of numbers.

    Attributes:
        numbers: Trial numbers.
        totals: The score of each under the weights.
        health: The health of each; NaN where no metric applies.
    """

    numbers: NDArray[np.int64]
    totals: NDArray[np.float64]
    health: NDArray[np.float64]


class Flip(NamedTuple):
    """A point at which the winner changes.

    Attributes:
        health: The weight of health, in [0, 1], from which on ``winner`` is first.
        winner: A trial's number.
    """

    health: float
    winner: int


def table_of(trials: Iterable[TrialRecord]) -> TrialTable:
    """The completed ones among the trials, as arrays."""
    ends = sorted(
        (trial.ended for trial in trials if trial.ended and trial.state == "completed"),
        key=lambda end: end.trial,
    )
    return TrialTable(
        np.array([end.trial for end in ends], dtype=np.int64),
        np.array([end.accuracy or 0.0 for end in ends], dtype=np.float64),
        np.array(
            [[end.metrics.get(name, np.nan) for name in METRICS] for end in ends],
            dtype=np.float64,
        ).reshape(len(ends), len(METRICS)),
    )


def rank(table: TrialTable, weights: ScoringWeights) -> Ranking:
    """Order the trials under these weights."""
    totals = score_all(weights, table.accuracy, table.metrics)
    order = np.lexsort((table.numbers, -totals))
    return Ranking(table.numbers[order], totals[order], health_all(weights, table.metrics)[order])


def flips_along_health(table: TrialTable, weights: ScoringWeights) -> list[Flip]:
    """Who wins as the weight of health goes from 0 to 1 and the proportions stay as they are.

    A trial's total is a straight line between its accuracy and its health, so the winners are the
    upper envelope of lines: walked from left to right, at each point the line that overtakes next.

    Returns:
        The winner at 0 first, then every change; empty without trials.
    """
    if not len(table.numbers):
        return []
    health = health_all(weights, table.metrics)
    end = np.where(np.isnan(health), table.accuracy, health)  # without health, accuracy alone
    start, slope = table.accuracy, end - table.accuracy
    now = int(np.lexsort((table.numbers, -slope, -start))[0])
    flips, at = [Flip(0.0, int(table.numbers[now]))], 0.0
    while True:
        steeper = np.flatnonzero(slope > slope[now] + 1e-12)
        if not len(steeper):
            return flips
        meets = np.maximum(at, (start[now] - start[steeper]) / (slope[steeper] - slope[now]))
        first = np.lexsort((table.numbers[steeper], -slope[steeper], meets))[0]
        if meets[first] > 1:
            return flips
        now, at = int(steeper[first]), float(meets[first])
        flips.append(Flip(at, int(table.numbers[now])))


def win_shares(table: TrialTable, *, draws: int = 256) -> dict[int, float]:
    """How often each trial wins when nobody knows what shall count: how sturdy a winner is.

    Weightings cover all there are evenly: accuracy in steps from 0 to 1, and for each of them the
    proportions of health drawn from all that sum to one (a flat Dirichlet distribution). The same
    draws every time.

    Args:
        table: What the trials measured.
        draws: How many weightings.

    Returns:
        Share of the weightings by trial number, trials that never win left out; together one.
    """
    if not len(table.numbers):
        return {}
    proportions = np.random.default_rng(0).dirichlet(np.ones(len(METRICS)), size=draws)
    accuracy = (np.arange(draws) + 0.5) / draws
    present = ~np.isnan(table.metrics)
    measured = np.where(present, table.metrics, 0.0).T  # (6, trials)
    applies = present.T.astype(np.float64)
    has_all = bool(present.all())
    alone = ~present.any(axis=1)
    winners = np.empty(draws, dtype=np.int64)
    for draw in range(draws):  # a row at a time stays in the processor's cache
        health = proportions[draw] @ measured
        if not has_all:
            weight = proportions[draw] @ applies
            np.divide(health, weight, out=health, where=weight > 0)
            health[alone] = table.accuracy[alone]
        winners[draw] = np.argmax(health + accuracy[draw] * (table.accuracy - health))
    numbers, wins = np.unique(table.numbers[winners], return_counts=True)
    shares = (wins / draws).tolist()
    return dict(zip(numbers.tolist(), shares, strict=True))
