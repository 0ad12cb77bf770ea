"""Parameter efficiency: how much is known per parameter spent."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from hpolab.health.recorded import are_finite
from hpolab.health.report import Metric

if TYPE_CHECKING:
    from hpolab.health.recorded import Recorded

__all__ = ["parameter_efficiency", "skill"]

LOW = 0.25


def skill(accuracy: float, chance: float) -> float:
    """How much of the way from guessing to perfection an accuracy covers.

    ``max(0, (accuracy - chance) / (1 - chance))``: Cohen's kappa (1960) against a rater who always
    answers the largest class. Range [0, 1]; 0 where ``chance`` is 1, as nothing can be known.
    """
    if chance >= 1:
        return 0.0
    return min(1.0, max(0.0, (accuracy - chance) / (1 - chance)))


def parameter_efficiency(recorded: Recorded) -> Metric | None:
    """Skill on the validation set, discounted by capacity.

    ``skill / (1 + sqrt(P / (n_train * n_classes)))`` with P trainable parameters. A training set
    gives ``n_train * n_classes`` constraints on the outputs; a network with as many parameters
    can store it (Zhang et al. 2017, "Understanding deep learning requires rethinking
    generalization"), and keeps half of its skill here. The root is our choice: it keeps networks
    of ordinary size apart without making capacity the only thing that counts.

    Range: [0, 1). Falls as P grows at equal accuracy; 0 for a model without skill.

    Returns:
        None before the first epoch has ended.
    """
    if not recorded.val_accuracies.size:
        return None
    accuracy = float(recorded.val_accuracies[-1])
    epoch = int(recorded.val_accuracies.size)
    if not are_finite(accuracy, recorded.chance):
        return Metric.numbers_lost("The validation accuracy", epoch=epoch)
    constraints = max(1, recorded.n_train * recorded.n_classes)
    ratio = recorded.n_parameters / constraints
    known = skill(accuracy, recorded.chance)
    value = known / (1 + math.sqrt(ratio))
    return Metric(
        value=value,
        evidence=(
            f"{recorded.n_parameters:,} parameters, {ratio:,.{0 if ratio >= 10 else 2}f} for each "
            f"of the {constraints:,} constraints (training examples times classes), reach a skill "
            f"of {known:.2f} (0 is guessing, 1 is perfect)."
        ),
        epoch=epoch,
        advice=_advice(known, ratio) if value < LOW else "",
    )


def _advice(known: float, ratio: float) -> str:
    if known < LOW:
        return (
            "The network guesses little better than chance: mend its training (learning rate, "
            "activation) before its size."
        )
    if ratio > 1:
        return (
            "The network has far more parameters than the data can pin down: try fewer filters "
            "or units, more pooling, or global pooling before the dense layers."
        )
    return "The network knows little for its size: train longer, or try another architecture."
