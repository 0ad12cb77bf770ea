"""What a journal says so far: events folded, in order, into the state of a sweep."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from hpolab.budget import Budget
from hpolab.config import SweepConfig
from hpolab.errors import JournalDamaged
from hpolab.events import (
    BestChanged,
    BudgetExtended,
    Entry,
    EpochEnded,
    ExplorationChanged,
    Noted,
    RunBilled,
    RunLost,
    RunStarted,
    SweepContinued,
    SweepEnded,
    SweepFollows,
    SweepPaused,
    SweepResumed,
    SweepStarted,
    TrialEnded,
    TrialInherited,
    TrialStarted,
)
from hpolab.pace import Course, Pace, remaining_seconds
from hpolab.search.rehearsal import rehearse
from hpolab.trial_record import TrialRecord, inherited

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from hpolab.scoring import ScoringWeights

__all__ = ["SweepRecord", "TrialRecord"]


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass
class SweepRecord:
    """The state of a sweep, brought up to date entry by entry.

    Attributes:
        config: What was asked; None before the first entry.
        fingerprint: Of the data.
        state: What the journal says; a coordinator that was killed leaves "running" behind.
        reason: Why it ended.
        budget: The limits, extensions included.
        exploration: The share of the trials to come that is drawn at random.
        follows: Whose trials it begins with; None when it begins with none.
        trials: By number.
        best: The number of the trial in ``best/``.
        notes: What a person should know, in order.
        news: The latest note, as long as nothing has been started since; else empty.
        epochs_trained: In all trials and attempts together.
        seconds_before_training: How long the sweep had run when its first trial began.
        clock: What "now" is; a coordinator's own never goes back.
    """

    config: SweepConfig | None = None
    fingerprint: str = ""
    state: Literal["new", "running", "paused", "finished", "stopped", "failed"] = "new"
    reason: str = ""
    budget: Budget = field(default_factory=Budget)
    exploration: float = 0.0
    follows: SweepFollows | None = None
    trials: dict[int, TrialRecord] = field(default_factory=dict)
    best: int | None = None
    notes: list[str] = field(default_factory=list)
    news: str = ""
    epochs_trained: int = 0
    seconds_before_training: float = 0.0
    clock: Callable[[], datetime] = field(default=_now, compare=False, repr=False)
    _active_seconds: float = 0.0
    _active_since: datetime | None = None
    _last_utc: datetime | None = None

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> SweepRecord:
        """The state after all of these entries."""
        record = cls()
        for entry in entries:
            record.apply(entry)
        return record

    def apply(self, entry: Entry) -> None:
        """Take one more entry into account."""
        event = entry.event
        match event:
            case SweepStarted():
                self.config = SweepConfig.stored(event.config, place="the journal")
                self.fingerprint, self.budget = event.fingerprint, self.config.budget
                self._run(entry.utc)
            case SweepContinued():
                self._rest(self._last_utc or entry.utc)
                self._put_back_unfinished(self._last_utc or entry.utc)
                self._run(entry.utc)
            case SweepPaused():
                self._rest(entry.utc)
                self.state = "paused"
            case SweepResumed():
                self._run(entry.utc)
            case BudgetExtended():
                self.budget = event.budget
            case ExplorationChanged():
                self.exploration = event.share
            case SweepFollows():
                self.follows = event
            case TrialInherited():
                self.trials[event.trial] = inherited(event, entry.utc)
            case BestChanged():
                self.best = event.trial
            case Noted():
                self.notes.append(event.message)
                self.news = event.message
            case SweepEnded():
                self._rest(entry.utc)
                self.state, self.reason, self.news = event.state, event.reason, ""
                self._put_back_unfinished(entry.utc)
            case _:
                self._apply_to_trial(event, entry.utc)
        self._last_utc = entry.utc

    def _apply_to_trial(
        self,
        event: TrialStarted | RunStarted | EpochEnded | RunBilled | RunLost | TrialEnded,
        utc: datetime,
    ) -> None:
        if isinstance(event, TrialStarted):
            self.trials[event.trial] = TrialRecord(
                number=event.trial, params=event.params, seed=event.seed
            )
            return
        if event.trial not in self.trials:
            raise JournalDamaged(
                f"the journal speaks of trial {event.trial} ({event.kind} at {utc:%H:%M:%S}), "
                "but does not say how it started; restore the file from a copy."
            )
        trial = self.trials[event.trial]
        match event:
            case RunStarted():
                self.news = ""
                if all(other.started_utc is None for other in self.trials.values()):
                    self.seconds_before_training = self.seconds(utc)
                trial = replace(
                    trial, state="running", attempt=event.attempt, worker=event.worker,
                    epochs=(), scores=(), started_utc=utc,
                    price_per_second=event.price_per_second,
                )  # fmt: skip
            case EpochEnded():
                self.epochs_trained += 1
                trial = replace(
                    trial,
                    epochs=(*trial.epochs, event.epoch),
                    scores=(*trial.scores, event.score),
                )
            case RunBilled():
                trial = replace(trial, cost=trial.cost + event.cost, price_per_second=0.0)
            case RunLost():
                self.notes.append(f"trial {event.trial}: {event.reason}")
                trial = replace(
                    trial.off_the_meter(utc),
                    state="waiting",
                    worker="",
                    attempt=event.attempt,
                    losses=trial.losses + event.is_suspect,
                )
            case TrialEnded():
                trial = trial.off_the_meter(utc)
                trial = replace(trial, state=event.state, ended=event, ended_utc=utc)
        self.trials[event.trial] = trial

    @property
    def has_inherited(self) -> bool:
        """Whether all trials of the followed sweep are told of."""
        return self.follows is not None and len(self.trials) >= self.follows.trials

    def unfinished(self) -> list[TrialRecord]:
        """Trials without a settled fate, in order."""
        return [trial for trial in self.trials.values() if trial.ended is None]

    def finished(self) -> list[TrialRecord]:
        """Trials with a settled fate, in order."""
        return [trial for trial in self.trials.values() if trial.ended is not None]

    def ranked(self, weights: ScoringWeights | None = None) -> list[TrialRecord]:
        """Completed trials, the best first; equal scores keep the order of numbers.

        Args:
            weights: To rank under; None for those the sweep itself used.
        """
        completed = [trial for trial in self.trials.values() if trial.state == "completed"]
        if weights is None:
            return sorted(completed, key=lambda trial: (-(trial.score or 0.0), trial.number))
        totals = {
            trial.number: weights.score(trial.ended.accuracy or 0.0, trial.ended.metrics).total
            for trial in completed
            if trial.ended is not None
        }
        return sorted(completed, key=lambda trial: (-totals[trial.number], trial.number))

    def seconds(self, now: datetime | None = None) -> float:
        """How long the sweep has run, pauses and the time between coordinators left out."""
        if self._active_since is None:
            return self._active_seconds
        running = ((now or self.clock()) - self._active_since).total_seconds()
        return self._active_seconds + max(0.0, running)

    def seconds_told(self) -> float:
        """How long it had run at the last entry: all there was, when nobody runs it any more."""
        return self.seconds(self._last_utc)

    @property
    def told_utc(self) -> datetime | None:
        """When the last entry was written: until when the record knows; None before the first."""
        return self._last_utc

    def spent(self) -> str:
        """Which limit forbids another trial, in words; empty while there is budget left."""
        return self._exhausted(trials=len(self.trials))

    def spent_on_training(self) -> str:
        """Which limit forbids to train on, in words: trials that have begun may end."""
        return self._exhausted(trials=0)

    def _exhausted(self, *, trials: int) -> str:
        return self.budget.exhausted(
            trials=trials,
            seconds=self.seconds(),
            epochs=self.epochs_trained,
            money=self.cost(),
        )

    def cost(self, now: datetime | None = None) -> float:
        """What has been billed, and what runs in flight will be at least, by the time so far.

        In the currency of the executor's price; 0 where nothing is paid for.
        """
        now = now or self.clock()
        return sum(trial.cost + trial.unbilled(now) for trial in self.trials.values())

    def eta_seconds(self, now: datetime | None = None) -> float | None:
        """Estimate of the time left; None while there is no pace yet or nothing runs."""
        if self.state not in {"running", "paused"} or self.config is None:
            return None
        seconds = self.seconds(now)
        pace = Pace(
            courses=[
                Course(tuple(e.seconds for e in t.epochs), t.state, t.started_utc, t.ended_utc)
                for t in self.trials.values()
            ],
            epochs=self.config.epochs,
            epochs_trained=self.epochs_trained,
            seconds=seconds,
            seconds_training=seconds - self.seconds_before_training,
            slots=self.config.executor.slots,
            rehearsed=rehearse(self.config.pruner, epochs=self.config.epochs),
        )
        return remaining_seconds(self.budget, pace)

    def _run(self, utc: datetime) -> None:
        self.state, self.reason, self._active_since = "running", "", utc

    def _rest(self, utc: datetime) -> None:
        """Stop the clock. A clock that was set back adds nothing."""
        self._active_seconds = self.seconds(utc)
        self._active_since = None

    def _put_back_unfinished(self, utc: datetime) -> None:
        """Nothing trains after the end: what had no fate waits for a continuation."""
        for trial in self.unfinished():
            paid = trial.off_the_meter(utc)
            self.trials[trial.number] = replace(paid, state="waiting", worker="")
