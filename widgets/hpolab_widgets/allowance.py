"""Holding what a visitor asks against what a host allows; pure, and told in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hpolab.data.known import KNOWN
from hpolab.errors import ConfigError
from hpolab.models import FAMILIES
from hpolab.space import Choice, Fixed, Float, Int

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hpolab.budget import Budget
    from hpolab.commands import Command
    from hpolab.config import SweepConfig
    from hpolab.settings import AppSettings
    from hpolab.space import Parameter, Value

__all__ = ["check_budget", "check_config", "extended", "filled_in"]


def filled_in(config: SweepConfig, allowed: AppSettings) -> SweepConfig:
    """What a visitor left open, set so that it keeps the limits; what was asked stays.

    The executor is always the host's: who runs trials, and how many at once, is not asked.
    """
    budget, data = config.budget, config.dataset
    if config.follows is None:  # else they must be those of the followed sweep, and are checked
        data = data.replace(max_samples=data.max_samples or allowed.samples)
    return config.replace(
        budget=budget.replace(
            trials=budget.trials or allowed.trials, seconds=budget.seconds or allowed.minutes * 60
        ),
        dataset=data,
        executor={
            "name": "process",
            "workers": allowed.workers,
            "memory_limit_mb": allowed.memory_mb,
            "epoch_limit_seconds": allowed.minutes * 60,
        },
    )


def check_config(config: SweepConfig, allowed: AppSettings) -> None:
    """Refuse what is beyond a limit.

    Raises:
        ConfigError: Names the setting and the limit.
    """
    data = config.dataset
    if data.path is not None or data.directory is not None:
        field = "path" if data.path is not None else "directory"
        raise ConfigError("own data are not taken here.", field=f"dataset.{field}")
    if data.name not in allowed.datasets:
        known = ", ".join(allowed.datasets)
        raise ConfigError(f"{data.name!r} is not offered here: {known}.", field="dataset.name")
    if config.model not in {"", *FAMILIES}:
        known = ", ".join(FAMILIES)
        raise ConfigError(
            f"own networks are not taken here; choose one of {known}.", field="model"
        )
    _at_most(config.epochs, allowed.epochs, "epochs")
    _check_samples(config, allowed)
    check_budget(config.budget, allowed)
    _check_space(config)


def check_budget(budget: Budget, allowed: AppSettings) -> None:
    """Refuse a budget beyond the limits.

    Raises:
        ConfigError: Names the setting and the limit.
    """
    _at_most(budget.trials or 0, allowed.trials, "budget.trials")
    _at_most(budget.seconds or 0, allowed.minutes * 60, "budget.seconds")


def extended(budget: Budget, wishes: Sequence[Command]) -> Budget:
    """The budget as it would be after these wishes."""
    for wish in wishes:
        budget = budget.extended(wish)
    return budget


def _check_samples(config: SweepConfig, allowed: AppSettings) -> None:
    asked = config.dataset.max_samples
    if asked is None and config.follows is not None:  # all there are, as in the followed sweep
        asked = KNOWN[config.dataset.name].n_train
    _at_most(asked or 0, allowed.samples, "dataset.max_samples")


def _at_most(asked: float, limit: float, field: str) -> None:
    if asked > limit:
        shown = f"{asked:g}" if asked < 1e15 else "more than a million billion"
        raise ConfigError(f"at most {limit:g} here; got {shown}.", field=field)


def _check_space(config: SweepConfig) -> None:
    """Refuse sizes beyond the family's own: a huge network is a way to take all.

    Rates and shares, which are below one, may be anything: they take nothing from anybody.
    """
    own = FAMILIES[config.builder()].space
    asked = config.search_space()
    for name in asked:
        largest, limit = _largest(asked[name]), _largest(own[name])
        if limit is None or limit < 1:
            continue
        if _is_worded(asked[name]):
            raise ConfigError("write numbers here.", field=f"space.{name}")
        if largest is not None:
            _at_most(largest, limit, f"space.{name}")


def _is_worded(parameter: Parameter) -> bool:
    """Whether it can be a text, which a network may take for the number that it spells."""
    return any(isinstance(value, str) for value in _values(parameter))


def _largest(parameter: Parameter) -> float | None:
    """The largest number that a parameter can be, None when it is never one."""
    numbers = [value for value in _values(parameter) if isinstance(value, int | float)]
    return max(numbers, default=None)


def _values(parameter: Parameter) -> tuple[Value, ...]:
    """Its options, or the largest of its range."""
    match parameter:
        case Float() | Int():
            return (parameter.high,)
        case Choice():
            return parameter.options
        case Fixed():
            return (parameter.value,)
