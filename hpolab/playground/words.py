"""What a look has shown, in words: the worst first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hpolab.health import gradients, neurons
from hpolab.health.convergence import LOW, convergence_factors

if TYPE_CHECKING:
    from hpolab.health.convergence import Convergence
    from hpolab.playground.look import Look

__all__ = ["is_ill", "sentence"]

_HALF = 0.5


def sentence(look: Look) -> str:
    """What is to be seen now, in one or two sentences."""
    if look.is_lost:
        return (
            "The numbers grew until they stopped being numbers: the steps are far too large. "
            "Reset, and take a smaller learning rate."
        )
    return " ".join(filter(None, (_units(look), _gradients(look) or _losses(look))))


def is_ill(look: Look) -> bool:
    """Whether one of the signs is as bad as where health reports begin to give advice."""
    if look.is_lost or 1 - look.signs.silent < neurons.LOW:
        return True
    if look.is_learnt:
        return False
    is_starved = min(look.gradient_scores.values()) < gradients.LOW
    return is_starved or _factors(look).generalisation < LOW


def _units(look: Look) -> str:
    """The layer with the largest share of silent units."""
    living = look.alive
    if not living:
        return "There is no hidden layer: it can only draw a straight border."
    layer = min(living, key=lambda name: living[name].mean())
    silent, n = int((~living[layer]).sum()), living[layer].size
    if not silent:
        return ""
    named = f"{layer[0].upper()}{layer[1:]}"
    stuck = "always at zero" if look.signs.at_zero else "always the same"
    if silent == n:
        units = f"all {n} units are silent" if n > 1 else "its only unit is silent"
        return f"{named}: {units} ({stuck}). Nothing that comes in gets past it."
    verb = "is" if silent == 1 else "are"
    return f"{named}: {silent} of {n} units {verb} silent ({stuck})."


def _gradients(look: Look) -> str:
    """The matrix whose gradient is furthest from a healthy size; empty where all are near it."""
    if look.is_learnt:
        return "Nothing is left to learn."
    scores = look.gradient_scores
    worst = min(scores, key=lambda name: scores[name])
    if scores[worst] >= gradients.LOW:
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
    factors = _factors(look)
    if factors.generalisation < LOW:
        return (
            "It learns by heart: the loss on examples that it has never seen is far above "
            "the loss on those that it learns from."
        )
    right = f"{100 * look.validation_accuracy:.0f} % of the unseen examples are right"
    return f"{right}: little is learnt so far." if factors.progress < _HALF else f"{right}."


def _factors(look: Look) -> Convergence:
    return convergence_factors(
        np.array([look.loss]), val_loss=look.validation_loss, baseline_loss=look.baseline_loss
    )
