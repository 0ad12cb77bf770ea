"""How long a search will take, from how fast earlier ones on this machine were."""

from __future__ import annotations

import math
from statistics import fmean, median, pstdev
from typing import TYPE_CHECKING, NamedTuple

from hpolab.errors import HpolabError
from hpolab.search.rehearsal import rehearse
from hpolab.storage.folder import find_sweeps
from hpolab.sweep import Sweep
from hpolab_widgets.setup.parts import Size, parts_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from hpolab.config import SweepConfig
    from hpolab.record import SweepRecord, TrialRecord
    from hpolab.trial import DatasetSpec

__all__ = ["Estimate", "Speed", "estimate", "measured", "speeds_of"]

_NEWEST = 6
"""So many earlier sweeps are looked at: older ones may come from another time of the machine."""

_LEAST_SPREAD = 0.15
"""Of two equal sweeps on one machine, one may take so much longer: others work there too."""


class Speed(NamedTuple):
    """What one trial took.

    Attributes:
        epoch: Seconds of an epoch, validation included; the first, which compiles, left out.
        beside: Seconds beside the epochs: to build, compile, test and save.
        examples: It was trained with.
        slots: Trials that trained at once.
        lead: Seconds from the sweep's start to its first trial's.
    """

    epoch: float
    beside: float
    examples: int
    slots: int
    lead: float


class Estimate(NamedTuple):
    """How long a search will take.

    Attributes:
        seconds: The best guess.
        low, high: Between which it lies, most likely.
        trials: From so many earlier trials.
        is_scaled: Whether those had another number of examples or of trials at once.
    """

    seconds: float
    low: float
    high: float
    trials: int
    is_scaled: bool


def measured(
    sweeps_dir: Path, dataset: DatasetSpec, model: str, *, size: Size | None
) -> list[Speed]:
    """The speeds of earlier trials on the same data with the same kind of network.

    Args:
        sweeps_dir: Where sweep folders are.
        dataset: Its name and path count, not the amount.
        model: As the config resolves it.
        size: Of the whole data; None leaves only sweeps that used as many examples.
    """
    speeds: list[Speed] = []
    looked_at = 0
    for folder in reversed(find_sweeps(sweeps_dir)):
        try:
            sweep = Sweep.follow(folder.path)
            if not _is_alike(sweep.config, dataset, model):
                continue
            record = sweep.record
        except HpolabError:  # a damaged folder is for the list of sweeps to tell
            continue
        spec = sweep.config.dataset
        examples = parts_of(spec, size).train if size else spec.max_samples or 0
        speeds += speeds_of(record, examples)
        looked_at += 1
        if looked_at == _NEWEST:
            break
    return speeds


def speeds_of(record: SweepRecord, examples: int) -> list[Speed]:
    """What each trained trial of a sweep took."""
    if record.config is None:
        return []
    started = [trial.started_utc for trial in record.trials.values() if trial.started_utc]
    lead = max(0.0, record.seconds_before_training) if started else 0.0
    slots = record.config.executor.slots
    found = [_speed(trial) for trial in record.trials.values()]
    return [Speed(epoch, beside, examples, slots, lead) for epoch, beside in filter(None, found)]


def estimate(
    config: SweepConfig, *, examples: int | None, speeds: Sequence[Speed]
) -> Estimate | None:
    """How long a config will take; None without a measurement.

    A trial costs what the rehearsed pruner lets it train, and what it takes beside; so many train
    at once. The spread is that between the trials seen, some of whose networks were larger.
    """
    seen = [speed for speed in speeds if speed.examples and examples]
    if not seen or not examples:
        return None
    slots = config.executor.slots
    epochs = _epochs_a_trial(config)
    costs = [speed.beside + epochs * speed.epoch * examples / speed.examples for speed in seen]
    each, lead = fmean(costs), median(speed.lead for speed in seen)
    trials = _trials(config, epochs)
    seconds = lead + each * max(trials / slots, 1.0)
    chance = pstdev(costs) / each * math.sqrt(1 / len(seen) + 1 / trials) if each else 0.0
    is_scaled = any(
        not 0.5 <= examples / speed.examples <= 2 or speed.slots != slots for speed in seen
    )
    spread = 2 * chance + (3 if is_scaled else 1) * _LEAST_SPREAD
    low, high = seconds / (1 + spread), seconds * (1 + spread)
    limit = config.budget.seconds
    if limit is not None:
        seconds, low, high = min(seconds, limit), min(low, limit), min(high, limit)
    return Estimate(seconds, low, high, len(seen), is_scaled)


def _is_alike(config: SweepConfig, dataset: DatasetSpec, model: str) -> bool:
    theirs = config.dataset
    is_same = (theirs.name, theirs.path) == (dataset.name, dataset.path)
    is_trained = config.executor.takes_cores and ":" not in config.executor.name
    return is_same and is_trained and config.builder() == model


def _speed(trial: TrialRecord) -> tuple[float, float] | None:
    """Seconds of an epoch and beside the epochs; None where too little was trained to tell."""
    seconds = [epoch.seconds for epoch in trial.epochs]
    if len(seconds) < 2 or trial.started_utc is None:
        return None
    epoch, whole = median(seconds[1:]), sum(seconds)
    if trial.ended_utc is not None:
        whole = max(whole, (trial.ended_utc - trial.started_utc).total_seconds())
    return epoch, max(0.0, whole - epoch * len(seconds))


def _epochs_a_trial(config: SweepConfig) -> float:
    """How many the pruner lets a trial train, on average."""
    rehearsed = rehearse(config.pruner, epochs=config.epochs)
    n = len(rehearsed) if config.budget.trials is None else config.budget.trials
    seen = rehearsed[:n]
    return fmean(fmean(epochs) for epochs in seen)


def _trials(config: SweepConfig, epochs: float) -> float:
    """How many the budget has room for, its time left aside."""
    trials = config.budget.trials or math.inf
    if config.budget.epochs is not None:
        trials = min(trials, config.budget.epochs / epochs)
    return trials
