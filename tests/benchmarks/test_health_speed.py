"""How long an examination takes; training pays for it after every epoch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hpolab.health.assess import assess
from hpolab.health.recorded import Probe, Recorded

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture


def test_examining_thirty_epochs_of_a_five_layer_network(benchmark: BenchmarkFixture) -> None:
    random = np.random.default_rng(0)
    losses = 2.3 * np.exp(-np.arange(1, 31) / 5) + 0.02
    layers = [f"conv{layer}" for layer in range(5)]
    probe = Probe(
        epoch=30,
        loss=0.1,
        unit_mean={layer: random.random(64) for layer in layers},
        unit_std={layer: random.random(64) for layer in layers},
        gradient_norms=dict.fromkeys(layers, 0.1),
        weight_norms=dict.fromkeys(layers, 5.0),
    )
    recorded = Recorded(
        baseline_loss=2.3,
        chance=0.1,
        n_train=1200,
        n_classes=10,
        n_parameters=20_000,
        block_losses=np.repeat(losses, 10) + 0.02 * random.standard_normal(300),
        train_losses=losses,
        val_losses=losses + 0.05,
        train_accuracies=1 - losses / 3,
        val_accuracies=1 - losses / 3,
        fold_accuracies=np.full(5, 0.96),
        probes=(probe,) * 10,
    )
    report = benchmark(assess, recorded)
    assert len(report.metrics) == 6
