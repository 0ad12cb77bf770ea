"""Holding a race that a visitor asks for against what a host allows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from hpolab.errors import ConfigError
from hpolab.race.folder import races_dir, racing_in
from hpolab.sandbox import sandbox_problem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hpolab.race import RaceConfig
    from hpolab.settings import AppSettings

__all__ = ["admitted", "refuse_full"]


def admitted(config: RaceConfig, allowed: AppSettings) -> RaceConfig:
    """The race with this host's limits of time and processes.

    Raises:
        ConfigError: It asks for more evaluations than are allowed, or for a function of the
            visitor's own where there is no sandbox; names the setting and the limit.
    """
    if config.fitness is not None and (problem := sandbox_problem()):
        raise ConfigError(f"own functions are not taken here: {problem}")
    asked = len(config.contenders) * config.seeds * config.budget
    if asked > allowed.race_evaluations:
        raise ConfigError(
            f"at most {allowed.race_evaluations:,} evaluations in all here; "
            f"{len(config.contenders)} algorithms, {config.seeds} seeds and {config.budget:,} "
            f"evaluations a run are {asked:,}.",
            field="budget",
        )
    seconds = 60 * allowed.race_minutes
    return config.replace(
        seconds=seconds, heat_seconds=min(seconds, config.heat_seconds), workers=allowed.workers
    )


def refuse_full(own: Path, others: Iterable[Path], allowed: AppSettings) -> None:
    """Refuse one more race where the visitor, or all together, run enough.

    Args:
        own: The visitor's folder.
        others: The folders of all visitors.
        allowed: The limits.

    Raises:
        ConfigError: Says what to wait for.
    """
    if racing_in(races_dir(own)):
        raise ConfigError("you have a race already; stop it, or wait for its end.")
    if sum(racing_in(races_dir(other)) for other in others) >= allowed.races:
        raise ConfigError(f"all {allowed.races} tracks are taken; try again in some minutes.")
