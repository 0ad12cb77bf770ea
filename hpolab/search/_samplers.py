"""Optuna's samplers and pruners, built from our specs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution

from hpolab.errors import ConfigError
from hpolab.evolution import find_algorithm
from hpolab.search._codec import distribution
from hpolab.search._evolution import EvolutionSampler
from hpolab.search._generations import Generations
from hpolab.search._tpe import Lessons, QuickTpe
from hpolab.search.configurations import free_parameters
from hpolab.search.options import (
    SAMPLERS,
    CmaEs,
    GaussianProcess,
    Hyperband,
    Nsga2,
    PrunerSpec,
    SamplerSpec,
    Tpe,
)
from hpolab.search.populations import Evolving

if TYPE_CHECKING:
    from optuna.pruners import BasePruner
    from optuna.samplers import BaseSampler
    from optuna.study import Study
    from optuna.trial import FrozenTrial

    from hpolab.evolution import Algorithm, Array
    from hpolab.space import SearchSpace

__all__ = ["Memory", "build_pruner", "build_sampler", "evolution_sampler"]

_EVOLVING = ", ".join(name for name, kind in SAMPLERS.items() if issubclass(kind, Evolving))


class Memory:
    """What samplers of one study have read of it; it outlives them, and could be read again.

    Args:
        seed: Of the search.
    """

    def __init__(self, seed: int) -> None:
        self.lessons = Lessons()
        self.generations = Generations(seed)


def build_sampler(
    spec: SamplerSpec,
    space: SearchSpace,
    *,
    seed: int,
    learn_from_pruned: bool,
    memory: Memory,
    at_random: bool = False,
) -> BaseSampler:
    """A fresh sampler: what it knows lies in the study.

    Args:
        spec: Its name and options; grid and qmc are not Optuna's (see ``_study``).
        space: What may vary.
        seed: In [0, 2**32).
        learn_from_pruned: For CMA-ES, which otherwise learns from completed trials alone.
        memory: Of the study, the same object for all of its samplers.
        at_random: Draw at random instead, as the sampler "random" would with this seed.
    """
    always = _always(space)
    options = spec.options
    if at_random and not isinstance(options, Nsga2):
        return optuna.samplers.RandomSampler(seed=seed)
    if isinstance(options, Tpe):
        return _Tpe(
            always if options.multivariate else {},
            lessons=memory.lessons,
            n_startup_trials=options.n_startup_trials,
            n_ei_candidates=options.n_candidates,
            multivariate=options.multivariate,
            constant_liar=options.constant_liar,
            seed=seed,
        )
    if isinstance(options, CmaEs):
        return _CmaEs(
            {n: d for n, d in always.items() if not isinstance(d, CategoricalDistribution)},
            n_startup_trials=options.n_startup_trials,
            popsize=options.population_size,
            consider_pruned_trials=learn_from_pruned,
            warn_independent_sampling=False,
            seed=seed,
        )
    if isinstance(options, Nsga2):
        return (_Immigrant if at_random else _Nsga2)(
            always,
            population_size=options.population_size,
            crossover_prob=options.crossover_probability,
            mutation_prob=options.mutation_probability,
            seed=seed,
        )
    if isinstance(options, GaussianProcess):
        return _GaussianProcess(
            always,
            n_startup_trials=options.n_startup_trials,
            warn_independent_sampling=False,
            seed=seed,
        )
    if isinstance(options, Evolving):
        begin, moved = partial(_population, options), _free(space)
        return EvolutionSampler(begin, generations=memory.generations, seed=seed, space=moved)
    return optuna.samplers.RandomSampler(seed=seed)


def evolution_sampler(name: str, *, seed: int, **options: Any) -> EvolutionSampler:
    """A sampler that evolves a population, for an Optuna study of your own with one objective.

    >>> sampler = evolution_sampler("shade", seed=1, population=10)
    >>> study = optuna.create_study(sampler=sampler)

    Args:
        name: genetic, pso, de, shade, sa or acor.
        seed: Decides every random number.
        options: Of that sampler; see ``describe_samplers``.

    Raises:
        ConfigError: That sampler has no population, or an option breaks its rule.
    """
    spec = SamplerSpec.parse({"name": name, **options})
    if not isinstance(spec.options, Evolving):
        raise ConfigError(f"{name} evolves no population; take one of {_EVOLVING}.")
    begin = partial(_population, spec.options)
    return EvolutionSampler(begin, generations=Generations(seed), seed=seed)


def build_pruner(spec: PrunerSpec, *, epochs: int) -> BasePruner:
    """Optuna's part of the pruning; steps are epochs, counted from 1. The median is ours."""
    options = spec.options
    if isinstance(options, Hyperband):
        return optuna.pruners.HyperbandPruner(
            min_resource=options.min_epochs,
            max_resource=min(options.max_epochs or epochs, epochs),
            reduction_factor=options.reduction_factor,
        )
    return optuna.pruners.NopPruner()


def _population(options: Evolving, bounds: Array, seed: int) -> Algorithm[Any]:
    """The population that these options ask for, which knows nothing yet."""
    name, parameters = options.chosen()
    return find_algorithm(name)(bounds, seed=seed, **parameters)


def _free(space: SearchSpace) -> dict[str, BaseDistribution]:
    """The free parameters, sorted by name."""
    return {name: distribution(each) for name, each in sorted(free_parameters(space).items())}


def _always(space: SearchSpace) -> dict[str, BaseDistribution]:
    """Those of them that apply in every configuration."""
    return {name: kind for name, kind in _free(space).items() if not space[name].only_if}


class _KnownSpace:
    """A sampler that is told which parameters it moves together.

    Optuna infers them from the trials so far. That costs time with every trial, and makes CMA-ES
    fall silent for good once a conditional parameter has been seen and then missed.
    """

    def __init__(self, always: dict[str, BaseDistribution], **options: Any) -> None:
        super().__init__(**options)
        self._always = always

    def infer_relative_search_space(
        self,
        study: Study,  # noqa: ARG002
        trial: FrozenTrial,  # noqa: ARG002
    ) -> dict[str, BaseDistribution]:
        """The parameters that always apply."""
        return self._always


class _Tpe(_KnownSpace, QuickTpe):
    pass


class _CmaEs(_KnownSpace, optuna.samplers.CmaEsSampler):
    pass


class _Nsga2(_KnownSpace, optuna.samplers.NSGAIISampler):
    pass


class _Immigrant(_Nsga2):
    """Draws at random, but counts the trial into its generation, so that it may have children."""

    def sample_relative(
        self,
        study: Study,
        trial: FrozenTrial,
        search_space: dict[str, BaseDistribution],  # noqa: ARG002
    ) -> dict[str, Any]:
        self.get_parent_population(study, self.get_trial_generation(study, trial))
        return {}


class _GaussianProcess(_KnownSpace, optuna.samplers.GPSampler):
    pass
