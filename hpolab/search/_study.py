"""The search itself: who is asked for configurations and told what became of them."""

from __future__ import annotations

import logging
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import optuna
from optuna.storages import InMemoryStorage
from optuna.trial import TrialState as State
from optuna.trial import create_trial

from hpolab.errors import HpolabError
from hpolab.events import (
    EpochEnded,
    Event,
    ExplorationChanged,
    TrialEnded,
    TrialInherited,
    TrialStarted,
)
from hpolab.search._asked import Asked, AskedTrial
from hpolab.search._codec import STATES, Codec
from hpolab.search._pruning import Pruning, forget_curve
from hpolab.search._samplers import Memory, build_pruner, build_sampler
from hpolab.search._seam import calling_optuna
from hpolab.search.check import check
from hpolab.search.configurations import GRID_LIMIT, configuration_key, grid
from hpolab.search.exploration import first_of, is_explored
from hpolab.search.options import CmaEs, Grid, Hyperband, Nsga2, PrunerSpec, Qmc, SamplerSpec

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from hpolab.search._qmc import QmcPoints
    from hpolab.space import Params, SearchSpace, Value
    from hpolab.trial import TrialState

__all__ = ["Search"]

log = logging.getLogger(__name__)

_STUDY_NAME = "hpolab"
"""Constant, since Hyperband draws a trial's bracket from the study's name and the number."""

_STUDY_ID = 0
"""The only study of an in-memory storage; its trials' ids are their numbers."""


