"""The time left of simulated sweeps: real search and pruner, made-up curves, a scripted clock."""

from __future__ import annotations

import heapq
import itertools
import math
import statistics
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from hpolab.config import SweepConfig
from hpolab.events import (
    Entry,
    EpochEnded,
    Event,
    RunStarted,
    SweepStarted,
    TrialEnded,
    TrialStarted,
)
from hpolab.record import SweepRecord
from hpolab.search import Search
from hpolab.space import SearchSpace
from hpolab.testing.synthetic import WORK
from hpolab.trial import EpochRecord

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
SPACE = {
    "learning_rate": {"low": 1e-4, "high": 1e-1, "log": True},
    "units": {"low": 8, "high": 32, "log": True},
}
START_SECONDS = 6.0
BUILD_SECONDS = 1.5


@dataclass
class Simulated:
    """A sweep whose epochs take as long as its networks are wide; nothing really waits.

    Attributes:
        estimates: After a quarter of the trials, and all but one: when, and what was left then.
        first: The estimate after the second epoch of the first trial.
        seconds: How long it took.
    """

    config: SweepConfig
    seed: int
    estimates: dict[int, tuple[float, float | None]] = field(default_factory=dict)
    first: float | None = None
    seconds: float = 0.0

    def __post_init__(self) -> None:
        self.record = SweepRecord()
        self._count = itertools.count()
        self._peak: dict[int, float] = {}  # what a trial's score grows towards
        self._pace: dict[int, float] = {}  # seconds an epoch
        self._search = Search(
            SearchSpace.parse(SPACE),
            sampler=self.config.sampler,
            pruner=self.config.pruner,
            seed=self.seed,
            epochs=self.config.epochs,
        )
        self._random = Random(self.seed)
        self._run()

    def _run(self) -> None:
        config = self.config
        start = SweepStarted(sweep="s", config=config.to_dict(), fingerprint="f", versions={})
        self._write(0.0, start)
        queue: list[tuple[float, int, int]] = []
        for _ in range(config.executor.slots):
            self._begin(START_SECONDS, queue)
        while queue:
            now, number, epoch = heapq.heappop(queue)
            if self._epoch(now, number, epoch):
                heapq.heappush(queue, (now + self._pace[number], number, epoch + 1))
            elif len(self.record.trials) < (config.budget.trials or 0):
                self._begin(now, queue)
            self.seconds = now

    def _begin(self, now: float, queue: list[tuple[float, int, int]]) -> None:
        number = len(self.record.trials)
        params = self._search.ask(number)
        self._write(now, TrialStarted(trial=number, params=params, seed=0))
        self._write(now, RunStarted(trial=number, attempt=1, worker="w"))
        rate, units = float(params["learning_rate"]), float(params["units"])
        self._peak[number] = math.exp(-(math.log10(rate / 1e-2) ** 2) / 2)
        self._pace[number] = units / 8 * self._random.uniform(0.9, 1.1)
        heapq.heappush(queue, (now + BUILD_SECONDS + self._pace[number], number, 1))

    def _epoch(self, now: float, number: int, epoch: int) -> bool:
        """End an epoch; whether the trial goes on."""
        noise = self._random.gauss(0, 0.02)
        score = self._peak[number] * (1 - math.exp(-epoch / 2)) + noise
        seconds = self._pace[number] + (BUILD_SECONDS if epoch == 1 else 0)
        record = EpochRecord(
            epoch=epoch, train_loss=1.0, train_accuracy=0.5, val_loss=1.0, val_accuracy=0.5,
            learning_rate=0.1, seconds=seconds,
        )  # fmt: skip
        self._write(now, EpochEnded(trial=number, attempt=1, epoch=record, score=score))
        reason = self._search.report(number, epoch, score)
        if self.first is None and number == 0 and epoch == 2:
            self.first = self.record.eta_seconds(NOON + timedelta(seconds=now))
        if not reason and epoch < self.config.epochs:
            return True
        state = "pruned" if reason else "completed"
        facts = {"trial": number, "attempt": 1, "epochs": epoch, "state": state}
        ended = TrialEnded.parse({**facts, "score": None if reason else score})
        self._write(now, ended)
        self._search.tell(number, ended.score, ended.state)
        finished, trials = len(self.record.finished()), self.config.budget.trials or 0
        if finished in {trials // 4, trials - 1}:
            estimate = self.record.eta_seconds(NOON + timedelta(seconds=now))
            self.estimates[finished] = (now, estimate)
        return False

    def _write(self, now: float, event: Event) -> None:
        utc = NOON + timedelta(seconds=now)
        self.record.apply(Entry(seq=next(self._count), utc=utc, event=event))


def simulated(*, trials: int, slots: int, pruner: str, sampler: str, seed: int) -> Simulated:
    config = SweepConfig(
        name="s", model=WORK, space=SPACE, budget=trials, epochs=10, pruner=pruner,
        sampler=sampler, executor={"name": "process", "workers": slots},
    )  # fmt: skip
    return Simulated(config, seed)


def error_after_a_quarter(sweep: Simulated) -> float:
    """Estimate over truth, minus one."""
    assert sweep.config.budget.trials
    quarter = sweep.config.budget.trials // 4
    now, estimate = sweep.estimates[quarter]
    assert estimate is not None
    return estimate / (sweep.seconds - now) - 1


PRUNED = [
    (pruner, sampler, trials, slots)
    for pruner in ("median", "hyperband")
    for sampler, trials, slots in (("random", 40, 1), ("random", 60, 4), ("tpe", 40, 2))
]


@pytest.fixture(scope="module")
def errors() -> dict[tuple[str, str, int, int], list[float]]:
    """Errors after a quarter of sweeps with pruning, of several seeds each."""
    return {
        (pruner, sampler, trials, slots): [
            error_after_a_quarter(
                simulated(trials=trials, slots=slots, pruner=pruner, sampler=sampler, seed=seed)
            )
            for seed in range(6)
        ]
        for pruner, sampler, trials, slots in PRUNED
    }


def test_after_a_quarter_of_a_pruned_sweep_the_typical_estimate_is_within_30_percent(
    errors: dict[tuple[str, str, int, int], list[float]],
) -> None:
    typical = {case: statistics.median(map(abs, found)) for case, found in errors.items()}

    assert {case: error for case, error in typical.items() if error > 0.3} == {}


def test_without_pruning_nearly_all_estimates_are_within_30_percent() -> None:
    found = [
        abs(
            error_after_a_quarter(
                simulated(trials=60, slots=slots, pruner="none", sampler="random", seed=seed)
            )
        )
        for slots in (1, 4)
        for seed in range(8)
    ]

    assert sum(error < 0.3 for error in found) >= 15


def test_there_is_an_estimate_of_the_right_size_before_the_first_trial_has_finished() -> None:
    sweep = simulated(trials=24, slots=1, pruner="none", sampler="random", seed=1)

    assert sweep.first is not None
    assert 0.3 < sweep.first / sweep.seconds < 3


def test_the_last_trial_is_not_expected_to_be_trained_by_all_workers_together() -> None:
    sweep = simulated(trials=8, slots=4, pruner="none", sampler="random", seed=2)
    now, estimate = sweep.estimates[7]

    assert estimate == pytest.approx(sweep.seconds - now, rel=0.6)
