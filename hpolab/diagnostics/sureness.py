"""How sure a network is of its answers, and whether it may be."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hpolab.diagnostics.arrays import Arrays
    from hpolab.health.recorded import Array

__all__ = ["Calibration", "calibration"]

TOO_MUCH = 0.1
FAR = 0.15
MIN_EXAMPLES = 5
SURE_FROM = 0.9
MANY_WRONG = 0.05


class Calibration(NamedTuple):
    """Answers in equal bins of confidence, the probability that the network gives its answer.

    Attributes:
        edges: Borders of the bins, from 0 to 1, shape (bins + 1,).
        counts: Answers in each bin, shape (bins,).
        confidence: Their mean confidence; 0 in an empty bin.
        accuracy: The share of them that is right; 0 in an empty bin.
    """

    edges: Array
    counts: NDArray[np.int64]
    confidence: Array
    accuracy: Array

    @property
    def ece(self) -> float:
        """Expected calibration error: mean distance of confidence and accuracy over answers.

        Naeini et al. 2015, "Obtaining well calibrated probabilities using Bayesian binning";
        Guo et al. 2017, "On calibration of modern neural networks", equation 3. In [0, 1].
        """
        return float((self.counts * np.abs(self._gap)).sum() / max(1, self.counts.sum()))

    @property
    def bias(self) -> float:
        """Mean confidence minus accuracy: above 0, the network is surer than it may be."""
        return float((self.counts * self._gap).sum() / max(1, self.counts.sum()))

    @property
    def far_off(self) -> NDArray[np.bool_]:
        """Bins of five answers or more where confidence and accuracy are 0.15 apart or more."""
        return (self.counts >= MIN_EXAMPLES) & (np.abs(self._gap) >= FAR)

    @property
    def right(self) -> NDArray[np.int64]:
        """Right answers in each bin."""
        return np.rint(self.counts * self.accuracy).astype(np.int64)

    @property
    def wrong(self) -> NDArray[np.int64]:
        """Wrong answers in each bin."""
        return self.counts - self.right

    @property
    def sure_mistakes(self) -> int:
        """Wrong answers with a confidence of 0.9 or more."""
        return int(self.wrong[self.edges[:-1] >= SURE_FROM - 1e-9].sum())

    @property
    def verdict(self) -> str:
        """What is wrong, in a sentence; empty when nothing is.

        An ECE above 0.1 is: networks as they come from training have 0.04 to 0.17, calibrated
        ones 0.01 to 0.02 (Guo et al. 2017, table 1).
        """
        if self.ece <= TOO_MUCH:
            return ""
        how = "surer than it may be" if self.bias > 0 else "less sure than it could be"
        return (
            f"Confidence and accuracy are {self.ece:.2f} apart on average (expected calibration "
            f"error); the network is {how}."
        )

    @property
    def sure_verdict(self) -> str:
        """What is wrong with the sure answers, in a sentence; empty when nothing is.

        One in twenty of all answers, and five at least, is wrong with a confidence of 0.9 or
        more: as many as of a calibrated network that gives every answer 0.95. Our choice.
        """
        total = int(self.counts.sum())
        if self.sure_mistakes < MIN_EXAMPLES or self.sure_mistakes < MANY_WRONG * total:
            return ""
        return (
            f"{self.sure_mistakes} of {total} answers are wrong although the network gave them "
            f"{SURE_FROM:.0%} or more."
        )

    @property
    def _gap(self) -> Array:
        return self.confidence - self.accuracy


def calibration(arrays: Arrays) -> Calibration | None:
    """The reliability of confidence; None where no finite answers were recorded."""
    if "calibration_count" not in arrays or not arrays["calibration_count"].sum():
        return None
    counts = arrays["calibration_count"].astype(np.int64)
    return Calibration(
        edges=np.linspace(0, 1, len(counts) + 1),
        counts=counts,
        confidence=arrays["calibration_confidence"].astype(float),
        accuracy=arrays["calibration_accuracy"].astype(float),
    )
