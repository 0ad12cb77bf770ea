"""A trial as a message that is carried out here and elsewhere, and sweeps that are killed."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

from hpolab.config import SweepConfig
from hpolab.course.dares import Attempt
from hpolab.course.experiment import PLAIN
from hpolab.data import load
from hpolab.errors import ExecutorError, StoreError
from hpolab.events import RunEnded, SweepContinued, SweepEnded, TrialEnded
from hpolab.executors import ExecutorSpec, make
from hpolab.search.configurations import grid
from hpolab.settings import settings
from hpolab.storage.lock import holder, is_held
from hpolab.storage.names import fresh_name
from hpolab.trial import DatasetSpec, RunSpec

if TYPE_CHECKING:
    from hpolab.course.dares import SweepDare
    from hpolab.events import RunEvent
    from hpolab.record import TrialRecord
    from hpolab.space import Value
    from hpolab.sweep import Sweep
    from hpolab.trial import RunResult

__all__ = ["carry_out", "kill", "message", "survives"]

_GLANCE_SECONDS = 0.1
_DEATH_SECONDS = 30.0
_KILL = getattr(signal, "SIGKILL", signal.SIGTERM)  # Windows knows one way only


def message(*, epochs: int = 3, examples: int = 600, seed: int = 0, **settings_: Value) -> RunSpec:
    """The order to train the plain network once, with some settings changed.

    Args:
        epochs: How long.
        examples: How many of the digits are used.
        seed: Of initial weights, order of examples and dropout.
        settings_: Hyperparameters by name; see ``experiment.PLAIN``.

    Raises:
        ConfigError: A name or a value is not known.
    """
    config = SweepConfig(model="cnn", space={**PLAIN, **settings_})
    (params,) = grid(config.search_space(), points=None)
    data = DatasetSpec(name="digits", max_samples=examples)
    folder = settings().sweeps_dir / fresh_name("message")
    return RunSpec(
        trial=0,
        model="cnn",
        params=params,
        dataset=data,
        fingerprint=load(data).fingerprint,
        epochs=epochs,
        seed=seed,
        record=False,
        folder=folder.resolve(),
    )


def carry_out(order: RunSpec | str, where: str) -> RunResult:
    """Train one order and wait for its result.

    Args:
        order: As a record, or as the JSON that travels.
        where: "inline" for this very process, which is made to compute with one thread as
            workers do; "process" for a worker of its own.

    Raises:
        ConfigError: The order is none, or there is no such executor.
        ExecutorError: It cannot be trained.
    """
    spec = RunSpec.parse(order) if isinstance(order, str) else order
    executor_spec = ExecutorSpec(name=where, workers=1)
    if where == "inline":
        from hpolab.training.worker import prepare_process

        prepare_process()
    found: list[RunResult] = []

    def hear(event: RunEvent) -> None:
        if isinstance(event, RunEnded):
            found.append(event.result)
        elif event.kind == "run_lost":
            raise ExecutorError(f"the worker was lost: {event.reason}")

    with make(executor_spec) as executor:
        executor.submit(spec)
        while not found:
            executor.poll(hear, _GLANCE_SECONDS)
    return found[0]


def kill(sweep: Sweep) -> None:
    """End whoever runs the sweep at once, as a power cut would; its workers end with it.

    Returns when the sweep can be continued.

    Raises:
        StoreError: Nobody on this machine runs it, or whoever does will not die.
    """
    process = holder(sweep.folder.lock)
    if process is None:
        raise StoreError("nobody runs this sweep now, so there is nothing to kill; start it.")
    os.kill(process, _KILL)
    end = time.monotonic() + _DEATH_SECONDS
    while is_held(
        sweep.folder.lock
    ):  # a process takes a moment to die, and has the lock until then
        if time.monotonic() > end:
            raise StoreError(f"process {process} was killed and lives on; wait, and try again.")
        time.sleep(_GLANCE_SECONDS)


def survives(undisturbed: Sweep) -> SweepDare:
    """A sweep that was killed ends with the same trials as one that was left alone.

    Args:
        undisturbed: Asked for the same thing, and finished.
    """

    def judge(sweep: Sweep) -> Attempt:
        events = [entry.event for entry in sweep.entries()]
        times = sum(
            isinstance(event, SweepContinued) and not isinstance(before, SweepEnded)
            for before, event in pairwise(events)
        )
        if not times:
            return Attempt(False, "nobody has killed and continued it.")
        if sweep.state != "finished":
            return Attempt(False, f"it is {sweep.state}; continue it.")
        ends = Counter(event.trial for event in events if isinstance(event, TrialEnded))
        want, have = undisturbed.record.trials, sweep.record.trials
        if set(ends) != set(want) or max(ends.values()) > 1:
            return Attempt(False, f"{len(ends)} of {len(want)} trials came to an end once.")
        same = sum(_told(want[number]) == _told(have[number]) for number in want)
        words = (
            f"continued {_times(times)}, and {same} of {len(want)} trials are, to the last bit, "
            "those of the sweep that was left alone."
        )
        return Attempt(same == len(want), words)

    return judge


def _told(trial: TrialRecord) -> tuple[object, ...]:
    """What a trial was asked and what it gave, without the time it took."""
    ended = trial.ended
    given = None if ended is None else (ended.state, ended.accuracy, ended.metrics, ended.score)
    epochs = tuple(epoch.replace(seconds=0.0) for epoch in trial.epochs)
    return trial.params, trial.seed, given, epochs


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"
