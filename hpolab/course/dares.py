"""Dares: something to be done to a network on purpose, and how one sees that it was done."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from hpolab.course.experiment import find
from hpolab.diagnostics.arrays import Arrays
from hpolab.diagnostics.memory import reach
from hpolab.diagnostics.units import units
from hpolab.errors import ConfigError, did_you_mean
from hpolab.scoring import METRICS

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from hpolab.record import TrialRecord
    from hpolab.space import Value
    from hpolab.sweep import Sweep

__all__ = [
    "Attempt",
    "Dare",
    "SweepDare",
    "all_silent",
    "at_most",
    "count_silent",
    "falls_to",
    "gap_of",
    "hears_at_most",
    "reaches",
    "rises_to",
    "words_heard",
]


class Attempt(NamedTuple):
    """One trial held against a dare.

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
            f"{100 * reached:.1f} % of the answers are right, with {spent:,} weights; "
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
        words = f"{100 * reached:.1f} % of the answers are right; {asked} is asked for."
        return Attempt(is_done(reached), words)

    return judge


def _silent(folder: Path, layer: str) -> NDArray[np.bool_] | None:
    """Which units were silent at the last look, shape (units,); None without such a layer."""
    facts = units(Arrays.read(folder), layer)
    return None if facts is None or not len(facts.silent) else facts.silent[-1]
