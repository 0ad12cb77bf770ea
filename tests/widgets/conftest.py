"""A lab on a directory of synthetic sweeps."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hpolab import Sweep, SweepConfig
from hpolab_widgets.hosting import Host


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
