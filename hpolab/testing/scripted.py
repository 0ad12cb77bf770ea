"""An executor that does what a test says, one event a poll: for what is hard to bring about."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from hpolab.events import EpochEnded, RunEnded, RunLost, RunStarted
from hpolab.testing.synthetic import train_run
from hpolab.trial import RunResult

if TYPE_CHECKING:
    from hpolab.events import Entry, Event, RunEvent
    from hpolab.executors import Executor, Handler
    from hpolab.trial import EpochRecord, RunSpec, Stop

__all__ = ["ScriptedExecutor", "failed", "lost", "once", "trained"]


def trained(spec: RunSpec) -> list[RunEvent]:
    """What a worker reports of a run that goes well; it is trained synthetically, at once."""
    epochs: list[EpochRecord] = []
    result = train_run(spec, epochs.append)
    who: dict[str, Any] = {"trial": spec.trial, "attempt": spec.attempt}
    return [
        RunStarted(**who, worker="w1"),
        *(EpochEnded(**who, epoch=epoch) for epoch in epochs),
        RunEnded(**who, result=result),
    ]


def failed(spec: RunSpec, reason: str = "the loss is NaN") -> list[RunEvent]:
    """A run that fails before its first epoch."""
    result = RunResult(state="failed", reason=reason)
    return [RunEnded(trial=spec.trial, attempt=spec.attempt, result=result)]


def lost(spec: RunSpec) -> list[RunEvent]:
    """A run whose worker dies before it has begun."""
    return [RunLost(trial=spec.trial, attempt=spec.attempt, reason="worker w1 was killed")]


def once(is_it: Callable[[Event], bool], deed: Callable[[], object]) -> Callable[[Entry], None]:
    """An observer of a sweep that does something, once, when an event of some kind is written."""
    deeds = [deed]

    def observe(entry: Entry) -> None:
        if deeds and is_it(entry.event):
            deeds.pop()()

    return observe


class ScriptedExecutor:
    """Hands over the events that a function gives for each run, those of the oldest run first.

    It waits until all its slots are taken, as long as there is something to fill them with. What
    is cancelled ends at the next poll. Verdicts are not looked at: nothing is pruned or held.

    Attributes:
        submitted: The orders it was given.
        cancelled: The trials that it was asked to end.
        is_closed: Whether it was closed.
    """

    def __init__(
        self, events_of: Callable[[RunSpec], list[RunEvent]] = trained, *, slots: int = 1
    ) -> None:
        self.submitted: list[RunSpec] = []
        self.cancelled: list[int] = []
        self.is_closed = False
        self._events_of = events_of
        self._slots = slots
        self._pending: dict[int, list[RunEvent]] = {}

    @property
    def slots(self) -> int:
        """How many runs are in flight at once."""
        return self._slots

    def submit(self, spec: RunSpec) -> None:
        """Look up what will become of the run."""
        self.submitted.append(spec)
        self._pending[spec.trial] = self._events_of(spec)

    def poll(self, handle: Handler, timeout: float) -> None:
        """Hand over one event."""
        if not self._pending or (timeout == 0 and len(self._pending) < self._slots):
            return
        trial, events = next(iter(self._pending.items()))
        event = events.pop(0)
        if not events:
            del self._pending[trial]
        handle(event)

    def release(self) -> None:
        """Nothing is ever held."""

    def cancel(self, trial: int, stop: Stop, *, grace_seconds: float = 2.0) -> None:  # noqa: ARG002
        """End the run at the next poll."""
        self.cancelled.append(trial)
        attempt = next(s.attempt for s in reversed(self.submitted) if s.trial == trial)
        result = RunResult(state=stop.state, reason=stop.reason)
        self._pending[trial] = [RunEnded(trial=trial, attempt=attempt, result=result)]

    def close(self) -> None:
        """Note that it was closed."""
        self.is_closed = True

    def __enter__(self) -> Self:
        """The executor itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close."""
        self.close()


if TYPE_CHECKING:
    _: Executor = ScriptedExecutor()
