"""What the units of a layer say, and which have fallen silent."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hpolab.health.neurons import alive

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hpolab.diagnostics.arrays import Arrays
    from hpolab.health.recorded import Array

__all__ = ["Outputs", "Units", "outputs", "units"]

MANY_SILENT = 0.5
STUCK = 0.975
SATURATED = 0.5
BOTH_ENDS = 0.05


class Units(NamedTuple):
    """The units of a layer at every look at the network.

    Attributes:
        layer: Its name.
        epoch: Epochs after which was looked, shape (looks,).
        std: Standard deviation of each unit's output over the probe, shape (looks, units).
        silent: Which units ``health.neurons.alive`` takes for silent, the same shape.
    """

    layer: str
    epoch: Array
    std: Array
    silent: NDArray[np.bool_]

    @property
    def share(self) -> Array:
        """The share of silent units at each look, in [0, 1], shape (looks,)."""
        return np.asarray(self.silent.mean(axis=1))

    @property
    def verdict(self) -> str:
        """What is wrong, in a sentence; empty when nothing is.

        More than half of the units are silent at the last look: the worst layers of healthy runs
        have up to 45 % (``health.limits``).
        """
        if not np.isfinite(self.std[-1]).all():
            return f"Outputs of {self.layer} are no longer finite numbers."
        if self.share[-1] <= MANY_SILENT:
            return ""
        silent = int(self.silent[-1].sum())
        return (
            f"{silent} of {self.silent.shape[1]} units of {self.layer} are silent after epoch "
            f"{self.epoch[-1]:.0f}."
        )


def units(arrays: Arrays, layer: str) -> Units | None:
    """Which units of a layer spoke when; None where they were never looked at."""
    key = f"unit_std/{layer}"
    if key not in arrays or not arrays[key].size:
        return None
    std, mean = arrays[key].astype(float), arrays[f"unit_mean/{layer}"].astype(float)
    with np.errstate(invalid="ignore"):
        silent = np.array([~alive(*look) for look in zip(mean, std, strict=True)])
    return Units(layer, arrays["probe_epoch"].astype(float), std, silent)


class Outputs(NamedTuple):
    """All outputs of a layer over a few dozen validation examples.

    Attributes:
        layer: Its name.
        edges: Borders of the bins, ascending, shape (bins + 1,).
        counts: Outputs in each bin, shape (bins,).
    """

    layer: str
    edges: Array
    counts: NDArray[np.int64]

    @property
    def shares(self) -> Array:
        """The share of outputs in each bin."""
        return np.asarray(self.counts / max(1, self.counts.sum()))

    @property
    def saturated(self) -> float:
        """The share of outputs in the outermost bins of an activation that is bounded by one.

        0 where outputs leave -1..1, or crowd at one end only, as those of a ReLU do at zero.
        """
        ends = float(self.shares[0]), float(self.shares[-1])
        is_bounded = self.edges[0] >= -1.001 and 0.9 <= self.edges[-1] <= 1.001
        return sum(ends) if is_bounded and min(ends) >= BOTH_ENDS else 0.0

    @property
    def verdict(self) -> str:
        """What is wrong, in a sentence; empty when nothing is.

        97.5 % of the outputs lie in one of the bins (a ReLU has half of them at zero, and much
        more only where units die), or more than half lie at both ends of a bounded activation,
        where its slope is next to nothing (Glorot and Bengio 2010, "Understanding the difficulty
        of training deep feedforward neural networks"). Both bounds are our choice.
        """
        if not self.counts.sum():
            return f"{self.layer} gives no finite number."
        most = int(self.counts.argmax())
        if self.shares[most] >= STUCK:
            low, high = self.edges[most : most + 2]
            where = "zero" if low <= 0 <= high else f"about {(low + high) / 2:.2g}"
            share = f"{self.shares[most]:.1%}".removesuffix(".0%").removesuffix("%")
            return f"{share} % of the outputs of {self.layer} are the same: {where}."
        if self.saturated > SATURATED:
            return (
                f"{self.saturated:.0%} of the outputs of {self.layer} are at the ends of the "
                "activation: it is saturated, and lets next to no gradient through."
            )
        return ""


def outputs(arrays: Arrays, layer: str) -> Outputs | None:
    """The distribution of a layer's outputs; None where it was not recorded."""
    key = f"activation_histogram/{layer}"
    if key not in arrays:
        return None
    return Outputs(layer, arrays[f"{key}/edges"].astype(float), arrays[key][:, 0].astype(np.int64))
