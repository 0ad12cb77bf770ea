"""An example on its way through a network: what every layer makes of it, as pure data.

Pictures and series are bytes in base64, outermost axis first, so that a browser draws them
without a library: 0 and 255 stand for the ends of the range that is given beside them.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from hpolab.frozen import Frozen

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "Answer",
    "ForwardPass",
    "Gates",
    "LayerPass",
    "Maps",
    "Reader",
    "Series",
    "Shown",
    "Units",
    "packed",
    "unpacked",
]


def packed(array: NDArray[np.uint8]) -> str:
    """The bytes of an array in base64, outermost axis first."""
    return base64.b64encode(array.tobytes()).decode("ascii")


def unpacked(text: str, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """The array of this shape that ``packed`` has packed.

    Raises:
        ValueError: There are more or fewer bytes, or they are no base64.
    """
    import numpy as np

    return np.frombuffer(base64.b64decode(text, validate=True), np.uint8).reshape(shape)


class Shown(Frozen):
    """What a network was shown: a picture, or a text.

    Attributes:
        pixels: Of a picture, base64 of uint8; empty for a text.
        shape: Of the picture: (rows, columns, channels), as the network reads it.
        words: Of a text, one for each step that the network takes; "" where it is padded.
        unknown: Steps at which the network sees no more than that there is a word, which it does
            not know.
    """

    pixels: str = ""
    shape: tuple[int, ...] = ()
    words: tuple[str, ...] = ()
    unknown: tuple[int, ...] = ()


class Maps(Frozen):
    """What a layer gives is pictures: one for each channel.

    Attributes:
        pictures: Of each channel that is shown, base64 of uint8, shape (height, width).
        height, width: Of each; large ones are shrunk, a pixel is then a mean.
        channels: Which channels they are; of many, those whose pixels differ most.
        n_channels: How many the layer has.
        low, high: Outputs that 0 and 255 stand for, in all of them.
    """

    view: Literal["maps"] = "maps"
    pictures: tuple[str, ...]
    height: int
    width: int
    channels: tuple[int, ...]
    n_channels: int
    low: float
    high: float


class Units(Frozen):
    """What a layer gives is one number for each unit.

    Attributes:
        values: Of the units that are shown, to four digits.
        units: Which units they are: all, or so many evenly spread ones.
        n_units: How many the layer has.
    """

    view: Literal["units"] = "units"
    values: tuple[float | None, ...]
    units: tuple[int, ...]
    n_units: int


class Series(Frozen):
    """What a layer gives is a vector for each step of a text.

    Attributes:
        first: The step that the first of the values belongs to; the last steps are shown.
        norms: Euclidean norm of each step's vector.
        values: Base64 of uint8, shape (steps, features).
        features: Which features are in ``values``.
        n_features: How many the layer has.
        low, high: Outputs that 0 and 255 stand for.
    """

    view: Literal["series"] = "series"
    first: int = 0
    norms: tuple[float | None, ...]
    values: str
    features: tuple[int, ...]
    n_features: int
    low: float
    high: float


class Reader(Frozen):
    """One LSTM, step by step, in the order of the text: each base64 of uint8, (steps, units).

    Attributes:
        is_backward: Whether it reads from the last step to the first.
        input, forget, output: The gates: 0 closed, 255 open.
        cell: What it remembers, from -cell_range to cell_range.
        hidden: What it says, from -1 to 1.
        cell_range: The largest that any cell holds, or its negative.
        n_units: How many it has; the first of them are shown.
        n_shown: So many.
    """

    is_backward: bool = False
    input: str
    forget: str
    output: str
    cell: str
    hidden: str
    cell_range: float
    n_units: int
    n_shown: int


class Gates(Frozen):
    """What happens in an LSTM while it reads.

    Attributes:
        first: The step that the first of the values belongs to; the last steps are shown.
        steps: How many are shown.
        readers: One, or two where a text is read in both directions.
    """

    view: Literal["gates"] = "gates"
    first: int = 0
    steps: int
    readers: tuple[Reader, ...]


class LayerPass(Frozen):
    """What one layer made of the example.

    Attributes:
        name, kind: As in the ArchitectureGraph.
        shape: Of its output, without the batch.
        mean: Mean absolute output; None where an output is not a finite number.
        at_zero: Share of its outputs that are zero for this example, in [0, 1].
        passes_on: Whether it only hands on what it was given, rearranged or not: a flatten, or
            dropout when nothing is learned.
        content: Its output, to be drawn; None where that tells nothing new.
    """

    name: str
    kind: str
    shape: tuple[int, ...]
    mean: float | None
    at_zero: float = Field(ge=0, le=1)
    passes_on: bool = False
    content: Annotated[Maps | Units | Series | Gates, Field(discriminator="view")] | None = None


class Answer(Frozen):
    """How likely the network holds one class to be."""

    name: str
    probability: float = Field(ge=0, le=1)


class ForwardPass(Frozen):
    """An example on its way through a network.

    Attributes:
        shown: The example.
        layers: From input to output.
        answers: In the order of the classes; of more than 20 classes the likeliest, the likeliest
            first. None where the output is not probabilities.
        n_classes: How many there are.
        truth: The right class, where it is known.
    """

    format: Literal[1] = 1
    shown: Shown
    layers: tuple[LayerPass, ...]
    answers: tuple[Answer, ...] = ()
    n_classes: int = 0
    truth: str = ""

    @property
    def answer(self) -> str:
        """The likeliest class; empty where there are no probabilities."""
        best = max(self.answers, key=lambda answer: answer.probability, default=None)
        return best.name if best else ""

    @property
    def dies_at(self) -> str:
        """The first layer that says nothing but zeros to this example; empty if none does."""
        return next((layer.name for layer in self.layers if layer.at_zero == 1), "")

    def to_view(self) -> dict[str, Any]:
        """As JSON, with ``answer`` and ``dies_at``: what a page draws."""
        return {**self.to_dict(), "answer": self.answer, "dies_at": self.dies_at}
