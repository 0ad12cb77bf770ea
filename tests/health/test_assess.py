"""The whole examination."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import numpy as np
import pytest

from hpolab.health.assess import assess
from hpolab.health.recorded import Probe, Recorded
from hpolab.health.report import HealthReport
from hpolab.scoring import METRICS, ScoringWeights

Make = Callable[..., Recorded]
MakeProbe = Callable[..., Probe]


def test_healthy_run_has_all_six_metrics_in_order_and_no_advice(recorded: Make) -> None:
    report = assess(recorded())
    assert tuple(report.metrics) == METRICS
    assert [metric.advice for metric in report.metrics.values()] == [""] * 6
    assert all(metric.evidence.endswith(".") for metric in report.metrics.values())
    health = ScoringWeights().score(0.96, report.values()).health
    assert health is not None
    assert health > 0.9


def test_nothing_recorded_gives_an_empty_report() -> None:
    empty = Recorded(baseline_loss=2.3, chance=0.1, n_train=100, n_classes=10, n_parameters=10)
    report = assess(empty, partial=True)
    assert report == HealthReport(metrics={}, partial=True)


def test_within_the_first_epoch_only_stability_exists(recorded: Make) -> None:
    none = np.zeros(0)
    report = assess(
        recorded(
            train_losses=none,
            val_losses=none,
            train_accuracies=none,
            val_accuracies=none,
            fold_accuracies=none,
            probes=(),
        )
    )
    assert list(report.metrics) == ["training_stability"]


def test_network_without_hidden_units_has_no_neuron_utilisation(
    recorded: Make, probe: MakeProbe
) -> None:
    report = assess(recorded(probes=(probe(unit_mean={}, unit_std={}),)))
    assert "neuron_utilisation" not in report.metrics
    assert len(report.metrics) == 5


def test_everything_not_finite_makes_every_metric_zero_with_its_reason(
    recorded: Make, probe: MakeProbe
) -> None:
    lost = np.full(10, np.nan)
    seen = probe(
        loss=np.nan,
        unit_std={"conv1": np.full(64, np.nan)},
        gradient_norms={"conv1/kernel": np.nan, "dense/kernel": np.nan},
    )
    report = assess(
        recorded(
            block_losses=lost,
            train_losses=lost,
            val_losses=lost,
            train_accuracies=lost,
            val_accuracies=lost,
            fold_accuracies=lost,
            probes=(seen,),
        )
    )
    assert report.values() == dict.fromkeys(METRICS, 0.0)
    for metric in report.metrics.values():
        assert "not a finite number" in metric.evidence
        assert "learning rate" in metric.advice


@pytest.mark.parametrize("lost", [np.nan, np.inf])
def test_metrics_relative_to_a_lost_baseline_are_zero(recorded: Make, lost: float) -> None:
    values = assess(recorded(baseline_loss=lost)).values()
    assert values["training_stability"] == values["convergence_quality"] == 0
    assert values["gradient_health"] == 0


def test_problem_with_a_single_class_leaves_relative_metrics_out(recorded: Make) -> None:
    report = assess(recorded(baseline_loss=0.0, chance=1.0, n_classes=1))
    assert set(report.metrics) == {
        "neuron_utilisation",
        "parameter_efficiency",
        "accuracy_consistency",
    }


def test_report_survives_json(recorded: Make) -> None:
    report = assess(recorded(), partial=True)
    assert HealthReport.parse(report.to_json()) == report


def test_examining_does_not_load_tensorflow() -> None:
    code = "import sys, hpolab.health.assess; sys.exit('tensorflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
