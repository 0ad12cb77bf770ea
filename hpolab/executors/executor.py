"""What the coordinator needs from whatever trains its trials, and nothing more."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from types import TracebackType
from typing import Final, Literal, Protocol, Self, runtime_checkable

from hpolab.events import RunEvent
from hpolab.trial import RunSpec, Stop

__all__ = ["HOLD", "Executor", "Handler", "Hold", "Newsworthy", "Remote", "Verdict"]


class Hold(Enum):
    """The type of HOLD, for annotations."""

    HOLD = "hold"


HOLD: Final = Hold.HOLD
"""A verdict: the run waits where it is, after its epoch, for ``release`` or ``cancel``."""

Verdict = Stop | Literal[Hold.HOLD] | None
"""The answer to an EpochEnded: None goes on, a Stop ends the run here, HOLD keeps it waiting."""

Handler = Callable[[RunEvent], Verdict]
"""What the coordinator does with an event; only the answer to an EpochEnded counts."""


class Executor(Protocol):
    """Trains runs somewhere else, and tells in order what became of each.

    One coordinator owns an executor and calls every method from one thread. Inside ``poll`` the
    handler may call ``submit``, ``cancel`` and ``release``, but not ``poll`` or ``close``.

    Every run that was submitted ends with exactly one RunEnded or RunLost, as long as someone
    polls. Before it come one RunStarted and one EpochEnded an epoch, in order; a run that is
    lost or stopped by force may lack them. All carry the run's trial and attempt. After each
    epoch the run waits for the handler's verdict, so that what is pruned does not depend on how
    fast a message travels. An executor whose workers are out of earshot cannot promise that, and
    says so in its docstring: there a run trains on while it is judged. A Stop ends it when word
    gets there, and what was judged counts as its result; a HOLD keeps back what it tells. What
    else is said here holds for it too. See hpolab.testing.verdict_contract.

    A run that is paid for tells a RunBilled before its end.

    What goes wrong, and what it becomes:

    * the trial (a bad configuration, NaN, no memory, an error in a user's builder): a RunEnded
      whose result has failed, with the reason; the executor goes on
    * a worker (killed, out of memory, crashed): a RunLost with the reason in words; a fresh
      worker takes its place, other runs do not notice
    * the machinery (no worker can be started at all, or reached): ExecutorError from ``poll`` or
      ``submit``; its runs are then nobody's, and the executor is good for ``close`` only
    * the handler: its exception passes through ``poll``; the run that it was asked about is held

    When the coordinator's process dies, however that happens, its runs end at once.
    """

    @property
    def slots(self) -> int:
        """How many runs train at once."""
        ...

    def submit(self, spec: RunSpec) -> None:
        """Take on a run; returns without waiting for a worker.

        Paths in the order should be absolute: a worker may have another working directory.

        Raises:
            ExecutorError: ``slots`` runs are in flight, this trial is, or the executor is closed.
        """
        ...

    def poll(self, handle: Handler, timeout: float) -> None:
        """Hand over the events that have arrived; wait at most so many seconds for the first.

        Raises:
            ExecutorError: No worker can be started, or the executor is closed.
        """
        ...

    def release(self) -> None:
        """Let every run go on that a HOLD keeps waiting: the end of a pause."""
        ...

    def cancel(self, trial: int, stop: Stop, *, grace_seconds: float = 2.0) -> None:
        """Ask a run to end after its epoch; an executor that can, forces it after the grace.

        Returns at once; the RunEnded comes by ``poll`` and has the state of ``stop``. The one
        that follows force is made by the executor and holds the epochs that it saw. A run that
        ends by itself first ends as it would have; a trial that is not in flight is left alone.
        """
        ...

    def close(self) -> None:
        """End whatever runs, without events; no process survives. Closing twice is harmless."""
        ...

    def __enter__(self) -> Self:
        """The executor itself."""
        ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close."""
        ...


@runtime_checkable
class Newsworthy(Protocol):
    """What an executor may do besides: tell what a person should know, for the journal."""

    def news(self) -> str:
        """One sentence that was not told yet; empty when there is nothing new."""
        ...


@runtime_checkable
class Remote(Protocol):
    """What an executor may say besides whose runs do not always train on this machine."""

    @property
    def is_local(self) -> bool:
        """Whether those to come take this machine's cores."""
        ...
