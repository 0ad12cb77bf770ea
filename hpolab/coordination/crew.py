"""The runs in flight: who trains what, and who has been told to end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hpolab.executors.executor import Newsworthy, Remote
from hpolab.storage.cores import Cores
from hpolab.trial import RunSpec, Stop

if TYPE_CHECKING:
    from hpolab.config import SweepConfig
    from hpolab.events import RunEvent
    from hpolab.executors.executor import Executor
    from hpolab.record import TrialRecord
    from hpolab.storage.folder import SweepFolder

__all__ = ["CANCELLED", "MAX_LOSSES", "STOPPED", "Crew"]

MAX_LOSSES = 2
"""A trial whose worker is lost is tried once more; then it has failed."""

STOPPED = Stop(state="cancelled", reason="the sweep was stopped")
"""The trial's fate stays open: a continued sweep trains it again."""

_POLL_SECONDS = 0.2
_POLL_SECONDS_IN_THE_QUEUE = 0.05
"""Nobody is told when a core becomes free; whoever waits for one looks often."""

CANCELLED = Stop(state="cancelled", reason="cancelled by command")


class Crew:
    """An executor at work on one sweep, and the cores that its runs hold.

    Attributes:
        executor: Trains the runs.
        cores: This sweep's share of the machine.
    """

    def __init__(self, executor: Executor, *, config: SweepConfig, folder: SweepFolder) -> None:
        self.executor = executor
        may_need_cores = config.executor.takes_cores or isinstance(executor, Remote)
        limit = None if may_need_cores else 0
        self.cores = Cores(f"sweep {folder.name}", limit=limit)
        self._config = config
        self._folder = folder
        self._attempts: dict[int, int] = {}
        self._cancelled: set[int] = set()
        self._paused: set[int] = set()

    def __len__(self) -> int:
        """How many runs are in flight."""
        return len(self._attempts)

    def __contains__(self, number: int) -> bool:
        """Whether a run of this trial is in flight."""
        return number in self._attempts

    @property
    def patience_seconds(self) -> float:
        """How long to wait for an event before looking after other things."""
        return _POLL_SECONDS_IN_THE_QUEUE if self.cores.is_waiting else _POLL_SECONDS

    def has_room(self) -> bool:
        """Whether one more run may be submitted, as far as this executor goes."""
        return len(self._attempts) < self.executor.slots and not self._paused

    def news(self) -> list[str]:
        """Sentences for the person: who has the cores, and what befell the executor."""
        told = [self.cores.news()]
        if isinstance(self.executor, Newsworthy):
            told.append(self.executor.news())
        return [sentence for sentence in told if sentence]

    def pause(self, number: int) -> None:
        """Note that a run is held after its epoch: its core is free for others."""
        self._paused.add(number)
        self.cores.free(number)

    def resume(self) -> bool:
        """Let the held runs go on as soon as there are cores for all; whether some still wait."""
        if self._paused and self.reserve(len(self._paused)):
            for number in self._paused:
                self.cores.assign(number)
            self._paused.clear()
            self.executor.release()
        return bool(self._paused)

    def reserve(self, count: int = 1) -> bool:
        """Make sure that so many runs may train, as far as this machine's cores go."""
        if isinstance(self.executor, Remote) and not self.executor.is_local:
            return True
        return self.cores.reserve(count)

    def submit(self, trial: TrialRecord, *, fingerprint: str) -> None:
        """Begin the next attempt at a trial.

        Args:
            trial: Which one.
            fingerprint: Of the data; a worker that sees other data refuses.

        Raises:
            ExecutorError: Nothing can be trained.
        """
        spec = RunSpec(
            trial=trial.number,
            attempt=trial.attempt + 1,
            model=self._config.builder(),
            params=trial.params,
            dataset=self._config.dataset,
            fingerprint=fingerprint,
            epochs=self._config.epochs,
            seed=trial.seed,
            record=self._config.record != "none",
            folder=self._folder.trial(trial.number).resolve(),
            **self._config.computing(),
        )
        self._attempts[trial.number] = spec.attempt
        self.cores.assign(trial.number)
        self.executor.submit(spec)

    def expects(self, event: RunEvent) -> bool:
        """Whether an event is of a run in flight, not a late word of one that was given up."""
        return self._attempts.get(event.trial) == event.attempt

    def dismiss(self, number: int) -> bool:
        """Note the end of a run; whether someone had cancelled it."""
        del self._attempts[number]
        self._paused.discard(number)
        self.cores.free(number)
        was_cancelled = number in self._cancelled
        self._cancelled.discard(number)
        return was_cancelled

    def cancel(self, number: int) -> None:
        """Ask a run to end, and the trial with it."""
        self._cancelled.add(number)
        self.executor.cancel(number, CANCELLED)

    def stop(self) -> None:
        """Ask all runs to end; trials that nobody cancelled stay open."""
        for number in self._attempts.keys() - self._cancelled:
            self.executor.cancel(number, STOPPED)
