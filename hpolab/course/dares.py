"""Dares: something to be done to a network on purpose, and how one sees that it was done."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from hpolab.course.experiment import find
from hpolab.diagnostics.arrays import Arrays
from hpolab.diagnostics.units import units
from hpolab.errors import ConfigError, did_you_mean
from hpolab.scoring import METRICS, ScoringWeights

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from hpolab.analysis import Ranking
    from hpolab.record import TrialRecord
    from hpolab.space import Value
    from hpolab.sweep import Sweep

__all__ = [
    "Attempt",
    "Dare",
    "WeightDare",
    "all_silent",
    "at_most",
    "count_silent",
    "falls_to",
    "fools_health",
    "smallest_wins",
]


class Attempt(NamedTuple):
    """One trial, or one ranking, held against a dare.

    Attributes:
        is_done: Whether it does what was dared.
        words: What it did, in one sentence.
    """

    is_done: bool
    words: str


Dare = Callable[["TrialRecord", "Path"], Attempt]
"""Judges a completed trial, whose folder is given beside it."""

WeightDare = Callable[["Sequence[TrialRecord]", "Ranking"], Attempt]
"""Judges a ranking of a sweep's completed trials, of which there is one at least."""


def all_silent(layer: str) -> Dare:
    """Every unit of a layer gives the same to every input."""

    def judge(_: TrialRecord, folder: Path) -> Attempt:
        silent = _silent(folder, layer)
        if silent is None:
            return Attempt(False, f"this network has no layer {layer} to look at.")
        words = f"{silent.sum()} of {silent.size} units of {layer} are silent."
        return Attempt(bool(silent.all()), words)

    return judge


def at_most(metric: str, limit: float) -> Dare:
    """A health metric is brought down to a limit.

    Raises:
        ConfigError: There is no such metric.
    """
    if metric not in METRICS:
        raise ConfigError(f"no such metric; {did_you_mean(metric, METRICS)}")

    def judge(trial: TrialRecord, _: Path) -> Attempt:
        name = metric.replace("_", " ")
        value = trial.ended.metrics.get(metric) if trial.ended else None
        if value is None:
            return Attempt(False, f"{name} was not measured.")
        return Attempt(value <= limit, f"{name} is {value:.2f}; {limit:.2f} is asked for.")

    return judge


def falls_to(accuracy: float) -> Dare:
    """No more than this share of the validation examples is answered rightly."""

    def judge(trial: TrialRecord, _: Path) -> Attempt:
        reached = trial.ended.accuracy if trial.ended else None
        if reached is None:
            return Attempt(False, "its accuracy was not measured.")
        most = f"at most {100 * accuracy:.0f} % is asked for."
        words = f"{_percent(reached)} of the answers are right; {most}"
        return Attempt(reached <= accuracy, words)

    return judge


def fools_health(*, accuracy: float, health: float) -> Dare:
    """An accuracy is reached by a network whose health, under the default weights, is poor.

    Args:
        accuracy: At least so much of the validation set is answered rightly.
        health: And the health is at most this.
    """

    def judge(trial: TrialRecord, _: Path) -> Attempt:
        end = trial.ended
        told = ScoringWeights().score(end.accuracy or 0.0, end.metrics).health if end else None
        if end is None or end.accuracy is None or told is None:
            return Attempt(False, "its health was not measured.")
        is_done = end.accuracy >= accuracy and told <= health
        return Attempt(is_done, f"{_percent(end.accuracy)} are right, and health is {told:.2f}.")

    return judge


def smallest_wins() -> WeightDare:
    """The network with the fewest weights is first."""

    def judge(trials: Sequence[TrialRecord], ranking: Ranking) -> Attempt:
        sizes = {number: _size(trials[number]) for number in ranking.numbers.tolist()}
        first, smallest = int(ranking.numbers[0]), min(sizes.values())
        words = f"trial {first} is first, with {sizes[first]:,} weights"
        if sizes[first] == smallest:
            return Attempt(True, f"{words}; no network has fewer.")
        return Attempt(False, f"{words}; the smallest network has {smallest:,}.")

    return judge


def count_silent(sweep: Sweep, layer: str, **settings: Value) -> int:
    """How many units of a layer are silent in the network with these settings, at its end.

    Raises:
        ConfigError: No such network was trained, or it has no such layer.
    """
    silent = _silent(sweep.folder.trial(find(sweep, **settings).number), layer)
    if silent is None:
        raise ConfigError(f"this network has no layer {layer} to look at.")
    return int(silent.sum())


def _size(trial: TrialRecord) -> int:
    """Trainable weights; an unknown number counts as too many."""
    known = trial.ended.n_parameters if trial.ended else None
    return sys.maxsize if known is None else known


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _silent(folder: Path, layer: str) -> NDArray[np.bool_] | None:
    """Which units were silent at the last look, shape (units,); None without such a layer."""
    facts = units(Arrays.read(folder), layer)
    return None if facts is None or not len(facts.silent) else facts.silent[-1]
