"""Sweeps without networks or data, quick enough to be broken at will; two small real trials."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hpolab.config import SweepConfig
from hpolab.coordination.coordinator import Coordinator
from hpolab.executors import make
from hpolab.record import SweepRecord
from hpolab.storage.folder import SweepFolder
from hpolab.testing.synthetic import WORK

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
