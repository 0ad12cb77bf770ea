"""A population whose generations are the trials of a study, in the order of their numbers."""

from __future__ import annotations

import math
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from optuna.study import StudyDirection
from optuna.trial import TrialState as State

if TYPE_CHECKING:
    from collections.abc import Callable

    from optuna.study import Study
    from optuna.trial import FrozenTrial

    from hpolab.evolution import Algorithm, Array
    from hpolab.search._cube import Cube

    Begin = Callable[[Array, int], Algorithm[Any]]

__all__ = ["Generations", "error_of"]


class Generations:
    """What a population has learnt from the trials of one study.

    A generation takes as many trials as it has members, in the order of their numbers, whoever
    has proposed them: a start, a draw at random and the trials of an earlier sweep are members
    like any other. So a population is a function of the study, and one that is resumed is the
    one that was interrupted.

    A completed trial counts with its score, a pruned one with the last that it has reported; one
    that failed, was cancelled, or has no score is worse than all others. So is one that runs, but
    only until it ends: the next generation begins with what is known by then, in a copy of the
    population, which itself waits for the truth. Nobody waits, nothing found is lost, and with
    one worker this is the algorithm as it was published.

    Args:
        seed: Decides every random number of the population.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._settled: tuple[object, Algorithm[Any], int] | None = None

    def next_point(
        self,
        begin: Begin,
        cube: Cube,
        *,
        study: Study,
        number: int,
    ) -> Array | None:
        """Where the next member of the population is; None while nothing at all is known.

        Args:
            begin: Makes the population that knows nothing, from bounds and a seed.
            cube: Where it lives.
            study: Whose trials are its members.
            number: Of the trial that is proposed.
        """
        trials = _before(study, number)
        population, first = self._known(begin, cube, study)
        is_settled = True
        while True:
            asked = population.ask()
            members = trials[first : first + len(asked)]
            if is_settled and not (len(members) == len(asked) and all(map(_has_ended, members))):
                self._settled = ((study.study_name, cube.space), population, first)
                population, is_settled = deepcopy(population), False
            if len(members) < len(asked):
                break
            places = cube.places(members, near=asked)
            population.tell(places, [error_of(trial, study) for trial in members])
            first += len(asked)
        if first and math.isinf(population.best_error):
            return None
        point: Array = asked[len(members)]
        return point

    def _known(self, begin: Begin, cube: Cube, study: Study) -> tuple[Algorithm[Any], int]:
        """A copy of the population after its last generation that has ended, and its trials."""
        if self._settled is not None and self._settled[0] == (study.study_name, cube.space):
            return deepcopy(self._settled[1]), self._settled[2]
        return begin(cube.bounds, self._seed), 0


def _before(study: Study, number: int) -> list[FrozenTrial]:
    """The earlier trials, of all Hyperband brackets, by number."""
    trials = study._get_trials(deepcopy=False)
    return sorted((t for t in trials if t.number < number), key=lambda trial: trial.number)


def _has_ended(trial: FrozenTrial) -> bool:
    return trial.state.is_finished()


def error_of(trial: FrozenTrial, study: Study) -> float:
    """Lower is better; infinite where there is no score."""
    if trial.state not in (State.COMPLETE, State.PRUNED) or trial.value is None:
        return math.inf
    return -trial.value if study.direction == StudyDirection.MAXIMIZE else trial.value
