"""Finished trials as an Optuna storage, for optuna-dashboard and Optuna's own plots."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import Field

from hpolab.errors import StoreError
from hpolab.frozen import Frozen
from hpolab.space import SearchSpace, Value
from hpolab.trial import TrialState

__all__ = ["ExportedTrial", "export_optuna"]


class ExportedTrial(Frozen):
    """What an Optuna storage is told about a trial.

    Attributes:
        number: In the sweep, from 0.
        params: Its configuration.
        state: Its fate, or "running".
        score: The final one; None unless completed.
        scores: By epoch, counted from 1.
        attrs: Anything else worth seeing (accuracy, health, metrics, reason); None is left out.
        started, ended: When; with a time zone.
    """

    number: int = Field(ge=0)
    params: dict[str, Value]
    state: TrialState | Literal["running"]
    score: float | None = None
    scores: dict[int, float] = Field(default_factory=dict)
    attrs: dict[str, Value | None] = Field(default_factory=dict)
    started: datetime
    ended: datetime | None = None


def export_optuna(
    space: SearchSpace, trials: Iterable[ExportedTrial], path: Path, *, name: str = "hpolab"
) -> None:
    """Write an Optuna storage (SQLite) with one study that maximises the score.

    ``optuna-dashboard sqlite:///PATH`` opens it. The file appears when it is complete; one that
    was there before is replaced.

    Args:
        space: What was searched.
        trials: In any order; the study numbers them without gaps, in the order of their numbers.
        path: Of the file.
        name: Of the study.

    Raises:
        StoreError: The file cannot be written.
    """
    from hpolab.search._storage import write_storage

    in_order = sorted(trials, key=lambda trial: trial.number)
    try:
        with tempfile.TemporaryDirectory() as folder:
            # SQLite wants a plain path and real file locks, which the target may not offer
            finished = Path(folder) / "study.db"
            write_storage(finished, space, in_order, name=name)
            beside = path.with_name(path.name + ".part")
            shutil.copyfile(finished, beside)
            beside.replace(path)
    except OSError as error:
        raise StoreError(f"{path} cannot be written: {error.strerror or error}") from error
