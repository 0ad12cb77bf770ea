"""Sweeps made of journal lines, as panels meet them: finished, running, with every kind of end."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hpolab import Sweep, SweepConfig
from hpolab.events import (
    Entry,
    EpochEnded,
    Event,
    RunStarted,
    SweepStarted,
    TrialEnded,
    TrialStarted,
)
from hpolab.scoring import METRICS
from hpolab.storage.folder import SweepFolder
from hpolab.storage.lock import CoordinatorLock
from hpolab.trial import EpochRecord
from hpolab_widgets.hosting import Host


def make_sweep(folder, **changes):
    fields = {
        "budget": 3,
        "epochs": 2,
        "executor": "hpolab.testing.synthetic:synthetic_inline",
        "pruner": "none",
    }
    return Sweep(SweepConfig(**{**fields, **changes}), path=folder)


@pytest.fixture
def finished(tmp_path: Path) -> Path:
    """The folder of a finished sweep of three trials."""
    return make_sweep(tmp_path / "finished").run().path


class MadeSweep:
    """A sweep folder whose journal is written by a test, line by line."""

    def __init__(self, path, *, epochs=3):
        config = SweepConfig(budget=100, epochs=epochs)
        self.folder = SweepFolder.create(path, config.to_dict())
        self.path = path
        self._lines = 0
        self._utc = datetime(2026, 1, 1, tzinfo=UTC)
        self.write(
            SweepStarted(sweep=path.name, config=config.to_dict(), fingerprint="data", versions={})
        )

    def write(self, event: Event):
        self._utc += timedelta(seconds=1)
        entry = Entry(seq=self._lines, utc=self._utc, event=event)
        self._lines += 1
        with self.folder.journal.open("a", encoding="utf-8") as file:
            file.write(entry.to_json() + "\n")

    def start(self, number, *, epochs=0, accuracy=0.5, **params):
        """A trial that trains, and has finished so many epochs."""
        params = {"learning_rate": 1e-3, "optimizer": "adam"} | params
        self.write(TrialStarted(trial=number, params=params, seed=7))
        self.write(RunStarted(trial=number, attempt=1, worker="worker 1"))
        for epoch in range(1, epochs + 1):
            record = EpochRecord(
                epoch=epoch,
                train_loss=-math.log(accuracy),
                train_accuracy=accuracy,
                val_loss=-math.log(accuracy),
                val_accuracy=accuracy,
                learning_rate=1e-3,
                seconds=1.0,
                health=dict.fromkeys(METRICS, 0.5),
            )
            self.write(EpochEnded(trial=number, attempt=1, epoch=record, score=accuracy))

    def end(self, number, accuracy=None, *, state="completed", health=0.5, **fields):
        metrics = fields.pop("metrics", dict.fromkeys(METRICS, health))
        fields = {"epochs": 3, "n_parameters": 1000 + number, "seconds": 2.0} | fields
        self.write(
            TrialEnded(
                trial=number,
                attempt=1,
                state=state,
                accuracy=accuracy,
                metrics=metrics,
                score=accuracy if state == "completed" else None,
                **fields,
            )
        )

    def complete(self, number, accuracy, *, health=0.5, metrics=None, params=None):
        """A trial from its start to its end."""
        self.start(number, epochs=3, accuracy=accuracy, **(params or {}))
        given = {} if metrics is None else {"metrics": metrics}
        self.end(number, accuracy, health=health, **given)


@pytest.fixture
def made(tmp_path):
    """A sweep that somebody runs."""
    sweep = MadeSweep(tmp_path / "made")
    with CoordinatorLock(sweep.path / ".lock"):
        yield sweep


@pytest.fixture
def left(tmp_path):
    """A sweep that nobody runs any more."""
    return MadeSweep(tmp_path / "left")


@pytest.fixture
def host(tmp_path: Path) -> Host:
    (tmp_path / "sweeps").mkdir()
    return Host(sweeps_dir=tmp_path / "sweeps")


@pytest.fixture
def new_sweep(host: Host, make_config: Callable[..., SweepConfig]) -> Callable[..., Sweep]:
    """A synthetic sweep in the host's directory, not yet run."""

    def make(name: str = "one", **changes: Any) -> Sweep:
        return Sweep(make_config(**changes), path=host.sweeps_dir / name)

    return make
