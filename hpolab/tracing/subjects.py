"""From a trial to the network that it left behind."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from hpolab.errors import StoreError
from hpolab.models.spaces import SEQUENCE_LENGTH, VOCABULARY
from hpolab.tracing.questions import Subject

if TYPE_CHECKING:
    from pathlib import Path

    from hpolab.record import TrialRecord
    from hpolab.sweep import Sweep

__all__ = ["subject"]

_MODEL = "model.keras"
_WHY_NONE = {
    "waiting": "it has not been trained yet",
    "running": "it is being trained; its network is kept when it has finished",
    "pruned": "it was stopped early, and only trials that finish leave their network",
    "failed": "it failed, and only trials that finish leave their network",
    "cancelled": "it was cancelled, and only trials that finish leave their network",
}


def subject(sweep: Sweep, number: int) -> Subject:
    """The network of a trial, and what it was trained on.

    Raises:
        StoreError: The trial left no network; says why.
    """
    record = sweep.record
    trial = record.trials.get(number)
    if trial is None:
        raise StoreError(f"{sweep.folder.name} has no trial {number}.")
    folder = _place(sweep, number)
    if folder is None:
        why = _WHY_NONE.get(trial.state, "its model.keras is not in the sweep folder any more")
        raise StoreError(f"there is no network of trial {number} to look into: {why}.")
    return Subject(
        model=folder / _MODEL,
        dataset=sweep.config.dataset,
        fingerprint=record.fingerprint,
        length=_whole(trial, "sequence_length", SEQUENCE_LENGTH),
        vocabulary=_whole(trial, "vocabulary", VOCABULARY),
        classes=_classes(folder),
    )


def _place(sweep: Sweep, number: int) -> Path | None:
    """Where the trial's model lies: in its own folder, or among the winner's things."""
    places = [sweep.folder.trial(number)]
    if sweep.folder.best_trial() == number:
        places.append(sweep.folder.best)
    return next((place for place in places if (place / _MODEL).is_file()), None)


def _whole(trial: TrialRecord, name: str, usual: int) -> int:
    return int(trial.params.get(name, usual))


def _classes(folder: Path) -> tuple[str, ...]:
    """Names of the classes; none where the run has not written them."""
    try:
        names = json.loads((folder / "classes.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return ()
    except (OSError, ValueError) as error:
        raise StoreError(f"cannot read {folder / 'classes.json'}: {error}") from error
    return tuple(str(name) for name in names)
