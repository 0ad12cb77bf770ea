"""How long the rest of a sweep will take, from how its trials have gone so far."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from hpolab.budget import Budget

__all__ = ["Course", "Pace", "remaining_seconds"]

_TRUST = 3
"""How many pruned trials' evidence the rehearsal is worth against what is seen."""


class Course(NamedTuple):
    """How far a trial has come.

    Attributes:
        seconds: Of each epoch trained in the last attempt.
        state: waiting, running, or how it ended.
        started, ended: When training began, and when the fate was settled.
    """

    seconds: tuple[float, ...]
    state: str
    started: datetime | None
    ended: datetime | None

    @property
    def epochs(self) -> int:
        """How many it has trained."""
        return len(self.seconds)

    @property
    def is_open(self) -> bool:
        """Whether it has still to be trained, or trained on."""
        return self.state in {"waiting", "running"}


class Pace(NamedTuple):
    """What a sweep has done, and in what time.

    Attributes:
        courses: Of the trials so far.
        epochs: How many a trial trains at most.
        epochs_trained: In all attempts of all trials.
        seconds: Time the sweep has run, pauses left out.
        seconds_training: Of that, the time since the first trial began.
        slots: Trials that train at once.
        rehearsed: Epochs that each trial, also of those to come, trained in some rehearsals of
            the pruner, shape (trials, rehearsals); see ``hpolab.search.rehearsal``.
    """

    courses: Sequence[Course]
    epochs: int
    epochs_trained: int
    seconds: float
    seconds_training: float
    slots: int
    rehearsed: Sequence[Sequence[int]] = ()


def remaining_seconds(budget: Budget, pace: Pace) -> float | None:
    """Estimate of the time left; None before the first epoch, unless the time itself is limited.

    The unit of work is an epoch; a trial also costs its start, in such units. The work that is
    left is what the rehearsed pruner lets trials train, corrected by how the trials so far
    differ from their rehearsal. It is done at the pace so far, but not sooner than one worker
    can finish the trial that has the most left.
    """
    estimates = []
    if budget.seconds is not None:
        estimates.append(budget.seconds - pace.seconds)
    if pace.epochs_trained > 0 and pace.seconds_training > 0:
        start = _start(pace.courses)
        begun = sum(course.epochs > 0 for course in pace.courses)
        unit = pace.seconds_training / (pace.epochs_trained + start * begun)
        if budget.trials is not None:
            estimates.append(unit * _work_left(budget.trials, pace, start))
        if budget.epochs is not None:
            left = budget.epochs - pace.epochs_trained
            estimates.append(pace.seconds_training * left / pace.epochs_trained)
    return max(0.0, min(estimates)) if estimates else None


def _start(courses: Sequence[Course]) -> float:
    """What a trial costs beside its epochs (build, compile, test, save), in epochs.

    The median over trials, which a pause in some of them does not move.
    """
    costs = []
    for course in courses:
        rest = course.seconds[1:]
        if not rest or course.started is None or not (epoch := sum(rest) / len(rest)):
            continue
        whole = sum(course.seconds)
        if course.ended is not None:
            whole = max(whole, (course.ended - course.started).total_seconds())
        costs.append(max(0.0, whole / epoch - course.epochs))
    return median(costs) if costs else 0.0


def _work_left(trials: int, pace: Pace, start: float) -> float:
    """What is left to do, in epochs of a sweep with all workers busy."""
    correction = _correction(pace)
    left = []
    for course, rehearsed in zip(pace.courses, pace.rehearsed, strict=False):
        if course.is_open:
            begins = start if course.epochs == 0 else 0.0
            left.append(begins + _rest(rehearsed, course.epochs, pace.epochs))
    for rehearsed in pace.rehearsed[len(pace.courses) : trials]:
        left.append(start + min(pace.epochs, _corrected(rehearsed, correction, pace.epochs)))
    busy = min(pace.slots, max(1, len(pace.courses)))
    return max(sum(left), busy * max(left, default=0.0))


def _rest(rehearsed: Sequence[int], epochs: int, most: int) -> float:
    """Epochs that a trial has still to train after so many."""
    longer = [there for there in rehearsed if there > epochs]
    if longer:
        return sum(longer) / len(longer) - epochs
    return float(epochs < most)


def _corrected(rehearsed: Sequence[int], correction: float, most: int) -> float:
    """Mean of the rehearsals; where the pruner has a say, as much more or less as was seen."""
    if min(rehearsed) == most:
        return float(most)
    return correction * sum(rehearsed) / len(rehearsed)


def _correction(pace: Pace) -> float:
    """Epochs trained by the trials that a pruner judged, over those in their rehearsals.

    Trials that are still open are compared up to the epoch that they have reached. Where nothing
    can be judged, all trials are compared: they may fail, or share a result.
    """
    seen = there = 0.0
    for course, rehearsed in zip(pace.courses, pace.rehearsed, strict=False):
        if course.state == "cancelled" or min(rehearsed) == pace.epochs:
            continue
        known = course.epochs if course.is_open else pace.epochs
        seen += course.epochs
        there += sum(min(epochs, known) for epochs in rehearsed) / len(rehearsed)
    last = pace.rehearsed[-1] if pace.rehearsed else (pace.epochs,)
    trust = _TRUST * sum(last) / len(last)
    return (seen + trust) / (there + trust)
