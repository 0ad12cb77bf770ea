"""Training stability: does the loss jump up while it should fall?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hpolab.health.recorded import are_finite
from hpolab.health.report import Metric

if TYPE_CHECKING:
    from hpolab.health.recorded import Array, Recorded

__all__ = ["relative_rise", "training_stability"]

TOLERANCE = 0.05
LOW = 0.9


def relative_rise(block_losses: Array, baseline_loss: float) -> float:
    """Root mean square of the rises of the training loss, in units of the baseline loss.

    Args:
        block_losses: Mean training loss in about ten blocks an epoch, shape (blocks,).
        baseline_loss: L0 > 0; stands before the first block.

    Returns:
        ``sqrt(mean(max(0, diff(b)) ** 2)) / L0``, at least 0; infinite where that overflows.
    """
    with np.errstate(over="ignore"):
        path = np.concatenate(([baseline_loss], block_losses)) / baseline_loss
        rises = np.maximum(0.0, np.diff(path))
        return float(np.sqrt(np.mean(rises**2)))


def training_stability(recorded: Recorded) -> Metric | None:
    """One for a loss that never rises, less for spikes, near zero for divergence.

    ``1 / (1 + u / 0.05)`` with ``u`` the ``relative_rise``: our definition. Falls do not count,
    so learning fast is not instability.

    Range: [0, 1]. Zero when a loss is not a finite number.

    Returns:
        None before the first block has ended, or where the baseline loss is 0: nothing to learn.
    """
    blocks = recorded.block_losses
    if not blocks.size or recorded.baseline_loss <= 0:
        return None
    if not are_finite(blocks, recorded.baseline_loss):
        first = int(np.argmin(np.isfinite(blocks)))
        return Metric.numbers_lost("The training loss", epoch=_epoch_of(first, recorded))
    rise = relative_rise(blocks, recorded.baseline_loss)
    value = 1 / (1 + rise / TOLERANCE)
    path = np.concatenate(([recorded.baseline_loss], blocks))
    worst = int(np.argmax(np.diff(path)))
    if path[worst + 1] <= path[worst]:
        return Metric(value=value, evidence="The training loss never rose.")
    epoch = _epoch_of(worst, recorded)
    return Metric(
        value=value,
        evidence=(
            f"The largest rise of the training loss was from {path[worst]:.3g} to "
            f"{path[worst + 1]:.3g}, in epoch {epoch}."
        ),
        epoch=epoch,
        advice=_advice(path) if value < LOW else "",
    )


def _epoch_of(block: int, recorded: Recorded) -> int:
    """The epoch of a block, counted from 1: every epoch has the same number of blocks."""
    per_epoch = recorded.block_losses.size / max(1, recorded.train_losses.size)
    return int(block // per_epoch) + 1


def _advice(path: Array) -> str:
    if path[-1] > path[0]:
        return "The training diverged: lower the learning rate by a factor of ten."
    return (
        "The training jumps: lower the learning rate, enlarge the batch, or let the learning "
        "rate decay."
    )
