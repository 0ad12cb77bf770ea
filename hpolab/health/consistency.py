"""Accuracy consistency: is the model as good on one part of the data as on another?"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hpolab.health.efficiency import skill
from hpolab.health.recorded import are_finite
from hpolab.health.report import Metric

if TYPE_CHECKING:
    from hpolab.health.recorded import Array, Recorded

__all__ = ["Consistency", "accuracy_consistency", "consistency_factors"]

SUBSTANCE = 0.1
LOW = 0.8


class Consistency(NamedTuple):
    """The three factors of accuracy consistency, each in [0, 1].

    Attributes:
        agreement: One minus the folds' coefficient of variation.
        transfer: Skill on validation examples as a share of the skill on training examples.
        substance: 1 from a skill of a tenth on, falling to 0 with it.
    """

    agreement: float
    transfer: float
    substance: float


def consistency_factors(
    fold_accuracies: Array, *, train_accuracy: float, chance: float
) -> Consistency:
    """The three factors, from the skill on each fold of the validation set.

    Agreement ``max(0, 1 - std / mean)`` of the folds' skill (population standard deviation; the
    coefficient of variation is Pearson's, 1896), transfer ``min(1, mean / training skill)`` and
    substance ``min(1, mean / 0.1)``: a network that always gives the same answer is right equally
    often everywhere, and may be a little above chance by luck. All 0 for a model without skill on
    validation examples; transfer is 1 where only the training examples show no skill.

    Args:
        fold_accuracies: Accuracy on each fold, shape (folds,), not empty.
        train_accuracy: Share of right answers in the last epoch of training.
        chance: Share of the largest class.
    """
    skills = np.array([skill(float(accuracy), chance) for accuracy in fold_accuracies])
    mean = float(skills.mean())
    if mean <= 0:
        return Consistency(0.0, 0.0, 0.0)
    agreement = max(0.0, 1 - float(skills.std()) / mean)
    learnt = skill(train_accuracy, chance)
    transfer = min(1.0, mean / learnt) if learnt > 0 else 1.0
    return Consistency(agreement, transfer, min(1.0, mean / SUBSTANCE))


def accuracy_consistency(recorded: Recorded) -> Metric | None:
    """Product of the three ``consistency_factors``: agreement, transfer, substance.

    Range: [0, 1]. Zero for a model without skill, and when an accuracy is not a finite number.

    Returns:
        None where the validation set was not measured in folds (yet) or no epoch has ended.
    """
    folds = recorded.fold_accuracies
    if not folds.size or not recorded.train_accuracies.size:
        return None
    epoch = int(recorded.train_accuracies.size)
    train_accuracy = float(recorded.train_accuracies[-1])
    if not are_finite(folds, train_accuracy, recorded.chance):
        return Metric.numbers_lost("The accuracy", epoch=epoch)
    factors = consistency_factors(folds, train_accuracy=train_accuracy, chance=recorded.chance)
    value = factors.agreement * factors.transfer * factors.substance
    return Metric(
        value=value,
        evidence=(
            f"Accuracy is {folds.min():.3f} to {folds.max():.3f} on {folds.size} parts of the "
            f"validation set, and {train_accuracy:.3f} on the training set."
        ),
        epoch=epoch,
        advice=_advice(factors) if value < LOW else "",
    )


def _advice(factors: Consistency) -> str:
    if factors.substance < 1:
        return "The network does hardly better than guessing: mend its training first."
    if factors.transfer < factors.agreement:
        return (
            "The network does better on what it has seen: try dropout, weight decay, a smaller "
            "network or more data."
        )
    return (
        "The parts of the validation set disagree: train longer, lower the learning rate, or "
        "hold out more examples to measure on."
    )
