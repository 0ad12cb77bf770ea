"""Accuracy consistency: agreement between folds, transfer from training."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from hpolab.health.consistency import accuracy_consistency, consistency_factors
from hpolab.health.recorded import Recorded

Make = Callable[..., Recorded]
folds = arrays.arrays(float, 5, elements=st.floats(0, 1))


@given(folds, st.floats(0, 1), st.floats(0.01, 1))
def test_value_is_between_0_and_1_for_any_accuracies(
    recorded: Make, accuracies: np.ndarray, train: float, chance: float
) -> None:
    metric = accuracy_consistency(
        recorded(fold_accuracies=accuracies, train_accuracies=np.array([train]), chance=chance)
    )
    assert metric is not None
    assert 0 <= metric.value <= 1


@given(folds, st.permutations(range(5)))
def test_order_of_folds_does_not_matter(accuracies: np.ndarray, order: list[int]) -> None:
    before = consistency_factors(accuracies, train_accuracy=0.9, chance=0.1)
    after = consistency_factors(accuracies[order], train_accuracy=0.9, chance=0.1)
    assert after == pytest.approx(before, abs=1e-12)


@given(st.floats(0.2, 1))
def test_equal_folds_as_good_as_training_are_perfect(recorded: Make, accuracy: float) -> None:
    metric = accuracy_consistency(
        recorded(fold_accuracies=np.full(5, accuracy), train_accuracies=np.array([accuracy]))
    )
    assert metric is not None
    assert metric.value == pytest.approx(1)


def test_factors_worked_out_by_hand() -> None:
    accuracies = np.array([0.55, 1.0])  # skills 0.5 and 1, mean 0.75, deviation 0.25
    factors = consistency_factors(accuracies, train_accuracy=1.0, chance=0.1)
    assert factors.agreement == pytest.approx(1 - 0.25 / 0.75)
    assert factors.transfer == pytest.approx(0.75)


def test_zero_for_a_model_without_skill(recorded: Make) -> None:
    metric = accuracy_consistency(recorded(fold_accuracies=np.full(5, 0.1)))
    assert metric is not None
    assert metric.value == 0
    assert "guessing" in metric.advice


def test_same_answer_to_everything_is_not_consistent_when_lucky() -> None:
    factors = consistency_factors(np.full(5, 0.102), train_accuracy=0.1, chance=0.1)
    assert factors.agreement == pytest.approx(1)
    assert factors.substance == pytest.approx((0.002 / 0.9) / 0.1)


def test_skill_on_unseen_examples_alone_is_not_punished() -> None:
    factors = consistency_factors(np.full(5, 0.5), train_accuracy=0.1, chance=0.1)
    assert factors == (1, 1, 1)


@pytest.mark.parametrize(
    ("accuracies", "said"),
    [(np.full(5, 0.5), "has seen"), (np.array([0.2, 1.0, 1.0, 1.0, 1.0]), "disagree")],
)
def test_advice_fits_the_smaller_factor(recorded: Make, accuracies: np.ndarray, said: str) -> None:
    metric = accuracy_consistency(recorded(fold_accuracies=accuracies))
    assert metric is not None
    assert said in metric.advice


def test_accuracy_that_is_not_finite_makes_it_zero(recorded: Make) -> None:
    metric = accuracy_consistency(recorded(fold_accuracies=np.array([0.5, np.nan])))
    assert metric is not None
    assert metric.value == 0
    assert "not a finite number" in metric.evidence


def test_absent_without_folds_or_without_a_finished_epoch(recorded: Make) -> None:
    assert accuracy_consistency(recorded(fold_accuracies=np.zeros(0))) is None
    assert accuracy_consistency(recorded(train_accuracies=np.zeros(0))) is None
