"""What a network was shown: its surest mistakes, and what convolutions make of images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from hpolab.diagnostics.texts import texts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hpolab.diagnostics.arrays import Arrays
    from hpolab.diagnostics.texts import Word

__all__ = ["Maps", "Mistakes", "maps", "mistakes"]

FLAT = 1
MANY_FLAT = 0.5
SURE = 0.9
MANY_SURE = 5


class Mistakes(NamedTuple):
    """The wrong answers that a network was surest of, the surest first.

    Attributes:
        true, predicted: Names of the classes.
        confidence: Probability of the predicted class.
        images: Shape (n, rows, columns, channels), None for texts.
        texts: Their words, None for images.
        n_wrong: How many answers were wrong in all.
    """

    true: tuple[str, ...]
    predicted: tuple[str, ...]
    confidence: NDArray[np.float64]
    images: NDArray[Any] | None
    texts: tuple[tuple[Word, ...], ...] | None
    n_wrong: int

    @property
    def sure(self) -> int:
        """How many of these were given 0.9 or more."""
        return int((self.confidence >= SURE).sum())

    @property
    def verdict(self) -> str:
        """What is wrong, in a sentence; empty when nothing is.

        Five or more of these with a confidence of 0.9 or more, and half of all wrong answers:
        the network does not know when it does not know.
        """
        if self.sure < MANY_SURE or 2 * self.sure < self.n_wrong:
            return ""
        return (
            f"{self.sure} of {self.n_wrong} wrong answers were given {SURE:.0%} or more: "
            "confidence does not tell when this network errs."
        )


def mistakes(arrays: Arrays) -> Mistakes | None:
    """The surest mistakes; None where there are none."""
    if "mistake_input" not in arrays or not len(arrays["mistake_input"]):
        return None
    names = arrays.labels("confusion")
    inputs = arrays["mistake_input"]
    counts = arrays["confusion"]
    return Mistakes(
        true=tuple(names[i] for i in arrays["mistake_true"]),
        predicted=tuple(names[i] for i in arrays["mistake_predicted"]),
        confidence=arrays["mistake_confidence"].astype(float),
        images=inputs if inputs.ndim == 4 else None,
        texts=texts(arrays, "mistake") if inputs.ndim == 2 else None,
        n_wrong=int(counts.sum() - np.trace(counts)),
    )


class Maps(NamedTuple):
    """What the channels of a convolution give for a few images.

    Attributes:
        layer: Its name.
        inputs: The images, shape (examples, rows, columns, channels).
        true, predicted: Names of their classes.
        maps: Outputs as bytes, shape (examples, rows, columns, channels).
        low, high: Outputs that the bytes 0 and 255 stand for.
    """

    layer: str
    inputs: NDArray[Any]
    true: tuple[str, ...]
    predicted: tuple[str, ...]
    maps: NDArray[np.uint8]
    low: float
    high: float

    @property
    def flat(self) -> tuple[int, ...]:
        """Channels that say the same everywhere in all of these images, within 1/255."""
        span = np.ptp(self.maps.astype(int), axis=(0, 1, 2))
        return tuple(np.flatnonzero(span <= FLAT).tolist())

    @property
    def verdict(self) -> str:
        """What is wrong, in a sentence; empty when nothing is.

        More than half of the channels are flat, as with silent units.
        """
        total = self.maps.shape[-1]
        if len(self.flat) <= MANY_FLAT * total:
            return ""
        return (
            f"{len(self.flat)} of {total} channels of {self.layer} say the same whatever the "
            "image shows."
        )


def maps(arrays: Arrays, layer: str) -> Maps | None:
    """The activation maps of a layer; None where none were recorded."""
    key = f"activation_map/{layer}"
    if key not in arrays or not arrays[key].size or arrays["map_input"].ndim != 4:
        return None
    names = arrays.labels("confusion")
    low, high = arrays[f"{key}/range"].astype(float)
    return Maps(
        layer=layer,
        inputs=arrays["map_input"],
        true=tuple(names[i] for i in arrays["map_true"]),
        predicted=tuple(names[i] for i in arrays["map_predicted"]),
        maps=arrays[key],
        low=float(low),
        high=float(high),
    )
