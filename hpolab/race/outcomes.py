"""What came of a race: curves with their spread over seeds, and a table of the contenders."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hpolab.race.running import POINTS, checkpoints

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hpolab.evolution import Array
    from hpolab.race.config import RaceConfig
    from hpolab.race.record import HeatRecord, RaceRecord

__all__ = ["Curve", "Row", "curves", "mean_ranks", "paired_scores", "table"]

_COUNTED = ("completed", "timed out")


class Curve(NamedTuple):
    """How the best error falls, over the runs of a contender.

    Attributes:
        name: Of the contender.
        evaluations: Where along the budget.
        low, middle, high: The quartiles there of all runs that have come so far. A run that has
            ended keeps its last error.
    """

    name: str
    evaluations: tuple[int, ...]
    low: tuple[float, ...]
    middle: tuple[float, ...]
    high: tuple[float, ...]


class Row(NamedTuple):
    """A contender's runs in numbers; what is not known yet is None.

    Attributes:
        name: Of the contender.
        runs: Those that count: completed, or ended by a limit of time.
        planned: All that were asked for.
        succeeded: How many reached the target; None where there is none.
        expected_evaluations: To reach the target: all evaluations made until then or, where it
            was not reached, until the end, divided by the number of successes. That is the
            expected running time of Hansen et al. 2021, "COCO: a platform for comparing
            continuous optimizers in a black-box setting", section 3.
        low, median, high: Quartiles of the last error.
        rank: The mean over seeds of its place among all contenders, 1 for the best.
        state: waiting, running or done; or failed, with the reason, when no run counts.
        reason: Why a run did not complete.
    """

    name: str
    runs: int
    planned: int
    succeeded: int | None
    expected_evaluations: float | None
    low: float | None
    median: float | None
    high: float | None
    rank: float | None
    state: str
    reason: str


def curves(record: RaceRecord) -> list[Curve]:
    """A curve for every contender, in their order; also while the race runs."""
    if record.config is None:
        return []
    return [
        _curve(contender.name, record.config, _runs_of(record, number))
        for number, contender in enumerate(record.config.contenders)
    ]


def table(record: RaceRecord) -> list[Row]:
    """A row for every contender, the lowest mean rank first; until there is one, as they come."""
    config = record.config
    if config is None:
        return []
    ranks = mean_ranks(paired_scores(record))
    rows = [
        _row(contender.name, config, _runs_of(record, number), ranks[number])
        for number, contender in enumerate(config.contenders)
    ]
    return sorted(rows, key=lambda row: math.inf if row.rank is None else row.rank)


def paired_scores(record: RaceRecord) -> Array:
    """How well every contender did on every seed that all have run, shape (seeds, contenders).

    Lower is better. A run that reached the target is better than all that did not, and the
    better the fewer evaluations it took; the others go by their error. The scale is that of the
    error's logarithm to base ten: from the target's, the share of the budget that was saved is
    taken off. Where the lowest value is not known, it is the value reached.
    """
    config = record.config
    if config is None:
        return np.empty((0, 0))
    by_seed: dict[int, list[float]] = {}
    for each in record.runs:
        if _counts(each):
            by_seed.setdefault(each.heat.seed, []).append(_score(each, config))
    full = [scores for scores in by_seed.values() if len(scores) == len(config.contenders)]
    return np.array(full).reshape(-1, len(config.contenders))


def mean_ranks(scores: Array) -> list[float | None]:
    """The mean place of each contender; equals share theirs. None without a seed.

    Args:
        scores: As ``paired_scores`` gives them.
    """
    if not len(scores):
        return [None] * scores.shape[1]
    better = (scores[:, :, None] > scores[:, None, :]).sum(axis=2)
    equal = (scores[:, :, None] == scores[:, None, :]).sum(axis=2)  # itself among them
    return [float(rank) for rank in (better + (equal + 1) / 2).mean(axis=0)]


def _runs_of(record: RaceRecord, contender: int) -> list[HeatRecord]:
    """Its runs in the order of their seeds."""
    return [each for each in record.runs if each.heat.contender == contender]


def _counts(each: HeatRecord) -> bool:
    return each.state in _COUNTED and bool(each.points)


def _curve(name: str, config: RaceConfig, runs: Sequence[HeatRecord]) -> Curve:
    shown = [each for each in runs if each.points and each.state not in ("failed", "cancelled")]
    grid = checkpoints(config.budget, POINTS)
    errors = np.array([_along(each, grid) for each in shown]).reshape(len(shown), len(grid))
    known = ~np.isnan(errors).all(axis=0) if len(shown) else np.zeros(len(grid), dtype=bool)
    if not known.any():
        return Curve(name, (), (), (), ())
    low, middle, high = np.nanquantile(errors[:, known], [0.25, 0.5, 0.75], axis=0).tolist()
    at = tuple(mark for mark, is_known in zip(grid, known, strict=True) if is_known)
    return Curve(name, at, tuple(low), tuple(middle), tuple(high))


def _along(each: HeatRecord, grid: Sequence[int]) -> Array:
    """The best error by each of these numbers of evaluations; NaN where it has not come yet."""
    made, errors = (np.array(column, dtype=float) for column in zip(*each.points, strict=True))
    places = np.searchsorted(made, grid, side="right") - 1
    reached: Array = np.where(places >= 0, errors[np.maximum(places, 0)], np.nan)
    if each.ended is None:
        reached[np.array(grid) > made[-1]] = np.nan
    return reached


def _score(each: HeatRecord, config: RaceConfig) -> float:
    error, goal = each.error, config.goal
    assert error is not None  # it counts
    if not config.is_known or goal is None or goal <= 0:
        return error
    if each.reached is not None:
        return math.log10(goal) - (1 - each.reached / config.budget)
    return math.log10(max(error, goal))


def _row(name: str, config: RaceConfig, runs: Sequence[HeatRecord], rank: float | None) -> Row:
    counted = [each for each in runs if _counts(each)]
    errors = [each.error for each in counted if each.error is not None]
    low, median, high = np.quantile(errors, [0.25, 0.5, 0.75]).tolist() if errors else [None] * 3
    wins = [each for each in counted if each.reached is not None]
    spent = sum(each.evaluations if each.reached is None else each.reached for each in counted)
    reasons = [each.ended.reason for each in runs if each.ended and each.ended.reason]
    return Row(
        name=name,
        runs=len(counted),
        planned=len(runs),
        succeeded=None if config.goal is None else len(wins),
        expected_evaluations=spent / len(wins) if wins else None,
        low=low,
        median=median,
        high=high,
        rank=rank,
        state=_state(runs),
        reason=reasons[0] if reasons else "",
    )


def _state(runs: Sequence[HeatRecord]) -> str:
    states = {each.state for each in runs}
    if "running" in states or {"waiting", "completed"} <= states:
        return "running"
    if "waiting" in states:
        return "waiting"
    return "done" if states & set(_COUNTED) else next(iter(states), "waiting")
