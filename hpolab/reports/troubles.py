"""What did not work and why: trials that ended alike, told once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hpolab.places import without_places

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hpolab.record import TrialRecord

__all__ = ["Trouble", "troubles"]

_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:e[+-]?\d+)?")
_ORDER = ("failed", "cancelled", "pruned")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Trials that did not complete for one reason.

    Attributes:
        state: failed, cancelled or pruned.
        reason: The first one's own words.
        trials: Their numbers, ascending.
        shared: What all of them, and no completed trial, were configured with.
        seconds: What they took together.
    """

    state: str
    reason: str
    trials: tuple[int, ...]
    shared: tuple[str, ...]
    seconds: float


def troubles(trials: Iterable[TrialRecord]) -> tuple[Trouble, ...]:
    """Group the trials that were not completed; reasons that differ by numbers only are one.

    Returns:
        Failures first, and within a state the most frequent reason first.
    """
    every = sorted(trials, key=lambda trial: trial.number)
    completed = [trial for trial in every if trial.state == "completed"]
    groups: dict[tuple[str, str], list[TrialRecord]] = {}
    for trial in every:
        if trial.ended is not None and trial.state in _ORDER:
            key = trial.state, _NUMBER.sub("#", trial.ended.reason)
            groups.setdefault(key, []).append(trial)
    found = [_trouble(state, group, completed) for (state, _), group in groups.items()]
    return tuple(
        sorted(
            found,
            key=lambda each: (_ORDER.index(each.state), -len(each.trials), each.trials[0]),
        )
    )


def _trouble(state: str, group: list[TrialRecord], completed: list[TrialRecord]) -> Trouble:
    ends = [trial.ended for trial in group if trial.ended is not None]
    return Trouble(
        state=state,
        reason=without_places(ends[0].reason) or "No reason was given.",
        trials=tuple(trial.number for trial in group),
        shared=_shared(group, completed),
        seconds=sum(end.seconds for end in ends),
    )


def _shared(group: list[TrialRecord], completed: list[TrialRecord]) -> tuple[str, ...]:
    """Names of settings that tell the group from all completed trials; one trial tells nothing."""
    if len(group) < 2 or not completed:
        return ()
    first = group[0].params
    return tuple(
        name
        for name, value in first.items()
        if all(name in trial.params and trial.params[name] == value for trial in group)
        and all(trial.params.get(name) != value for trial in completed)
    )
