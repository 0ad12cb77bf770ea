"""Diagnostics of a network's weights: how they moved from first to last, what filters look for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import keras
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hpolab.training.recording import Recording

__all__ = ["WeightSample", "record_filters", "record_histogram"]

N_BINS = 40
MAX_SAMPLE = 50_000
MAX_WEIGHTS = 64
MAX_FILTER_LAYERS = 2
MAX_FILTERS = 64
MAX_CHANNELS = 8


class WeightSample:
    """Remembers a network's first weights, at most 50,000 evenly spaced numbers of each."""

    def __init__(self, model: keras.Model):
        self._variables = model.trainable_variables[:MAX_WEIGHTS]
        self._first = self._sample()

    def record(self, recording: Recording) -> None:
        """Add a histogram of every weight and bias, before and after training."""
        for variable, first, last in zip(
            self._variables, self._first, self._sample(), strict=True
        ):
            record_histogram(
                recording,
                f"weight_histogram/{variable.path}",
                {"first": first, "last": last},
                "numbers of the weight in each bin, before and after training",
            )

    def _sample(self) -> list[NDArray[Any]]:
        flat = [np.ravel(variable.numpy()) for variable in self._variables]
        return [values[:: -(-len(values) // MAX_SAMPLE) or 1].copy() for values in flat]


def record_histogram(
    recording: Recording, key: str, samples: dict[str, NDArray[Any]], what: str
) -> None:
    """Add the counts of one or more samples in 40 bins over their common range, and the edges.

    Numbers that are not finite are left out.
    """
    finite = {name: values[np.isfinite(values)] for name, values in samples.items()}
    everything = np.concatenate(list(finite.values())).astype(np.float64)
    edges = np.histogram_bin_edges(everything, bins=N_BINS)
    counts = [np.histogram(values, bins=edges)[0] for values in finite.values()]
    recording.add(
        key,
        np.array(counts, np.int32).T,
        f"{what}; column by column: {', '.join(samples)}",
        axes=("bin", "sample"),
        labels=tuple(samples),
    )
    recording.add(f"{key}/edges", edges, "borders of the bins, ascending", axes=("border",))


def record_filters(recording: Recording, model: keras.Model) -> None:
    """Add the kernels of the first two convolutions over images."""
    convolutions = [layer for layer in model.layers if isinstance(layer, keras.layers.Conv2D)]
    for layer in convolutions[:MAX_FILTER_LAYERS]:
        kernel = layer.kernel.numpy()[:, :, :MAX_CHANNELS, :MAX_FILTERS]
        recording.add(
            f"filters/{layer.name}",
            kernel.astype(np.float16),
            f"kernels, at most {MAX_CHANNELS} input channels of at most {MAX_FILTERS} filters",
            axes=("row", "column", "input channel", "filter"),
        )
