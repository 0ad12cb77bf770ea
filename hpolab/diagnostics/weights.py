"""How weights moved in training, and what filters look for."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hpolab.diagnostics.arrays import without_cell

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hpolab.diagnostics.arrays import Arrays
    from hpolab.health.recorded import Array

__all__ = ["Filters", "Histogram", "LayerWeights", "filters", "spread", "weights"]

GROWN = 10.0
EMPTY = 0.01


class Histogram(NamedTuple):
    """One weight or bias of a layer, before and after training.

    Attributes:
        name: What it is called in the layer: "kernel".
        edges: Borders of the bins, ascending, shape (bins + 1,).
        first, last: Numbers in each bin, shape (bins,).
    """

    name: str
    edges: Array
    first: NDArray[np.int64]
    last: NDArray[np.int64]

    @property
    def lost(self) -> int:
        """How many numbers are no longer finite."""
        return max(0, int(self.first.sum() - self.last.sum()))

    @property
    def growth(self) -> float:
        """Spread after training by spread before; infinite where all were equal before."""
        before = spread(self.edges, self.first)
        return spread(self.edges, self.last) / before if before else float("inf")

    @property
    def fault(self) -> str:
        """What is wrong, in words; empty when nothing is.

        Numbers were lost; the spread is ten times what it was (our choice: training as it should
        be moves it by a factor of two or three); or no number has left its bin, of those that
        were not all equal at the start, as biases are.
        """
        if self.lost:
            total = self.first.sum()
            return f"{self.lost} of {total} numbers of {self.name} are no longer finite"
        if np.isfinite(self.growth) and self.growth > GROWN:
            return f"{self.name} spreads {self.growth:.0f} times as wide as at the start"
        if np.isfinite(self.growth) and np.array_equal(self.first, self.last):
            return f"{self.name} has not moved"
        return ""


class LayerWeights(NamedTuple):
    """All weights and biases of a layer."""

    layer: str
    histograms: tuple[Histogram, ...]

    @property
    def verdict(self) -> str:
        """What is wrong, in a sentence; empty when nothing is."""
        faults = [histogram.fault for histogram in self.histograms if histogram.fault]
        return f"{self.layer}: {'; '.join(faults)}." if faults else ""


def weights(arrays: Arrays, layer: str) -> LayerWeights | None:
    """Weights and biases of a layer before and after; None where none were recorded."""
    keys = [part for part in arrays.parts("weight_histogram") if part.split("/")[0] == layer]
    histograms = []
    for part in keys:
        key = f"weight_histogram/{part}"
        first, last = arrays[key].astype(np.int64).T
        name = without_cell(part).removeprefix(f"{layer}/").replace("/", " ")
        histograms.append(Histogram(name, arrays[f"{key}/edges"].astype(float), first, last))
    return LayerWeights(layer, tuple(histograms)) if histograms else None


def spread(edges: Array, counts: NDArray[np.int64]) -> float:
    """Standard deviation of a histogram's numbers, each taken to be in the middle of its bin."""
    if not counts.sum():
        return 0.0
    middle = (edges[1:] + edges[:-1]) / 2
    mean = np.average(middle, weights=counts)
    return float(np.sqrt(np.average((middle - mean) ** 2, weights=counts)))


class Filters(NamedTuple):
    """Kernels of a convolution over images.

    Attributes:
        layer: Its name.
        kernels: Shape (rows, columns, input channels, filters).
    """

    layer: str
    kernels: Array

    @property
    def empty(self) -> tuple[int, ...]:
        """Filters that look for nothing: a norm below 1 % of the middle one, or not a number."""
        norms = np.sqrt((self.kernels**2).sum(axis=(0, 1, 2)))
        finite = norms[np.isfinite(norms)]
        bound = EMPTY * float(np.median(finite)) if finite.size else 0.0
        return tuple(np.flatnonzero(~(norms > bound)).tolist())

    @property
    def verdict(self) -> str:
        """What is wrong, in a sentence; empty when nothing is."""
        if not self.empty:
            return ""
        return (
            f"{len(self.empty)} of {self.kernels.shape[-1]} filters of {self.layer} look for "
            "nothing: their weights are close to zero, or no numbers."
        )


def filters(arrays: Arrays, layer: str) -> Filters | None:
    """The kernels of a convolution; None where they were not recorded."""
    key = f"filters/{layer}"
    if key not in arrays or not arrays[key].size:
        return None
    return Filters(layer, arrays[key].astype(float))
