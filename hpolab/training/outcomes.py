"""Diagnostics of what a network answers on the validation set: where it errs, how sure it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from hpolab.training.recording import input_axes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hpolab.training.loop import Evaluation
    from hpolab.training.recording import Recording

__all__ = ["record_outcomes"]

N_BINS = 10
MAX_MISTAKES = 24
MAX_MISTAKE_BYTES = 256_000


def record_outcomes(
    recording: Recording,
    answers: Evaluation,
    x: NDArray[Any],
    y: NDArray[Any],
    classes: tuple[str, ...],
) -> NDArray[np.int64]:
    """Add confusion matrix, figures per class, calibration and the worst mistakes.

    Args:
        recording: Where to add.
        answers: Of the validation set.
        x, y: The validation set: pixels or token ids, and labels.
        classes: Names of the classes.

    Returns:
        Places of the worst mistakes in the validation set.
    """
    predicted = answers.probabilities.argmax(axis=1)
    n = len(classes)
    confusion = np.bincount(y * n + predicted, minlength=n * n).reshape(n, n).astype(np.int32)
    recording.add(
        "confusion",
        confusion,
        "validation examples by true class (rows) and predicted class (columns)",
        axes=("true class", "predicted class"),
        labels=classes,
    )
    _record_per_class(recording, confusion, classes)
    confidence = answers.probabilities.max(axis=1)
    _record_calibration(recording, confidence, answers.right)
    return _record_mistakes(recording, x, y, predicted, confidence, answers.right)


def _record_per_class(
    recording: Recording, confusion: NDArray[np.int32], classes: tuple[str, ...]
) -> None:
    hits = np.diag(confusion).astype(float)
    precision = _share(hits, confusion.sum(axis=0))
    recall = _share(hits, confusion.sum(axis=1))
    f1 = _share(2 * precision * recall, precision + recall)
    figures = {
        "precision": (precision, "of the answers that name the class, the share that is right"),
        "recall": (recall, "of the examples of the class, the share that is found"),
        "f1": (f1, "harmonic mean of precision and recall"),
    }
    for name, (values, what) in figures.items():
        what += "; [0, 1], 0 where there is nothing to share"
        recording.add(name, values, what, axes=("class",), labels=classes)


def _record_calibration(
    recording: Recording, confidence: NDArray[Any], right: NDArray[np.bool_]
) -> None:
    """Reliability diagram (DeGroot and Fienberg 1983): equal bins of the top probability."""
    finite = np.isfinite(confidence)
    confidence, right = confidence[finite], right[finite]
    bins = np.minimum((confidence * N_BINS).astype(int), N_BINS - 1)
    counts = np.bincount(bins, minlength=N_BINS)
    said = np.bincount(bins, weights=confidence, minlength=N_BINS)
    true = np.bincount(bins, weights=right, minlength=N_BINS)
    edges = f"ten equal bins of confidence, the first is 0 to {1 / N_BINS:g}"
    recording.add("calibration_count", counts, f"examples in {edges}", axes=("bin",))
    recording.add(
        "calibration_confidence",
        _share(said, counts),
        f"mean probability of the answer in {edges}; 0 in an empty bin",
        axes=("bin",),
    )
    recording.add(
        "calibration_accuracy",
        _share(true, counts),
        f"share of right answers in {edges}; 0 in an empty bin",
        axes=("bin",),
    )


def _record_mistakes(
    recording: Recording,
    x: NDArray[Any],
    y: NDArray[Any],
    predicted: NDArray[Any],
    confidence: NDArray[Any],
    right: NDArray[np.bool_],
) -> NDArray[np.int64]:
    """The wrong answers that the network was surest of; gives their places."""
    wrong = np.flatnonzero(~right)
    limit = min(MAX_MISTAKES, max(1, MAX_MISTAKE_BYTES // x[0].nbytes))
    worst = wrong[np.argsort(-confidence[wrong], kind="stable")][:limit]
    columns = {
        "mistake_index": (worst, "place in the validation set"),
        "mistake_true": (y[worst], "true class"),
        "mistake_predicted": (predicted[worst], "predicted class"),
        "mistake_confidence": (confidence[worst], "probability of the predicted class"),
    }
    for name, (values, what) in columns.items():
        recording.add(name, values, f"of the surest mistakes: {what}", axes=("mistake",))
    what = "the surest mistakes themselves: raw pixels, or token ids"
    recording.add("mistake_input", x[worst], what, axes=input_axes(x, "mistake"))
    return worst


def _share(part: NDArray[Any], whole: NDArray[Any]) -> NDArray[np.float64]:
    """Quotients; 0 where the whole is 0."""
    share = np.zeros(len(whole))
    np.divide(part, whole, out=share, where=whole > 0)
    return share
