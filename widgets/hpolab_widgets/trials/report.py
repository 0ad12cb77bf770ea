"""Everything about one trial: what its page shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hpolab.errors import ConfigError, StoreError
from hpolab.health.meanings import MEANINGS
from hpolab.health.report import HealthReport
from hpolab.scoring import METRICS
from hpolab.storage.plain_yaml import to_yaml
from hpolab_widgets.trials.standing import accuracy_of, metrics_of, parts_of, seconds_of

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from hpolab.config import SweepConfig
    from hpolab.record import TrialRecord
    from hpolab.storage.folder import SweepFolder
    from hpolab_widgets.trials.standing import Standing

__all__ = [
    "configuration",
    "configuration_yaml",
    "course",
    "examination",
    "figures",
    "files_of",
    "read_report",
    "score_parts",
]


def figures(trial: TrialRecord, standing: Standing) -> dict[str, Any]:
    """The numbers that sum a trial up; None where one is not known."""
    score, ended = standing.score(trial), trial.ended
    return {
        "score": standing.total(trial),
        "accuracy": accuracy_of(trial),
        "health": score.health if score else None,
        "test_accuracy": ended.test_accuracy if ended else None,
        "parameters": ended.n_parameters if ended else None,
        "seconds": seconds_of(trial),
    }


def score_parts(trial: TrialRecord, standing: Standing) -> list[dict[str, Any]]:
    """What the score is made of; empty before anything was measured."""
    accuracy = accuracy_of(trial)
    if accuracy is None:
        return []
    parts = parts_of(standing.weights, accuracy, metrics_of(trial))
    return [{**part._asdict(), "points": part.weight * part.value} for part in parts]


def read_report(folder: SweepFolder, trial: TrialRecord) -> HealthReport | None:
    """The examination in the trial's result; None when there is none, or it cannot be read."""
    if trial.ended is None:
        return None
    try:
        return HealthReport.parse(folder.read_result(trial.number).get("health", {}))
    except (StoreError, ConfigError):
        return None  # the journal's bare values are shown in its stead


def examination(trial: TrialRecord, report: HealthReport | None) -> list[dict[str, Any]]:
    """All six metrics: value, meaning, and what was seen and advised where that is known."""
    values = metrics_of(trial)
    rows = []
    for name in METRICS:
        metric = report.metrics.get(name) if report else None
        rows.append(
            {
                "name": name,
                "meaning": MEANINGS[name],
                "value": values.get(name),
                "evidence": metric.evidence if metric else "",
                "advice": metric.advice if metric else "",
            }
        )
    return rows


def configuration(trial: TrialRecord, best: TrialRecord | None) -> list[dict[str, Any]]:
    """Every hyperparameter with the best trial's value, None where it does not apply there."""
    other = best.params if best else trial.params
    return [
        {
            "name": name,
            "value": value,
            "best": other.get(name),
            "changed": other.get(name) != value,
        }
        for name, value in trial.params.items()
    ]


def configuration_yaml(trial: TrialRecord, config: SweepConfig, *, sweep: str) -> str:
    """A config that trains this one configuration again.

    Args:
        trial: The trial.
        config: Of its sweep.
        sweep: Its name.
    """
    alone = config.replace(
        name="",
        space={**config.space, **trial.params},
        budget=1,
        seed=trial.seed,
        follows=None,
    )
    return (
        f"# Trial {trial.number} of {sweep}, as a sweep of one trial: hpolab sweep THIS_FILE\n"
        + to_yaml(alone.to_dict())
    )


def course(trial: TrialRecord) -> dict[str, Any]:
    """Who trained it and when, in UTC."""
    return {
        "worker": trial.worker,
        "attempt": trial.attempt,
        "losses": trial.losses,
        "seed": trial.seed,
        "started": _iso(trial.started_utc),
        "ended": _iso(trial.ended_utc),
    }


def files_of(folder: SweepFolder, trial: TrialRecord) -> dict[str, Path]:
    """What can be downloaded as it lies there: "model" and "result", those that exist."""
    shared = trial.ended.reused_from if trial.ended else None
    source = trial.number if shared is None else shared
    files = {
        "model": folder.trial(source) / "model.keras",
        "result": folder.trial(trial.number) / "result.json",
    }
    return {what: path for what, path in files.items() if path.is_file()}


def _iso(time: datetime | None) -> str | None:
    return time.isoformat() if time else None
