"""In which order trials are shown."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from hpolab_widgets.trials.standing import NAMES_OF_STATES, accuracy_of, seconds_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from hpolab.record import TrialRecord
    from hpolab_widgets.trials.standing import Standing

__all__ = ["ORDERS", "arrange"]


def _high_first(value: float | None) -> float:
    return math.inf if value is None else -value


def _low_first(value: float | None) -> float:
    return math.inf if value is None else value


def _by_rank(trial: TrialRecord, standing: Standing) -> float:
    """Those that did not complete come after all that did, by how far they got."""
    rank = standing.rank(trial)
    if rank is not None:
        return rank
    return len(standing.order) + 2 - (standing.total(trial) or 0.0)


def _by_health(trial: TrialRecord, standing: Standing) -> float:
    score = standing.score(trial)
    return _high_first(score.health if score else None)


def _by_parameters(trial: TrialRecord, _: Standing) -> float:
    return _low_first(trial.ended.n_parameters if trial.ended else None)


ORDERS: dict[str, Callable[[TrialRecord, Standing], float]] = {
    "rank": _by_rank,
    "newest": lambda trial, _: -trial.number,
    "oldest": lambda trial, _: trial.number,
    "accuracy": lambda trial, _: _high_first(accuracy_of(trial)),
    "health": _by_health,
    "parameters": _by_parameters,
    "duration": lambda trial, _: _low_first(seconds_of(trial)),
}
"""What is small comes first; equals keep the order of numbers."""

BY_NUMBER = frozenset({"newest", "oldest"})
_WAITING_LAST = {name: int(name == "waiting") for name in NAMES_OF_STATES}


def arrange(trials: Iterable[TrialRecord], standing: Standing, order: str) -> list[TrialRecord]:
    """The trials in one of ORDERS.

    Where they are not ordered by number, running ones are first and waiting ones last.

    Raises:
        KeyError: There is no such order.
    """
    key = ORDERS[order]
    if order in BY_NUMBER:
        return sorted(trials, key=lambda trial: key(trial, standing))
    return sorted(
        trials,
        key=lambda trial: (
            trial.state != "running",
            _WAITING_LAST[trial.state],
            trial.number if trial.state == "running" else key(trial, standing),
            trial.number,
        ),
    )
