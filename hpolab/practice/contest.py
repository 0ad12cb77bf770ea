"""A contest on a practice space: whoever picks configurations, against many searches at once.

One search is as good as its luck. So a sampler takes part with many seeds, and a contestant is
held against all of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hpolab.parameters import Fixed
from hpolab.practice.lookup import tabulated
from hpolab.search import PrunerSpec, SamplerSpec
from hpolab.space import SearchSpace

if TYPE_CHECKING:
    from hpolab.parameters import Params, Value
    from hpolab.practice.table import Table

__all__ = [
    "Run",
    "Spread",
    "accuracy",
    "beaten",
    "race",
    "run_search",
    "spread",
    "without_starts",
]


class Run(NamedTuple):
    """One search.

    Attributes:
        picks: The tabulated configurations that it tried, in order: the values that vary.
        accuracies: The validation accuracy of each, in [0, 1].
    """

    picks: tuple[Params, ...]
    accuracies: tuple[float, ...]

    @property
    def best(self) -> tuple[float, ...]:
        """The highest accuracy until then, round by round."""
        return tuple(accumulate(self.accuracies, max))


class Spread(NamedTuple):
    """Where many searches are, round by round: the lowest tenth below, the highest above.

    Attributes:
        low, middle, high: Quantiles 0.1, 0.5 and 0.9 of their best so far.
    """

    low: tuple[float, ...]
    middle: tuple[float, ...]
    high: tuple[float, ...]


def accuracy(table: Table, params: Mapping[str, Value], *, seed: int = 0) -> float:
    """The validation accuracy of the nearest tabulated configuration; 0 where training failed.

    Args:
        table: Where to look.
        params: A configuration of its space, or the values that vary.
        seed: Of the training.
    """
    return tabulated(table, params, seed=seed).accuracy or 0.0


def run_search(
    table: Table, sampler: SamplerSpec, *, rounds: int, seed: int, training_seed: int = 0
) -> Run:
    """A search of so many trials, each trained to its end.

    It begins where its sampler begins: the textbook's values that the space names as a start are
    left out, so that nobody has an advantage. Samplers see ranges; a value between two tabulated
    ones counts as the nearer one.

    Args:
        table: Of the practice space.
        sampler: Who searches.
        rounds: How many trials.
        seed: Of the search.
        training_seed: Of the trainings that are looked up.
    """
    from hpolab.search import Search  # loads Optuna

    search = Search(
        without_starts(table.space.space),
        sampler=sampler,
        pruner=PrunerSpec.parse("none"),
        seed=seed,
        epochs=table.space.epochs,
    )
    picks, accuracies = [], []
    for number in range(rounds):
        params = search.ask(number)
        reached = accuracy(table, params, seed=training_seed)
        search.tell(number, reached, "completed")
        picks.append(table.space.nearest(params))
        accuracies.append(reached)
    return Run(tuple(picks), tuple(accuracies))


def race(table: Table, sampler: SamplerSpec, *, rounds: int, seeds: int) -> tuple[Run, ...]:
    """So many searches, which differ in their seed alone; see ``run_search``."""
    return tuple(run_search(table, sampler, rounds=rounds, seed=seed) for seed in range(seeds))


def spread(runs: Sequence[Run]) -> Spread:
    """Where searches of equal length are, round by round."""
    best = np.array([run.best for run in runs])  # (searches, rounds)
    low, middle, high = (tuple(row.tolist()) for row in np.quantile(best, [0.1, 0.5, 0.9], axis=0))
    return Spread(low, middle, high)


def beaten(reached: float, runs: Sequence[Run]) -> tuple[int, int]:
    """How many searches ended below what was reached, and how many at the same."""
    ends = [run.best[-1] for run in runs]
    return sum(end < reached for end in ends), sum(end == reached for end in ends)


def without_starts(space: SearchSpace) -> SearchSpace:
    """The space that names nowhere to begin."""
    parameters = {name: space[name] for name in space}
    return SearchSpace(
        {
            name: each if isinstance(each, Fixed) else each.replace(start=None)
            for name, each in parameters.items()
        }
    )
