"""Sweeps without networks or data, quick enough to be broken at will; two small real trials."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import hypothesis
import numpy as np
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

os.environ["TF_ENABLE_ONEDNN_OPTS"] = "1"  # as in workers, whoever imports TensorFlow first
os.environ["HPOLAB_MAX_TRAINING"] = "0"  # tests share the machine; theirs is not for them to queue

# a busy machine is slow, which says nothing about what is tested
hypothesis.settings.register_profile(
    "patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("patient")

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


def _trained(folder: Path, **changes: Any) -> Path:
    """The folder of a trial that was trained to its end, as a sweep would leave it."""
    from hpolab.training.run import train_run
    from hpolab.training.worker import prepare_process
    from hpolab.trial import RunSpec

    prepare_process(threads=1)
    result = train_run(RunSpec(trial=0, folder=folder, **changes), lambda _: None)
    assert result.state == "completed", result.reason
    (folder / "result.json").write_text(json.dumps(result.to_dict()))
    return folder


@pytest.fixture(scope="session")
def image_trial(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small CNN, trained on 400 digits."""
    params = {"filters": 6, "dense_units": 16, "dropout": 0.0, "learning_rate": 5e-3,
              "batch_size": 16}  # fmt: skip
    dataset = {"name": "digits", "max_samples": 400}
    folder = tmp_path_factory.mktemp("image") / "trial"
    return _trained(folder, model="cnn", params=params, dataset=dataset, epochs=4)


@pytest.fixture(scope="session")
def text_trial(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small LSTM, trained to tell praise from blame; the texts are in reviews.csv beside it."""
    folder = tmp_path_factory.mktemp("text")
    rng = np.random.default_rng(0)
    filler = [f"word{i}" for i in range(60)]
    lines = ["text,label"]
    for i in range(240):
        words = [*rng.choice(filler, rng.integers(3, 14)), "good" if i % 2 else "bad"]
        label = i % 2 ^ (rng.random() < 0.1)
        lines.append(f"{' '.join(rng.permutation(words))},{'praise' if label else 'blame'}")
    (folder / "reviews.csv").write_text("\n".join(lines) + "\n")
    params = {"vocabulary": 40, "sequence_length": 10, "embedding_width": 8, "lstm_units": 6,
              "learning_rate": 2e-2, "batch_size": 8}  # fmt: skip
    dataset = {"name": "texts", "path": str(folder / "reviews.csv")}
    return _trained(folder / "trial", model="lstm", params=params, dataset=dataset, epochs=2)


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
