"""A trial in short."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hpolab.places import without_places
from hpolab_widgets.trials.standing import accuracy_of, metrics_of, seconds_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hpolab.record import TrialRecord
    from hpolab_widgets.trials.standing import Standing

__all__ = ["card", "step_of", "thinned"]

_SHOWN_PARAMS = 3
_POINTS = 120


def card(
    trial: TrialRecord, standing: Standing, telling: Sequence[str], *, at_most: int
) -> dict[str, Any]:
    """What a card shows.

    Args:
        trial: The trial.
        standing: Of all of them.
        telling: Names of hyperparameters, those that matter most first.
        at_most: How many epochs a trial may train.
    """
    score, epochs, metrics = standing.score(trial), standing.epochs(trial), metrics_of(trial)
    ended = trial.ended
    return {
        "number": trial.number,
        "state": trial.state,
        "rank": standing.rank(trial),
        "score": standing.total(trial),
        "accuracy": accuracy_of(trial),
        "health": score.health if score else None,
        "metrics": dict(metrics),
        "weakest": min(metrics, key=lambda name: metrics[name], default=None),
        "curve": thinned([epoch.val_accuracy for epoch in epochs], at_most),
        "epochs": len(epochs),
        "attempt": trial.attempt,
        "worker": trial.worker,
        "reason": without_places(ended.reason) if ended else "",
        "reused_from": ended.reused_from if ended else None,
        "parameters": ended.n_parameters if ended else None,
        "seconds": seconds_of(trial),
        "params": _in_short(trial, standing.trial(standing.best), telling),
    }


def thinned(values: Sequence[float | None], epochs: int) -> list[float | None]:
    """Points of a curve, where there are more than can be seen: every nth and the last.

    Args:
        values: One per epoch.
        epochs: How many there may be; n follows from it, the same for every curve of a sweep.
    """
    if not values:
        return []
    step = step_of(epochs)
    return [*values[:-1:step], values[-1]]


def step_of(epochs: int) -> int:
    """From how many epochs one point of a curve is drawn."""
    return -(-epochs // _POINTS)


def _in_short(
    trial: TrialRecord, best: TrialRecord | None, telling: Sequence[str]
) -> list[dict[str, Any]]:
    """The few hyperparameters that a card has room for; ``changed`` are not the best trial's."""
    names = [name for name in telling if name in trial.params][:_SHOWN_PARAMS]
    return [
        {
            "name": name,
            "value": trial.params[name],
            "changed": best is not None and best.params.get(name) != trial.params[name],
        }
        for name in names
    ]
