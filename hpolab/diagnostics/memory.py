"""What an LSTM lets in, keeps and gives out while it reads, and how far back it learns from."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hpolab.diagnostics.texts import texts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hpolab.diagnostics.arrays import Arrays
    from hpolab.diagnostics.texts import Word
    from hpolab.health.recorded import Array

__all__ = ["GATES", "Cells", "Gates", "Reach", "cells", "gates", "reach"]

GATES = ("input", "forget", "output")
SHUT = 0.1
ALWAYS = 0.95
MANY_SHUT = 0.3
SATURATED = 3.0
MANY_SATURATED = 0.5
HEARD = 0.01
NEXT_TO_NOTHING = 5


class Gates(NamedTuple):
    """The gates of one LSTM while it reads a text, in the order in which it reads.

    Attributes:
        key: The layer, and the LSTM in it where there are two.
        words: What it reads, without padding.
        open: Gates from 0, closed, to 1, open, shape (words, 3, units); input, forget, output.
        shut: Units whose gate is below 0.1 nearly all the time, over all recorded texts, shape
            (3, units).
    """

    key: str
    words: tuple[Word, ...]
    open: Array
    shut: NDArray[np.bool_]

    @property
    def verdict(self) -> str:
        """What is wrong, in a sentence; empty when nothing is.

        A gate is shut while it is below 0.1 (left-saturated: Karpathy, Johnson and Fei-Fei 2015,
        "Visualizing and understanding recurrent networks"). More than 0.3 of the units have a
        gate that is shut 95 % of the time; both shares are our choice.
        """
        share = self.shut.mean(axis=1)
        worst = int(share.argmax())
        if share[worst] <= MANY_SHUT:
            return ""
        what = ("take nothing in", "keep nothing", "say nothing")[worst]
        return (
            f"{int(self.shut[worst].sum())} of {self.shut.shape[1]} units of {self.key} {what}: "
            f"their {GATES[worst]} gate is always shut."
        )


def gates(arrays: Arrays, key: str) -> Gates | None:
    """The gates for the longest recorded text; None where none were recorded."""
    name = f"gates/{key}"
    if name not in arrays or not arrays[name].size:
        return None
    recorded = arrays[name].astype(float) / 255  # (examples, time, gate, unit)
    shut = (recorded < SHUT).mean(axis=(0, 1)) >= ALWAYS
    example, words, steps = _longest(arrays, key, recorded.shape[1])
    return Gates(key, words, recorded[example][steps], shut)


class Cells(NamedTuple):
    """The memory of one LSTM while it reads a text, in the order in which it reads.

    Attributes:
        key: The layer, and the LSTM in it where there are two.
        words: What it reads, without padding.
        state: What each cell holds, shape (words, units).
        extreme: The share of what all cells hold, over all recorded texts, that is beyond 3.
    """

    key: str
    words: tuple[Word, ...]
    state: Array
    extreme: float

    @property
    def verdict(self) -> str:
        """What is wrong, in a sentence; empty when nothing is.

        More than half of the states are beyond 3 on either side, where tanh is above 0.995 and
        its slope below 0.01, so that neither what was read nor a gradient gets through.
        """
        if self.extreme <= MANY_SATURATED:
            return ""
        return (
            f"{self.extreme:.0%} of what the cells of {self.key} hold is beyond 3 or -3: more "
            "makes no difference to what they say."
        )


def cells(arrays: Arrays, key: str) -> Cells | None:
    """The cell states for the longest recorded text; None where none were recorded."""
    name = f"cell_state/{key}"
    if name not in arrays or not arrays[name].size:
        return None
    recorded = arrays[name].astype(float)  # (examples, time, unit)
    example, words, steps = _longest(arrays, key, recorded.shape[1])
    extreme = float((~(np.abs(recorded) <= SATURATED)).mean())
    return Cells(key, words, recorded[example][steps], extreme)


class Reach(NamedTuple):
    """How much the loss depends on what an LSTM reads at each step.

    Attributes:
        layer: Its name.
        norms: Norm of the loss gradient with respect to each step's input, mean over texts,
            shape (steps,); the last one is the end of the text.
    """

    layer: str
    norms: Array

    @property
    def heard(self) -> int:
        """How many of the last steps reach back to the first one with 1 % of the largest norm."""
        loud = np.flatnonzero(self.norms >= HEARD * self.norms.max())
        return len(self.norms) - int(loud[0]) if loud.size and self.norms.max() > 0 else 0

    @property
    def verdict(self) -> str:
        """What is wrong, in a sentence; empty when nothing is.

        Fewer than five steps have 1 % of the largest norm: what was read before might as well
        not be there (Bengio, Simard and Frasconi 1994, "Learning long-term dependencies with
        gradient descent is difficult"); or norms are not finite. The bounds are our choice.
        """
        if not np.isfinite(self.norms).all():
            return f"Gradients through {self.layer} are not finite numbers."
        if self.heard >= min(NEXT_TO_NOTHING, len(self.norms)):
            return ""
        if not self.heard:
            return f"No gradient comes through {self.layer} at all."
        words = "word counts" if self.heard == 1 else f"{self.heard} words count"
        return f"Only the last {words}; what {self.layer} read before hardly moves the loss."


def reach(arrays: Arrays, layer: str) -> Reach | None:
    """How far back the gradient of a recurrent layer goes; None where it was not recorded."""
    key = f"gradient_through_time/{layer}"
    if key not in arrays or not arrays[key].size:
        return None
    return Reach(layer, arrays[key].astype(float))


def _longest(
    arrays: Arrays, key: str, n_steps: int
) -> tuple[int, tuple[Word, ...], NDArray[np.int64]]:
    """Which text has the most words, these words, and the steps at which they are read.

    Steps of an LSTM that reads backwards, which the recording says, count from the text's end.
    """
    read = [tuple(w for w in text if w.place >= 0) for text in texts(arrays, "gate")]
    example = max(range(len(read)), key=lambda i: len(read[i]))
    words = read[example]
    if "backwards" in arrays.what(f"gates/{key}"):
        words = words[::-1]
        return example, words, np.array([n_steps - 1 - word.place for word in words], np.int64)
    return example, words, np.array([word.place for word in words], np.int64)
