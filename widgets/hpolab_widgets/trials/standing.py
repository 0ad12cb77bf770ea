"""Where every trial of a sweep stands under one set of weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from hpolab.scoring import METRICS, Score

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hpolab.analysis import Ranking
    from hpolab.record import TrialRecord
    from hpolab.scoring import ScoringWeights
    from hpolab.trial import EpochRecord

__all__ = [
    "NAMES_OF_STATES",
    "Part",
    "Standing",
    "accuracy_of",
    "metrics_of",
    "parts_of",
    "seconds_of",
]

NAMES_OF_STATES = ("running", "waiting", "completed", "pruned", "failed", "cancelled")
"""In the order in which they are of interest."""


class Part(NamedTuple):
    """What one thing contributes to a score.

    Attributes:
        name: "accuracy" or a health metric's.
        weight: In the total, [0, 1]; the weights of a score's parts add up to one.
        value: In [0, 1]; ``weight * value`` are the points.
    """

    name: str
    weight: float
    value: float


class Standing:
    """The trials of a sweep under one set of weights.

    Attributes:
        weights: The weights.
        best: Number of the completed trial that is first, None without one.
        order: Numbers of the completed trials, the best first.
    """

    def __init__(
        self, trials: Sequence[TrialRecord], ranking: Ranking, weights: ScoringWeights
    ) -> None:
        self.weights = weights
        self.order: list[int] = ranking.numbers.tolist()
        self.best = self.order[0] if self.order else None
        self._trials = trials
        self._ranks = {number: rank for rank, number in enumerate(self.order, start=1)}
        self._totals: dict[int, float] = dict(
            zip(self.order, ranking.totals.tolist(), strict=True)
        )

    def trial(self, number: int | None) -> TrialRecord | None:
        """The trial of this number, None when there is none."""
        if number is None or not 0 <= number < len(self._trials):
            return None
        return self._trials[number]

    def rank(self, trial: TrialRecord) -> int | None:
        """From 1; None unless completed."""
        return self._ranks.get(trial.number)

    def total(self, trial: TrialRecord) -> float | None:
        """The score, or how it stood when the trial was last measured; None before that."""
        if trial.number in self._totals:
            return self._totals[trial.number]
        score = self.score(trial)
        return None if score is None else score.total

    def score(self, trial: TrialRecord) -> Score | None:
        """The score and what it is made of; None before anything was measured."""
        accuracy = accuracy_of(trial)
        return None if accuracy is None else self.weights.score(accuracy, metrics_of(trial))

    def epochs(self, trial: TrialRecord) -> tuple[EpochRecord, ...]:
        """What its epochs gave; for a trial that was not trained again, those it shares."""
        if trial.ended is not None and not trial.epochs:
            source = self.trial(trial.ended.reused_from)
            return source.epochs if source else ()
        return trial.epochs


def accuracy_of(trial: TrialRecord) -> float | None:
    """On the validation set when it ended, or after the last epoch so far."""
    if trial.ended is not None:
        return trial.ended.accuracy
    return trial.epochs[-1].val_accuracy if trial.epochs else None


def metrics_of(trial: TrialRecord) -> Mapping[str, float]:
    """The health metrics that apply, when it ended or so far."""
    if trial.ended is not None:
        return trial.ended.metrics
    return trial.epochs[-1].health if trial.epochs else {}


def seconds_of(trial: TrialRecord) -> float | None:
    """How long it was trained, None before the first epoch."""
    if trial.ended is not None:
        return trial.ended.seconds
    return sum(epoch.seconds for epoch in trial.epochs) if trial.epochs else None


def parts_of(weights: ScoringWeights, accuracy: float, metrics: Mapping[str, float]) -> list[Part]:
    """What a score is made of, accuracy first, then the metrics that apply.

    The points add up to ``weights.score(accuracy, metrics).total``: metrics that do not apply give
    their share to the others, and where none applies accuracy counts alone.
    """
    present = [name for name in METRICS if name in metrics]
    if not present:
        return [Part("accuracy", 1.0, accuracy)]
    shares = [weights.proportions[name] for name in present]
    if sum(shares) <= 0:
        shares = [1.0] * len(present)
    health = weights.health / sum(shares)
    parts = [
        Part(name, health * share, metrics[name])
        for name, share in zip(present, shares, strict=True)
    ]
    return [Part("accuracy", weights.accuracy, accuracy), *parts]
