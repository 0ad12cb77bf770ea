"""Where a sweep's time went, and what pruning and reuse have saved."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from hpolab.record import TrialRecord

__all__ = ["Costs", "costs"]


class Costs(NamedTuple):
    """Worker time in seconds. Trials of a followed sweep cost nothing here, and are left out.

    Attributes:
        trials: Numbers of the trials that were trained here and have ended.
        states: How each ended.
        seconds: What each took, start to end of its last attempt.
        training: Of ``seconds``, what went into epochs.
        spent: Sums of ``seconds`` by state.
        saved_by_pruning: What the epochs that pruned trials did not train would have taken at the
            pace of those they did; an estimate.
        pruned: How many were pruned.
        saved_by_reuse: What the trials took whose results were shared with equal configurations.
        reused: How many trials shared another's result.
    """

    trials: tuple[int, ...]
    states: tuple[str, ...]
    seconds: tuple[float, ...]
    training: tuple[float, ...]
    spent: Mapping[str, float]
    saved_by_pruning: float
    pruned: int
    saved_by_reuse: float
    reused: int

    @property
    def total(self) -> float:
        """All that was spent."""
        return sum(self.seconds)

    @property
    def training_share(self) -> float:
        """The share of the time that went into epochs, in [0, 1]; 0 when nothing was spent."""
        return min(1.0, sum(self.training) / self.total) if self.total > 0 else 0.0


def costs(trials: Iterable[TrialRecord], *, epochs: int | None = None) -> Costs:
    """Add up what the trials took.

    Args:
        trials: Of the sweep.
        epochs: How many each trial may train; None for the most that any has trained.
    """
    every = {trial.number: trial for trial in trials}
    most = max((len(trial.epochs) for trial in every.values()), default=0)
    limit = most if epochs is None else epochs
    ended = [trial for trial in every.values() if trial.ended and not trial.inherited]
    reused = [t for t in ended if t.ended and t.ended.reused_from is not None]
    trained = [t for t in ended if t.ended and t.ended.reused_from is None]
    seconds = [t.ended.seconds if t.ended else 0.0 for t in trained]
    spent: dict[str, float] = {}
    for trial, taken in zip(trained, seconds, strict=True):
        spent[trial.state] = spent.get(trial.state, 0.0) + taken
    pruned = [trial for trial in trained if trial.state == "pruned"]
    return Costs(
        trials=tuple(trial.number for trial in trained),
        states=tuple(trial.state for trial in trained),
        seconds=tuple(seconds),
        training=tuple(_in_epochs(trial) for trial in trained),
        spent=spent,
        saved_by_pruning=sum(_not_trained(trial, limit) for trial in pruned),
        pruned=len(pruned),
        saved_by_reuse=sum(_source_seconds(trial, every) for trial in reused),
        reused=len(reused),
    )


def _in_epochs(trial: TrialRecord) -> float:
    return sum(epoch.seconds for epoch in trial.epochs)


def _not_trained(trial: TrialRecord, limit: int) -> float:
    done = len(trial.epochs)
    return _in_epochs(trial) / done * max(0, limit - done) if done else 0.0


def _source_seconds(trial: TrialRecord, every: Mapping[int, TrialRecord]) -> float:
    number = trial.ended.reused_from if trial.ended else None
    source = every.get(number) if number is not None else None
    return source.ended.seconds if source and source.ended else 0.0
