"""Whether a sampler and a pruner fit the space and the epochs, before any work starts."""

from __future__ import annotations

from importlib.util import find_spec

from hpolab.errors import ConfigError, SpaceError
from hpolab.search.configurations import free_parameters, grid
from hpolab.search.options import (
    CmaEs,
    GaussianProcess,
    Grid,
    Hyperband,
    Median,
    Nsga2,
    PrunerSpec,
    SamplerSpec,
)
from hpolab.space import Choice, SearchSpace

__all__ = ["check"]


def check(
    sampler: SamplerSpec,
    space: SearchSpace,
    *,
    pruner: PrunerSpec | None = None,
    epochs: int | None = None,
) -> tuple[str, ...]:
    """Refuse what cannot work, and say what works only in part. Does not load Optuna.

    Args:
        sampler: Who proposes configurations.
        space: What may vary.
        pruner: Who stops trials; None to leave it unchecked.
        epochs: How many epochs a trial trains at most; needed to check the pruner.

    Returns:
        What a person should know, a sentence each: which parameters the sampler leaves to chance,
        or that the pruner will never stop anything.

    Raises:
        ConfigError: The sampler lacks a package, cannot move anything in this space, or needs
            finitely many values; or the pruner wants more epochs than there are.
    """
    notes = [*_check_sampler(sampler, space)]
    if pruner is not None and epochs is not None:
        notes += _check_pruner(pruner, epochs)
    return tuple(notes)


def _check_sampler(sampler: SamplerSpec, space: SearchSpace) -> list[str]:
    options = sampler.options
    if isinstance(options, Grid):
        try:
            grid(space, points=options.points)
        except SpaceError as error:
            field = f"space.{error.field}" if error.field else "sampler.points"
            raise ConfigError(error.rule, field=field) from error
    if isinstance(options, GaussianProcess) and find_spec("torch") is None:
        raise ConfigError(
            "gp needs PyTorch, which is not installed; run `pip install 'hpolab[gp]'`, or take "
            "tpe.",
            field="sampler.name",
        )
    free = free_parameters(space)
    by_chance = [name for name, parameter in free.items() if parameter.only_if]
    if isinstance(options, CmaEs):
        by_chance = [name for name in free if name in by_chance or isinstance(free[name], Choice)]
        if free and len(by_chance) == len(free):
            raise ConfigError(
                "cma-es moves only numbers that always apply, and this space has none; take tpe.",
                field="sampler.name",
            )
    elif not isinstance(options, Nsga2 | GaussianProcess):
        by_chance = []
    if not by_chance:
        return []
    return [f"{sampler.name} draws {', '.join(by_chance)} at random; it cannot steer them."]


def _check_pruner(pruner: PrunerSpec, epochs: int) -> list[str]:
    options = pruner.options
    if isinstance(options, Hyperband):
        longest = options.max_epochs or epochs
        if longest > epochs or options.min_epochs > epochs:
            field = "max_epochs" if longest > epochs else "min_epochs"
            raise ConfigError(
                f"a trial trains only {epochs} epochs; lower it, or raise epochs.",
                field=f"pruner.{field}",
            )
        if longest < options.min_epochs * options.reduction_factor:
            return [
                f"hyperband has one bracket only: {longest} epochs are less than "
                f"{options.reduction_factor} times {options.min_epochs}."
            ]
    if isinstance(options, Median) and options.warmup_epochs + 1 >= epochs:
        return [
            f"median will stop no trial: its warm-up of {options.warmup_epochs} epochs leaves "
            f"none of {epochs} to save."
        ]
    return []
