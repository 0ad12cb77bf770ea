"""Which trials are not the sampler's own: those drawn at random, and the one it begins with."""

from __future__ import annotations

import math
from random import Random
from typing import TYPE_CHECKING

from hpolab.search.configurations import starting_point
from hpolab.search.options import GaussianProcess, Tpe
from hpolab.search.populations import Evolving

if TYPE_CHECKING:
    from hpolab.search.options import SamplerSpec
    from hpolab.space import Params, SearchSpace

__all__ = ["can_explore", "first_of", "is_explored"]

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


def first_of(
    sampler: SamplerSpec, space: SearchSpace, *, share: float, seed: int
) -> Params | None:
    """The start that the space names, for a search that begins there; None for another.

    TPE, Gaussian processes and populations begin with random trials and learn from any trial, so
    that the first of them is a sensible one costs nothing. The others follow a plan that it would
    disturb.

    Args:
        sampler: Its name and options.
        space: What may vary.
        share: Of the trials that are drawn at random, in [0, 1]; the first may be one of them.
        seed: Of the search.
    """
    learns_from_any = isinstance(sampler.options, Tpe | GaussianProcess | Evolving)
    if not learns_from_any or is_explored(0, share=share, seed=seed):
        return None
    return starting_point(space)
