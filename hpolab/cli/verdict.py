"""Who won and why, in two sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hpolab.cli.words import fraction, percent, plural

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hpolab.health.report import HealthReport
    from hpolab.record import TrialRecord
    from hpolab.scoring import ScoringWeights

__all__ = ["contenders", "verdict"]


def verdict(
    trials: Sequence[TrialRecord],
    *,
    weights: ScoringWeights,
    report_of: Callable[[int], HealthReport | None],
) -> str:
    """Who won and why: against the most accurate trial, or against the runner-up.

    Args:
        trials: All trials of the sweep, in any order.
        weights: Those that ranked them.
        report_of: Gives a trial's health report, to quote evidence from; None where it is lost.

    Returns:
        Two sentences; one when no trial was completed.
    """
    ranked = contenders(trials)
    if not ranked:
        return _nobody(trials)
    winner = ranked[0]
    first = _who(winner, ranked[1] if len(ranked) > 1 else None, weights)
    if len(ranked) == 1:
        return f"{first} {_alone(trials)}"
    most_accurate = max(ranked, key=_accuracy)
    if _accuracy(most_accurate) > _accuracy(winner):
        return f"{first} {_why_not(most_accurate, winner, weights, report_of)}"
    return f"{first} {_against(ranked[1], winner, weights)}"


def contenders(trials: Sequence[TrialRecord]) -> list[TrialRecord]:
    """Completed trials, the best first, without those that only share another one's result."""
    own = [
        trial
        for trial in trials
        if trial.state == "completed" and trial.ended and trial.ended.reused_from is None
    ]
    return sorted(own, key=lambda trial: (-(trial.score or 0.0), trial.number))


def _nobody(trials: Sequence[TrialRecord]) -> str:
    ends = [trial for trial in trials if trial.ended is not None]
    if not ends:
        return "No trial came to an end, so there is no winner."
    fates = [trial.state for trial in ends]
    counted = [f"{fates.count(fate)} {fate}" for fate in sorted(set(fates))]
    reasons = [trial.ended.reason for trial in ends if trial.ended and trial.ended.reason]
    last = f"; the last reason: {reasons[-1].rstrip('.')}" if reasons else ""
    return f"No trial was completed, so there is no winner ({', '.join(counted)}{last})."


def _who(winner: TrialRecord, runner_up: TrialRecord | None, weights: ScoringWeights) -> str:
    ahead = ""
    score = fraction(winner.score)
    if runner_up is not None:
        score, other = _apart(winner.score or 0.0, runner_up.score or 0.0)
        verb = "level with" if score == other else "ahead of"
        ahead = f", {verb} trial {runner_up.number} with {other}"
    health = _health(winner)
    accurate = f"{percent(_accuracy(winner))} accurate on validation data"
    if weights.health == 0 or health is None:
        return f"Trial {winner.number} won with a score of {score}{ahead}: {accurate}."
    return (
        f"Trial {winner.number} won with a score of {score}{ahead}: {accurate} and "
        f"{fraction(health, digits=2)} healthy."
    )


def _alone(trials: Sequence[TrialRecord]) -> str:
    others = len([trial for trial in trials if trial.ended is not None]) - 1
    if others == 0:
        return "It was the only trial, so it has won against nobody yet."
    return f"No other of {plural(others + 1, 'finished trial')} was completed to compare it with."


def _why_not(
    loser: TrialRecord,
    winner: TrialRecord,
    weights: ScoringWeights,
    report_of: Callable[[int], HealthReport | None],
) -> str:
    """Why the more accurate trial lost: only health can have cost it the first place."""
    ours, theirs = _health(winner), _health(loser)
    accuracy, _ = _apart_percent(_accuracy(loser), _accuracy(winner))
    name = f"The most accurate, trial {loser.number} ({accuracy}),"
    if ours is None or theirs is None:
        return f"{name} lost by its score of {fraction(loser.score)}."
    healthy, less = _apart(ours, theirs, digits=2)
    lost = f"{name} lost because its health is {less}, not {healthy}"
    metric = _costliest(loser, winner, weights)
    if metric is None:
        return f"{lost}."
    report = report_of(loser.number)
    seen = report.metrics[metric].evidence if report and metric in report.metrics else ""
    value = fraction(loser.ended.metrics[metric] if loser.ended else None, digits=2)
    named = f"its {metric.replace('_', ' ')} is {value}"
    return f"{lost}: {named} ({_clause(seen)})." if seen else f"{lost}: {named}."


def _against(loser: TrialRecord, winner: TrialRecord, weights: ScoringWeights) -> str:
    """How the runner-up compares when the winner is the most accurate of all."""
    name = f"The runner-up, trial {loser.number}, is"
    best, worse = _apart_percent(_accuracy(winner), _accuracy(loser))
    same = _accuracy(winner) == _accuracy(loser)
    accuracy = "as accurate" if same else f"less accurate ({worse}, not {best})"
    ours, theirs = _health(winner), _health(loser)
    if weights.health == 0 or ours is None or theirs is None:
        return f"{name} {accuracy}{', but came later' if same else ''}."
    healthy, less = _apart(ours, theirs, digits=2)
    if theirs == ours:
        tail = "as healthy, but came later" if same else "as healthy"
        return f"{name} {accuracy} and {tail}."
    if theirs > ours:
        return f"{name} healthier ({less}) but {accuracy}."
    return f"{name} {accuracy} {'but' if same else 'and'} less healthy ({less}, not {healthy})."


def _costliest(loser: TrialRecord, winner: TrialRecord, weights: ScoringWeights) -> str | None:
    """The metric that cost the loser most of the score, None when none did."""
    if loser.ended is None or winner.ended is None:
        return None
    ours, theirs = winner.ended.metrics, loser.ended.metrics
    absolute = weights.absolute()
    costs = {name: absolute[name] * (ours[name] - theirs[name]) for name in theirs if name in ours}
    worst = max(costs, key=lambda name: costs[name], default=None)
    return worst if worst is not None and costs[worst] > 0 else None


def _clause(sentence: str) -> str:
    """A sentence as part of another one."""
    return sentence[:1].lower() + sentence[1:].rstrip(".")


def _accuracy(trial: TrialRecord) -> float:
    return (trial.ended.accuracy if trial.ended else None) or 0.0


def _health(trial: TrialRecord) -> float | None:
    return trial.ended.health if trial.ended else None


def _apart(left: float, right: float, *, digits: int = 3) -> tuple[str, str]:
    """Two numbers with as many digits as it takes to see that they differ."""
    while left != right and digits < 6 and f"{left:.{digits}f}" == f"{right:.{digits}f}":
        digits += 1
    return fraction(left, digits=digits), fraction(right, digits=digits)


def _apart_percent(left: float, right: float) -> tuple[str, str]:
    digits = 1
    while (
        left != right
        and digits < 4
        and percent(left, digits=digits) == percent(right, digits=digits)
    ):
        digits += 1
    return percent(left, digits=digits), percent(right, digits=digits)
