"""How many examples go where, known without reading any."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from hpolab.trial import DatasetSpec

__all__ = ["Parts", "Size", "parts_of"]


class Size(NamedTuple):
    """How much data there is.

    Attributes:
        examples: To train and steer with.
        test: In a test part that the data bring along; 0 when they bring none.
    """

    examples: int
    test: int


class Parts(NamedTuple):
    """Examples to learn from, to steer the search by, and to measure the winner with."""

    train: int
    validation: int
    test: int


def parts_of(spec: DatasetSpec, size: Size) -> Parts:
    """How a spec divides the data; see ``hpolab.data.splits``, which keeps groups whole too."""
    n, test = size.examples, size.test
    if spec.max_samples is not None and spec.max_samples < n:
        test = math.ceil(test * spec.max_samples / n)
        n = spec.max_samples
    if not size.test:
        test = math.ceil(n * spec.test)
        n -= test
    validation = math.ceil(n * spec.validation)
    return Parts(n - validation, validation, test)
