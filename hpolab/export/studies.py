"""A sweep as an Optuna storage."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from hpolab.export.tables import row_of
from hpolab.scoring import METRICS

if TYPE_CHECKING:
    from hpolab.record import TrialRecord
    from hpolab.search import ExportedTrial
    from hpolab.sweep import Sweep

__all__ = ["export_optuna"]


def export_optuna(sweep: Sweep, path: Path | str) -> Path:
    """Write an Optuna storage (SQLite); ``optuna-dashboard sqlite:///PATH`` opens it.

    Trials that wait for a worker are left out.

    Returns:
        The path.

    Raises:
        StoreError: The file cannot be written, or the journal is damaged.
    """
    from hpolab import search

    trials = [
        told for trial in sweep.record.trials.values() if (told := _exported(trial)) is not None
    ]
    search.export_optuna(sweep.config.search_space(), trials, Path(path), name=sweep.folder.name)
    return Path(path)


def _exported(trial: TrialRecord) -> ExportedTrial | None:
    from hpolab.search import ExportedTrial

    started = trial.started_utc or trial.ended_utc  # what was reused has never been started
    if started is None or trial.state == "waiting":
        return None
    ended = trial.ended
    scores = {
        epoch.epoch: score
        for epoch, score in zip(trial.epochs, trial.scores, strict=True)
        if score is not None
    }
    attrs: dict[str, Any] = {"worker": trial.worker or None, "seed": trial.seed}
    if ended is not None:
        row = row_of(trial)
        known = ("accuracy", "test_accuracy", "health", *METRICS, "n_parameters", "reused_from")
        attrs |= {name: row.get(name) for name in known}
        attrs["reason"] = ended.reason or None
    return ExportedTrial(
        number=trial.number,
        params=trial.params,
        state=trial.state,
        score=ended.score if ended else None,
        scores=scores,
        attrs=attrs,
        started=started,
        ended=trial.ended_utc,
    )
