"""The best trial: how good, how sure that is, and how well."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hpolab.analysis.results import stored_result
from hpolab.confirmation.confirm import confirmation_so_far
from hpolab.confirmation.report import in_words
from hpolab.health.meanings import MEANINGS
from hpolab.places import without_places
from hpolab.reports.intervals import Interval, binomial
from hpolab.reports.words import spoken
from hpolab.scoring import METRICS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hpolab.confirmation.estimate import Estimate
    from hpolab.confirmation.report import Confirmation
    from hpolab.record import TrialRecord
    from hpolab.space import Params
    from hpolab.sweep import Sweep
    from hpolab.trial import EpochRecord, RunResult

__all__ = ["Examined", "Winner", "winner_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """One health metric of the winner.

    Attributes:
        value: In [0, 1]; 1 is well.
        meaning: What the metric sees, for people who meet it for the first time.
        evidence, advice: The examination's own words; advice is empty where all is well.
    """

    name: str
    value: float
    meaning: str
    evidence: str
    advice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Winner:
    """The completed trial with the highest score.

    Attributes:
        accuracy: Of validation: the mean over fresh seeds where there were several, else as the
            search measured it.
        interval: The 95 % interval of it; None when the number of examples is not known.
        seeds: Over how many fresh seeds; 0 when it was not confirmed.
        caution: What to think of that number.
        test_accuracy: Measured once; nothing was chosen by it.
        test_interval: The 95 % interval of it.
        confirmed: What fresh seeds said, in sentences.
        epochs: Its training.
    """

    trial: int
    params: Params
    score: float
    accuracy: float
    interval: Interval | None
    seeds: int
    caution: str
    test_accuracy: float | None
    test_interval: Interval | None
    health: float | None
    n_parameters: int | None
    seconds: float
    confirmed: tuple[str, ...]
    examined: tuple[Examined, ...]
    epochs: tuple[EpochRecord, ...]


def winner_of(sweep: Sweep, examples: Mapping[str, int]) -> Winner | None:
    """The best trial of a sweep, None while none is completed.

    Args:
        sweep: Whose.
        examples: How many each split has, where that is known.

    Raises:
        StoreError: ``confirm.json`` is damaged.
    """
    best = sweep.best
    if best is None or best.ended is None:
        return None
    confirmation = confirmation_so_far(sweep)
    again = _again(confirmation, best.number)
    once = best.ended.accuracy or 0.0
    test, result = best.ended.test_accuracy, stored_result(sweep.folder, best.number)
    return Winner(
        trial=best.number,
        params=best.params,
        score=best.score or 0.0,
        accuracy=once if again is None else again.mean,
        interval=_between(again) if again else _seen_once(once, examples.get("validation")),
        seeds=again.n if again else 0,
        caution=_caution(again, among=len(sweep.leaderboard)),
        test_accuracy=test,
        test_interval=None if test is None else _seen_once(test, examples.get("test")),
        health=best.ended.health,
        n_parameters=best.ended.n_parameters,
        seconds=best.ended.seconds,
        confirmed=tuple(map(without_places, in_words(confirmation))) if confirmation else (),
        examined=_examined(best, result),
        epochs=best.epochs or (result.history if result else ()),
    )


def _again(confirmation: Confirmation | None, number: int) -> Estimate | None:
    """The winner's accuracy under fresh seeds; None without an interval, which takes two."""
    for trial in confirmation.trials if confirmation else ():
        if trial.trial == number and trial.accuracy and trial.accuracy.low is not None:
            return trial.accuracy
    return None


def _between(again: Estimate) -> Interval:
    """Cut to what an accuracy can be."""
    low = again.mean if again.low is None else again.low
    high = again.mean if again.high is None else again.high
    return Interval(max(0.0, low), min(1.0, high))


def _seen_once(share: float, n: int | None) -> Interval | None:
    return binomial(share, n) if n else None


def _caution(again: Estimate | None, *, among: int) -> str:
    if again is not None:
        return (
            f"This is the mean of {again.n} trainings under fresh seeds, and the interval is of "
            "that mean: the luck that made it win is not in it."
        )
    if among <= 1:
        return "It was trained once; another seed would give another number."
    return (
        f"It is the best of {among} completed trials, compared on the same examples, and a search "
        "flatters its winner: expect a little less. The interval covers the choice of the "
        "examples, not that luck; the command hpolab confirm measures it."
    )


def _examined(best: TrialRecord, result: RunResult | None) -> tuple[Examined, ...]:
    """In words where the result is still there, else the values alone."""
    known = best.ended.metrics if best.ended else {}
    reports = result.health.metrics if result else {}
    return tuple(
        Examined(
            name=spoken(name),
            value=known[name],
            meaning=MEANINGS[name],
            evidence=reports[name].evidence if name in reports else "",
            advice=reports[name].advice if name in reports else "",
        )
        for name in METRICS
        if name in known
    )
