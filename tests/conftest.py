"""Sweeps without networks or data: quick enough to be stopped, broken and continued at will."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

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
