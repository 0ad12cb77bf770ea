"""Ordering synthetic runs and listening to them: what tests of executors share."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from hpolab.events import EpochEnded, RunEnded, RunEvent, RunLost
from hpolab.trial import DatasetSpec, RunResult, RunSpec

if TYPE_CHECKING:
    from hpolab.executors.executor import Executor, Verdict
    from hpolab.space import Value

__all__ = ["Recorder", "order"]


def order(
    folder: Path, trial: int = 0, *, epochs: int = 3, attempt: int = 1, **params: Value
) -> RunSpec:
    """A run of synthetic work; its files go to ``folder/<trial>``."""
    return RunSpec(
        trial=trial,
        attempt=attempt,
        model="cnn",
        params=params,
        dataset=DatasetSpec(),
        epochs=epochs,
        folder=folder / str(trial),
    )


class Recorder:
    """A handler that keeps what it is told and judges as it is made to.

    Args:
        judge: The verdict on an epoch; goes on by default.
    """

    def __init__(self, judge: Callable[[EpochEnded], Verdict] = lambda _: None) -> None:
        self.events: list[RunEvent] = []
        self._judge = judge

    def __call__(self, event: RunEvent) -> Verdict:
        """Keep the event, judge it if it is an epoch."""
        self.events.append(event)
        return self._judge(event) if isinstance(event, EpochEnded) else None

    def kinds(self, trial: int = 0) -> list[str]:
        """The kinds of a trial's events, in order."""
        return [event.kind for event in self.events if event.trial == trial]

    def result(self, trial: int = 0) -> RunResult:
        """The result that a trial brought."""
        ended = (event for event in self.events if isinstance(event, RunEnded))
        return next(event.result for event in ended if event.trial == trial)

    def follow(
        self, executor: Executor, *, until: Callable[[], bool], seconds: float = 30
    ) -> None:
        """Poll until something is the case; fails the test when it takes too long."""
        deadline = time.monotonic() + seconds
        while not until():
            assert time.monotonic() < deadline, f"after {seconds} s only {self.events}"
            executor.poll(self, 0.1)

    def follow_to_end(self, executor: Executor, runs: int = 1) -> None:
        """Poll until so many runs have ended or were lost."""
        self.follow(executor, until=lambda: self.n_ends() >= runs)

    def n_ends(self) -> int:
        """How many runs have ended or were lost."""
        return sum(isinstance(event, RunEnded | RunLost) for event in self.events)

    def n_epochs(self) -> int:
        """How many epochs were told."""
        return sum(isinstance(event, EpochEnded) for event in self.events)
