"""Vital signs: the worst that one look at a network has shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hpolab.health.gradients import LEARNT, log_elasticity
from hpolab.health.neurons import SILENT, alive
from hpolab.health.recorded import are_finite
from hpolab.health.report import VitalSigns

if TYPE_CHECKING:
    from hpolab.health.recorded import Probe

__all__ = ["vital_signs"]


def vital_signs(probe: Probe, *, baseline_loss: float) -> VitalSigns:
    """The worst of a probe; what is not a finite number is left out, since it ends the run anyway.

    Args:
        probe: One look at the network.
        baseline_loss: Cross-entropy of always answering the class frequencies, in nats.
    """
    return VitalSigns.parse({**_silence(probe), **_weakest(probe, baseline_loss)})


def _silence(probe: Probe) -> dict[str, object]:
    silent = {
        name: ~alive(probe.unit_mean[name], std)
        for name, std in probe.unit_std.items()
        if std.size and are_finite(std, probe.unit_mean[name])
    }
    if not silent:
        return {}
    layer = max(silent, key=lambda name: float(silent[name].mean()))
    stuck = np.abs(probe.unit_mean[layer][silent[layer]])
    at_zero = bool(np.count_nonzero(stuck <= SILENT) * 2 > stuck.size)
    share = round(float(silent[layer].mean()), 4)
    return {"layer": layer, "silent": share, "at_zero": at_zero}


def _weakest(probe: Probe, baseline_loss: float) -> dict[str, object]:
    names = list(probe.gradient_norms)
    gradient = np.array([probe.gradient_norms[name] for name in names])
    weight = np.array([probe.weight_norms[name] for name in names])
    if not names or not are_finite(gradient, weight, probe.loss, baseline_loss):
        return {}
    if probe.loss <= 0 or probe.loss < LEARNT * baseline_loss:
        return {}
    exponent = log_elasticity(gradient, weight, min(probe.loss, baseline_loss))
    at = int(np.argmin(exponent))
    # three digits are enough to judge by; elasticities beyond the range of floats are not healthy
    return {"matrix": names[at], "elasticity": float(f"{10.0 ** min(exponent[at], 300):.3g}")}
