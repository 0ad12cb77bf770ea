"""Dares: something to be done to a network on purpose, and how one sees that it was done."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from hpolab.course.experiment import find
from hpolab.diagnostics.arrays import Arrays
from hpolab.diagnostics.memory import reach
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
    "SweepDare",
    "WeightDare",
    "all_silent",
    "at_most",
    "count_silent",
    "falls_to",
    "fools_health",
    "gap_of",
    "hears_at_most",
    "reaches",
    "rises_to",
    "smallest_wins",
    "words_heard",
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

SweepDare = Callable[["Sweep"], Attempt]
"""Judges a sweep that has ended."""
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
    return _answers(lambda reached: reached <= accuracy, f"at most {100 * accuracy:.0f} %")


def rises_to(accuracy: float) -> Dare:
    """At least this share of the validation examples is answered rightly."""
    return _answers(lambda reached: reached >= accuracy, f"at least {100 * accuracy:.0f} %")


def gap_of(points: float) -> Dare:
    """The network is better, by so many percentage points, at what it trains on."""

    def judge(trial: TrialRecord, _: Path) -> Attempt:
        if not trial.epochs:
            return Attempt(False, "its accuracy was not measured.")
        last = trial.epochs[-1]
        trained, unseen = 100 * last.train_accuracy, 100 * last.val_accuracy
        gap = trained - unseen
        words = (
            f"{trained:.1f} % right in training, {unseen:.1f} % of the unseen: a gap of "
            f"{gap:.1f} points, and {points:g} are asked for."
        )
        return Attempt(gap >= points, words)

    return judge


def hears_at_most(share: float, layer: str = "lstm1") -> Dare:
    """An LSTM's gradient reaches back over no more than this share of the words that it reads."""

    def judge(_: TrialRecord, folder: Path) -> Attempt:
        found = reach(Arrays.read(folder), layer)
        if found is None:
            return Attempt(False, f"this network has no LSTM {layer} to look at.")
        n = len(found.norms)
        said = f"{layer} hears the last {found.heard} of the {n} words that it reads"
        return Attempt(found.heard <= share * n, f"{said}; at most {share * n:g} are asked for.")

    return judge


def reaches(accuracy: float, *, weights: int) -> Dare:
    """So many of the unseen are answered rightly, by a network of no more than so many weights."""

    def judge(trial: TrialRecord, _: Path) -> Attempt:
        reached = trial.ended.accuracy if trial.ended else None
        spent = trial.ended.n_parameters if trial.ended else None
        if reached is None or spent is None:
            return Attempt(False, "it was not measured.")
        words = (
            f"{_percent(reached)} of the answers are right, with {spent:,} weights; "
            f"{100 * accuracy:.0f} % with at most {weights:,} are asked for."
        )
        return Attempt(reached >= accuracy and spent <= weights, words)

    return judge


def words_heard(sweep: Sweep, layer: str = "lstm1", **settings: Value) -> int:
    """Over how many of the last words the gradient of an LSTM reaches back, at its end.

    A word is heard if the gradient of the loss with respect to it has at least 1 % of the norm
    that it has where it is largest.

    Raises:
        ConfigError: No such network was trained, or it has no such layer.
    """
    found = reach(Arrays.read(sweep.folder.trial(find(sweep, **settings).number)), layer)
    if found is None:
        raise ConfigError(f"this network has no LSTM {layer} to look at.")
    return found.heard


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


def _answers(is_done: Callable[[float], bool], asked: str) -> Dare:
    def judge(trial: TrialRecord, _: Path) -> Attempt:
        reached = trial.ended.accuracy if trial.ended else None
        if reached is None:
            return Attempt(False, "its accuracy was not measured.")
        words = f"{_percent(reached)} of the answers are right; {asked} is asked for."
        return Attempt(is_done(reached), words)

    return judge


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
