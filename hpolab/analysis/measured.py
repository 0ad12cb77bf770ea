"""All trials of a sweep as columns of numbers, under one set of weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hpolab.scoring import METRICS, health_all, score_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from hpolab.record import TrialRecord
    from hpolab.scoring import ScoringWeights

__all__ = ["Measured", "measure"]


class Measured(NamedTuple):
    """A row for each trial, in the order in which they were given; NaN where nothing is known.

    Attributes:
        trials: The trials themselves.
        states: Of each.
        score: Under the weights; of a trial that has not completed, as it was measured last.
        accuracy: On the validation set, in [0, 1].
        health: In [0, 1].
        parameters: How many the network has.
        seconds: Wall-clock time of the run, or of its epochs so far.
    """

    trials: tuple[TrialRecord, ...]
    states: NDArray[np.str_]
    score: NDArray[np.float64]
    accuracy: NDArray[np.float64]
    health: NDArray[np.float64]
    parameters: NDArray[np.float64]
    seconds: NDArray[np.float64]

    @property
    def numbers(self) -> NDArray[np.int64]:
        """The trials' numbers."""
        return np.array([trial.number for trial in self.trials], dtype=np.int64)

    def only(self, mask: NDArray[np.bool_]) -> Measured:
        """The rows for which the mask, of shape (trials,), holds."""
        kept = tuple(trial for trial, keep in zip(self.trials, mask, strict=True) if keep)
        return Measured(
            trials=kept,
            states=self.states[mask],
            score=self.score[mask],
            accuracy=self.accuracy[mask],
            health=self.health[mask],
            parameters=self.parameters[mask],
            seconds=self.seconds[mask],
        )

    def completed(self) -> Measured:
        """The rows of completed trials: the only ones whose scores can be compared in full."""
        return self.only(self.states == "completed")


def measure(trials: Iterable[TrialRecord], weights: ScoringWeights) -> Measured:
    """Score every trial as far as it was measured."""
    rows = tuple(trials)
    accuracy = np.array([_accuracy(trial) for trial in rows], dtype=np.float64)
    metrics = np.array(
        [[known.get(name, np.nan) for name in METRICS] for known in map(_metrics, rows)],
        dtype=np.float64,
    ).reshape(len(rows), len(METRICS))
    is_known = ~np.isnan(accuracy)
    health = np.where(is_known, health_all(weights, metrics), np.nan)
    score = np.where(is_known, score_all(weights, accuracy, metrics), np.nan)
    return Measured(
        trials=rows,
        states=np.array([trial.state for trial in rows], dtype=np.str_),
        score=score,
        accuracy=accuracy,
        health=health,
        parameters=np.array([_parameters(trial) for trial in rows], dtype=np.float64),
        seconds=np.array([_seconds(trial) for trial in rows], dtype=np.float64),
    )


def _accuracy(trial: TrialRecord) -> float:
    """On the validation set; 0 for a completed trial that has none, as rankings have it."""
    if trial.ended is not None:
        missing = 0.0 if trial.state == "completed" else np.nan
        return missing if trial.ended.accuracy is None else trial.ended.accuracy
    return trial.epochs[-1].val_accuracy if trial.epochs else np.nan


def _metrics(trial: TrialRecord) -> Mapping[str, float]:
    if trial.ended is not None:
        return trial.ended.metrics
    return trial.epochs[-1].health if trial.epochs else {}


def _parameters(trial: TrialRecord) -> float:
    known = trial.ended.n_parameters if trial.ended else None
    return np.nan if known is None else float(known)


def _seconds(trial: TrialRecord) -> float:
    if trial.ended is not None:
        return trial.ended.seconds
    return sum(epoch.seconds for epoch in trial.epochs) if trial.epochs else np.nan
