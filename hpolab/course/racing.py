"""Races of a lesson: small enough to be run while one reads on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hpolab.course.dares import Attempt
from hpolab.errors import ConfigError, did_you_mean
from hpolab.race import FAMILIES, Race, RaceConfig
from hpolab.race.outcomes import paired_scores, table
from hpolab.race.significance import judge

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["place_of", "race_on", "wins_elsewhere"]


def race_on(
    function: str,
    algorithms: Sequence[str] = FAMILIES,
    *,
    dimensions: int = 10,
    seeds: int = 9,
    budget: int = 4000,
) -> Race:
    """A race that is over when it is returned, after some seconds.

    Args:
        function: Its name; every seed puts its lowest point elsewhere.
        algorithms: Who races.
        dimensions: Variables of the function.
        seeds: Runs of each.
        budget: Evaluations of each run.

    Raises:
        ConfigError: There is no such function or algorithm.
    """
    config = RaceConfig(
        function=function,
        contenders=tuple(algorithms),
        dimensions=dimensions,
        seeds=seeds,
        budget=budget,
        scene_budget=1500,
    )
    return Race(config).run()


def place_of(race: Race, algorithm: str) -> int:
    """The place of an algorithm in a race, 1 for the lowest mean rank.

    Raises:
        ConfigError: It has not raced.
    """
    names = [row.name for row in table(race.record)]
    if algorithm not in names:
        raise ConfigError(f"{algorithm!r} has not raced; {did_you_mean(algorithm, names)}")
    return names.index(algorithm) + 1


def wins_elsewhere(race: Race, known: Sequence[str]) -> Attempt:
    """Whether one algorithm beats all others, not by luck, on a function that is not known.

    Args:
        race: That has ended.
        known: Names of functions that do not count.
    """
    if race.config.function in known:
        return Attempt(False, f"{race.config.function} was raced above; take another one.")
    names = [contender.name for contender in race.config.contenders]
    if len(names) < len(FAMILIES):
        return Attempt(False, f"{len(FAMILIES)} have to race, and {len(names)} did.")
    verdict = judge(names, paired_scores(race.record))
    return Attempt(not verdict.level_with and bool(verdict.beaten), verdict.words)
