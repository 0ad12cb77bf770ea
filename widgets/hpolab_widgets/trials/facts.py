"""What can be asked of every trial by name: hyperparameters, and what was measured."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from hpolab.scoring import METRICS
from hpolab_widgets.trials.standing import accuracy_of, metrics_of, seconds_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hpolab.record import TrialRecord
    from hpolab.space import Value
    from hpolab_widgets.trials.standing import Standing

__all__ = ["MEASURES", "Fact", "KnownFacts", "dependence", "spoken"]

PARAM = "param."
"""Before a hyperparameter's name, as in the exported table: it may be called "accuracy" too."""

_GROUPS = 4
_FEWEST = 16
_LIKELY = ("learning_rate", "optimizer")
"""What matters most in most studies: Greff et al. 2017, "LSTM: a search space odyssey"."""


class Fact(NamedTuple):
    """Something that trials can be asked for.

    Attributes:
        name: "param.<name>" for a hyperparameter, else the name of a measure.
        label: In words.
        options: What it may be, where that is one of a few words; empty for numbers.
        is_share: Whether it lies in 0 to 1, and may be given in percent.
    """

    name: str
    label: str
    options: tuple[str, ...] = ()
    is_share: bool = False

    def of(self, trial: TrialRecord, standing: Standing) -> Value | None:
        """The trial's value, None where it has none."""
        if self.name.startswith(PARAM):
            return trial.params.get(self.name.removeprefix(PARAM))
        if self.name in METRICS:
            return metrics_of(trial).get(self.name)
        return _MEASURED[self.name](trial, standing)


def _health(trial: TrialRecord, standing: Standing) -> float | None:
    score = standing.score(trial)
    return score.health if score else None


_MEASURED: dict[str, Callable[[TrialRecord, Standing], float | None]] = {
    "score": lambda trial, standing: standing.total(trial),
    "accuracy": lambda trial, _: accuracy_of(trial),
    "health": _health,
    "parameters": lambda trial, _: trial.ended.n_parameters if trial.ended else None,
    "seconds": lambda trial, _: seconds_of(trial),
    "epochs": lambda trial, standing: len(standing.epochs(trial)),
}
MEASURES = (
    *(Fact(name, name, is_share=True) for name in ("score", "accuracy", "health")),
    *(Fact(name, name.replace("_", " "), is_share=True) for name in METRICS),
    *(Fact(name, name) for name in ("parameters", "seconds", "epochs")),
)
"""What is measured in every sweep."""


class KnownFacts:
    """What the trials of one sweep can be asked for; grows with the trials.

    Attributes:
        values: What each hyperparameter has been so far, in the order of the search space.
    """

    def __init__(self) -> None:
        self.values: dict[str, dict[Value, None]] = {}
        self._seen = 0
        self._weighed = -1
        self._telling: list[str] = []

    def take_in(self, trials: Sequence[TrialRecord]) -> None:
        """Look at the trials that have come since the last call."""
        for trial in trials[self._seen :]:
            for name, value in trial.params.items():
                self.values.setdefault(name, {})[value] = None
        self._seen = len(trials)

    def all(self) -> list[Fact]:
        """Everything that can be asked for, by name; what is measured first."""
        return [*MEASURES, *(self._fact(name) for name in self.values)]

    def telling(self, trials: Sequence[TrialRecord]) -> list[str]:
        """Hyperparameters that vary, those that accuracy seems to depend on most first.

        It is found anew whenever the number of completed trials has doubled, and not in between,
        so that cards keep still.
        """
        completed = [trial for trial in trials if trial.state == "completed"]
        if (doublings := len(completed).bit_length()) != self._weighed or not self._telling:
            self._weighed = doublings
            weight = {name: dependence(name, completed) for name in self.values}
            likely = {name: place for place, name in enumerate(_LIKELY)}
            self._telling = sorted(
                self.values, key=lambda name: (-weight[name], likely.get(name, len(likely)))
            )
        return [name for name in self._telling if len(self.values[name]) > 1]

    def _fact(self, name: str) -> Fact:
        values = self.values[name]
        words = {spoken(value) for value in values if isinstance(value, bool | str)}
        return Fact(PARAM + name, name.replace("_", " "), tuple(sorted(words)))


def spoken(value: Value) -> str:
    """A value that is not a number, as it is shown."""
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def dependence(name: str, trials: Sequence[TrialRecord]) -> float:
    """How much of the variance of accuracy goes with a hyperparameter, about 0 to 1.

    The correlation ratio, corrected for the number of groups (epsilon squared: Kelley 1935, "An
    unbiased correlation ratio measure"); numbers are put into four groups of equal size. It counts
    in proportion to the trials to which the hyperparameter applies.

    Args:
        name: The hyperparameter.
        trials: Completed trials; fewer than 16 say nothing, which is 0.
    """
    pairs = [
        (trial.params[name], accuracy_of(trial) or 0.0) for trial in trials if name in trial.params
    ]
    groups = _groups(pairs)
    n, k = len(pairs), len(groups)
    if n < _FEWEST or not 1 < k < n:
        return 0.0
    mean = math.fsum(accuracy for _, accuracy in pairs) / n
    total = math.fsum((accuracy - mean) ** 2 for _, accuracy in pairs)
    within = math.fsum(
        (accuracy - math.fsum(group) / len(group)) ** 2 for group in groups for accuracy in group
    )
    if total <= 0:
        return 0.0
    return max(0.0, 1 - (within / (n - k)) / (total / (n - 1))) * n / len(trials)


def _groups(pairs: Sequence[tuple[Value, float]]) -> list[list[float]]:
    """Accuracies of trials with the same value, or with values near each other."""
    different = {value for value, _ in pairs}
    is_number = all(
        isinstance(value, int | float) and not isinstance(value, bool) for value in different
    )
    if is_number and len(different) > _GROUPS:
        ordered = [accuracy for _, accuracy in sorted(pairs, key=lambda pair: float(pair[0]))]
        size = math.ceil(len(ordered) / _GROUPS)
        return [ordered[start : start + size] for start in range(0, len(ordered), size)]
    grouped: dict[Value, list[float]] = {}
    for value, accuracy in pairs:
        grouped.setdefault(value, []).append(accuracy)
    return list(grouped.values())
