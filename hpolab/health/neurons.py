"""Neuron utilisation: the share of hidden units that still say something."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hpolab.health.recorded import Array, are_finite
from hpolab.health.report import Metric

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hpolab.health.recorded import Probe, Recorded

__all__ = ["alive", "neuron_utilisation"]

DORMANT = 0.025
CONSTANT = 0.01
SILENT = 1e-4
LOW = 0.7


def alive(mean: Array, std: Array) -> NDArray[np.bool_]:
    """Which units of one layer still say something.

    A unit is alive if its standard deviation over the probe is more than 2.5 % of the layer's
    mean one, more than 1 % of its own root mean square, and more than 1e-4. The first is the
    tau-dormant criterion of Sokar et al. 2023, "The dormant neuron phenomenon in deep
    reinforcement learning" (tau = 0.025, on deviations instead of absolute values, so that it
    also holds for activations that are not centred on zero); the second finds saturated units,
    which are large but constant; the third finds layers that are silent as a whole.

    Args:
        mean: Mean output of each unit over the probe, shape (units,).
        std: Standard deviation of each unit's output, shape (units,).

    Returns:
        Shape (units,).
    """
    with np.errstate(over="ignore"):
        rms = np.hypot(mean, std)
        dormant = std <= DORMANT * std.mean()
    result: NDArray[np.bool_] = ~dormant & (std > CONSTANT * rms) & (std > SILENT)
    return result


def neuron_utilisation(recorded: Recorded) -> Metric | None:
    """Mean over hidden layers of the share of units alive at the latest probe.

    Every layer counts the same, so silencing k of the n units of an only hidden layer lowers the
    metric by k/n.

    Range: [0, 1]; 1 when every unit of every layer is alive. Zero when a unit's output is not a
    finite number.

    Returns:
        None where nothing was probed or the network has no hidden units.
    """
    if not recorded.probes:
        return None
    probe = recorded.probes[-1]
    layers = [name for name, std in probe.unit_std.items() if std.size]
    if not layers:
        return None
    for name in layers:
        if not are_finite(probe.unit_mean[name], probe.unit_std[name]):
            return Metric.numbers_lost("An output", layer=name, epoch=probe.epoch)
    living = {name: alive(probe.unit_mean[name], probe.unit_std[name]) for name in layers}
    share = {name: float(units.mean()) for name, units in living.items()}
    value = sum(share.values()) / len(share)
    worst = min(share, key=lambda name: share[name])
    if share[worst] == 1:
        total = sum(units.size for units in living.values())
        evidence = f"All {total} hidden units vary with the input after epoch {probe.epoch}."
        return Metric(value=value, evidence=evidence, epoch=probe.epoch)
    return Metric(
        value=value,
        evidence=_evidence(probe, worst, living[worst]),
        layer=worst,
        epoch=probe.epoch,
        advice=_advice(probe.unit_mean[worst], living[worst]) if value < LOW else "",
    )


def _evidence(probe: Probe, layer: str, living: NDArray[np.bool_]) -> str:
    silent = int((~living).sum())
    verb = "is" if silent == 1 else "are"
    return (
        f"{silent:,} of {living.size:,} units of {layer} {verb} silent after epoch {probe.epoch}."
    )


def _advice(mean: Array, living: NDArray[np.bool_]) -> str:
    """What to try, by what most of the silent units do instead of varying."""
    stuck = np.abs(mean[~living])
    if np.count_nonzero(stuck <= SILENT) * 2 >= stuck.size:
        return (
            "Most of them always answer zero, as dead ReLUs do: lower the learning rate; with "
            "ReLU, batch normalisation or leaky ReLU helps, too."
        )
    return (
        "Most of them answer the same to every input: try a lower learning rate, batch "
        "normalisation, ReLU instead of a saturating activation, or fewer layers."
    )
