"""What a look has shown, in one sentence: the worst first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hpolab.health.convergence import convergence_factors
from hpolab.health.gradients import LEARNT, LOW

if TYPE_CHECKING:
    from hpolab.playground.look import Look

__all__ = ["sentence"]

_OVERFITTED = 0.7
"""Generalisation below which a network is said to learn by heart."""
_HALF = 0.5


def sentence(look: Look) -> str:
    """What is to be seen now, in one or two sentences."""
    if look.is_lost:
        return (
            "The numbers grew until they stopped being numbers: the steps are far too large. "
            "Reset, and take a smaller learning rate."
        )
    return " ".join(filter(None, (_units(look), _gradients(look) or _losses(look))))


def _units(look: Look) -> str:
    """The layer with the largest share of silent units."""
    living = look.alive
    if not living:
        return "There is no hidden layer: it can only draw a straight border."
    layer = min(living, key=lambda name: living[name].mean())
    silent, n = int((~living[layer]).sum()), living[layer].size
    if not silent:
        return ""
    stuck = "always at zero" if look.signs.at_zero else "always the same"
    if silent == n:
        tail = " Nothing that comes in gets past it." if look.signs.at_zero else ""
        return f"{_named(layer)}: all {n} units are silent ({stuck}).{tail}"
    verb = "is" if silent == 1 else "are"
    return f"{_named(layer)}: {silent} of {n} units {verb} silent ({stuck})."


def _gradients(look: Look) -> str:
    """The matrix whose gradient is furthest from a healthy size; empty where all are near it."""
    if look.loss < LEARNT * look.baseline_loss:
        return "Nothing is left to learn."
    scores = look.gradient_scores
    worst = min(scores, key=lambda name: scores[name])
    if scores[worst] >= LOW:
        return ""
    layer, exponent = worst.partition("/")[0], look.exponents[worst]
    if exponent == -np.inf:
        return f"No gradient reaches {layer}."
    if exponent < 0:
        return f"The gradient has nearly vanished when it reaches {layer}."
    return f"The gradient of {layer} explodes: the steps are too large."


def _losses(look: Look) -> str:
    """How far it is, and whether what it learns holds for others."""
    if look.epoch == 0:
        return "It has learnt nothing yet."
    factors = convergence_factors(
        np.array([look.loss]), val_loss=look.validation_loss, baseline_loss=look.baseline_loss
    )
    if factors.generalisation < _OVERFITTED:
        return (
            "It learns by heart: the loss on examples that it has never seen is far above "
            "the loss on those that it learns from."
        )
    right = f"{100 * look.validation_accuracy:.0f} % of the unseen examples are right"
    if factors.progress < _HALF:
        return f"{right[0].upper()}{right[1:]}: little is learnt so far."
    return f"{right[0].upper()}{right[1:]}."


def _named(layer: str) -> str:
    return f"{layer[0].upper()}{layer[1:]}"
