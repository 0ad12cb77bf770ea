"""Sweep folders made by real sweeps of synthetic trials, and the command run in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from hpolab import Sweep, SweepConfig
from hpolab.cli.app import app
from hpolab.settings import settings

INLINE = "hpolab.testing.synthetic:synthetic_inline"
PROCESS = "hpolab.testing.synthetic:synthetic_process"


def make_config(**changes: Any) -> dict[str, Any]:
    """A sweep of two dozen milliseconds."""
    return {
        "name": "alpha",
        "dataset": {"name": "digits", "max_samples": 300},
        "epochs": 5,
        "budget": 8,
        "executor": {"name": INLINE, "workers": 1},
        **changes,
    }


@pytest.fixture
def config() -> Callable[..., dict[str, Any]]:
    return make_config


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two finished sweeps, one of them with every kind of end; read only."""
    place = tmp_path_factory.mktemp("sweeps")
    Sweep(SweepConfig.parse(make_config()), path=place / "alpha").run()
    space = {
        "learning_rate": [1e-4, 1e-2],
        "nan": [True, False],
        "dropout": {"low": 0.0, "high": 0.5},
    }
    mixed = make_config(name="mixed", model="json:dumps", space=space, budget=12, max_failures=12)
    Sweep(SweepConfig.parse(mixed), path=place / "mixed").run()
    return place


@pytest.fixture
def sweeps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty sweeps directory, and a working directory of the test's own."""
    place = tmp_path / "sweeps"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HPOLAB_SWEEPS_DIR", str(place))
    monkeypatch.delenv("HPOLAB_DATA_DIR", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("COLUMNS", "100")
    settings.cache_clear()
    yield place
    settings.cache_clear()


@pytest.fixture
def finished(template: Path, sweeps: Path) -> Path:
    """The sweeps directory with the two finished sweeps, to be read."""
    sweeps.symlink_to(template, target_is_directory=True)
    return sweeps


@pytest.fixture
def hpolab(sweeps: Path) -> Callable[..., Any]:
    """Runs the command in this process; the result has exit_code, stdout and stderr."""
    return lambda *arguments: CliRunner().invoke(app, [str(each) for each in arguments])


@pytest.fixture
def config_file(tmp_path: Path) -> Callable[..., Path]:
    def write(**changes: Any) -> Path:
        path = tmp_path / "sweep.yaml"
        path.write_text(yaml.safe_dump(make_config(**changes)), encoding="utf-8")
        return path

    return write
