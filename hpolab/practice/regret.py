"""How far a search is from the best that a practice space holds, trial by trial."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Self

from hpolab.practice.lookup import tabulated

if TYPE_CHECKING:
    from hpolab.parameters import Params, Value
    from hpolab.practice.table import Table
    from hpolab.record import SweepRecord
    from hpolab.scoring import ScoringWeights

__all__ = ["Standings"]


@dataclass(frozen=True)
class Standings:
    """Every tabulated configuration by its mean score over seeds.

    A search sees one seed; a winner is worth what it gives on average. So the regret of a search
    is that of the configuration it would recommend, judged by the mean: a lucky winner counts
    for no more than it is worth, and the curve may rise when luck is taken for merit. Over the
    one seed that the search has seen, the regret is how well it has climbed, luck and all.

    Attributes:
        table: Whose configurations.
        means: Mean score of each, in the order of ``PracticeSpace.configurations``; a training
            that failed counts 0.
    """

    table: Table
    means: tuple[float, ...]

    @classmethod
    def of(
        cls,
        table: Table,
        weights: ScoringWeights,
        *,
        epochs: int | None = None,
        seeds: Sequence[int] = (),
    ) -> Self:
        """The standings under some weights.

        Args:
            table: Whose configurations.
            weights: What counts how much.
            epochs: After so many; None for all.
            seeds: Whose scores are averaged; empty for all that the table has.
        """
        seeds = seeds or range(table.header.seeds)
        means = []
        for params in table.space.configurations():
            results = [tabulated(table, params, seed=seed, epochs=epochs) for seed in seeds]
            scores = [
                weights.score(result.accuracy or 0.0, result.health.values()).total
                for result in results
                if result.state == "completed"
            ]
            means.append(sum(scores) / len(seeds))
        return cls(table, tuple(means))

    @cached_property
    def best(self) -> float:
        """The highest mean score: the best known."""
        return max(self.means)

    @property
    def best_params(self) -> Params:
        """A configuration with the highest mean score."""
        return list(self.table.space.configurations())[self.means.index(self.best)]

    def regret(self, params: Mapping[str, Value]) -> float:
        """How much lower a configuration's mean score is than the best known; at least 0."""
        return self.best - self.means[self.table.place(params)]

    def curve(self, record: SweepRecord) -> list[float]:
        """The regret of a sweep after each of its trials.

        Until a trial is completed there is nothing to recommend, which is as bad as the worst.
        """
        regrets, seen, regret = [], -1.0, self.best - min(self.means)
        for number in sorted(record.trials):
            trial = record.trials[number]
            if trial.state == "completed" and trial.score is not None and trial.score > seen:
                seen, regret = trial.score, self.regret(trial.params)
            regrets.append(regret)
        return regrets
