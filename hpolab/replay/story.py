"""A sweep's journal as the data of a replay: compact, and without the places of this machine."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from hpolab import __version__
from hpolab.analysis.asked import sampled_under
from hpolab.analysis.results import stored_health
from hpolab.places import without_places
from hpolab.replay.courses import Courses
from hpolab.replay.mattering import mattering
from hpolab.replay.winner import network_of
from hpolab.replay.words import ending, outcome
from hpolab.scoring import METRICS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hpolab.health.report import HealthReport
    from hpolab.replay.courses import Course, Run
    from hpolab.scoring import ScoringWeights
    from hpolab.space import Value
    from hpolab.sweep import Sweep

__all__ = ["FORMAT", "story_of"]

FORMAT = 1
"""Version of the data; the page that reads it is always of the same."""

_POINTS = 120
_ALL_POINTS = 24_000
_FEWEST_POINTS = 12
_MOST_EXAMINED = 200


def story_of(sweep: Sweep) -> dict[str, Any]:
    """Everything that a replay shows of a sweep, as far as its journal tells.

    Times are seconds that the sweep has run, pauses left out. What scores are computed from is
    exact; what is only drawn is rounded.

    Raises:
        StoreError: The journal is damaged.
    """
    courses = Courses(sweep.entries())
    if sweep.state == "interrupted":
        courses.break_off()
    asked = courses.record.config or sweep.config
    step = _step(asked.epochs, trials=len(courses.trials))
    examined = {trial.number for trial in courses.record.ranked()[:_MOST_EXAMINED]}
    weights, best = asked.scoring, next(iter(courses.record.ranked()), None)
    return {
        "format": FORMAT,
        "made": {
            "by": f"hpolab {__version__}",
            "at": datetime.now(UTC).isoformat(timespec="minutes"),
        },
        "sweep": _sweep(sweep, courses),
        "points": -(-asked.epochs // step),
        "importances": mattering(courses.record.trials, courses.trials.values(), weights),
        "network": best and network_of(sweep.folder, best.number),
        "notes": [[round(at, 2), without_places(note)] for at, note in courses.notes],
        "trials": [
            _trial(course, step=step)
            | (
                {"evidence": _evidence(stored_health(sweep.folder, course.number))}
                if course.number in examined
                else {}
            )
            for course in courses.trials.values()
        ],
    }


def _sweep(sweep: Sweep, courses: Courses) -> dict[str, Any]:
    record = courses.record
    config = record.config or sweep.config
    budget = record.budget if record.config else config.budget
    state = sweep.state
    return {
        "name": sweep.path.name,
        "dataset": config.dataset.name,
        "model": config.model,
        "epochs": config.epochs,
        "budget": budget.model_dump(),
        "sampler": config.sampler.name,
        "pruner": config.pruner.name,
        "slots": config.executor.slots,
        "seed": config.seed,
        "mode": config.mode,
        "weights": _weights(config.scoring),
        "sampled_under": sampled_under(record, config.scoring),
        "state": state,
        "outcome": without_places(outcome(record, state)),
        "ending": without_places(ending(record, state)),
        "began": courses.began and courses.began.isoformat(timespec="seconds"),
        "told": courses.told and courses.told.isoformat(timespec="seconds"),
        "seconds": round(courses.seconds, 2),
        "versions": dict(courses.versions),
    }


def _weights(weights: ScoringWeights) -> dict[str, Any]:
    return {
        "accuracy": weights.accuracy,
        "proportions": [weights.proportions[name] for name in METRICS],
    }


def _trial(course: Course, *, step: int) -> dict[str, Any]:
    ended = course.ended
    told = {
        "number": course.number,
        "params": {name: _spoken(value) for name, value in course.params.items()},
        "seed": course.seed,
        "known": round(course.known, 2),
        "is_inherited": course.is_inherited,
        "runs": [_run(run, step=step) for run in course.runs],
        "ended": None,
    }
    if ended is None or course.ended_at is None:
        return told
    return told | {
        "ended": {
            "at": round(course.ended_at, 2),
            "state": ended.state,
            "reason": without_places(ended.reason),
            "epochs": ended.epochs,
            "accuracy": ended.accuracy,
            "test_accuracy": ended.test_accuracy,
            "metrics": _in_order(ended.metrics),
            "parameters": ended.n_parameters,
            "seconds": ended.seconds,
            "reused_from": ended.reused_from,
        }
    }


def _run(run: Run, *, step: int) -> dict[str, Any]:
    """With one list for each thing that the epochs gave; no more epochs than can be seen."""
    chosen = _thinned(len(run.epochs), step)
    epochs = [run.epochs[index] for index in chosen]
    return {
        "worker": without_places(run.worker),
        "start": round(run.start, 2),
        "end": None if run.end is None else round(run.end, 2),
        "lost": without_places(run.lost),
        "at": [round(run.at[index], 2) for index in chosen],
        "epoch": [epoch.epoch for epoch in epochs],
        "val_accuracy": [round(epoch.val_accuracy, 4) for epoch in epochs],
        "train_accuracy": [round(epoch.train_accuracy, 4) for epoch in epochs],
        "val_loss": [_rounded(epoch.val_loss) for epoch in epochs],
        "train_loss": [_rounded(epoch.train_loss) for epoch in epochs],
        "metrics": [[_rounded(v, 3) for v in _in_order(epoch.health)] for epoch in epochs],
    }


def _step(epochs: int, *, trials: int) -> int:
    """From how many epochs one is kept, the same for every curve of a sweep."""
    points = max(_FEWEST_POINTS, min(_POINTS, _ALL_POINTS // max(1, trials)))
    return -(-epochs // points)


def _thinned(count: int, step: int) -> list[int]:
    """Every so many-th index, and the last."""
    return [*range(0, count - 1, step), count - 1] if count else []


def _in_order(metrics: Mapping[str, float]) -> list[float | None]:
    """The six, in the order of METRICS; None where one does not apply."""
    return [metrics.get(name) for name in METRICS]


def _rounded(value: float | None, digits: int = 4) -> float | None:
    """To so many significant digits: losses may be tiny or huge."""
    return None if value is None else float(f"{value:.{digits}g}")


def _spoken(value: Value) -> Value:
    return without_places(value) if isinstance(value, str) else value


def _evidence(report: HealthReport | None) -> list[dict[str, str] | None]:
    """What was seen and what to try, for each metric in the order of METRICS."""
    metrics = report.metrics if report else {}
    return [
        {
            "seen": without_places(metrics[name].evidence),
            "advice": without_places(metrics[name].advice),
        }
        if name in metrics
        else None
        for name in METRICS
    ]
