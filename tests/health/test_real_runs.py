"""Four of the health cases, trained for real; the other ten are in tests/benchmarks."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
CASES = ("MLP tanh", "LSTM", "overfit on tiny data", "dead ReLUs (bias -20)")


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(BENCHMARKS))
        cases = importlib.import_module("health_cases")
        chosen = [case for case in cases.CASES if case.name in CASES]
        return {case.name: cases.run_case(case, tmp_path_factory.mktemp("run")) for case in chosen}


@pytest.mark.slow
def test_healthy_networks_are_healthier_than_sick_ones(outcomes: dict[str, Any]) -> None:
    health = {name: outcome.health for name, outcome in outcomes.items()}
    assert min(health["MLP tanh"], health["LSTM"]) > 0.86
    assert health["dead ReLUs (bias -20)"] < health["overfit on tiny data"] < 0.82


@pytest.mark.slow
def test_healthy_network_gets_no_advice(outcomes: dict[str, Any]) -> None:
    metrics = outcomes["MLP tanh"].result.health.metrics
    assert {name: metric.advice for name, metric in metrics.items() if metric.advice} == {}


@pytest.mark.slow
def test_advice_names_what_the_sick_networks_suffer_from(outcomes: dict[str, Any]) -> None:
    dead = outcomes["dead ReLUs (bias -20)"].result.health.metrics
    assert dead["neuron_utilisation"].evidence.startswith("64 of 64 units of dense1 are silent")
    assert "dead ReLUs" in dead["neuron_utilisation"].advice
    assert dead["gradient_health"].evidence.startswith("No gradient reached dense1/kernel")
    overfit = outcomes["overfit on tiny data"].result.health.metrics
    assert "by heart" in overfit["convergence_quality"].advice
    assert "has seen" in overfit["accuracy_consistency"].advice
    assert "fewer filters or units" in overfit["parameter_efficiency"].advice
