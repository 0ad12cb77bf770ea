"""Convergence quality: did the loss go down, all the way, for unseen examples too?"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hpolab.health.recorded import are_finite
from hpolab.health.report import Metric

if TYPE_CHECKING:
    from hpolab.health.recorded import Array, Probe, Recorded

__all__ = ["Convergence", "convergence_factors", "convergence_quality"]

SLACK = 0.01
STILL = 0.01
LOW = 0.7


class Convergence(NamedTuple):
    """The three factors of convergence quality, each in [0, 1].

    Attributes:
        monotony: Share of all movement that went down.
        progress: How far the loss came, half of the baseline being enough.
        generalisation: One minus the gap between validation and training loss.
    """

    monotony: float
    progress: float
    generalisation: float


def convergence_factors(
    train_losses: Array, *, val_loss: float, baseline_loss: float
) -> Convergence:
    """The three factors, from the loss of every epoch.

    With ``net = max(0, L0 - last)``: monotony ``net / (total variation + 0.01 L0)``, where the
    path starts at L0 and the second term keeps a loss that hardly moved from looking monotone;
    progress ``min(1, net / (L0 / 2))``; generalisation ``1 - (val_loss - last) / L0``, clipped
    to [0, 1]. Our definition; the ratio of net to total movement is Kaufman's efficiency ratio
    (1995) of time series.

    Args:
        train_losses: Mean training loss of each finished epoch, shape (epochs,), not empty.
        val_loss: Validation loss after the last epoch.
        baseline_loss: L0 > 0.
    """
    with np.errstate(over="ignore"):
        path = np.concatenate(([baseline_loss], train_losses)) / baseline_loss
        variation = float(np.abs(np.diff(path)).sum())
    last = float(path[-1])
    net = max(0.0, 1 - last)
    return Convergence(
        monotony=net / (variation + SLACK),
        progress=min(1.0, 2 * net),
        generalisation=min(1.0, max(0.0, 1 - (val_loss / baseline_loss - last))),
    )


def convergence_quality(recorded: Recorded) -> Metric | None:
    """Product of monotony, progress and generalisation; see ``convergence_factors``.

    Range: [0, 1). Zero for a loss that did not fall, and when a loss is not a finite number.
    Shuffling a smoothly falling curve lowers it.

    Returns:
        None before the first epoch has ended, or where the baseline loss is 0: nothing to learn.
    """
    epochs = recorded.train_losses.size
    if not epochs or not recorded.val_losses.size or recorded.baseline_loss <= 0:
        return None
    for name, losses in (("training", recorded.train_losses), ("validation", recorded.val_losses)):
        if not are_finite(losses):
            epoch = int(np.argmin(np.isfinite(losses))) + 1
            return Metric.numbers_lost(f"The {name} loss", epoch=epoch)
    if not are_finite(recorded.baseline_loss):
        return Metric.numbers_lost("The baseline loss")
    factors = convergence_factors(
        recorded.train_losses,
        val_loss=float(recorded.val_losses[-1]),
        baseline_loss=recorded.baseline_loss,
    )
    value = factors.monotony * factors.progress * factors.generalisation
    return Metric(
        value=value,
        evidence=_evidence(recorded, factors),
        epoch=epochs,
        advice=_advice(recorded, factors) if value < LOW else "",
    )


def _evidence(recorded: Recorded, factors: Convergence) -> str:
    last, unseen = recorded.train_losses[-1], recorded.val_losses[-1]
    return (
        f"After epoch {recorded.train_losses.size} the training loss is {last:.3g} (guessing: "
        f"{recorded.baseline_loss:.3g}) and the validation loss {unseen:.3g}; "
        f"{factors.monotony:.0%} of the training loss's movement was progress."
    )


def _advice(recorded: Recorded, factors: Convergence) -> str:
    """What to try against the smallest of the three factors."""
    smallest = min(factors)
    if factors.generalisation == smallest:
        return (
            "The network learns its training examples by heart: try dropout, weight decay, a "
            "smaller network, fewer epochs or more data."
        )
    steps = np.diff(recorded.train_losses)
    if steps.max(initial=0.0) > SLACK * recorded.baseline_loss:
        return "The loss goes up and down more than forwards: lower the learning rate."
    if _stand_still(recorded.probes):
        return "Gradients arrive but the weights hardly move: raise the learning rate."
    if factors.progress > 0 and steps[-1:].sum() < 0:
        return "The loss is still falling, slowly: raise the learning rate or train longer."
    return (
        "The loss does not move: try another learning rate, fewer layers, or an activation that "
        "lets gradients through."
    )


def _stand_still(probes: tuple[Probe, ...]) -> bool:
    """Whether gradients reach every matrix, and yet no norm has changed by more than 1 %."""
    if len(probes) < 2 or not all(probes[-1].gradient_norms.values()):
        return False
    first, last = probes[0].weight_norms, probes[-1].weight_norms
    return all(abs(last[name] - norm) <= STILL * norm for name, norm in first.items())
