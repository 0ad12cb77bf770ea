"""Exploration: which trials are drawn at random instead of being proposed by the sampler."""

from __future__ import annotations

import math
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hpolab.search.options import SamplerSpec

__all__ = ["can_explore", "is_explored"]

_GOLDEN = (math.sqrt(5) - 1) / 2


def can_explore(sampler: SamplerSpec) -> bool:
    """Whether this sampler learns, so that drawing at random instead makes a difference."""
    return sampler.name not in {"random", "grid", "qmc"}


def is_explored(number: int, *, share: float, seed: int) -> bool:
    """Whether a trial is drawn at random; the same whenever it is asked.

    Multiples of the golden ratio modulo 1 fill [0, 1) evenly (Weyl's sequence; Knuth 1998, "The
    Art of Computer Programming" 3, 6.4): among any few trials in a row, about the given share is
    drawn, and a larger share draws the same trials and some more.

    Args:
        number: Of the trial, from 0.
        share: In [0, 1].
        seed: Of the search; shifts the sequence.
    """
    shift = Random(seed).random()
    return (shift + number * _GOLDEN) % 1 < share
