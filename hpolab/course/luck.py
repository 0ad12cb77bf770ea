"""How much luck flatters a winner, measured on the practice tables: several seeds for each."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hpolab.course.dares import Attempt
from hpolab.errors import ConfigError
from hpolab.practice.lookup import space_of, tabulated
from hpolab.practice.table import read_table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hpolab.sweep import Sweep

__all__ = ["Luck", "best_of", "unflattered"]


class Luck(NamedTuple):
    """What the winners of many searches have in common.

    Attributes:
        seen: Their mean validation accuracy under the seed that the search saw, in [0, 1].
        fresh: Their mean validation accuracy under the other seeds.
    """

    seen: float
    fresh: float

    @property
    def flattery(self) -> float:
        """How much less they are worth than the search said."""
        return self.seen - self.fresh


def best_of(trials: int, *, space: str = "lstm", searches: int = 500, seed: int = 0) -> Luck:
    """Search at random many times, keep each winner, and look its other seeds up.

    Every draw of configurations is searched once under each seed of the table, so that what is
    easier under one seed than under another cancels out.

    Args:
        trials: So many different configurations are drawn in each search.
        space: A practice space by name.
        searches: How many draws are averaged.
        seed: Of what is drawn.

    Raises:
        ConfigError: There is no such space, or it has fewer configurations.
    """
    accuracy = _accuracies(space)  # (configurations, seeds)
    size, seeds = accuracy.shape
    if not 1 <= trials <= size:
        raise ConfigError(f"`1 <= trials <= {size}` must hold, but got {trials}.", field="trials")
    luck = np.random.default_rng(seed)
    seen, fresh = [], []
    for _ in range(searches):
        drawn = luck.choice(size, trials, replace=False)
        for known in range(seeds):
            winner = accuracy[drawn[np.argmax(accuracy[drawn, known])]]
            seen.append(winner[known])
            fresh.append(np.delete(winner, known).mean())
    return Luck(float(np.mean(seen)), float(np.mean(fresh)))


def unflattered(sweep: Sweep) -> Attempt:
    """Whether the winner of a practice sweep is worth as much under seeds that it did not see."""
    config, best = sweep.config, sweep.best
    space = space_of(config.builder(), config.dataset.name)
    if best is None or best.score is None or space is None:
        return Attempt(False, "there is no winner of a practice space to look at.")
    table = read_table(space.name)
    scores = []
    for seed in range(best.seed + 1, best.seed + table.header.seeds):
        result = tabulated(table, best.params, seed=seed, epochs=config.epochs)
        score = config.scoring.score(result.accuracy or 0.0, result.health.values())
        scores.append(score.total if result.state == "completed" else 0.0)
    fresh = sum(scores) / len(scores)
    words = f"the winner scored {best.score:.3f}, and {fresh:.3f} with {len(scores)} other seeds."
    return Attempt(fresh >= best.score, words)


@lru_cache
def _accuracies(space: str) -> NDArray[np.float64]:
    """Validation accuracy of every training, shape (configurations, seeds); 0 if it failed."""
    table = read_table(space)
    return np.array(
        [
            [table.result(params, seed=seed).accuracy or 0.0 for seed in range(table.header.seeds)]
            for params in table.space.configurations()
        ]
    )
