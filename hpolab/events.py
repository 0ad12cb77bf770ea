"""What happens in a sweep, as frozen facts: the lines of ``journal.jsonl``.

The first five come from executors; the coordinator writes them down together with its own. A
reader that folds the entries in order knows everything about the sweep (see hpolab.record).
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from hpolab.budget import Budget
from hpolab.frozen import Frozen
from hpolab.scoring import ScoringWeights
from hpolab.space import Value
from hpolab.trial import EpochRecord, RunResult, TrialState

__all__ = [
    "FORMAT",
    "BestChanged",
    "BudgetExtended",
    "Entry",
    "EpochEnded",
    "Event",
    "ExplorationChanged",
    "Line",
    "Noted",
    "RunBilled",
    "RunEnded",
    "RunEvent",
    "RunLost",
    "RunStarted",
    "SweepContinued",
    "SweepEnded",
    "SweepFollows",
    "SweepPaused",
    "SweepResumed",
    "SweepStarted",
    "TrialEnded",
    "TrialInherited",
    "TrialStarted",
]

FORMAT = 1
"""Version of the journal's lines; a reader refuses a newer one."""


class RunStarted(Frozen):
    """A worker has begun to train a trial, at a price in whatever currency; 0 at home."""

    kind: Literal["run_started"] = "run_started"
    trial: int
    attempt: int
    worker: str
    price_per_second: float = Field(default=0.0, ge=0)


class EpochEnded(Frozen):
    """A run has finished an epoch; ``score`` is the coordinator's, under the sweep's weights."""

    kind: Literal["epoch_ended"] = "epoch_ended"
    trial: int
    attempt: int
    epoch: EpochRecord
    score: float | None = None


class RunEnded(Frozen):
    """A run has come to an end of its own and brought its result."""

    kind: Literal["run_ended"] = "run_ended"
    trial: int
    attempt: int
    result: RunResult


class RunLost(Frozen):
    """A worker has gone away with its run.

    Attributes:
        is_suspect: Whether the run itself may be to blame; one that is lost too often has failed.
    """

    kind: Literal["run_lost"] = "run_lost"
    trial: int
    attempt: int
    reason: str
    is_suspect: bool = True


class RunBilled(Frozen):
    """A run has been paid for, whatever became of it; comes right before its end.

    Attributes:
        seconds: What was billed.
        cost: In the currency of the executor's price.
    """

    kind: Literal["run_billed"] = "run_billed"
    trial: int
    attempt: int
    seconds: float = Field(ge=0)
    cost: float = Field(ge=0)


RunEvent = RunStarted | EpochEnded | RunBilled | RunEnded | RunLost
"""What an executor tells the coordinator."""


class SweepStarted(Frozen):
    """The first line: what was asked, and with which versions."""

    kind: Literal["sweep_started"] = "sweep_started"
    format: int = FORMAT
    sweep: str
    config: dict[str, Any]
    fingerprint: str
    versions: dict[str, str]


class SweepContinued(Frozen):
    """A coordinator has taken up the sweep again after a stop or a crash."""

    kind: Literal["sweep_continued"] = "sweep_continued"
    versions: dict[str, str]


class SweepPaused(Frozen):
    """No new trial starts; running ones wait after their epoch."""

    kind: Literal["sweep_paused"] = "sweep_paused"


class SweepResumed(Frozen):
    """The pause is over."""

    kind: Literal["sweep_resumed"] = "sweep_resumed"


class BudgetExtended(Frozen):
    """The sweep may now spend this much in all."""

    kind: Literal["budget_extended"] = "budget_extended"
    budget: Budget


class ExplorationChanged(Frozen):
    """This share of the trials to come is drawn at random instead of by the sampler."""

    kind: Literal["exploration_changed"] = "exploration_changed"
    share: float = Field(ge=0, le=1)


class TrialStarted(Frozen):
    """A configuration has been sampled."""

    kind: Literal["trial_started"] = "trial_started"
    trial: int
    params: dict[str, Value]
    seed: int


class TrialEnded(Frozen):
    """A trial's fate is settled. Everything that a leaderboard or another weighting needs.

    Attributes:
        metrics: Health metrics that apply, by name.
        score: Under the weights of the sweep; None unless completed.
        reused_from: The trial whose stored result this one shares; nothing was trained.
    """

    kind: Literal["trial_ended"] = "trial_ended"
    trial: int
    attempt: int
    state: TrialState
    reason: str = ""
    epochs: int
    accuracy: float | None = None
    test_accuracy: float | None = None
    metrics: dict[str, float] = Field(default_factory=dict)
    health: float | None = None
    score: float | None = None
    n_parameters: int | None = None
    seconds: float = 0.0
    reused_from: int | None = None


class SweepFollows(Frozen):
    """Where the trials come from that this sweep begins with; they are told of next.

    Attributes:
        sweep, path: Name and folder of the sweep that is followed; not needed any more once its
            trials are told of.
        trials: How many there are.
        weights: What they were sampled under.
    """

    kind: Literal["sweep_follows"] = "sweep_follows"
    sweep: str
    path: str
    trials: int = Field(ge=0)
    weights: ScoringWeights


class TrialInherited(Frozen):
    """A trial of the followed sweep, number and all, scored under the weights of this one.

    Attributes:
        epochs, scores: What its last attempt gave, and this sweep's score after each epoch.
        ended: Its fate; None when it had none, and is to be trained here.
    """

    kind: Literal["trial_inherited"] = "trial_inherited"
    trial: int
    params: dict[str, Value]
    seed: int
    epochs: tuple[EpochRecord, ...] = ()
    scores: tuple[float | None, ...] = ()
    ended: TrialEnded | None = None

    def story(self) -> list[TrialStarted | EpochEnded | TrialEnded]:
        """What its own sweep would have told, had it scored like this one."""
        trial, attempt = self.trial, self.ended.attempt if self.ended else 1
        epochs = [
            EpochEnded(trial=trial, attempt=attempt, epoch=epoch, score=score)
            for epoch, score in zip(self.epochs, self.scores, strict=True)
        ]
        start = TrialStarted(trial=trial, params=self.params, seed=self.seed)
        return [start, *epochs, *([self.ended] if self.ended else [])]


class BestChanged(Frozen):
    """``best/`` now holds this trial."""

    kind: Literal["best_changed"] = "best_changed"
    trial: int
    score: float


class Noted(Frozen):
    """Something a person should know: a warning, a fall-back, a retry."""

    kind: Literal["noted"] = "noted"
    message: str


class SweepEnded(Frozen):
    """The sweep is over, or stopped until someone continues it."""

    kind: Literal["sweep_ended"] = "sweep_ended"
    state: Literal["finished", "stopped", "failed"]
    reason: str


Event = Annotated[
    SweepStarted
    | SweepContinued
    | SweepFollows
    | TrialInherited
    | SweepPaused
    | SweepResumed
    | BudgetExtended
    | ExplorationChanged
    | TrialStarted
    | RunStarted
    | EpochEnded
    | RunBilled
    | RunLost
    | TrialEnded
    | BestChanged
    | Noted
    | SweepEnded,
    Field(discriminator="kind"),
]
"""What the journal holds."""


class Line(Frozen):
    """One line of a journal, whatever it is about.

    Attributes:
        seq: Counted from 0 without a gap.
        utc: When it was written.
        event: What happened.
    """

    seq: int = Field(ge=0)
    utc: datetime
    event: Frozen


class Entry(Line):
    """One line of a sweep's journal; see Line."""

    event: Event
