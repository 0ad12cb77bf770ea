"""How a network learnt: loss and accuracy over the epochs, and when it learnt by heart."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from hpolab.diagnostics.arrays import Arrays
    from hpolab.health.recorded import Array

__all__ = ["Curves", "baseline_loss", "curves", "overfit_gap"]

LAST = 5
GAP = 0.3
RISE = 0.2
SLIGHT = 0.05


class Curves(NamedTuple):
    """One number an epoch each, shape (epochs,); NaN where a loss was not finite.

    Attributes:
        epoch: Counted from 1.
        train_loss, val_loss: Mean cross-entropy in nats.
        train_accuracy, val_accuracy: Share of right answers.
        learning_rate: At the end of the epoch.
        baseline: Loss of always answering the class shares, in nats; 0 where it is not known.
    """

    epoch: Array
    train_loss: Array
    val_loss: Array
    train_accuracy: Array
    val_accuracy: Array
    learning_rate: Array
    baseline: float

    @property
    def lost_at(self) -> int | None:
        """The first epoch with a loss that is not a finite number."""
        lost = ~np.isfinite(self.train_loss + self.val_loss)
        return int(self.epoch[lost][0]) if lost.any() else None

    @property
    def best_epoch(self) -> int:
        """The epoch with the smallest validation loss; the first one where none is finite."""
        finite = np.where(np.isfinite(self.val_loss), self.val_loss, np.inf)
        return int(self.epoch[int(np.argmin(finite))])

    @property
    def gap(self) -> float:
        """See ``overfit_gap``."""
        return overfit_gap(self.train_loss, self.val_loss)

    @property
    def rise(self) -> float:
        """How far the validation loss has risen from its smallest value, in nats."""
        return float(self.val_loss[-1] - self.val_loss[self.best_epoch - 1])

    @property
    def overfits(self) -> bool:
        """Whether the network knows its training examples better than what they stand for.

        Either the gap is more than 0.3 of the baseline (where ``health.convergence`` begins to
        give advice), or the validation loss has risen by more than a fifth from its minimum
        (generalisation loss above 20 %: Prechelt 1998, "Early stopping - but when?"), and by at
        least a twentieth of the baseline, so that a tiny loss may waver.
        """
        if self.lost_at is not None or not self.baseline:
            return False
        smallest = float(self.val_loss[self.best_epoch - 1])
        has_risen = self.rise > max(RISE * smallest, SLIGHT * self.baseline)
        return self.gap > GAP * self.baseline or has_risen

    @property
    def learns_nothing(self) -> bool:
        """Whether the last training loss is within 5 % of always answering the class shares."""
        return bool(self.train_loss[-1] > (1 - SLIGHT) * self.baseline > 0)

    @property
    def verdict(self) -> str:
        """What is wrong, in a sentence; empty when nothing is."""
        if self.lost_at is not None:
            return f"The loss stopped being a number in epoch {self.lost_at}."
        if self.learns_nothing:
            return (
                f"The training loss ends at {self.train_loss[-1]:.2f}; always answering the class "
                f"shares would give {self.baseline:.2f}. The network has learnt next to nothing."
            )
        if not self.overfits:
            return ""
        found = f"Validation loss exceeds training loss by {self.gap:.2f} at the end"
        if self.rise > SLIGHT * self.baseline:
            found += f", and has risen by {self.rise:.2f} since epoch {self.best_epoch}"
        return f"{found}: the network learns its examples by heart."


def curves(arrays: Arrays) -> Curves | None:
    """The learning curves; None for a trial that ended before its first epoch did."""
    if "train_loss" not in arrays or not arrays["train_loss"].size:
        return None
    return Curves(
        epoch=np.arange(1.0, arrays["train_loss"].size + 1),
        **{name: arrays[name].astype(float) for name in Curves._fields[1:-1]},
        baseline=baseline_loss(arrays),
    )


def overfit_gap(train: Array, val: Array) -> float:
    """Mean validation minus training loss over the last 5 epochs, in nats.

    Args:
        train, val: Loss per epoch, shape (epochs,), same length.
    """
    return float((val[-LAST:] - train[-LAST:]).mean())


def baseline_loss(arrays: Arrays) -> float:
    """Cross-entropy of always answering the class shares, in nats; 0 where they are not known.

    From the validation set, whose classes have the shares of the training set.
    """
    if "confusion" not in arrays or not arrays["confusion"].sum():
        return 0.0
    counts = arrays["confusion"].sum(axis=1).astype(float)
    shares = counts[counts > 0] / counts.sum()
    return float(-(shares * np.log(shares)).sum())
