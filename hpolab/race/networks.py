"""The same algorithm as the sampler of a search for a network, beside random search.

The networks were trained long ago and are looked up; see hpolab.practice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hpolab.practice import read_table
from hpolab.practice.contest import accuracy, race
from hpolab.search import SamplerSpec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hpolab.practice.contest import Run

__all__ = ["NetworkSearch", "Regret", "search_networks"]


class Regret(NamedTuple):
    """How far searches are from the best network that there is, trial by trial.

    Attributes:
        name: Of the sampler.
        low, middle, high: Quartiles over the searches, in validation accuracy, 0 to 1.
    """

    name: str
    low: tuple[float, ...]
    middle: tuple[float, ...]
    high: tuple[float, ...]


class NetworkSearch(NamedTuple):
    """Searches of two samplers.

    Attributes:
        space: Name of the practice space.
        networks: How many there are in it.
        trials: Of each search.
        seeds: Searches of each sampler.
        best: The accuracy of the best network there.
        regrets: The algorithm's, and that of random search.
    """

    space: str
    networks: int
    trials: int
    seeds: int
    best: float
    regrets: tuple[Regret, Regret]


def search_networks(
    algorithm: str, *, space: str = "cnn", trials: int = 100, seeds: int = 5
) -> NetworkSearch:
    """Search a practice space with an algorithm, and at random; takes some seconds.

    Args:
        algorithm: Its name, which is that of the sampler in a SweepConfig.
        space: A practice space.
        trials: Of each search.
        seeds: Searches of each sampler.

    Raises:
        ConfigError: There is no such sampler or space.
    """
    table = read_table(space)
    best = max(accuracy(table, params) for params in table.space.configurations())
    regrets = [
        _regret(name, race(table, SamplerSpec.parse(name), rounds=trials, seeds=seeds), best)
        for name in (algorithm, "random")
    ]
    return NetworkSearch(space, table.space.size, trials, seeds, best, (regrets[0], regrets[1]))


def _regret(name: str, runs: Sequence[Run], best: float) -> Regret:
    reached = np.array([run.best for run in runs])  # (searches, trials)
    low, middle, high = np.quantile(best - reached, [0.25, 0.5, 0.75], axis=0).tolist()
    return Regret(name, tuple(low), tuple(middle), tuple(high))
