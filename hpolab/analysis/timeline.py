"""Who trained what, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from hpolab.record import TrialRecord

__all__ = ["Span", "Timeline", "timeline"]


class Span(NamedTuple):
    """One trial on one worker: its last attempt.

    Attributes:
        trial: Its number.
        worker: Who trained it.
        state: How it ended, or "running".
        start, end: In seconds since the first trial began.
    """

    trial: int
    worker: str
    state: str
    start: float
    end: float


class Timeline(NamedTuple):
    """Every worker's trials.

    Attributes:
        begun: When the first trial began; None when none has.
        spans: In the order of their starts.
        workers: By name, numbers in order.
        untrained: How many trials took no worker: reused, inherited, or never begun.
        seconds: From the first start to the last end.
        busy: The share of the workers' time from the first start to the last end that was spent
            on trials, in [0, 1].
    """

    begun: datetime | None
    spans: tuple[Span, ...]
    workers: tuple[str, ...]
    untrained: int
    seconds: float
    busy: float


def timeline(trials: Iterable[TrialRecord], *, now: datetime | None = None) -> Timeline:
    """The last attempt of every trial that a worker has begun.

    Args:
        trials: Of the sweep.
        now: Until when running trials have run; None for the latest time that any trial tells of.
    """
    every = list(trials)
    trained = [trial for trial in every if trial.started_utc is not None and trial.worker]
    starts = [trial.started_utc for trial in trained if trial.started_utc is not None]
    if not starts:
        return Timeline(None, (), (), len(every), 0.0, 0.0)
    begun = min(starts)
    ends = [trial.ended_utc for trial in trained if trial.ended_utc is not None]
    latest = max([*starts, *ends, *([now] if now else [])])
    spans = tuple(sorted((_span(t, begun, latest) for t in trained), key=lambda s: s.start))
    workers = sorted({span.worker for span in spans}, key=_in_order)
    seconds = max(span.end for span in spans)
    spent = sum(span.end - span.start for span in spans)
    busy = min(1.0, spent / (seconds * len(workers))) if seconds > 0 else 0.0
    return Timeline(begun, spans, tuple(workers), len(every) - len(trained), seconds, busy)


def _span(trial: TrialRecord, begun: datetime, latest: datetime) -> Span:
    started = trial.started_utc or begun
    start = (started - begun).total_seconds()
    end = ((trial.ended_utc or latest) - begun).total_seconds()
    return Span(trial.number, trial.worker, trial.state, start, max(start, end))


def _in_order(name: str) -> tuple[str, int]:
    """Sorts "w10" behind "w9"."""
    stem = name.rstrip("0123456789")
    digits = name[len(stem) :]
    return stem, int(digits) if digits else -1
