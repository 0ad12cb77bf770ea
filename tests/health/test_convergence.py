"""Convergence quality: monotony, progress, generalisation."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from hpolab.health.convergence import convergence_factors, convergence_quality
from hpolab.health.recorded import Probe, Recorded

Make = Callable[..., Recorded]
BASELINE = float(np.log(10))


@given(arrays.arrays(float, st.integers(1, 30), elements=st.floats(0, 1e308)), st.floats(0, 1e308))
def test_value_is_between_0_and_1_for_any_losses(
    recorded: Make, train: np.ndarray, val: float
) -> None:
    metric = convergence_quality(recorded(train_losses=train, val_losses=np.full(train.size, val)))
    assert metric is not None
    assert 0 <= metric.value <= 1


@given(st.integers(3, 40), st.floats(0.5, 10), st.randoms(use_true_random=False))
def test_shuffling_a_smooth_curve_lowers_it(
    recorded: Make, epochs: int, half_life: float, random: np.random.Generator
) -> None:
    smooth = BASELINE * np.exp(-np.arange(1, epochs + 1) / half_life)
    order = list(range(epochs))
    random.shuffle(order)
    shuffled = smooth[order]
    moved = (
        np.abs(np.diff([BASELINE, *shuffled])).sum() - np.abs(np.diff([BASELINE, *smooth])).sum()
    )
    assume(moved > 1e-9 or shuffled[-1] - smooth[-1] > 1e-9)
    # the same gap between validation and training at the end of both
    before = convergence_quality(recorded(train_losses=smooth, val_losses=smooth))
    after = convergence_quality(recorded(train_losses=shuffled, val_losses=shuffled))
    assert before is not None
    assert after is not None
    assert after.value < before.value


@given(arrays.arrays(float, 8, elements=st.floats(0, 5)), st.floats(0, 5), st.floats(0.01, 100))
def test_unit_of_the_loss_does_not_matter(train: np.ndarray, val: float, unit: float) -> None:
    before = convergence_factors(train, val_loss=val, baseline_loss=BASELINE)
    after = convergence_factors(unit * train, val_loss=unit * val, baseline_loss=unit * BASELINE)
    assert after == pytest.approx(before, abs=1e-9)


def test_factors_of_a_curve_worked_out_by_hand() -> None:
    factors = convergence_factors(np.array([1.0, 1.5, 0.5]), val_loss=0.9, baseline_loss=2.0)
    assert factors.monotony == pytest.approx(1.5 / (1.0 + 0.5 + 1.0 + 0.02))
    assert factors.progress == 1
    assert factors.generalisation == pytest.approx(1 - 0.4 / 2)


def test_half_of_the_baseline_is_enough_progress() -> None:
    factors = convergence_factors(np.array([1.5]), val_loss=1.5, baseline_loss=2.0)
    assert factors.progress == pytest.approx(0.5)


def test_validation_better_than_training_is_no_overfitting() -> None:
    factors = convergence_factors(np.array([0.5]), val_loss=0.3, baseline_loss=2.0)
    assert factors.generalisation == 1


@pytest.mark.parametrize(
    ("train", "val", "said"),
    [
        (np.geomspace(2, 0.01, 10), np.linspace(2, 3, 10), "by heart"),
        (np.array([1.0, 2.2, 0.8, 2.1, 0.7, 2.0]), np.full(6, 2.0), "up and down"),
        (BASELINE - 1e-3 * np.arange(1, 6), BASELINE - 1e-3 * np.arange(1, 6), "still falling"),
        (np.full(5, BASELINE), np.full(5, BASELINE), "does not move"),
        (np.full(1, BASELINE), np.full(1, BASELINE), "does not move"),
    ],
)
def test_advice_fits_what_went_wrong(
    recorded: Make, train: np.ndarray, val: np.ndarray, said: str
) -> None:
    metric = convergence_quality(recorded(train_losses=train, val_losses=val))
    assert metric is not None
    assert said in metric.advice


def test_weights_that_stand_still_under_a_gradient_call_for_a_higher_learning_rate(
    recorded: Make, probe: Callable[..., Probe]
) -> None:
    stuck = {"train_losses": np.full(9, BASELINE), "val_losses": np.full(9, BASELINE)}
    before, after = probe(epoch=1), probe(epoch=9)
    moved = probe(epoch=9, weight_norms={"conv1/kernel": 5.0, "dense/kernel": 3.0})
    cut = probe(epoch=9, gradient_norms={"conv1/kernel": 0.0, "dense/kernel": 0.2})
    said = [
        metric.advice
        for last in (after, moved, cut)
        if (metric := convergence_quality(recorded(**stuck, probes=(before, last)))) is not None
    ]
    assert ["raise" in advice for advice in said] == [True, False, False]


def test_healthy_run_gets_no_advice(recorded: Make) -> None:
    metric = convergence_quality(recorded())
    assert metric is not None
    assert metric.value > 0.9
    assert metric.advice == ""


@pytest.mark.parametrize("which", ["train_losses", "val_losses"])
def test_loss_that_is_not_finite_makes_it_zero_and_says_when(recorded: Make, which: str) -> None:
    losses = recorded().train_losses.copy()
    losses[3] = np.inf
    metric = convergence_quality(recorded(**{which: losses}))
    assert metric is not None
    assert metric.value == 0
    assert metric.epoch == 4
    assert "loss is not a finite number in epoch 4" in metric.evidence


def test_absent_before_the_first_epoch_has_ended(recorded: Make) -> None:
    assert convergence_quality(recorded(train_losses=np.zeros(0), val_losses=np.zeros(0))) is None
