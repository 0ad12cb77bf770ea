"""One number for a trial, under weights that the user owns.

``total = w_acc * accuracy + w_health * health`` and ``health = sum(p_i * m_i)`` over six metrics,
everything in [0, 1]. Scores are a view: raw metrics are stored, and any weights can be laid over
them later without training anything again.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple, Self

from pydantic import Field, field_validator, model_validator

from hpolab.errors import ConfigError, did_you_mean
from hpolab.frozen import Frozen

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["DEFAULT_PROPORTIONS", "METRICS", "Score", "ScoringWeights", "health_all", "score_all"]

DEFAULT_ACCURACY = 0.70
DEFAULT_PROPORTIONS: Mapping[str, float] = {
    "neuron_utilisation": 0.25,
    "parameter_efficiency": 0.15,
    "training_stability": 0.20,
    "gradient_health": 0.15,
    "convergence_quality": 0.15,
    "accuracy_consistency": 0.10,
}
METRICS = tuple(DEFAULT_PROPORTIONS)
"""The six health metrics, in the order in which every table and array holds them."""


class Score(NamedTuple):
    """A trial's scalar and what it is made of.

    Attributes:
        total: Weighted sum in [0, 1], the number that ranks.
        accuracy: Share of right answers, [0, 1].
        health: Weighted mean of the metrics that apply, [0, 1]; None when none applies.
    """

    total: float
    accuracy: float
    health: float | None


class ScoringWeights(Frozen):
    """How much accuracy, health and each health metric count. Every move is a new object.

    Attributes:
        accuracy: Weight of accuracy in [0, 1]; health has the rest.
        proportions: Share of each metric in health; not negative, together one.
    """

    accuracy: float = Field(default=DEFAULT_ACCURACY, ge=0, le=1)
    proportions: dict[str, float] = Field(default_factory=lambda: dict(DEFAULT_PROPORTIONS))

    @field_validator("proportions")
    @classmethod
    def _all_six_in_order(cls, given: dict[str, float]) -> dict[str, float]:
        for name, value in given.items():
            if name not in METRICS:
                raise ConfigError(f"no such metric; {did_you_mean(name, METRICS)}", field=name)
            if value < 0:
                raise ConfigError(f"`proportion >= 0` must hold, but got {value}.", field=name)
        return {name: given.get(name, 0.0) for name in METRICS}

    @model_validator(mode="after")
    def _sum_to_one(self) -> Self:
        total = math.fsum(self.proportions.values())
        if abs(total - 1) > 1e-6:
            raise ConfigError(
                f"they must sum to 1, but sum to {total:.6g}; divide each by the sum.",
                field="proportions",
            )
        if abs(total - 1) > 1e-14:  # less is rounding: dividing again would change what JSON holds
            exact = {name: value / total for name, value in self.proportions.items()}
            self.proportions.update(exact)
        return self

    @classmethod
    def simple(cls) -> Self:
        """Accuracy alone: the weights of simple mode."""
        return cls(accuracy=1.0)

    @property
    def health(self) -> float:
        """Weight of health in [0, 1]."""
        return 1.0 - self.accuracy

    def with_accuracy(self, accuracy: float) -> Self:
        """Move accuracy; health takes the rest, proportions stay."""
        return self.replace(accuracy=accuracy)

    def with_health(self, health: float) -> Self:
        """Move health; accuracy takes the rest, proportions stay."""
        return self.replace(accuracy=1.0 - health)

    def with_proportion(self, metric: str, share: float) -> Self:
        """Move one metric's share of health; the others keep their ratios to each other.

        Every other share is multiplied by ``(1 - share) / (1 - old)``; where all others are zero
        the remainder is shared out equally. Accuracy and health do not move.

        Raises:
            ConfigError: The metric is unknown or the share is not in [0, 1].
        """
        if metric not in METRICS:
            raise ConfigError(f"no such metric; {did_you_mean(metric, METRICS)}", field=metric)
        if not 0 <= share <= 1:
            raise ConfigError(f"`0 <= share <= 1` must hold, but got {share}.", field=metric)
        others = {name: value for name, value in self.proportions.items() if name != metric}
        rest = math.fsum(others.values())
        for name, value in others.items():
            others[name] = (1 - share) * (value / rest if rest > 0 else 1 / len(others))
        return self.replace(proportions={**others, metric: share})

    def absolute(self) -> dict[str, float]:
        """Each metric's weight in the total, in the order of METRICS."""
        return {name: self.health * share for name, share in self.proportions.items()}

    def percentages(self) -> dict[str, int]:
        """Whole percentages of accuracy and of each metric that add up to exactly 100."""
        return largest_remainder({"accuracy": self.accuracy, **self.absolute()})

    def score(self, accuracy: float, metrics: Mapping[str, float]) -> Score:
        """The score of one trial.

        Args:
            accuracy: Share of right answers, [0, 1].
            metrics: Value in [0, 1] of each metric that applies; those left out give their share
                to the rest in proportion, and where none applies accuracy counts alone.
        """
        present = [name for name in METRICS if name in metrics]
        if not present:
            return Score(accuracy, accuracy, None)
        shares = [self.proportions[name] for name in present]
        total = math.fsum(shares)
        if total <= 0:
            shares, total = [1.0] * len(present), float(len(present))
        health = math.fsum(
            share * metrics[name] for share, name in zip(shares, present, strict=True)
        )
        health = min(1.0, health / total)
        return Score(self.accuracy * accuracy + self.health * health, accuracy, health)


