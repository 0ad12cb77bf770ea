"""Training stability: does the loss jump up while it should fall?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hpolab.health.recorded import are_finite
from hpolab.health.report import Metric

if TYPE_CHECKING:
    from hpolab.health.recorded import Array, Recorded

__all__ = ["smoothed_rises", "training_stability"]

WINDOW = 5
TOLERANCE = 0.05
NOTICEABLE = 0.01
DIVERGED = 1e6
LOW = 0.9


def smoothed_rises(block_losses: Array, baseline_loss: float) -> Array:
    """How much the training loss rose over the last five blocks, in units of the baseline loss.

    The mean of five blocks (half an epoch) is compared with the mean of the five before. Single
    blocks are means over few examples and rise by chance: on a thousand images a healthy run's
    blocks jump by more than those of a run whose learning rate is far too high. The first five
    are compared with L0 as a whole, as an untrained network may well answer worse than that.

    Args:
        block_losses: Mean training loss in about ten blocks an epoch, shape (blocks,), not empty.
        baseline_loss: L0 > 0; stands for every block before the first.

    Returns:
        One number for the fifth block and each after it, not negative, 0 where the loss fell;
        a single one where there are fewer than five blocks.
    """
    before, after = _windows(block_losses, baseline_loss)
    return np.maximum(0.0, after - before)


def training_stability(recorded: Recorded) -> Metric | None:
    """One for a loss that never rises, less for spikes, near zero for divergence.

    ``1 / (1 + (u / 0.05) ** 2)`` with ``u`` the root mean square of ``smoothed_rises``: our
    definition. Falls do not count, so learning fast is not instability; the square keeps what is
    left of chance from counting.

    Range: [0, 1]. Zero when a loss is not a finite number.

    Returns:
        None before the first block has ended, or where the baseline loss is 0: nothing to learn.
    """
    blocks, baseline = recorded.block_losses, recorded.baseline_loss
    if not blocks.size or baseline <= 0:
        return None
    if not are_finite(blocks, baseline):
        first = int(np.argmin(np.isfinite(blocks)))
        return Metric.numbers_lost("The training loss", epoch=_epoch_of(first, recorded))
    rises = smoothed_rises(blocks, baseline)
    value = 1 / (1 + float(np.mean(rises**2)) / TOLERANCE**2)
    worst = int(np.argmax(rises))
    if rises[worst] < NOTICEABLE:
        return Metric(value=value, evidence="The training loss never rose noticeably.")
    epoch = _epoch_of(worst + int(np.argmax(blocks[worst : worst + WINDOW])), recorded)
    before, after = (baseline * float(means[worst]) for means in _windows(blocks, baseline))
    return Metric(
        value=value,
        evidence=(
            f"The largest rise of the training loss, averaged over half an epoch, was from "
            f"{before:.3g} to {after:.3g}, in epoch {epoch}."
        ),
        epoch=epoch,
        advice=_advice(recorded) if value < LOW else "",
    )


def _windows(block_losses: Array, baseline_loss: float) -> tuple[Array, Array]:
    """Means relative to L0 of all five successive blocks, and of the five before each of these."""
    width = min(WINDOW, block_losses.size)
    with np.errstate(over="ignore"):
        path = np.minimum(block_losses / baseline_loss, DIVERGED)
    padded = np.concatenate((np.ones(width), path))
    means = np.convolve(padded, np.full(width, 1 / width), mode="valid")
    return means[:-width], means[width:]


def _epoch_of(block: int, recorded: Recorded) -> int:
    """The epoch of a block, counted from 1: every epoch has the same number of blocks."""
    per_epoch = recorded.block_losses.size / max(1, recorded.train_losses.size)
    return int(block // per_epoch) + 1


def _advice(recorded: Recorded) -> str:
    if recorded.block_losses[-1] > recorded.baseline_loss:
        return "The training diverged: lower the learning rate by a factor of ten."
    return (
        "The training jumps: lower the learning rate, enlarge the batch, or let the learning "
        "rate decay."
    )
