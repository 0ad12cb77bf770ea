"""What a run searches: a known landscape, or the user's own function in its sandbox."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hpolab.evolution.functions import find_function
from hpolab.sandbox import open_fitness

if TYPE_CHECKING:
    from hpolab.evolution import Array
    from hpolab.race.config import Heat, RaceConfig

__all__ = ["SCENE_DIMENSIONS", "Problem", "check_function", "opened"]

SCENE_DIMENSIONS = 2


class Problem(NamedTuple):
    """What is to be minimised.

    Attributes:
        bounds: Where, shape (dimensions, 2).
        error: From points, shape (n, dimensions), to how far above the lowest value each is; to
            the values themselves where the lowest one is not known.
    """

    bounds: Array
    error: Callable[[Array], Array]


def check_function(name: str, dimensions: int) -> None:
    """Refuse a function that is not known, or not in so few dimensions.

    Raises:
        ConfigError: Names the field.
    """
    find_function(name, dimensions)


@contextmanager
def opened(config: RaceConfig, heat: Heat) -> Iterator[Problem]:
    """The problem of a run, for as long as the block lasts.

    Raises:
        HpolabError: The own function cannot be run; says why.
    """
    own = config.scene_fitness if heat.is_scene else config.fitness
    if own is not None:
        sign = 1 if own.direction == "minimize" else -1
        best = own.optimum or 0.0
        with open_fitness(own) as values:
            bounds = np.stack([own.lows, own.highs], axis=1)
            yield Problem(bounds, lambda points: sign * (values(points) - best))
        return
    function = find_function(
        config.function,
        SCENE_DIMENSIONS if heat.is_scene else config.dimensions,
        shifted=heat.seed if config.shifted else None,
        rotated=heat.seed if config.rotated else None,
    )
    # a rounding error may lie below the optimum
    yield Problem(
        function.bounds, lambda points: np.maximum(function(points) - function.optimum_value, 0.0)
    )
