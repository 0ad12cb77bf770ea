"""Dares: something to be done to a network on purpose, and how one sees that it was done."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from hpolab.diagnostics.arrays import Arrays
from hpolab.diagnostics.units import units
from hpolab.errors import ConfigError, did_you_mean
from hpolab.scoring import METRICS

if TYPE_CHECKING:
    from pathlib import Path

    from hpolab.record import TrialRecord

__all__ = ["Attempt", "Dare", "all_silent", "at_most", "reaches"]


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


def all_silent(layer: str) -> Dare:
    """Every unit of a layer gives the same to every input."""

    def judge(_: TrialRecord, folder: Path) -> Attempt:
        facts = units(Arrays.read(folder), layer)
        if facts is None or not len(facts.silent):
            return Attempt(False, f"this network has no layer {layer} to look at.")
        silent = facts.silent[-1]
        return Attempt(
            bool(silent.all()), f"{silent.sum()} of {silent.size} units of {layer} are silent."
        )

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


def reaches(accuracy: float) -> Dare:
    """A validation accuracy is reached."""

    def judge(trial: TrialRecord, _: Path) -> Attempt:
        reached = (trial.ended.accuracy if trial.ended else None) or 0.0
        words = f"{reached:.1%} of the answers are right; {accuracy:.1%} are asked for."
        return Attempt(reached >= accuracy, words)

    return judge
