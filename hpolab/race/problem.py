"""What a run searches: a known landscape, or the user's own function in its sandbox."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hpolab.evolution.functions import find_function
from hpolab.sandbox import open_fitness

if TYPE_CHECKING:
    from hpolab.evolution import Array
    from hpolab.race.config import Heat, RaceConfig
    from hpolab.sandbox import OwnFitness, OwnFunction

__all__ = ["SCENE_DIMENSIONS", "Problem", "Sandboxes", "check_function", "opened"]

SCENE_DIMENSIONS = 2
_HARDLY = 0.1


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


class Sandboxes:
    """The user's function, kept running from run to run as long as it has hardly used its limits.

    A process of its own for every run would take longer to start than many a run. A run finds
    nine tenths of the processor time that the limits allow, at least.
    """

    def __init__(self) -> None:
        self._open: dict[int, OwnFitness] = {}
        self._spent: dict[int, float] = {}

    @contextmanager
    def use(self, function: OwnFunction) -> Iterator[OwnFitness]:
        """It, for as long as the block lasts; what goes wrong in it ends its process.

        Raises:
            HpolabError: It cannot be run; says why.
        """
        size, began = function.dimensions, time.monotonic()
        fitness = self._open.pop(size, None) or open_fitness(function)
        try:
            yield fitness
        except BaseException:
            self._spent[size] = 0.0
            fitness.close()
            raise
        # the time that it has computed is not more than what has passed
        spent = self._spent.get(size, 0.0) + time.monotonic() - began
        if spent > _HARDLY * function.limits.cpu_seconds:
            self._spent[size] = 0.0
            fitness.close()
        else:
            self._open[size], self._spent[size] = fitness, spent

    def close(self) -> None:
        """End all of them."""
        while self._open:
            self._open.popitem()[1].close()


@contextmanager
def opened(config: RaceConfig, heat: Heat, sandboxes: Sandboxes) -> Iterator[Problem]:
    """The problem of a run, for as long as the block lasts.

    Args:
        config: Of the race.
        heat: The run.
        sandboxes: Where the user's function is run.

    Raises:
        HpolabError: The own function cannot be run; says why.
    """
    own = config.scene_fitness if heat.is_scene else config.fitness
    if own is not None:
        sign = 1 if own.direction == "minimize" else -1
        best = own.optimum or 0.0
        with sandboxes.use(own) as values:
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