class Search:
    """Proposes configurations, judges running trials, learns from finished ones.

    Higher scores are better. Nothing is written to disk: ``replay`` rebuilds a search from the
    journal, and it goes on as if it had never been interrupted. A trial that had not ended stays
    open: it may be trained again, reported from epoch 1 on, and told.

    What is reproducible, given the space, the options and the seed (on one machine; other
    versions of NumPy or Optuna may round or draw otherwise):

    ============= ===================================================================
    random, qmc   Configuration n depends on the seed and on n alone: the same with any number
                  of workers, in whatever order they finish.
    grid          The same, and every configuration comes once.
    tpe, gp,      Configuration 0 is the space's start where it names one. Another depends on
    genetic, pso, the seed, on n, on what the trials that had ended gave, and on which were
    de, shade,    running when it was asked, not on the order in which they ended. One worker:
    sa, acor      always the same. Several: the same up to ``n_startup_trials`` trials, or in the
                  first generation; after that as far as the same trials had ended at each ask.
    cma-es, nsga2 As tpe, with a memory: it also matters which trials had ended at the earlier
                  asks. One worker: always the same. Several: until the first generation is
                  complete (cma-es: until the first trial is).
    ============= ===================================================================

    Pruning compares with the trials that have ended (median) or got as far (hyperband), so
    with several workers it depends on the order in which scores arrive.

    Args:
        space: What may vary.
        sampler, pruner: Who proposes, and who stops trials.
        seed: Of all draws, >= 0.
        epochs: How many epochs a trial trains at most.

    Attributes:
        notes: What ``check`` says of this sampler and pruner in this space.

    Raises:
        ConfigError: The sampler or pruner cannot work as asked; see ``check``.
    """

    def __init__(
        self,
        space: SearchSpace,
        *,
        sampler: SamplerSpec,
        pruner: PrunerSpec,
        seed: int,
        epochs: int,
    ) -> None:
        self.notes = check(sampler, space, pruner=pruner, epochs=epochs)
        self._space = space
        self.sampler = sampler
        self._pruner = pruner
        self._seed = seed
        self._epochs = epochs
        self._codec = Codec(space)
        self._asked = Asked()
        self._memory = Memory(seed)
        self._exploration = 0.0
        self._visited: set[str] = set()
        self._n_configurations: float | None = None
        self._grid: Sequence[Params] | None = None
        self._points: QmcPoints | None = None
        if isinstance(sampler.options, Grid):
            self._grid = grid(space, points=sampler.options.points, seed=seed)
        elif isinstance(sampler.options, Qmc):
            from hpolab.search._qmc import QmcPoints  # SciPy's statistics take a second to load

            self._points = QmcPoints(space, sampler.options, seed=seed)
        with calling_optuna("starting the search"):
            self._storage = InMemoryStorage()
            self._study = optuna.create_study(
                study_name=_STUDY_NAME,
                storage=self._storage,
                direction="maximize",
                pruner=build_pruner(pruner, epochs=epochs),
            )
        self._pruning = Pruning(self._study, pruner)

    def ask(self, number: int) -> Params:
        """Propose the configuration of the next trial.

        Raises:
            HpolabError: The number is not the next one, the grid is used up, or the sampler broke.
        """
        self._asked.expect_next(number)
        if self._grid is not None and number >= len(self._grid):
            raise HpolabError(
                f"all {number} configurations of the grid have been proposed; look at "
                "exhausted() before asking."
            )
        with calling_optuna(f"proposing trial {number}"):
            params = self._propose(number)
            self._space.check(params)
        self._visited.add(configuration_key(params))
        return params

    def replay(self, events: Iterable[Event]) -> None:
        """Take in what the journal holds, in its order; events of other kinds are passed over.

        Raises:
            HpolabError: The events do not tell a story: a trial ends before it starts, say.
            SpaceError: A recorded configuration is not in the space.
        """
        for event in events:
            if isinstance(event, TrialInherited):
                self.replay(event.story())
            elif isinstance(event, ExplorationChanged):
                self.explore(event.share)
            elif isinstance(event, TrialStarted):
                self.restore(event.trial, event.params)
            elif isinstance(event, EpochEnded) and event.score is not None:
                self.report(event.trial, event.epoch.epoch, event.score)
            elif isinstance(event, TrialEnded):
                self.tell(event.trial, event.score, event.state)

    def explore(self, share: float) -> None:
        """Draw this share of the trials asked for from now on at random; no use without a model.

        Which ones depends on the seed and their numbers alone, and each is what the sampler
        "random" would propose in its place.

        Args:
            share: In [0, 1]; 0 leaves all to the sampler, as at the beginning.
        """
        self._exploration = share

    def restore(self, number: int, params: Mapping[str, Value]) -> None:
        """Note that this trial was asked for before a restart, and what was proposed then.

        Raises:
            HpolabError: The number is not the next one.
            SpaceError: The configuration is not in the space.
        """
        self._asked.expect_next(number)
        self._space.check(params)
        with calling_optuna(f"restoring trial {number}"):
            if isinstance(self.sampler.options, CmaEs | Nsga2):
                # their memory grows with every ask, so the ask is done again
                proposed = self._propose(number)
                if configuration_key(proposed) != configuration_key(params):
                    log.info("trial %d: the record differs from %s and wins", number, proposed)
                    self._replace_last(params)
            else:
                self._open(params)
        self._visited.add(configuration_key(params))

    def report(self, number: int, epoch: int, score: float) -> str:
        """Note the score of an epoch, and say whether the trial should go on.

        An epoch that is not later than the last one means that the trial is being trained anew;
        what was reported before is forgotten.

        Args:
            number: Of a trial that was asked for and has not ended.
            epoch, score: Counted from 1, and what the search maximises.

        Returns:
            In words why the trial should be pruned; empty when it should go on.
        """
        with calling_optuna(f"reporting trial {number}"):
            trial_id = self._asked.running(number).study_number
            trial = self._storage.get_trial(trial_id)
            if trial.last_step is not None and epoch <= trial.last_step:
                forget_curve(trial)
            self._storage.set_trial_intermediate_value(trial_id, epoch, float(score))
            trial = self._storage.get_trial(trial_id)
            reason = self._pruning.reason(trial)
        return reason if epoch < self._epochs else ""

    def tell(self, number: int, score: float | None, state: TrialState) -> None:
        """Note how a trial ended.

        Args:
            number: Of a trial that was asked for and has not ended.
            score: The final one of a completed trial; otherwise not looked at: a pruned trial
                counts with its last reported score, a failed or cancelled one not at all, or in
                a population as its worst.
            state: Its fate.
        """
        completed = state == "completed"
        if completed and (score is None or not math.isfinite(score)):
            raise HpolabError(
                f"trial {number} is completed, but its score is {score}; tell it as failed."
            )
        with calling_optuna(f"telling trial {number}"):
            trial = self._asked.running(number)
            value = score if completed else None
            ended = self._study.tell(trial.study_number, value, state=STATES[state])
            if completed:
                self._pruning.learn(ended)
            trial.ended = True

    def exhausted(self) -> bool:
        """Whether every configuration has been proposed; never so in a continuous space."""
        if self._grid is not None:
            return len(self._asked) >= len(self._grid)
        if self._n_configurations is None:
            countable = self._space.size() <= GRID_LIMIT
            self._n_configurations = len(grid(self._space, points=None)) if countable else math.inf
        return len(self._visited) >= self._n_configurations

    def _propose(self, number: int) -> Params:
        if self._grid is not None:
            params = dict(self._grid[number])
        elif self._points is not None:
            params = self._points[number]
        elif not self._storage.get_n_trials(_STUDY_ID) and (start := self._start()):
            params = start
        else:
            return self._sample(number)
        self._open(params)
        return params

    def _start(self) -> Params | None:
        return first_of(self.sampler, self._space, share=self._exploration, seed=self._seed)

    def _sample(self, number: int) -> Params:
        """Ask Optuna; its samplers start afresh for each trial, so nothing hides in them."""
        mixed = np.random.SeedSequence([self._seed, number]).generate_state(1)
        self._study.sampler = build_sampler(
            self.sampler,
            self._space,
            seed=int(mixed[0]),
            learn_from_pruned=isinstance(self._pruner.options, Hyperband),
            memory=self._memory,
            at_random=is_explored(number, share=self._exploration, seed=self._seed),
        )
        trial = self._study.ask()
        self._asked.append(AskedTrial(trial.number))
        return self._codec.suggest(trial)

    def _add(self, params: Mapping[str, Value], **fate: Any) -> None:
        """Add a trial with these params to the study."""
        distributions = self._codec.distributions(params)
        encoded = self._codec.encode(params)
        self._study.add_trial(create_trial(params=encoded, distributions=distributions, **fate))

    def _open(self, params: Mapping[str, Value], **attributes: Any) -> None:
        """Add a running trial with these params, as the next one."""
        self._asked.append(AskedTrial(self._storage.get_n_trials(_STUDY_ID)))
        self._add(params, state=State.RUNNING, system_attrs=attributes)

    def _replace_last(self, params: Mapping[str, Value]) -> None:
        """Put the recorded trial in the place of the one just proposed, generation and all."""
        ghost = self._asked.pop().study_number
        attributes = dict(self._storage.get_trial(ghost).system_attrs)
        self._study.tell(ghost, state=State.FAIL)
        self._open(params, **attributes)
