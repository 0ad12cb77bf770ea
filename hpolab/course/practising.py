"""Searches that are looked up instead of trained, so that a lesson can afford sixty trials."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from hpolab.errors import ConfigError
from hpolab.health.limits import Limits
from hpolab.practice import Standings, practice_config, read_table
from hpolab.practice.lookup import space_of
from hpolab.storage.names import fresh_name
from hpolab.sweep import Sweep

if TYPE_CHECKING:
    from hpolab.config import SweepConfig
    from hpolab.practice import Table

__all__ = ["count_top", "practise"]


def practise(
    space: str,
    *,
    trials: int = 60,
    sampler: Any = "random",
    pruner: Any = "none",
    limits: Limits | dict[str, Any] | None = None,
    seed: int = 0,
) -> Sweep:
    """Search a practice space by accuracy alone; done when it returns, after about a second.

    Two searches that differ in their pruner alone train the same configurations, as long as the
    sampler is "random": it does not look at what came of the others.

    Args:
        space: Its name.
        trials: How many.
        sampler, pruner: By name, or with options beside the name.
        limits: Hard limits; None for none.
        seed: Of the search, and of the trainings that are looked up.

    Raises:
        ConfigError: There is no such space, sampler, pruner or limit.
    """
    config = practice_config(
        space,
        mode="simple",
        budget=trials,
        sampler=sampler,
        pruner=pruner,
        limits=Limits.none() if limits is None else limits,
        seed=seed,
    )
    return Sweep(config.replace(name=fresh_name("lesson"))).run()


def count_top(sweep: Sweep, *, share: float = 0.1, first: int = 0) -> int:
    """How many trials of a practice sweep are among the best of all tabulated configurations.

    Args:
        sweep: On a practice space.
        share: Of the configurations, in (0, 1): 0.1 for the best tenth. All that equal the last
            one of them count, too.
        first: The number of the trial to begin with.

    Raises:
        ConfigError: It is not on a practice space.
    """
    table = _table_of(sweep.config)
    standings = Standings.of(table, sweep.config.scoring, seeds=[sweep.config.seed])
    bar = np.quantile(standings.means, 1 - share, method="higher")
    trials = [trial for number, trial in sweep.record.trials.items() if number >= first]
    return sum(bool(standings.means[table.place(trial.params)] >= bar) for trial in trials)


def _table_of(config: SweepConfig) -> Table:
    space = space_of(config.builder(), config.dataset.name)
    if space is None or config.executor.name != "practice":
        raise ConfigError("this is known of practice spaces alone; make a sweep with practise().")
    return read_table(space.name)
