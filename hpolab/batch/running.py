"""Run a sweep where its log is all that anybody sees."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from hpolab.batch.in_a_line import in_a_line
from hpolab.errors import HpolabError
from hpolab.events import EpochEnded, Noted, RunLost, TrialEnded
from hpolab.record import SweepRecord

if TYPE_CHECKING:
    from collections.abc import Callable

    from hpolab.events import Entry
    from hpolab.sweep import Sweep

__all__ = ["conclude", "run"]


_SILENCE_SECONDS = 60.0
"""A log that says nothing for longer looks like one of a job that hangs."""


@in_a_line()
def run(
    sweep: Sweep,
    *,
    say: Callable[[str], object],
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Run the sweep, or what is left of it; one that has finished is left as it is.

    Args:
        sweep: New, stopped, broken off or finished.
        say: Told a line for each trial that ends, for all that a person should know, and at the
            end of an epoch when it has been told nothing for a minute.
        clock: Seconds from any moment.

    Raises:
        FolderLocked: Another process runs it.
        StoreError: The folder cannot be written; the sweep can be continued later.
    """
    if sweep.state == "finished":
        say(f"{sweep.path.name} has finished before; nothing is trained again.")
        return
    known = len(sweep.record.finished())
    say(f"{sweep.path.name} goes on; trials so far: {known}." if known else sweep.path.name)
    log = _Log(SweepRecord.of(sweep.entries()), say, clock)
    sweep.run(on_entry=log.apply)


@in_a_line()
def conclude(sweep: Sweep) -> str:
    """The last word, so that a batch job's exit code tells the truth.

    Raises:
        HpolabError: The sweep did not run to its end, or has no winner.
    """
    record, state = sweep.record, sweep.state
    if state != "finished":
        why = f": {record.reason.rstrip('.')}" if record.reason else ""
        raise HpolabError(
            f"{sweep.path.name} is {state}{why}; execute the notebook again to go on where it is."
        )
    best = sweep.best
    if best is None or best.score is None:
        raise HpolabError(
            f"{sweep.path.name} has no winner: none of its {len(record.trials)} trials was "
            "completed; the report says why."
        )
    return f"Trial {best.number} came first with a score of {best.score:.3f}."


class _Log:
    """Lines from journal entries."""

    def __init__(
        self, record: SweepRecord, say: Callable[[str], object], clock: Callable[[], float]
    ) -> None:
        self._record = record
        self._tell = say
        self._clock = clock
        self._told_at = clock()

    def apply(self, entry: Entry) -> None:
        """Say what is new."""
        before = self._record.ranked()[:1]
        self._record.apply(entry)
        event = entry.event
        match event:
            case TrialEnded() as ended:
                is_best = ended.state == "completed" and self._record.ranked()[:1] != before
                self._say(self._line(ended) + ("  (best so far)" if is_best else ""))
            case RunLost(trial=number, reason=reason):
                self._say(f"trial {number}: {reason}")
            case Noted(message=message):
                self._say(f"note: {message}")
            case EpochEnded() if self._clock() - self._told_at >= _SILENCE_SECONDS:
                self._say(self._standing(event.trial, event.epoch.epoch))

    def _say(self, line: str) -> None:
        self._told_at = self._clock()
        self._tell(line)

    def _standing(self, trial: int, epoch: int) -> str:
        epochs = self._record.config.epochs if self._record.config else epoch
        left = self._record.eta_seconds()
        about = "" if left is None else f"; about {max(1, round(left / 60))} min left"
        return f"{self._ended()} trial {trial} has trained {epoch} of {epochs} epochs{about}"

    def _ended(self) -> str:
        limit = self._record.budget.trials
        of = "" if limit is None else f"/{limit}"
        return f"[{len(self._record.finished())}{of}]"

    def _line(self, ended: TrialEnded) -> str:
        line = f"{self._ended()} trial {ended.trial} {ended.state}"
        if ended.state == "completed" and ended.accuracy is not None:
            score = 0.0 if ended.score is None else ended.score
            line += f"  score {score:.3f}  accuracy {ended.accuracy:.3f}"
        return f"{line}  {ended.seconds:.1f} s" + (f"  {ended.reason}" if ended.reason else "")
