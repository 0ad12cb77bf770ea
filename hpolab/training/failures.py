"""Why a run cannot go on, in one sentence for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import tensorflow as tf

from hpolab.errors import HpolabError, TrialFailed

if TYPE_CHECKING:
    from hpolab.training.loop import Evaluation, Steps

__all__ = ["check_finite", "reason"]

MAX_LETTERS = 300


def check_finite(epoch: int, steps: Steps, validation: Evaluation) -> None:
    """End the trial when a loss is no number any more; nothing can be learned from there.

    Raises:
        TrialFailed: Names the loss and the epoch.
    """
    for name, losses in (("loss", steps.loss), ("validation loss", validation.loss)):
        if not np.isfinite(losses).all():
            word = "NaN" if np.isnan(losses).any() else "infinite"
            raise TrialFailed(
                f"the {name} became {word} in epoch {epoch}; a smaller learning_rate may help."
            )


def reason(error: Exception) -> str:
    """The cause of an error in one sentence; where it happened is in the log."""
    if isinstance(error, HpolabError):
        return str(error)
    if isinstance(error, MemoryError | tf.errors.ResourceExhaustedError):
        return "ran out of memory; a smaller batch_size or a smaller network needs less."
    lines = [line.strip() for line in str(error).splitlines()]
    told = [line for line in lines if line and not line.startswith("[[")]
    # in an error of TensorFlow's graph the cause is the last line, after the way to it
    line = (told or [""])[-1 if isinstance(error, tf.errors.OpError) else 0]
    return f"{type(error).__name__}: {line[:MAX_LETTERS]}"
