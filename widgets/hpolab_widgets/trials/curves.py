"""Learning curves, no longer than can be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hpolab.trial import EpochRecord

__all__ = ["curves"]

_POINTS = 300
_SERIES = ("val_accuracy", "train_accuracy", "val_loss", "train_loss")


def curves(epochs: Sequence[EpochRecord]) -> dict[str, list[Any]]:
    """Accuracy and loss over epochs, on validation and training data.

    Returns:
        "at", the numbers of the epochs, and one list for each of "val_accuracy",
        "train_accuracy", "val_loss" and "train_loss"; None where a loss was not finite.
    """
    last = len(epochs) - 1
    chosen = list(epochs)
    if last >= _POINTS:
        chosen = [epochs[point * last // (_POINTS - 1)] for point in range(_POINTS)]
    return {
        "at": [epoch.epoch for epoch in chosen],
        **{name: [getattr(epoch, name) for epoch in chosen] for name in _SERIES},
    }
