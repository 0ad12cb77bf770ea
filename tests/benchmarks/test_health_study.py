"""What the study of health trains, and how its pictures are changed."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from hpolab.study import read_study
from hpolab.study.table import SHIFTS
from hpolab.trial import EpochRecord, RunResult


@pytest.fixture
def plan(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    return importlib.import_module("study_plan")


@pytest.fixture
def shifts(plan: ModuleType) -> ModuleType:
    return importlib.import_module("study_shifts")


@pytest.fixture
def script(shifts: ModuleType) -> ModuleType:
    return importlib.import_module("health_study")


def result(accuracy: float) -> RunResult:
    epochs = (
        EpochRecord(
            epoch=epoch, train_loss=1.0, train_accuracy=accuracy, val_loss=1.0,
            val_accuracy=accuracy * epoch / 4, learning_rate=0.1, seconds=1.0,
        )
        for epoch in range(1, 5)
    )  # fmt: skip
    return RunResult(state="completed", history=tuple(epochs), accuracy=accuracy, n_parameters=7)


def test_the_networks_that_ship_are_those_of_the_plan(plan: ModuleType) -> None:
    for drawn, shipped in zip(plan.networks(), read_study().networks, strict=True):
        plan.SPACE.check(drawn)
        assert shipped.params.keys() == drawn.keys()
        for name, value in drawn.items():
            is_number = isinstance(value, float)
            assert shipped.params[name] == (pytest.approx(value, 1e-3) if is_number else value)


def test_a_cure_changes_the_learning_rate_alone(plan: ModuleType, tmp_path: Path) -> None:
    params = plan.networks()[0]
    before, after = (
        plan.spec_of(plan.Job(0, factor=factor), params, 0, tmp_path) for factor in (1.0, 0.1)
    )
    changed = {name for name in params if before.params[name] != after.params[name]}

    assert changed == {"learning_rate"}
    assert after.params["learning_rate"] == pytest.approx(0.1 * params["learning_rate"])
    assert after.seed == before.seed


def test_every_kind_of_shift_changes_pictures_and_keeps_labels(shifts: ModuleType) -> None:
    for kind in SHIFTS:
        pictures, labels = shifts.shifted(kind)
        plain = shifts.load(shifts.DatasetSpec(name="digits")).test
        versions = len(labels) // len(plain)
        assert pictures.shape == (len(labels), 8, 8, 1)
        assert pictures.dtype == np.uint8
        assert (labels == np.tile(plain.y, versions)).all()
        first = pictures[: len(plain)]
        assert 0.1 < (first != plain.images).mean() < 1


def test_a_picture_that_is_moved_leaves_an_empty_edge(shifts: ModuleType) -> None:
    up_left, *_, down_right = shifts.moved(np.full((1, 8, 8, 1), 9, np.uint8))

    assert up_left[0, :-1, :-1].all()
    assert not up_left[0, -1].any()
    assert not down_right[0, 0].any()


def test_a_row_of_the_study_has_its_repetitions_and_its_cures(script: ModuleType) -> None:
    job = script.Job

    def kept(accuracy: float, **about: float) -> object:
        each = job(0, **about)
        return script.Kept(**each._asdict(), result=result(accuracy))

    known = {
        job(0): kept(0.4), job(0, 1): kept(0.5, seed=1), job(0, 2): kept(0.6, seed=2),
        job(0, 0, 0.1): kept(0.9, factor=0.1), job(0, 0, 10.0): kept(0.1, factor=10.0),
    }  # fmt: skip
    row = script.network(0, {"activation": "relu"}, known)

    assert row.early.accuracy == pytest.approx(0.2)
    assert row.end.accuracy == pytest.approx(0.4)
    assert row.again == (0.5, 0.6)
    assert (row.slower, row.faster) == (0.9, 0.1)
    assert script.is_sick(result(0.4))
    assert not script.is_sick(result(0.6))
    assert script.is_sick(result(0.6).replace(state="failed"))
