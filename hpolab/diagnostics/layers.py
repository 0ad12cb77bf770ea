"""How every layer was at the last look at the network: what colours drawings of networks."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from hpolab.health.neurons import alive
from hpolab.network.graph import LayerHealth

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from hpolab.diagnostics.arrays import Arrays

__all__ = ["layer_health"]


def layer_health(arrays: Arrays) -> dict[str, LayerHealth]:
    """Each layer that has units or weight matrices, from input to output, by its name.

    Silent units are those of ``health.neurons.alive``; the activation is the root mean square of
    the units' outputs over the probe batch. Several matrices of a layer (kernel and recurrent
    kernel, two directions) count as one long vector. A number that is not finite is left out.
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
        for layer, found in _of_matrices(arrays).items():
            facts.setdefault(layer, {}).update(found)
    return {layer: LayerHealth.parse(_finite(found)) for layer, found in facts.items()}


_MOMENTS = ("unit_mean", "unit_std")


def _of_matrices(arrays: Arrays) -> dict[str, dict[str, float]]:
    """Gradient and update of every layer with weight matrices, at the last look."""
    layers = [label.partition("/")[0] for label in arrays.labels("gradient_norm")]
    gradient, weight = (
        _last(arrays, key, len(layers)) for key in ("gradient_norm", "weight_norm")
    )
    update = _last(arrays, "update_ratio", len(layers))
    found = {}
    for layer in dict.fromkeys(layers):
        own = np.array([name == layer for name in layers])
        moved = np.linalg.norm(update[own] * weight[own])
        found[layer] = {
            "gradient": float(np.linalg.norm(gradient[own])),
            "update": float(moved / (np.linalg.norm(weight[own]) or 1.0)),
        }
    return found


def _last(arrays: Arrays, key: str, n: int) -> NDArray[np.float64]:
    """The last row; NaN where a run has ended before its first."""
    rows = arrays[key] if key in arrays else np.zeros((0, n))
    return rows[-1].astype(float) if rows.shape[1:] == (n,) and len(rows) else np.full(n, np.nan)


def _finite(found: Mapping[str, float]) -> dict[str, float]:
    return {name: value for name, value in found.items() if math.isfinite(value)}
