"""What stopping trials early has saved, and what it has lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from hpolab.course.dares import Attempt
from hpolab.errors import ConfigError
from hpolab.practice import read_table
from hpolab.practice.lookup import space_of, tabulated

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hpolab.config import SweepConfig
    from hpolab.record import TrialRecord
    from hpolab.sweep import Sweep

__all__ = ["Bill", "Cut", "bargain", "bill", "cuts", "worst_cut"]


class Cut(NamedTuple):
    """A trial that was stopped early.

    Attributes:
        trial: Who.
        curve: The validation accuracy of the epochs that it trained.
        rest: Of those that it would have trained; empty where no table knows.
    """

    trial: TrialRecord
    curve: tuple[float, ...]
    rest: tuple[float, ...]

    @property
    def end(self) -> float:
        """Where it would have ended, as far as is known."""
        return (*self.curve, *self.rest)[-1]


class Bill(NamedTuple):
    """What a search has cost, and what it has found.

    Attributes:
        epochs: Trained so far, after each trial.
        best: The highest accuracy of a completed trial until then; None before the first.
        full: What all trials together would have trained without pruning.
    """

    epochs: tuple[int, ...]
    best: tuple[float | None, ...]
    full: int

    @property
    def saved(self) -> float:
        """The share of ``full`` that was not trained."""
        return 1 - self.epochs[-1] / self.full if self.epochs else 0.0


def cuts(config: SweepConfig, trials: Iterable[TrialRecord]) -> tuple[Cut, ...]:
    """The pruned trials, those first that would have ended best.

    Args:
        config: Of the sweep; of one on a practice space the rest of each curve is known, too.
        trials: Of the sweep.
    """
    space = space_of(config.builder(), config.dataset.name)
    table = read_table(space.name) if space and config.executor.name == "practice" else None
    found = []
    for trial in trials:
        if trial.state != "pruned" or not trial.epochs:
            continue
        curve = tuple(epoch.val_accuracy for epoch in trial.epochs)
        rest: tuple[float, ...] = ()
        if table is not None:
            whole = tabulated(table, trial.params, seed=trial.seed, epochs=config.epochs)
            rest = tuple(epoch.val_accuracy for epoch in whole.history[len(curve) :])
        found.append(Cut(trial, curve, rest))
    return tuple(sorted(found, key=lambda cut: (-cut.end, cut.trial.number)))


def worst_cut(sweep: Sweep) -> Cut:
    """The pruned trial that would have ended best.

    Raises:
        ConfigError: None was pruned.
    """
    found = cuts(sweep.config, sweep.record.trials.values())
    if not found:
        raise ConfigError("no trial of this sweep was pruned; give it a pruner.")
    return found[0]


def bill(config: SweepConfig, trials: Iterable[TrialRecord]) -> Bill:
    """Epochs and the best found, trial by trial in the order of their numbers."""
    epochs, best, total = [], [], 0
    highest: float | None = None
    for trial in trials:
        total += len(trial.epochs)
        reached = trial.ended.accuracy if trial.ended and trial.state == "completed" else None
        if reached is not None and (highest is None or reached > highest):
            highest = reached
        epochs.append(total)
        best.append(highest)
    return Bill(tuple(epochs), tuple(best), config.epochs * len(epochs))


def bargain(full: Sweep, tried: Sweep, *, save: float) -> Attempt:
    """Whether a search saves enough epochs, and still finds what the full one has found.

    Args:
        full: Without pruning.
        tried: The same search with it.
        save: The share of epochs to be saved, in [0, 1].
    """
    first, second = (bill(s.config, s.record.trials.values()) for s in (full, tried))
    lost, found = first.best[-1] or 0.0, second.best[-1] or 0.0
    words = (
        f"{second.saved:.0%} of the epochs are saved, and the best found is {found:.1%} "
        f"(without pruning {lost:.1%})."
    )
    return Attempt(second.saved >= save and found >= lost, words.replace("%", " %"))
