"""One trial as far as a journal tells of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from hpolab.events import TrialEnded, TrialInherited
    from hpolab.space import Params
    from hpolab.trial import EpochRecord, TrialState

__all__ = ["TrialRecord", "inherited"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialRecord:
    """One trial as far as it is known.

    Attributes:
        number: From 0, without gaps.
        params: What was sampled.
        seed: Of the training.
        state: waiting, running, or how it ended.
        attempt: Which attempt the rest speaks of; 0 before the first.
        losses: How many attempts ended because their worker went away.
        worker: Who trains or trained it.
        epochs: What the finished epochs gave.
        scores: The score after each of them, under the sweep's weights.
        ended: Its fate, once settled.
        started_utc, ended_utc: When training began and when the fate was settled.
        inherited: Whether the followed sweep has trained it, under weights of its own.
        cost: What its attempts have been billed at, in the currency of the executor's price.
        price_per_second: What the running attempt, which is not billed yet, costs as it trains.
    """

    number: int
    params: Params
    seed: int
    state: Literal["waiting", "running"] | TrialState = "waiting"
    attempt: int = 0
    losses: int = 0
    worker: str = ""
    epochs: tuple[EpochRecord, ...] = ()
    scores: tuple[float | None, ...] = ()
    ended: TrialEnded | None = None
    started_utc: datetime | None = None
    ended_utc: datetime | None = None
    inherited: bool = False
    cost: float = 0.0
    price_per_second: float = 0.0

    @property
    def score(self) -> float | None:
        """The final score, or the last one so far."""
        if self.ended is not None and self.ended.score is not None:
            return self.ended.score
        return self.scores[-1] if self.scores else None

    def unbilled(self, now: datetime) -> float:
        """What the running attempt has cost by the clock; 0 once it is billed."""
        if not self.price_per_second or self.started_utc is None:
            return 0.0
        return self.price_per_second * max(0.0, (now - self.started_utc).total_seconds())

    def off_the_meter(self, now: datetime) -> TrialRecord:
        """The same, when the attempt is over: what nobody has billed is charged by the clock."""
        return replace(self, cost=self.cost + self.unbilled(now), price_per_second=0.0)


def inherited(event: TrialInherited, utc: datetime) -> TrialRecord:
    """A trial of the followed sweep; one that had no fate is this sweep's own to train."""
    known = TrialRecord(number=event.trial, params=event.params, seed=event.seed)
    if event.ended is None:
        return known
    return replace(
        known, state=event.ended.state, attempt=event.ended.attempt, epochs=event.epochs,
        scores=event.scores, ended=event.ended, ended_utc=utc, inherited=True,
    )  # fmt: skip
