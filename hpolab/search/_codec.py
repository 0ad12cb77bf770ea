"""Configurations in Optuna's terms and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)
from optuna.trial import TrialState as State

from hpolab.search.configurations import free_parameters
from hpolab.space import Choice, Fixed, Float, Int, Parameter, Params, SearchSpace, Value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from optuna import Trial


__all__ = ["STATES", "Codec", "distribution"]

STATES: Mapping[str, State] = {
    "completed": State.COMPLETE,
    "pruned": State.PRUNED,
    "failed": State.FAIL,
    "cancelled": State.FAIL,
}
"""What Optuna calls the ways in which a trial ends."""


def distribution(parameter: Parameter) -> BaseDistribution:
    """What Optuna calls the parameter; a choice becomes the index of its option.

    Optuna takes options that are equal (True and 1) for the same; indices never are.
    """
    if isinstance(parameter, Float):
        return FloatDistribution(parameter.low, parameter.high, log=parameter.log)
    if isinstance(parameter, Int):
        high = parameter.low + parameter.step * (int(parameter.size()) - 1)
        return IntDistribution(parameter.low, high, log=parameter.log, step=parameter.step)
    return CategoricalDistribution(tuple(range(int(parameter.size()))))


class Codec:
    """Translates the configurations of one space; what has a single value is left out."""

    def __init__(self, space: SearchSpace) -> None:
        self._space = space
        self._distributions = {
            name: distribution(parameter) for name, parameter in free_parameters(space).items()
        }

    def distributions(self, params: Mapping[str, Value]) -> dict[str, BaseDistribution]:
        """Of the free parameters of this configuration."""
        free = self._distributions
        return {name: free[name] for name in params if name in free}

    def encode(self, params: Mapping[str, Value]) -> dict[str, Value]:
        """The configuration as a study holds it."""
        return {
            name: self._encode(self._space[name], params[name])
            for name in self.distributions(params)
        }

    def suggest(self, trial: Trial) -> Params:
        """Have Optuna propose a configuration; parents are asked for before their children."""
        params: Params = {}
        for name in self._space:
            parameter = self._space[name]
            if not parameter.applies(params):
                continue
            if name in self._distributions:
                params[name] = self._suggest(trial, name, parameter)
            else:
                params[name] = _only_value(parameter)
        return params

    def _suggest(self, trial: Trial, name: str, parameter: Parameter) -> Value:
        if isinstance(parameter, Float):
            low, high = parameter.low, parameter.high
            return min(
                max(float(trial.suggest_float(name, low, high, log=parameter.log)), low), high
            )
        if isinstance(parameter, Int):
            kind = self._distributions[name]
            assert isinstance(kind, IntDistribution)
            return int(trial.suggest_int(name, kind.low, kind.high, step=kind.step, log=kind.log))
        assert isinstance(parameter, Choice)
        return parameter.options[trial.suggest_categorical(name, range(len(parameter.options)))]

    @staticmethod
    def _encode(parameter: Parameter, value: Value) -> Value:
        if not isinstance(parameter, Choice):
            return value
        return next(
            index
            for index, option in enumerate(parameter.options)
            if type(option) is type(value) and option == value
        )


def _only_value(parameter: Parameter) -> Value:
    if isinstance(parameter, Fixed):
        return parameter.value
    return parameter.options[0] if isinstance(parameter, Choice) else parameter.low
