from __future__ import annotations

from pathlib import Path

import pytest

from hpolab import Sweep, SweepConfig


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
