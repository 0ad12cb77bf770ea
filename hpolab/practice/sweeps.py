"""Sweeps on practice spaces: how to ask for one, and what cannot be asked."""

from __future__ import annotations

from typing import Any

from hpolab.config import SweepConfig
from hpolab.errors import ConfigError
from hpolab.parameters import Choice, Fixed, Parameter, Value
from hpolab.practice.lookup import space_of
from hpolab.practice.spaces import SPACES, practice_space
from hpolab.trial import DatasetSpec

__all__ = ["check_fresh_seeds", "check_practice", "practice_config"]


def practice_config(name: str, **settings: Any) -> SweepConfig:
    """The config of a sweep on a practice space; any setting of SweepConfig beside it.

    >>> practice_config("cnn", sampler="random", budget=100).executor.name
    'practice'

    Raises:
        ConfigError: There is no such space, or a setting breaks its rule.
    """
    space = practice_space(name)
    asked: dict[str, Any] = {
        "dataset": space.dataset,
        "model": space.model,
        "space": dict(space.edits),
        "epochs": space.epochs,
        "executor": "practice",
    }
    return SweepConfig.parse({**asked, **settings})


def check_practice(config: SweepConfig) -> None:
    """Refuse what no table can answer; sweeps with other executors are left alone.

    Raises:
        ConfigError: No table has the model on the data, so many epochs, or some configuration
            of the space; names the setting.
    """
    if config.executor.name != "practice":
        return
    space = space_of(config.builder(), config.dataset.name)
    if space is None:
        known = " or ".join(f"{known.model} on {known.dataset}" for known in SPACES.values())
        raise ConfigError(f"practice knows {known}; train others by process.", field="dataset")
    if config.dataset != DatasetSpec(name=space.dataset, directory=config.dataset.directory):
        raise ConfigError("practice knows the default split only; leave it out.", field="dataset")
    if config.precision not in ("float32", "auto"):  # auto: they were trained on CPUs
        raise ConfigError("the tables were trained in float32; leave it out.", field="precision")
    if config.epochs > space.epochs:
        rule = f"the table has {space.epochs} epochs, but got {config.epochs}; ask for fewer."
        raise ConfigError(rule, field="epochs")
    asked, there = config.search_space(), space.space
    for name in there:
        _check(name, asked[name], there[name], space.name)


def check_fresh_seeds(config: SweepConfig, seeds: int) -> None:
    """Refuse more seeds than a practice table has beside the one that the search has seen.

    Raises:
        ConfigError: There are fewer; names the number.
    """
    space = space_of(config.builder(), config.dataset.name)
    if config.executor.name != "practice" or space is None:
        return
    if seeds >= space.seeds:
        raise ConfigError(
            f"the practice table {space.name} has {space.seeds} seeds, of which the search has "
            f"seen one, but got {seeds}; ask for {space.seeds - 1} at most.",
            field="seeds",
        )


def _check(name: str, asked: Parameter, there: Parameter, space: str) -> None:
    if asked.only_if != there.only_if:
        rule = "the practice tables have no other conditions; leave only_if out."
        raise ConfigError(rule, field=f"space.{name}.only_if")
    for value in _ends(asked):
        if not there.contains(value):
            raise ConfigError(
                f"the practice table {space} has no {value!r} here; take the space of "
                f"`practice_config({space!r})`, or a part of it.",
                field=f"space.{name}",
            )


def _ends(parameter: Parameter) -> tuple[Value, ...]:
    """Values that lie in every range or choice that the parameter lies in."""
    if isinstance(parameter, Choice):
        return parameter.options
    if isinstance(parameter, Fixed):
        return (parameter.value,)
    return (parameter.low, parameter.high)
