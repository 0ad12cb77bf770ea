"""Gradient health: does every weight matrix get a push of the right size?"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hpolab.health.recorded import Array, are_finite
from hpolab.health.report import Metric

if TYPE_CHECKING:
    from hpolab.health.recorded import Probe, Recorded

__all__ = ["elasticity_score", "gradient_health", "log_elasticity"]

WELL = 2.0
DECADES = 3.0
LEARNT = 1e-3
LOW = 0.7


class _Look(NamedTuple):
    """What one probe says, and which matrix is worst off."""

    score: float
    worst_score: float
    matrix: str
    epoch: int
    exponent: float


def log_elasticity(gradient: Array, weight: Array, loss: float) -> Array:
    """Common logarithm of ``e = |g| |W| / loss``; minus infinity where a norm is zero.

    The relative change of the loss per relative change of the weights: the elasticity of
    economics. It is free of units and of layer size: rescaling weights and gradients against each
    other leaves it as it is. In logarithms, so that no product overflows.

    Args:
        gradient: Euclidean norms of loss gradients, shape (matrices,), not negative.
        weight: Euclidean norms of the weights, shape (matrices,), not negative.
        loss: Cross-entropy, capped at the baseline loss by the caller, so that a loss that has
            exploded does not hide that its gradients have; positive.
    """
    with np.errstate(divide="ignore"):
        return np.asarray(np.log10(gradient) + np.log10(weight) - np.log10(loss))


def elasticity_score(exponent: Array) -> Array:
    """One for elasticities from 1e-2 to 1e2, falling to zero over three decades on either side.

    The band is what healthy runs show at every depth; our choice, measured on the runs of
    ``tests/benchmarks/health_cases.py``.

    Args:
        exponent: Common logarithm of the elasticity, any shape, minus infinity allowed.

    Returns:
        The same shape, in [0, 1].
    """
    return np.clip(1 - (np.abs(exponent) - WELL) / DECADES, 0.0, 1.0)


def gradient_health(recorded: Recorded) -> Metric | None:
    """Mean over probes of half the mean and half the worst elasticity score of the matrices.

    The worst counts as much as all together, since a signal passes through every layer in turn
    (Glorot & Bengio 2010, "Understanding the difficulty of training deep feedforward neural
    networks"). Probes with a loss under a thousandth of the baseline are left out: where nothing
    is left to learn, gradients may vanish.

    Range: [0, 1]. Zero when a norm or a loss is not a finite number.

    Returns:
        None where no probe with weight matrices and something left to learn exists.
    """
    if recorded.baseline_loss <= 0:
        return None
    looks: list[_Look] = []
    for probe in (probe for probe in recorded.probes if probe.gradient_norms):
        gradient, weight = _norms(probe)
        if not are_finite(gradient, weight, probe.loss, recorded.baseline_loss):
            layer = _first_broken(probe)
            return Metric.numbers_lost("The gradient", layer=layer, epoch=probe.epoch)
        if probe.loss >= LEARNT * recorded.baseline_loss:
            loss = min(probe.loss, recorded.baseline_loss)
            looks.append(_look(probe, log_elasticity(gradient, weight, loss)))
    if not looks:
        return None
    value = sum(look.score for look in looks) / len(looks)
    return _metric(value, min(looks, key=lambda look: look.worst_score))


def _look(probe: Probe, exponent: Array) -> _Look:
    scores = elasticity_score(exponent)
    at = int(np.argmin(scores))
    return _Look(
        score=float(scores.mean() + scores[at]) / 2,
        worst_score=float(scores[at]),
        matrix=list(probe.gradient_norms)[at],
        epoch=probe.epoch,
        exponent=float(exponent[at]),
    )


def _norms(probe: Probe) -> tuple[Array, Array]:
    gradient = np.array(list(probe.gradient_norms.values()), dtype=float)
    weight = np.array([probe.weight_norms[name] for name in probe.gradient_norms], dtype=float)
    return gradient, weight


def _first_broken(probe: Probe) -> str | None:
    for name, norm in probe.gradient_norms.items():
        if not are_finite(norm, probe.weight_norms[name]):
            return _layer(name)
    return None


def _layer(matrix: str) -> str:
    """The layer of a matrix: what stands before the first slash of "conv1/kernel"."""
    return matrix.partition("/")[0]


def _metric(value: float, worst: _Look) -> Metric:
    if worst.worst_score == 1:
        return Metric(value=value, evidence="Every layer's gradient stayed within healthy bounds.")
    if worst.exponent == -np.inf:
        seen = f"No gradient reached {worst.matrix} after epoch {worst.epoch}."
    else:
        bound = "at least 0.01 %" if worst.exponent < 0 else "at most 100 %"
        seen = (
            f"After epoch {worst.epoch}, a change of {worst.matrix} by 1 % could have moved the "
            f"loss by {10.0 ** min(worst.exponent, 300):.3g} %; {bound} is healthy."
        )
    return Metric(
        value=value,
        evidence=seen,
        layer=_layer(worst.matrix),
        epoch=worst.epoch,
        advice=_advice(worst.exponent) if value < LOW else "",
    )


def _advice(exponent: float) -> str:
    if exponent == -np.inf:
        return (
            "The way back from the loss is cut, as by dead ReLUs: lower the learning rate; with "
            "ReLU, batch normalisation or leaky ReLU helps, too."
        )
    if exponent < 0:
        return (
            "The gradient vanishes on its way back: try fewer layers, ReLU instead of a "
            "saturating activation, batch normalisation, or a lower learning rate."
        )
    return "The gradient explodes: lower the learning rate or add batch normalisation."
