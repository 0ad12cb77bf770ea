"""How every layer was at the last look at the network: what colours drawings of networks."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from hpolab.health.gradients import LEARNT, elasticity_score, log_elasticity
from hpolab.health.neurons import alive
from hpolab.network.graph import LayerHealth

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from hpolab.diagnostics.arrays import Arrays

__all__ = ["layer_health"]

LARGEST_EXPONENT = 300.0
"""Beyond the range of floats nothing is healthy."""


def layer_health(arrays: Arrays) -> dict[str, LayerHealth]:
    """Each layer that has units or weight matrices, from input to output, by its name.

    Silent units are those of ``health.neurons.alive``; the activation is the root mean square of
    the units' outputs over the probe batch. Several matrices of a layer (kernel and recurrent
    kernel, two directions) count as one long vector; the elasticity is that of the matrix that is
    worst off, and unknown where nothing is left to learn. A number that is not finite is left out.
    """
    facts: dict[str, dict[str, float]] = {}
    for layer in arrays.parts("unit_std"):
        mean, std = (arrays[f"{key}/{layer}"][-1:].astype(float) for key in _MOMENTS)
        if std.size:
            facts[layer] = {
                "silent": float((~alive(mean[0], std[0])).mean()),
                "activation": float(np.sqrt((mean[0] ** 2 + std[0] ** 2).mean())),
            }
    if "gradient_norm" in arrays:
        for layer, found in _of_matrices(arrays, loss=_loss_to_learn(arrays)).items():
            facts.setdefault(layer, {}).update(found)
    return {layer: LayerHealth.parse(_finite(found)) for layer, found in facts.items()}


_MOMENTS = ("unit_mean", "unit_std")


def _of_matrices(arrays: Arrays, *, loss: float) -> dict[str, dict[str, float]]:
    """Gradient and update of every layer with weight matrices, at the last look."""
    layers = [label.partition("/")[0] for label in arrays.labels("gradient_norm")]
    gradient, weight = (
        _last(arrays, key, len(layers)) for key in ("gradient_norm", "weight_norm")
    )
    update = _last(arrays, "update_ratio", len(layers))
    exponent = log_elasticity(gradient, weight, loss) if loss > 0 else np.full(len(layers), np.nan)
    found = {}
    for layer in dict.fromkeys(layers):
        own = np.array([name == layer for name in layers])
        moved = np.linalg.norm(update[own] * weight[own])
        found[layer] = {
            "gradient": float(np.linalg.norm(gradient[own])),
            "update": float(moved / (np.linalg.norm(weight[own]) or 1.0)),
            "elasticity": float(10.0 ** _worst(exponent[own])),
        }
    return found


def _worst(exponent: NDArray[np.float64]) -> float:
    """The one with the lowest score; NaN where one is not a number."""
    score = elasticity_score(exponent)
    return min(float(exponent[np.argmin(score)]), LARGEST_EXPONENT)


def _loss_to_learn(arrays: Arrays) -> float:
    """The loss of the last look, capped as gradient health caps it; NaN where it is not known.

    Recordings of before this was written down have it from the validation examples.
    """
    if not all(key in arrays for key in ("probe_epoch", "val_loss", "confusion")):
        return math.nan
    shares = arrays["confusion"].sum(axis=1) / arrays["confusion"].sum()
    baseline = float(-(shares[shares > 0] * np.log(shares[shares > 0])).sum())
    if "probe_loss" in arrays:
        loss = float(arrays["probe_loss"][-1])
    else:
        loss = float(arrays["val_loss"][int(arrays["probe_epoch"][-1]) - 1])
    return min(loss, baseline) if loss >= LEARNT * baseline else math.nan


def _last(arrays: Arrays, key: str, n: int) -> NDArray[np.float64]:
    """The last row; NaN where a run has ended before its first."""
    rows = arrays[key] if key in arrays else np.zeros((0, n))
    return rows[-1].astype(float) if rows.shape[1:] == (n,) and len(rows) else np.full(n, np.nan)


def _finite(found: Mapping[str, float]) -> dict[str, float]:
    return {name: value for name, value in found.items() if math.isfinite(value)}
