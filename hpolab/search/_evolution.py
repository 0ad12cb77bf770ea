"""The algorithms of ``hpolab.evolution`` as samplers of Optuna."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from optuna.samplers import BaseSampler, RandomSampler
from optuna.search_space import IntersectionSearchSpace

from hpolab.search._cube import Cube

if TYPE_CHECKING:
    from collections.abc import Mapping

    from optuna.distributions import BaseDistribution
    from optuna.study import Study
    from optuna.trial import FrozenTrial

    from hpolab.search._generations import Begin, Generations

__all__ = ["EvolutionSampler"]

_TRIES = 100
"""How often a configuration that was tried before is varied until it is a new one."""


class EvolutionSampler(BaseSampler):
    """Proposes the members of a population, generation after generation, for one objective.

    A configuration that a trial has had already is varied before it is proposed: one of its
    parameters, any of them, is drawn anew until there is no such trial. Populations that close
    in on the best repeat themselves, and a repetition would cost a trial and teach nothing.

    Args:
        begin: Makes a population in the unit cube that knows nothing yet, from its bounds, shape
            (dimensions, 2), and a seed.
        generations: Of the study; it may outlive the sampler.
        seed: Of the draws that are the sampler's own.
        space: What the population moves together; None for what the trials so far have had in
            common, as Optuna's samplers do. Parameters beyond it are drawn at random.
    """

    def __init__(
        self,
        begin: Begin,
        *,
        generations: Generations,
        seed: int,
        space: Mapping[str, BaseDistribution] | None = None,
    ) -> None:
        self._begin = begin
        self._generations = generations
        self._seed = seed
        self._space = space
        self._common = IntersectionSearchSpace()
        self._independent = RandomSampler(seed=seed)

    def infer_relative_search_space(
        self,
        study: Study,
        trial: FrozenTrial,  # noqa: ARG002
    ) -> dict[str, BaseDistribution]:
        """The parameters that the population moves."""
        space = self._common.calculate(study) if self._space is None else self._space
        return {name: kind for name, kind in space.items() if not kind.single()}

    def sample_relative(
        self, study: Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]
    ) -> dict[str, Any]:
        """The next member of the population."""
        self._raise_error_if_multi_objective(study)
        if not search_space:
            return {}
        cube = Cube(search_space)
        point = self._generations.next_point(self._begin, cube, study=study, number=trial.number)
        rng = np.random.default_rng([self._seed, trial.number])
        values = cube.values(rng.random(len(cube.bounds)) if point is None else point)
        return _made_new(values, cube, _tried(study, search_space), rng)

    def sample_independent(
        self,
        study: Study,
        trial: FrozenTrial,
        param_name: str,
        param_distribution: BaseDistribution,
    ) -> Any:
        """A parameter that the population does not move, drawn at random."""
        self._raise_error_if_multi_objective(study)
        return self._independent.sample_independent(study, trial, param_name, param_distribution)

    def reseed_rng(self) -> None:
        """Draw other random numbers from now on; the population goes on as it would have."""
        self._independent.reseed_rng()


def _tried(study: Study, space: Mapping[str, BaseDistribution]) -> list[dict[str, Any]]:
    """Configurations of trials so far, as far as the population decides all of them."""
    trials = study._get_trials(deepcopy=False)
    return [t.params for t in trials if t.params and t.params.keys() <= space.keys()]


def _made_new(
    values: dict[str, Any], cube: Cube, tried: list[dict[str, Any]], rng: np.random.Generator
) -> dict[str, Any]:
    """The values, varied as long as they are those of a trial.

    A trial may have fewer parameters, where conditions leave some out: it is the same then if it
    is so in those that it has, and only one of them can make the difference.
    """
    for _ in range(_TRIES):
        twin = next((params for params in tried if params.items() <= values.items()), None)
        if twin is None:
            break
        name = rng.choice(sorted(twin))
        values[name] = cube.draw(name, rng)
    return values
