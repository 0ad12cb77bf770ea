"""Which hyperparameters mattered, as it could be told at each stage of a search."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hpolab.analysis.axes import axes_of
from hpolab.analysis.importance import Importance, importances
from hpolab.analysis.measured import measure

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from hpolab.record import TrialRecord
    from hpolab.replay.courses import Course
    from hpolab.scoring import ScoringWeights

__all__ = ["mattering"]

_STAGES = 20
_FEWEST = 4


def mattering(
    trials: Mapping[int, TrialRecord], courses: Iterable[Course], weights: ScoringWeights
) -> list[dict[str, Any]]:
    """Shares of the spread of scores, after about 20 numbers of completed trials.

    Args:
        trials: All of them, by number.
        courses: When each ended.
        weights: What a score is.

    Returns:
        For each stage: ``at``, when; ``trials``, from how many; ``shares`` by hyperparameter, in
        [0, 1]; ``sure``, the names of those that are more than chance; ``needed``, how many
        trials it takes to believe any. Empty with fewer than four completed trials.
    """
    ends = sorted(
        (course.ended_at, course.number)
        for course in courses
        if course.ended_at is not None and trials[course.number].state == "completed"
    )
    completed = [trials[number] for _, number in ends]
    axes = axes_of(completed)
    told = []
    for count in _stages(len(completed)):
        (found,) = importances(measure(completed[:count], weights), axes, ("score",))
        told.append({"at": round(ends[count - 1][0], 2), **_stage(found)})
    return told


def _stages(completed: int) -> Sequence[int]:
    """Numbers of completed trials, evenly spaced, the last one all of them."""
    if completed < _FEWEST:
        return ()
    more = completed - _FEWEST
    return sorted({_FEWEST + more * stage // (_STAGES - 1) for stage in range(_STAGES)})


def _stage(found: Importance) -> dict[str, Any]:
    named = zip(found.names, found.shares.tolist(), found.is_sure.tolist(), strict=True)
    rows = list(named)
    return {
        "trials": found.trials,
        "shares": {name: round(share, 3) for name, share, _ in rows},
        "sure": [name for name, _, is_sure in rows if is_sure],
        "needed": found.needed,
    }
