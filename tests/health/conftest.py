"""Made-up recordings: a healthy run on a ten-class problem, with whatever a test changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from hpolab.health.recorded import Array, Probe, Recorded

BASELINE = float(np.log(10))


def make_probe(**changes: Any) -> Probe:
    """One hidden layer of 64 units that are all alive, two matrices with healthy gradients."""
    healthy: dict[str, Any] = {
        "epoch": 10,
        "loss": 0.5,
        "unit_mean": {"conv1": np.full(64, 0.5)},
        "unit_std": {"conv1": np.full(64, 1.0)},
        "gradient_norms": {"conv1/kernel": 0.3, "dense/kernel": 0.2},
        "weight_norms": {"conv1/kernel": 4.0, "dense/kernel": 3.0},
    }
    return Probe(**{**healthy, **changes})


def make_recorded(**changes: Any) -> Recorded:
    """Ten epochs of a smoothly falling loss, without noise."""
    losses: Array = BASELINE * np.exp(-np.arange(1, 11) / 3)
    healthy: dict[str, Any] = {
        "baseline_loss": BASELINE,
        "chance": 0.1,
        "n_train": 1200,
        "n_classes": 10,
        "n_parameters": 5000,
        "block_losses": BASELINE * np.exp(-np.arange(1, 101) / 30),
        "train_losses": losses,
        "val_losses": losses + 0.02,
        "train_accuracies": np.linspace(0.5, 0.98, 10),
        "val_accuracies": np.linspace(0.5, 0.96, 10),
        "fold_accuracies": np.array([0.95, 0.96, 0.97, 0.96, 0.95]),
        "probes": (make_probe(),),
    }
    return Recorded(**{**healthy, **changes})


@pytest.fixture(scope="session")
def probe() -> Callable[..., Probe]:
    return make_probe


@pytest.fixture(scope="session")
def recorded() -> Callable[..., Recorded]:
    return make_recorded
