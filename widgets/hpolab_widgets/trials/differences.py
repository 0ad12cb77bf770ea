"""What tells two trials apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hpolab_widgets.trials.standing import accuracy_of, metrics_of, parts_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hpolab.record import TrialRecord
    from hpolab.space import Value
    from hpolab_widgets.trials.standing import Standing

__all__ = ["difference", "times", "verdict"]

_WORTH_SAYING = 1.05
_LEVEL = 5e-4
"""Half of the last digit that a score is shown with."""


def difference(left: Mapping[str, Value], right: Mapping[str, Value]) -> list[dict[str, Any]]:
    """Two configurations side by side, in the order of the search space.

    Returns:
        For every hyperparameter its name, both values (None where it does not apply), whether
        they are the same, and by what factor the larger one of two numbers is larger, if it is.
    """
    rows = []
    for name in dict.fromkeys([*left, *right]):
        one, other = left.get(name), right.get(name)
        same = one == other and type(one) is type(other)
        factor = None if same else times(one, other)
        rows.append({"name": name, "values": [one, other], "same": same, "times": factor})
    return rows


def times(one: Value | None, other: Value | None) -> float | None:
    """By what factor the larger of two positive numbers is larger; None where that says little."""
    for value in (one, other):
        if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
            return None
    assert isinstance(one, int | float)
    assert isinstance(other, int | float)
    factor = max(one, other) / min(one, other)
    return factor if factor >= _WORTH_SAYING else None


def verdict(left: TrialRecord, right: TrialRecord, standing: Standing) -> str:
    """Who is ahead under the weights, and what that is owed to."""
    if standing.total(left) is None or standing.total(right) is None:
        missing = left if standing.total(left) is None else right
        return f"Nothing has been measured of trial {missing.number}, so there is no score."
    ahead, behind = sorted(
        (left, right), key=lambda trial: (-(standing.total(trial) or 0.0), trial.number)
    )
    best, worse = standing.total(ahead) or 0.0, standing.total(behind) or 0.0
    gains = _gains(ahead, behind, standing)
    against = min(gains, key=lambda name: gains[name])
    loss = ""
    if gains[against] < -_LEVEL:
        loss = f" Trial {behind.number} has the better {_seen(against, behind, ahead)}."
    if best - worse < _LEVEL:
        return f"Both trials score {best:.3f}." + loss
    owed = max(gains, key=lambda name: gains[name])
    return (
        f"Trial {ahead.number} is ahead, {best:.3f} against {worse:.3f}, mostly "
        f"by {_seen(owed, ahead, behind)}." + loss
    )


def _gains(ahead: TrialRecord, behind: TrialRecord, standing: Standing) -> dict[str, float]:
    """By how many points the one is ahead in each part of the score."""
    points: dict[str, float] = {}
    for trial, sign in ((ahead, 1), (behind, -1)):
        parts = parts_of(standing.weights, accuracy_of(trial) or 0.0, metrics_of(trial))
        for part in parts:
            points[part.name] = points.get(part.name, 0.0) + sign * part.weight * part.value
    return points


def _seen(name: str, better: TrialRecord, other: TrialRecord) -> str:
    """What was measured of both, the better one first."""
    if name == "accuracy":
        values = [100 * (accuracy_of(trial) or 0.0) for trial in (better, other)]
        return f"accuracy ({values[0]:.1f} % against {values[1]:.1f} %)"
    words = [
        "none" if (value := metrics_of(trial).get(name)) is None else f"{value:.2f}"
        for trial in (better, other)
    ]
    return f"{name.replace('_', ' ')} ({words[0]} against {words[1]})"
