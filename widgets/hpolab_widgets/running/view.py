"""What the run panel says of a sweep: where it stands, who trains what, what went wrong."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from hpolab.places import without_places
from hpolab.search import can_explore
from hpolab_widgets.trials.standing import NAMES_OF_STATES

if TYPE_CHECKING:
    from hpolab.record import TrialRecord
    from hpolab_widgets.state import SweepState

__all__ = ["actions", "run_view"]

_LATEST = 20
_EMPTY_ROWS = 8
_QUEUE = ("waiting for a core", "only ")
_UNITS = {"trials": "trials", "seconds": "minutes", "epochs": "epochs"}
"""What a person adds to each limit of a budget."""

_SENTENCES = {
    "paused": "Paused. An epoch that had begun is finished; then nothing trains until you resume.",
    "interrupted": (
        "Nobody runs this sweep now: its process ended unexpectedly, perhaps with the machine. "
        "All that was finished is kept. Continue, and only what was running is trained again."
    ),
}


def run_view(sweep: SweepState, *, may_change: bool) -> dict[str, Any]:
    """All that the front end draws, as JSON.

    Args:
        sweep: What to show.
        may_change: Whether it may be steered; an example may not.
    """
    record, config = sweep.record, sweep.config
    about = (config.dataset.name, config.model, config.mode, _search(sweep))
    return {
        "name": sweep.sweep.folder.name,
        "about": " · ".join(word for word in about if word),
        "state": sweep.state,
        "sentence": _sentence(sweep),
        "is_example": not may_change,
        "actions": actions(sweep) if may_change else [],
        "budget": _budget(sweep),
        "units": [
            unit for name, unit in _UNITS.items() if getattr(record.budget, name) is not None
        ],
        "elapsed": int(sweep.seconds),
        "cost": round(record.cost(), 4),
        "eta": None if sweep.eta_seconds is None else _rough(sweep.eta_seconds),
        "is_live": sweep.state in {"running", "paused"},
        "best": _best(sweep),
        "counts": _counts(sweep),
        "workers": _workers(sweep),
        "exploration": record.exploration,
        "can_explore": can_explore(config.sampler),
        "failures": _failures(sweep),
        "n_failures": sum(trial.state == "failed" for trial in sweep.trials),
        "notes": [without_places(note) for note in record.notes[: -_LATEST - 1 : -1]],
        "n_notes": len(record.notes),
    }


def actions(sweep: SweepState) -> list[str]:
    """The verbs that fit the state, the likeliest first."""
    if sweep.problem:
        return []
    if sweep.state == "new":
        return [] if sweep.sweep.folder.is_running() else ["start"]
    steer = ["stop", "extend", *(["explore"] if can_explore(sweep.config.sampler) else [])]
    return {
        "running": ["pause", *steer],
        "paused": ["resume", *steer],
        "finished": ["extend"],
    }.get(sweep.state, ["continue", "extend"])


def _search(sweep: SweepState) -> str:
    sampler, pruner = sweep.config.sampler.name, sweep.config.pruner.name
    return sampler if pruner == "none" else f"{sampler} + {pruner}"


def _sentence(sweep: SweepState) -> str:
    record, state = sweep.record, sweep.state
    if sweep.problem:
        return without_places(sweep.problem)
    if state == "new":
        is_beginning = sweep.sweep.folder.is_running()
        return "Reading the data and checking the settings." if is_beginning else "Not started."
    if state == "running":
        return _running(sweep)
    if state in _SENTENCES:
        return _SENTENCES[state]
    reason = without_places(record.reason).rstrip(".")
    end = " Continue, and only what was running is trained again." if state == "stopped" else ""
    said = reason if reason.startswith(state) else f"{state}: {reason}" if reason else state
    return f"{said[0].upper()}{said[1:]}.{end}"


def _running(sweep: SweepState) -> str:
    news = sweep.record.news
    if news.startswith(_QUEUE):
        return f"{news[0].upper()}{news[1:].rstrip('.')}."
    n = sum(trial.state == "running" for trial in sweep.trials)
    if n:
        return f"Training {n} trials at once." if n > 1 else "Training one trial."
    if not sweep.record.finished():
        return "Waiting for the workers, which take a few seconds to load TensorFlow."
    return "Between trials."


def _budget(sweep: SweepState) -> list[dict[str, Any]]:
    """What is used of each limit, the one that is nearest its end first."""
    record, limits = sweep.record, sweep.record.budget
    used = {
        "trials": len(record.finished()),
        "seconds": int(sweep.seconds),
        "epochs": record.epochs_trained,
        "money": round(record.cost(), 4),
    }
    rows = [
        {"unit": unit, "used": n, "limit": limit, "share": round(min(1.0, n / limit), 4)}
        for unit, n in used.items()
        if (limit := getattr(limits, unit)) is not None
    ]
    return sorted(rows, key=lambda row: -row["share"])


def _best(sweep: SweepState) -> dict[str, Any] | None:
    if sweep.best is None:
        return None
    trial = sweep.record.trials[sweep.best]
    return {
        "trial": trial.number,
        "score": trial.score,
        "accuracy": trial.ended.accuracy if trial.ended else None,
        "health": trial.ended.health if trial.ended else None,
    }


def _counts(sweep: SweepState) -> dict[str, int]:
    """Trials by state; those whose result was shared are also counted as reused."""
    counts = Counter(trial.state for trial in sweep.trials)
    reused = sum(t.ended is not None and t.ended.reused_from is not None for t in sweep.trials)
    return {state: counts[state] for state in NAMES_OF_STATES} | {"reused": reused}


def _workers(sweep: SweepState) -> list[dict[str, Any] | None]:
    """What each trains now; None for one that is free, so that rows keep their places."""
    if sweep.state not in {"running", "paused"}:
        return []
    running = [trial for trial in sweep.trials if trial.state == "running"]
    rows: list[dict[str, Any] | None] = [
        _worker(sweep, trial) for trial in sorted(running, key=lambda t: (t.worker, t.number))
    ]
    free = min(sweep.config.executor.slots, _EMPTY_ROWS) - len(rows)
    return rows + [None] * max(0, free)


def _worker(sweep: SweepState, trial: TrialRecord) -> dict[str, Any]:
    now, begun = sweep.record.clock(), trial.started_utc
    return {
        "worker": trial.worker,
        "trial": trial.number,
        "epoch": len(trial.epochs),
        "epochs": sweep.config.epochs,
        "curve": [round(epoch.val_accuracy, 4) for epoch in trial.epochs],
        "score": trial.score,
        "attempt": trial.attempt,
        "seconds": None if begun is None else max(0, int((now - begun).total_seconds())),
    }


def _failures(sweep: SweepState) -> list[dict[str, Any]]:
    """The latest first."""
    failed = [trial for trial in sweep.trials if trial.state == "failed" and trial.ended]
    return [
        {"trial": t.number, "reason": without_places(t.ended.reason if t.ended else "")}
        for t in failed[: -_LATEST - 1 : -1]
    ]


def _rough(seconds: float) -> int:
    """To steps that do not flicker: of 1 s below 20 s, 5 s below 2 min, then 10 s and 1 min."""
    step = 1 if seconds < 20 else 5 if seconds < 120 else 10 if seconds < 600 else 60
    return round(seconds / step) * step
