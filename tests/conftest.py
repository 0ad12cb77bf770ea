"""Sweeps without networks or data: quick enough to be stopped, broken and continued at will."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hpolab.config import SweepConfig
from hpolab.coordination.coordinator import Coordinator
from hpolab.events import (
    Entry,
    EpochEnded,
    Event,
    RunStarted,
    SweepStarted,
    TrialEnded,
    TrialStarted,
)
from hpolab.executors import make
from hpolab.record import SweepRecord
from hpolab.scoring import METRICS
from hpolab.storage.folder import SweepFolder
from hpolab.sweep import Sweep
from hpolab.testing.synthetic import WORK
from hpolab.trial import EpochRecord

os.environ["HPOLAB_MAX_TRAINING"] = "0"  # tests share the machine; theirs is not for them to queue

MakeConfig = Callable[..., SweepConfig]
Coordinate = Callable[..., SweepRecord]


@pytest.fixture
def make_config() -> MakeConfig:
    """A config of six synthetic trials of three epochs, trained inline; any field may differ."""

    def make_it(**changes: Any) -> SweepConfig:
        space = {"learning_rate": {"low": 1e-4, "high": 1e-1, "log": True}}
        fields = {
            "model": WORK,
            "space": space | changes.pop("space", {}),
            "epochs": 3,
            "budget": 6,
            "sampler": "random",
            "pruner": "none",
            "executor": "hpolab.testing.synthetic:synthetic_inline",
        }
        return SweepConfig(**{**fields, **changes})

    return make_it


@pytest.fixture
def coordinate() -> Coordinate:
    """Run a coordinator in a folder, made when missing, to its end."""

    def run(path: Path, config: SweepConfig, **options: Any) -> SweepRecord:
        folder = SweepFolder(path)
        if not folder.config.exists():
            SweepFolder.create(path, config.to_dict())
        options = {"fingerprint": "data", "commands_offset": folder.commands_size(), **options}
        executor = options.pop("executor", None) or make(config.executor)
        return Coordinator(folder, config, executor=executor, **options).run()

    return run


class ToldSweep:
    """A sweep folder whose journal a test writes: what happened, and how long after the start."""

    def __init__(self, path: Path, **changes: Any) -> None:
        config = SweepConfig(**{"budget": 10, "epochs": 4, **changes})
        self.folder = SweepFolder.create(path, config.to_dict())
        self._lines = 0
        self.tell(
            0,
            SweepStarted(
                sweep=path.name, config=config.to_dict(), fingerprint="data", versions={}
            ),
        )

    @property
    def sweep(self) -> Sweep:
        """It, opened anew."""
        return Sweep.follow(self.folder.path)

    def tell(self, seconds: float, *events: Event) -> None:
        """Write down what happened at a moment."""
        utc = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
        with self.folder.journal.open("a", encoding="utf-8") as file:
            for event in events:
                file.write(Entry(seq=self._lines, utc=utc, event=event).to_json() + "\n")
                self._lines += 1

    def start(self, seconds: float, trial: int, *, worker: str = "w1", **params: Any) -> None:
        """A trial is sampled, and a worker begins to train it."""
        params = {"learning_rate": 0.1 / (trial + 1), "optimizer": "adam", **params}
        self.tell(seconds, TrialStarted(trial=trial, params=params, seed=trial))
        self.tell(seconds, RunStarted(trial=trial, attempt=1, worker=worker))

    def train(self, seconds: float, trial: int, accuracies: Sequence[float]) -> None:
        """An epoch for each of these accuracies, a second apart."""
        for number, accuracy in enumerate(accuracies, start=1):
            record = EpochRecord(
                epoch=number, train_loss=0.5, train_accuracy=accuracy, val_loss=0.6,
                val_accuracy=accuracy, learning_rate=0.1, seconds=1,
                health=dict.fromkeys(METRICS, 0.5),
            )  # fmt: skip
            self.tell(seconds + number - 1, EpochEnded(trial=trial, attempt=1, epoch=record))

    def end(
        self, seconds: float, trial: int, accuracy: float | None = None, **fields: Any
    ) -> None:
        """A trial's fate is settled; it is completed, unless another ``state`` is given."""
        told = {
            "state": "completed", "epochs": 4, "seconds": 4.0, "n_parameters": 1000,
            "metrics": dict.fromkeys(METRICS, 0.5), "score": accuracy, **fields,
        }  # fmt: skip
        self.tell(seconds, TrialEnded(trial=trial, attempt=1, accuracy=accuracy, **told))


MakeTold = Callable[..., ToldSweep]


@pytest.fixture
def told(tmp_path: Path) -> MakeTold:
    """Makes a sweep whose journal the test writes."""
    return lambda name="told", **changes: ToldSweep(tmp_path / name, **changes)