def score_all(
    weights: ScoringWeights, accuracy: NDArray[np.float64], metrics: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Totals of many trials at once: what a slider moves.

    Args:
        weights: The weights to lay over the stored metrics.
        accuracy: Shape (trials,), in [0, 1].
        metrics: Shape (trials, 6) in the order of METRICS; NaN where a metric does not apply.

    Returns:
        Shape (trials,), equal to ``weights.score(...).total`` of each.
    """
    import numpy as np

    health = health_all(weights, metrics)
    without = np.isnan(health)
    result: NDArray[np.float64] = weights.accuracy * accuracy + weights.health * np.where(
        without, accuracy, health
    )
    return result


def health_all(weights: ScoringWeights, metrics: NDArray[np.float64]) -> NDArray[np.float64]:
    """Health of many trials at once.

    Args:
        weights: Whose proportions count.
        metrics: Shape (trials, 6) in the order of METRICS; NaN where a metric does not apply.

    Returns:
        Shape (trials,), equal to ``weights.score(...).health`` of each; NaN where none applies.
    """
    import numpy as np

    shares = np.array([weights.proportions[name] for name in METRICS])
    present = ~np.isnan(metrics)
    effective = np.where(present, shares, 0.0)
    empty = effective.sum(axis=1) <= 0
    effective[empty] = present[empty]
    total = effective.sum(axis=1)
    weighted = (effective * np.nan_to_num(metrics)).sum(axis=1)
    health: NDArray[np.float64] = np.full(len(total), np.nan)
    np.divide(weighted, total, out=health, where=total > 0)
    return health


def largest_remainder(shares: Mapping[str, float]) -> dict[str, int]:
    """Whole percentages that add up to 100, each within one of its exact share.

    The largest remainder method (Hamilton, 1792): round down, then give the missing points to the
    largest fractions, earlier names first.
    """
    total = math.fsum(shares.values())
    exact = {name: 100 * value / total for name, value in shares.items()}
    whole = {name: math.floor(value) for name, value in exact.items()}
    fraction = {name: round(exact[name] - whole[name], 9) for name in shares}
    by_fraction = sorted(shares, key=lambda name: -fraction[name])
    for name in by_fraction[: 100 - sum(whole.values())]:
        whole[name] += 1
    return whole
