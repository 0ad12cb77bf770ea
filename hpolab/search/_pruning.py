"""Whether a trial pays, and in words why not."""

from __future__ import annotations

import math
from bisect import insort
from collections import defaultdict
from typing import TYPE_CHECKING

from hpolab.search.options import Hyperband, Median, PrunerSpec

if TYPE_CHECKING:
    from optuna.study import Study
    from optuna.trial import FrozenTrial

__all__ = ["MedianRule", "Pruning", "forget_curve"]

_RUNG = "completed_rung_"
"""What Optuna's successive halving writes into a trial's system attributes."""


class Pruning:
    """Says whether a trial should go on, by the rule that was asked for."""

    def __init__(self, study: Study, spec: PrunerSpec) -> None:
        self._study = study
        self._spec = spec
        self._medians = MedianRule(spec.options) if isinstance(spec.options, Median) else None

    def learn(self, completed: FrozenTrial) -> None:
        """Take in a trial that was trained to its end; each once."""
        if self._medians:
            self._medians.learn(completed.intermediate_values)

    def reason(self, trial: FrozenTrial) -> str:
        """Why it should stop after its last reported epoch; empty when it should go on."""
        epoch = max(trial.intermediate_values)
        score = trial.intermediate_values[epoch]
        if self._medians:
            why = self._medians.reason(trial.intermediate_values)
        else:
            why = self._not_in_bracket(trial, epoch)
        if why and math.isnan(score):
            return f"its score at epoch {epoch} is not a number"
        return why

    def _not_in_bracket(self, trial: FrozenTrial, epoch: int) -> str:
        options = self._spec.options
        if not isinstance(options, Hyperband) or not self._study.pruner.prune(self._study, trial):
            return ""
        return (
            f"its score {trial.intermediate_values[epoch]:.3f} at epoch {epoch} is not among the "
            f"best one in {options.reduction_factor} of its Hyperband bracket"
        )


class MedianRule:
    """The median stopping rule (Golovin et al. 2017, "Google Vizier", 3.2.2), in Optuna's form.

    Optuna's own goes through all trials at every report; this one keeps their scores sorted.
    """

    def __init__(self, options: Median) -> None:
        self._options = options
        self._n_completed = 0
        self._scores: defaultdict[int, list[float]] = defaultdict(list)

    def learn(self, scores: dict[int, float]) -> None:
        """Take in the scores by epoch of a completed trial."""
        self._n_completed += 1
        for epoch, score in scores.items():
            if not math.isnan(score):
                insort(self._scores[epoch], score)

    def reason(self, scores: dict[int, float]) -> str:
        """Why a trial with these scores so far should stop; empty when it should go on."""
        epoch = max(scores)
        if self._n_completed < self._options.n_startup_trials or not self._is_due(scores, epoch):
            return ""
        known = [score for score in scores.values() if not math.isnan(score)]
        if not known:
            return f"its score at epoch {epoch} is not a number"
        others = self._scores[epoch]
        best, median = max(known), _median(others)
        if not best < median:  # also where there is none
            return ""
        digits = 3 if best < median - 0.001 else 5  # else both would read the same
        which = "score {} at epoch" if best == scores[epoch] else "best score {} up to epoch"
        return (
            f"its {which.format(f'{best:.{digits}f}')} {epoch} is below {median:.{digits}f}, "
            f"the median of {len(others)} completed trials there"
        )

    def _is_due(self, scores: dict[int, float], epoch: int) -> bool:
        """Whether this is the first report since judgement was due."""
        every, first = self._options.interval_epochs, self._options.warmup_epochs + 1
        if epoch < first:
            return False
        due = (epoch - first) // every * every + first
        return max((earlier for earlier in scores if earlier < epoch), default=-1) < due


def _median(ascending: list[float]) -> float:
    """NaN of nothing."""
    n = len(ascending)
    return (ascending[(n - 1) // 2] + ascending[n // 2]) / 2 if n else math.nan


def forget_curve(trial: FrozenTrial) -> None:
    """Drop what was reported for a running trial: another attempt at it starts from epoch 1.

    ``trial`` is the in-memory storage's own object. Optuna has no call for this: it ignores a
    second report of an epoch, which would leave the lost attempt's scores in place.
    """
    trial.intermediate_values = {}
    trial.system_attrs = {
        key: value for key, value in trial.system_attrs.items() if not key.startswith(_RUNG)
    }
