"""Recordings made by hand, through the class that runs record with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hpolab.diagnostics.arrays import Arrays
from hpolab.training.recording import Recording

Made = Callable[..., Arrays]


@pytest.fixture
def made(tmp_path: Path) -> Made:
    """Writes arrays, by key, and reads them; ``labels`` names the last axis of some."""

    def make(
        arrays: dict[str, Any], labels: dict[str, tuple[str, ...]] | None = None, **what: str
    ) -> Arrays:
        recording = Recording()
        for key, value in arrays.items():
            array = np.asarray(value)
            axes = [f"axis {i}" for i in range(array.ndim)]
            names = (labels or {}).get(key)
            said = what.get(key.partition("/")[0], "numbers")
            recording.add(key, array, said, axes=axes, labels=names)
        recording.save(tmp_path)
        return Arrays.read(tmp_path)

    return make
