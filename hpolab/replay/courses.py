"""What happened to each trial, and when: the journal on a clock that stands still in pauses."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hpolab.events import (
    EpochEnded,
    Noted,
    RunLost,
    RunStarted,
    SweepContinued,
    SweepEnded,
    SweepStarted,
    TrialEnded,
    TrialInherited,
    TrialStarted,
)
from hpolab.record import SweepRecord

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from hpolab.events import Entry
    from hpolab.space import Params
    from hpolab.trial import EpochRecord

__all__ = ["Course", "Courses", "Run"]


@dataclass(slots=True, kw_only=True)
class Run:
    """One attempt at a trial; times are seconds that the sweep has run.

    Attributes:
        worker: Who trained it; "" for what the followed sweep had trained.
        start, end: None as long as it runs.
        epochs, at: What its epochs gave, and when.
        lost: Why its worker went away, where it did.
    """

    worker: str
    start: float
    end: float | None = None
    epochs: list[EpochRecord] = field(default_factory=list)
    at: list[float] = field(default_factory=list)
    lost: str = ""


@dataclass(slots=True, kw_only=True)
class Course:
    """One trial from its beginning to its end.

    Attributes:
        known: When it was sampled.
        is_inherited: Whether the followed sweep has trained it.
        ended, ended_at: Its fate and when it was settled; None before.
    """

    number: int
    params: Params
    seed: int
    known: float
    is_inherited: bool = False
    runs: list[Run] = field(default_factory=list)
    ended: TrialEnded | None = None
    ended_at: float | None = None


class Courses:
    """All trials of a sweep, and the record that the same entries make.

    Attributes:
        trials: By number.
        notes: What a person should know, and when it was said.
        record: The sweep's state after all entries.
        versions: Of what was installed when the sweep began.
        began, told: When the first and the last entry were written; None without any.
        seconds: How long the sweep had run at the last entry.
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.trials: dict[int, Course] = {}
        self.notes: list[tuple[float, str]] = []
        self.record = SweepRecord()
        self.versions: Mapping[str, str] = {}
        self.began: datetime | None = None
        self.told: datetime | None = None
        self.seconds = 0.0
        for entry in entries:
            self._apply(entry)

    def break_off(self) -> None:
        """Nobody runs the sweep any more, though its journal does not tell of an end."""
        for course in self.trials.values():
            _close(course, self.seconds)

    def _apply(self, entry: Entry) -> None:
        self.record.apply(entry)
        self.began, self.told = self.began or entry.utc, entry.utc
        self.seconds = now = max(self.seconds, self.record.seconds(entry.utc))
        match event := entry.event:
            case SweepStarted():
                self.versions = event.versions
            case SweepContinued() | SweepEnded():
                for course in self.trials.values():
                    _close(course, now)
            case TrialStarted():
                self.trials[event.trial] = Course(
                    number=event.trial, params=event.params, seed=event.seed, known=now
                )
            case TrialInherited():
                self.trials[event.trial] = _inherited(event, now)
            case RunStarted():
                _close(self.trials[event.trial], now)
                self.trials[event.trial].runs.append(Run(worker=event.worker, start=now))
            case EpochEnded():
                if runs := self.trials[event.trial].runs:
                    runs[-1].epochs.append(event.epoch)
                    runs[-1].at.append(now)
            case RunLost():
                _close(self.trials[event.trial], now, lost=event.reason)
                self.notes.append((now, f"trial {event.trial}: {event.reason}"))
            case TrialEnded():
                _close(self.trials[event.trial], now)
                self.trials[event.trial].ended = event
                self.trials[event.trial].ended_at = now
            case Noted():
                self.notes.append((now, event.message))


def _close(course: Course, now: float, *, lost: str = "") -> None:
    """Nobody trains it any more."""
    if course.runs and course.runs[-1].end is None:
        course.runs[-1].end, course.runs[-1].lost = now, lost


def _inherited(event: TrialInherited, now: float) -> Course:
    """There from the start, where it had a fate; else sampled, and this sweep's own to train."""
    course = Course(number=event.trial, params=event.params, seed=event.seed, known=now)
    if event.ended is None:
        return course
    epochs = list(event.epochs)
    course.runs = [Run(worker="", start=now, end=now, epochs=epochs, at=[now] * len(epochs))]
    course.ended, course.ended_at, course.is_inherited = event.ended, now, True
    return course
