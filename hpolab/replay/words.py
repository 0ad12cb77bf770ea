"""How a search ended, in a sentence or two."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hpolab.record import SweepRecord

__all__ = ["ending", "outcome"]

_FATES = {
    "completed": "completed",
    "pruned": "stopped early",
    "failed": "failed",
    "cancelled": "cancelled",
    "running": "running",
    "waiting": "waiting",
    "unfinished": "unfinished",
}
_LIVE = {"running", "paused"}


def outcome(record: SweepRecord, state: str) -> str:
    """Who came first under the weights of the sweep, and what became of the others.

    Args:
        record: Of the sweep.
        state: As ``Sweep.state`` says it.
    """
    is_live = state in _LIVE
    counts: Counter[str] = Counter(
        trial.state if trial.ended or is_live else "unfinished" for trial in record.trials.values()
    )
    if not counts:
        return "No trial has begun."
    n = len(record.trials)
    fates = ", ".join(f"{counts[state]} {word}" for state, word in _FATES.items() if counts[state])
    tried = f"{n} trial{'' if n == 1 else 's'}: {fates}."
    ranked = record.ranked()
    if not ranked:
        return f"No trial was completed, so there is no winner. {tried}"
    best = ranked[0]
    end = best.ended
    accuracy = end.accuracy if end and end.accuracy is not None else 0.0
    health = f" and a health of {end.health:.2f}" if end and end.health is not None else ""
    return (
        f"Trial {best.number} came first with a score of {best.score or 0.0:.3f}: "
        f"{100 * accuracy:.1f} % accuracy{health}. {tried}"
    )


def ending(record: SweepRecord, state: str) -> str:
    """Why it is not finished, or what ended it; empty when it went to its end.

    Args:
        record: Of the sweep.
        state: As ``Sweep.state`` says it.
    """
    reason = record.reason.rstrip(".")
    if state in _LIVE:
        return f"The search was still {state} when this page was made; it shows what was known."
    if state == "interrupted":
        return "The search broke off and was not continued; this is how far it came."
    if state == "stopped":
        return f"The search was stopped before its end{f' ({reason})' if reason else ''}."
    if state == "failed":
        return f"The search failed: {reason}." if reason else "The search failed."
    return "The search has not begun." if state == "new" else ""
