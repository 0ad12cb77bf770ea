from __future__ import annotations

import json
from pathlib import Path

import pytest

from hpolab.diagnostics.examination import examination
from hpolab.errors import StoreError
from hpolab.health.report import HealthReport, Metric


def write(folder: Path, report: HealthReport) -> Path:
    (folder / "result.json").write_text(json.dumps({"health": report.to_dict()}))
    return folder


def test_low_metrics_are_those_with_advice_the_lowest_first(tmp_path: Path) -> None:
    metrics = {
        "gradient_health": Metric(value=0.1, evidence="No gradient.", advice="Do this."),
        "parameter_efficiency": Metric(value=0.4, evidence="Many."),
        "neuron_utilisation": Metric(value=0.3, evidence="Silent.", advice="Do that."),
    }
    facts = examination(write(tmp_path, HealthReport(metrics=metrics)))
    assert facts is not None
    assert list(facts.metrics) == ["neuron_utilisation", "parameter_efficiency", "gradient_health"]
    assert facts.low == ("gradient_health", "neuron_utilisation")
    assert facts.verdict == "2 of 3 are low. No gradient."


def test_a_healthy_trial_has_no_verdict(tmp_path: Path) -> None:
    report = HealthReport(metrics={"gradient_health": Metric(value=1.0, evidence="Fine.")})
    facts = examination(write(tmp_path, report))
    assert facts is not None
    assert facts.verdict == ""


def test_a_trial_without_metrics_has_no_examination(tmp_path: Path) -> None:
    assert examination(write(tmp_path, HealthReport())) is None


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"health": 3}', '{"health": {"metrics": 1}}']
)
def test_a_damaged_result_is_a_store_error(tmp_path: Path, content: str) -> None:
    (tmp_path / "result.json").write_text(content)
    with pytest.raises(StoreError, match=r"result\.json"):
        examination(tmp_path)
