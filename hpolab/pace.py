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
"""How many trials' evidence the rehearsal is worth against what is seen."""


class Course(NamedTuple):
    """How far a trial has come.

    Attributes:
        seconds: Of each epoch trained in the last attempt.
        state: waiting, running, or how it ended.
        started, ended: When training began here, and when the fate was settled.
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
        rehearsed: Epochs that the first trials trained in some rehearsals of the pruner, shape
            (trials, rehearsals), see ``hpolab.search.rehearsal``; later trials go as the last.
    """

    courses: Sequence[Course]
    epochs: int
    epochs_trained: int
    seconds: float
    seconds_training: float
    slots: int
    rehearsed: Sequence[Sequence[int]]

    def rehearsal(self, number: int) -> Sequence[int]:
        """Epochs that a trial trained in the rehearsals."""
        return self.rehearsed[min(number, len(self.rehearsed) - 1)]

    def is_judged(self, number: int) -> bool:
        """Whether the pruner has a say in how long a trial trains."""
        return min(self.rehearsal(number)) < self.epochs


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
        begun = sum(course.epochs > 0 and course.started is not None for course in pace.courses)
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
    correction = {is_judged: _correction(pace, is_judged) for is_judged in (False, True)}
    left = []
    for number, course in enumerate(pace.courses):
        if course.is_open:
            begins = start if course.epochs == 0 else 0.0
            left.append(begins + _rest(pace.rehearsal(number), course.epochs, pace.epochs))
    ahead = range(len(pace.courses), trials)
    alike = ahead[len(pace.rehearsed) :]  # go as the last one that was rehearsed
    for number in ahead[: len(pace.rehearsed)]:
        expected = correction[pace.is_judged(number)] * _mean(pace.rehearsal(number))
        left.append(start + min(pace.epochs, expected))
    total = sum(left) + len(alike) * (left[-1] if left else 0.0)
    busy = min(pace.slots, max(1, len(pace.courses)))
    return max(total, busy * max(left, default=0.0))


def _rest(rehearsed: Sequence[int], epochs: int, most: int) -> float:
    """Epochs that a trial has still to train after so many."""
    longer = [there for there in rehearsed if there > epochs]
    return _mean(longer) - epochs if longer else float(epochs < most)


def _correction(pace: Pace, is_judged: bool) -> float:
    """Epochs seen over epochs rehearsed, among trials that the pruner judges, or does not.

    Trials also fail, meet hard limits or share a result; and networks are not as unlike one
    another as in the rehearsal. Open trials are compared up to the epoch that they have reached.
    """
    seen, there = [], []
    for number, course in enumerate(pace.courses):
        if course.state != "cancelled" and pace.is_judged(number) == is_judged:
            rehearsed = pace.rehearsal(number)
            if course.is_open:
                rehearsed = [min(epochs, course.epochs) for epochs in rehearsed]
            seen.append(course.epochs)
            there.append(_mean(rehearsed))
    trust = _TRUST * _mean(pace.rehearsal(len(pace.courses)))
    return (sum(seen) + trust) / (sum(there) + trust)


def _mean(epochs: Sequence[int]) -> float:
    return sum(epochs) / len(epochs)
