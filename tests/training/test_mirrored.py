"""What several devices learn together, against one: parts of a CPU stand in for GPUs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1000)]

TOLERANCE = 2e-5
"""Of losses, relative: float32 sums of a batch in another order."""

WEIGHT_TOLERANCE = 1e-3
"""Absolute, a tenth of one step: Adam also makes whole steps along rounding errors."""

MEASURED = ("train_loss", "train_accuracy", "val_loss", "val_accuracy", "learning_rate")


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Every case of `divided.py`, by name."""
    script = Path(__file__).with_name("divided.py")
    folder = tmp_path_factory.mktemp("divided")
    done = subprocess.run(
        [sys.executable, str(script), str(folder)],
        capture_output=True, text=True, timeout=900, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    told: dict[str, dict[str, Any]] = json.loads((folder / "results.json").read_text())
    return told


@pytest.mark.parametrize("devices", [2, 3])
@pytest.mark.parametrize("family", ["cnn", "lstm"])
def test_several_devices_learn_what_one_does(
    results: dict[str, dict[str, Any]], family: str, devices: int
) -> None:
    one, several = results[f"{family} on 1"], results[f"{family} on {devices}"]
    assert (one["state"], several["state"]) == ("completed", "completed"), several["reason"]
    assert several["devices"] == ["CPU"] * devices
    assert len(several["history"]) == len(one["history"]) == 4
    losses = [epoch["train_loss"] for epoch in one["history"]]
    assert losses[-1] < losses[0] - 0.05  # it does learn
    for mine, theirs in zip(several["history"], one["history"], strict=True):
        for name in MEASURED:
            assert mine[name] == pytest.approx(theirs[name], rel=TOLERANCE), name
        assert mine["health"] == pytest.approx(theirs["health"], rel=1e-3, abs=1e-3)
    assert several["test_loss"] == pytest.approx(one["test_loss"], rel=TOLERANCE)


@pytest.mark.parametrize("family", ["cnn", "lstm"])
def test_what_is_saved_and_recorded_is_the_same(
    results: dict[str, dict[str, Any]], family: str
) -> None:
    one, several = results[f"{family} on 1"], results[f"{family} on 3"]
    assert several["files"] == one["files"]
    assert {"model.keras", "diagnostics/arrays.npz"} <= set(one["files"])
    assert several["furthest_weight"] < WEIGHT_TOLERANCE


def test_a_verdict_ends_a_divided_run_too(results: dict[str, dict[str, Any]]) -> None:
    pruned = results["pruned"]
    assert (pruned["state"], len(pruned["history"])) == ("pruned", 1)
    assert "diagnostics/arrays.npz" in pruned["files"]
    assert pruned["history"][0]["train_loss"] == results["cnn on 2"]["history"][0]["train_loss"]


def test_a_network_that_cannot_be_divided_trains_on_one_device_and_says_so(
    results: dict[str, dict[str, Any]],
) -> None:
    noisy, small = results["noisy"], results["two at a time"]
    assert (noisy["state"], noisy["devices"]) == ("completed", ["CPU"]), noisy["reason"]
    (remark,) = noisy["remarks"]
    assert "one of 2 GPUs, because the layer noise draws random numbers" in remark
    assert (small["state"], small["devices"]) == ("completed", ["CPU"])
    assert small["remarks"] == ["it was trained on one of 3 GPUs: its batch has 2"]


def test_float16_is_divided_too(results: dict[str, dict[str, Any]]) -> None:
    half = results["float16"]
    assert (half["state"], half["precision"]) == ("completed", "float16"), half["reason"]
    assert half["devices"] == ["CPU"] * 2
    first = results["cnn on 2"]["history"][0]
    assert half["history"][0]["train_loss"] == pytest.approx(first["train_loss"], rel=0.05)


def test_a_run_that_asks_for_more_devices_than_there_are_fails_with_the_numbers(
    results: dict[str, dict[str, Any]],
) -> None:
    failed = results["too many"]
    assert failed["state"] == "failed"
    assert failed["reason"].startswith("asked for 4 GPUs per worker, this machine has 3;")
