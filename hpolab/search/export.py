"""Finished trials as an Optuna storage, for optuna-dashboard and Optuna's own plots."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from hpolab.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hpolab.search.exported import ExportedTrial
    from hpolab.space import SearchSpace

__all__ = ["export_optuna"]


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
