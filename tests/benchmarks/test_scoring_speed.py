"""How long a slider's move takes: the total of every trial under new weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hpolab.scoring import METRICS, ScoringWeights, score_all

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture


def test_scoring_a_thousand_trials(benchmark: BenchmarkFixture) -> None:
    random = np.random.default_rng(0)
    accuracy = random.random(1000)
    metrics = random.random((1000, len(METRICS)))
    metrics[random.random(metrics.shape) < 0.1] = np.nan
    weights = ScoringWeights()
    totals = benchmark(score_all, weights, accuracy, metrics)
    assert totals.shape == (1000,)
    assert ((totals >= 0) & (totals <= 1)).all()
