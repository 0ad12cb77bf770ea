"""What a network answers on the validation set: which classes it takes for which."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hpolab.diagnostics.arrays import Arrays
    from hpolab.health.recorded import Array

__all__ = ["Classes", "Confusion", "classes", "confusion", "wilson"]

MIXED_UP = 0.2
MIN_EXAMPLES = 3
SIGMAS = 3.0
BEHIND = 0.1
SOME_EXAMPLES = 5


class Confusion(NamedTuple):
    """Counts of true against predicted classes.

    Attributes:
        classes: Their names.
        counts: Examples by true class (rows) and predicted class (columns), shape (n, n).
    """

    classes: tuple[str, ...]
    counts: NDArray[np.int64]

    @property
    def shares(self) -> Array:
        """Each row divided by its sum, in [0, 1]; 0 for a class without examples."""
        totals = self.counts.sum(axis=1, keepdims=True)
        shares = np.zeros(self.counts.shape)
        np.divide(self.counts, totals, out=shares, where=totals > 0)
        return shares

    @property
    def mixed_up(self) -> tuple[tuple[int, int], ...]:
        """Pairs (true, predicted) that are mixed up, the worst first.

        A fifth of the true class, and three examples at least: our choice, so that in small
        validation sets one unlucky example makes no pair.
        """
        wrong = np.where(np.eye(len(self.classes), dtype=bool), 0, self.shares)
        rows, columns = np.nonzero((wrong >= MIXED_UP) & (self.counts >= MIN_EXAMPLES))
        order = np.argsort(-wrong[rows, columns], kind="stable")
        return tuple((int(rows[i]), int(columns[i])) for i in order)

    @property
    def never_answered(self) -> tuple[int, ...]:
        """Classes that have examples and are never an answer."""
        never = (self.counts.sum(axis=0) == 0) & (self.counts.sum(axis=1) > 0)
        return tuple(np.flatnonzero(never).tolist())

    @property
    def verdict(self) -> str:
        """What is wrong, in a sentence; empty when nothing is."""
        if never := self.never_answered:
            names = _list([self.classes[i] for i in never])
            rest = "classes are" if len(never) > 1 else "class is"
            return f"{len(never)} of {len(self.classes)} {rest} never an answer: {names}."
        if not self.mixed_up:
            return ""
        true, said = self.mixed_up[0]
        others = len(self.mixed_up) - 1
        found = (
            f"{self.counts[true, said]} of {self.counts[true].sum()} examples of "
            f"{self.classes[true]} are taken for {self.classes[said]}"
        )
        return f"{found}; {others} more pairs are mixed up." if others else f"{found}."


def confusion(arrays: Arrays) -> Confusion | None:
    """The confusion matrix; None where no answers were recorded."""
    if "confusion" not in arrays or not arrays["confusion"].sum():
        return None
    return Confusion(arrays.labels("confusion"), arrays["confusion"].astype(np.int64))


class Classes(NamedTuple):
    """Figures of each class, shape (classes,), in [0, 1].

    Attributes:
        classes: Their names.
        precision: Of the answers that name the class, the share that is right.
        recall: Of the examples of the class, the share that is found.
        f1: Harmonic mean of both.
        examples: How many the class has.
        accuracy: Share of right answers over all classes.
    """

    classes: tuple[str, ...]
    precision: Array
    recall: Array
    f1: Array
    examples: NDArray[np.int64]
    accuracy: float

    @property
    def weak(self) -> tuple[int, ...]:
        """Classes that are found less often than the rest, beyond doubt, the weakest first.

        Recall lies more than 0.1 below the accuracy of all, and chance does not explain it: the
        upper end of its Wilson interval at three sigmas (Wilson 1927, "Probable inference,
        the law of succession, and statistical inference") is below the accuracy, too. With ten
        equally good classes that happens by chance to one network in seventy. Or none of five
        examples is found.
        """
        hits = np.rint(self.recall * self.examples)
        _, upper = wilson(hits, self.examples)
        is_weak = (upper < self.accuracy) & (self.recall < self.accuracy - BEHIND)
        is_weak |= (hits == 0) & (self.examples >= SOME_EXAMPLES)
        order = np.argsort(self.recall, kind="stable")
        return tuple(int(i) for i in order if is_weak[i] and self.examples[i])

    @property
    def verdict(self) -> str:
        """What is wrong, in a sentence; empty when nothing is."""
        if not self.weak:
            return ""
        worst = self.weak[0]
        found = (
            f"{self.classes[worst]} is found {self.recall[worst]:.0%} of the time, all classes "
            f"together {self.accuracy:.0%}"
        )
        others = [self.classes[i] for i in self.weak[1:]]
        return f"{found}; {_list(others)} lag behind, too." if others else f"{found}."


def classes(arrays: Arrays) -> Classes | None:
    """Precision, recall and F1 of every class; None where no answers were recorded."""
    matrix = confusion(arrays)
    if matrix is None or not all(key in arrays for key in ("precision", "recall", "f1")):
        return None
    return Classes(
        classes=matrix.classes,
        precision=arrays["precision"].astype(float),
        recall=arrays["recall"].astype(float),
        f1=arrays["f1"].astype(float),
        examples=matrix.counts.sum(axis=1),
        accuracy=float(np.trace(matrix.counts) / matrix.counts.sum()),
    )


def wilson(hits: Array, n: NDArray[np.int64]) -> tuple[Array, Array]:
    """Both ends of the Wilson interval of a share, at three sigmas; 0 and 1 where n is 0.

    Args:
        hits: How often, shape (k,).
        n: Out of how many, shape (k,).
    """
    trials = np.maximum(n, 1)
    share, z2 = hits / trials, SIGMAS**2
    centre = (share + z2 / (2 * trials)) / (1 + z2 / trials)
    half = np.sqrt(share * (1 - share) * z2 / trials + z2**2 / (4 * trials**2)) / (1 + z2 / trials)
    low, high = np.clip(centre - half, 0, 1), np.clip(centre + half, 0, 1)
    return np.where(n > 0, low, 0.0), np.where(n > 0, high, 1.0)


def _list(names: list[str], *, limit: int = 4) -> str:
    """At most four names, and how many more there are."""
    shown = ", ".join(names[:limit])
    return f"{shown} and {len(names) - limit} more" if len(names) > limit else shown
