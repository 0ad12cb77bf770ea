"""How strongly every weight matrix is pushed, and how far it moves."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hpolab.diagnostics.learning import baseline_loss
from hpolab.health.gradients import LEARNT, WELL, log_elasticity

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hpolab.diagnostics.arrays import Arrays
    from hpolab.health.recorded import Array

__all__ = ["LEAST_UPDATE", "MOST_UPDATE", "Gradients", "Updates", "gradients", "updates"]

LEAST_UPDATE, MOST_UPDATE = 1e-4, 1e-1


class Gradients(NamedTuple):
    """Gradients at every look at the network.

    Attributes:
        epoch: Epochs after which was looked, shape (looks,).
        matrices: Names of the weight matrices, from input to output.
        norms: Norms of their loss gradients on the probe batch, shape (looks, matrices).
        exponents: Common logarithm of the elasticity |g| |W| / loss (health.gradients), the same
            shape; NaN where nothing was left to learn. The loss is that of training in the
            epoch, since that of the probe batch is not recorded.
    """

    epoch: Array
    matrices: tuple[str, ...]
    norms: Array
    exponents: Array

    @property
    def starved(self) -> tuple[int, ...]:
        """Matrices whose elasticity is below 0.01 at half of the looks or more.

        The bound below which ``health.gradients`` takes points off.
        """
        return self._often(self.exponents < -WELL)

    @property
    def flooded(self) -> tuple[int, ...]:
        """Matrices whose elasticity is above 100, or no number, at half of the looks or more."""
        return self._often((self.exponents > WELL) | ~np.isfinite(self.norms))

    @property
    def spread(self) -> float:
        """Norm of the first matrix divided by that of the last, at the last look."""
        first, last = self.norms[-1, 0], self.norms[-1, -1]
        return float(first / last) if last else float("inf")

    @property
    def verdict(self) -> str:
        """What is wrong, in a sentence; empty when nothing is."""
        if self.flooded:
            name = self.matrices[self.flooded[0]]
            return f"The gradient of {name} explodes{self._and_more(self.flooded)}."
        if not self.starved:
            return ""
        worst = self.starved[0]
        more = self._and_more(self.starved)
        if not self.norms[-1, worst]:
            return f"No gradient reaches {self.matrices[worst]}{more} at the last look."
        return (
            f"Next to no gradient reaches {self.matrices[worst]}{more}: moving all its weights by "
            f"1 % could have moved the loss by {10.0 ** self.exponents[-1, worst]:.2g} %."
        )

    def _often(self, found: NDArray[np.bool_]) -> tuple[int, ...]:
        return tuple(np.flatnonzero(found.mean(axis=0) >= 0.5).tolist())

    def _and_more(self, which: tuple[int, ...]) -> str:
        return f" and {len(which) - 1} more" if len(which) > 1 else ""


def gradients(arrays: Arrays) -> Gradients | None:
    """Gradient norms over the epochs; None where the network was never looked at."""
    needed = ("probe_epoch", "gradient_norm", "weight_norm", "train_loss")
    if not all(key in arrays for key in needed) or not arrays["gradient_norm"].size:
        return None
    epoch = arrays["probe_epoch"].astype(int)
    norms, weights = (arrays[key].astype(float) for key in ("gradient_norm", "weight_norm"))
    loss = arrays["train_loss"].astype(float)[epoch - 1]
    baseline = baseline_loss(arrays)
    capped = np.minimum(loss, baseline) if baseline else loss
    exponents = np.full(norms.shape, np.nan)
    for row, size in enumerate(capped):
        if np.isfinite(size) and size > LEARNT * baseline:
            exponents[row] = log_elasticity(norms[row], weights[row], float(size))
    return Gradients(epoch.astype(float), arrays.weight_names("gradient_norm"), norms, exponents)


class Updates(NamedTuple):
    """How far one step moves weights, at every look at the network.

    Attributes:
        epoch: Epochs at whose end was measured, shape (looks,).
        matrices: Names of the weight matrices, from input to output.
        ratios: Norm of the last step's change by norm of the weights, shape (looks, matrices).
    """

    epoch: Array
    matrices: tuple[str, ...]
    ratios: Array

    @property
    def typical(self) -> Array:
        """The median over the looks, shape (matrices,): a schedule ends at next to nothing."""
        return np.median(np.where(np.isfinite(self.ratios), self.ratios, np.inf), axis=0)

    @property
    def too_small(self) -> tuple[int, ...]:
        """Matrices whose typical ratio is below 1e-4: training hardly moves them.

        About 1e-3 is usual (Karpathy, CS231n notes, "Ratio of weights:updates"); a decade below
        and two above are let through.
        """
        return tuple(np.flatnonzero(self.typical < LEAST_UPDATE).tolist())

    @property
    def too_large(self) -> tuple[int, ...]:
        """Matrices whose typical ratio is above 1e-1: each step throws away what was learnt."""
        return tuple(np.flatnonzero(self.typical > MOST_UPDATE).tolist())

    @property
    def verdict(self) -> str:
        """What is wrong, in a sentence; empty when nothing is."""
        which = self.too_large or self.too_small
        if not which:
            return ""
        more = f" (and {len(which) - 1} more)" if len(which) > 1 else ""
        ratio = self.typical[which[0]]
        if not np.isfinite(ratio):
            return f"Steps of {self.matrices[which[0]]}{more} are no longer finite numbers."
        found = f"A step typically moves {self.matrices[which[0]]} by {ratio:.1e}"
        how = "too far" if self.too_large else "hardly at all"
        return f"{found} of its size{more}: {how}."


def updates(arrays: Arrays) -> Updates | None:
    """Update ratios over the epochs; None where none were measured."""
    if "update_ratio" not in arrays or not arrays["update_ratio"].size:
        return None
    ratios = arrays["update_ratio"].astype(float)
    epoch = arrays["probe_epoch"].astype(float)[: len(ratios)]
    return Updates(epoch, arrays.weight_names("update_ratio"), ratios)
