"""Holding hard limits against what the looks at a running trial have shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hpolab.health.limits import Limits
    from hpolab.health.report import VitalSigns
    from hpolab.trial import EpochRecord

__all__ = ["reason_to_stop"]


def reason_to_stop(limits: Limits, history: Sequence[EpochRecord], *, epochs: int) -> str:
    """Why a trial should end after its last epoch, in a sentence; empty when it should go on.

    Nothing is said after an epoch without a look at the network, nor after the last one, when
    there is nothing left to save.

    Args:
        limits: What is allowed.
        history: The epochs of the running attempt, in order.
        epochs: How many it would train.
    """
    if not history or history[-1].signs is None or history[-1].epoch >= epochs:
        return ""
    looks = [record.signs for record in history if record.signs is not None]
    latest = looks[-limits.patience :]
    if len(latest) < limits.patience:
        return ""
    broken = _silence(limits, latest) or _vanishing(limits, latest)
    if not broken:
        return ""
    left = epochs - history[-1].epoch
    saved = _duration(left * _epoch_seconds(history))
    return f"stopped at epoch {history[-1].epoch}: {broken}; saved about {saved}"


def _silence(limits: Limits, looks: Sequence[VitalSigns]) -> str:
    limit, last = limits.dead_units, looks[-1]
    if limit is None or any(signs.silent <= limit for signs in looks):
        return ""
    what = "never fire" if last.at_zero else "answer the same to every input"
    return f"{_percent(last.silent)} of {last.layer}'s units {what} (limit {_percent(limit)})"


def _vanishing(limits: Limits, looks: Sequence[VitalSigns]) -> str:
    limit, last = limits.vanished_gradients, looks[-1]
    if limit is None or any(signs.elasticity >= limit for signs in looks):
        return ""
    if last.elasticity == 0:
        return f"no gradient reaches {last.matrix}, so it cannot learn"
    return (
        f"the gradient has vanished on its way to {last.matrix}: changing it by 1 % would move "
        f"the loss by {last.elasticity:.2g} % (limit {limit:.2g} %)"
    )


def _epoch_seconds(history: Sequence[EpochRecord]) -> float:
    """Of the epochs to come: as those so far, the first left out, which also compiles."""
    seconds = [record.seconds for record in history[1:] or history]
    return sum(seconds) / len(seconds)


def _percent(share: float) -> str:
    """A share as percent, fine enough to be told from the limit that it is beyond."""
    return f"{100 * share:.3g} %"


def _duration(seconds: float) -> str:
    if seconds < 10:
        return f"{seconds:.1f} s"
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
