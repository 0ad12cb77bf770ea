"""Parameter efficiency and skill."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpolab.health.efficiency import parameter_efficiency, skill
from hpolab.health.recorded import Recorded

Make = Callable[..., Recorded]
unit = st.floats(0, 1)


@given(unit, st.floats(0.01, 1))
def test_skill_is_between_0_and_1(accuracy: float, chance: float) -> None:
    assert 0 <= skill(accuracy, chance) <= 1


@pytest.mark.parametrize(
    ("accuracy", "chance", "expected"),
    [(1.0, 0.1, 1.0), (0.1, 0.1, 0.0), (0.05, 0.1, 0.0), (0.55, 0.1, 0.5), (1.0, 1.0, 0.0)],
)
def test_skill_is_the_way_from_guessing_to_perfection(
    accuracy: float, chance: float, expected: float
) -> None:
    assert skill(accuracy, chance) == pytest.approx(expected)


@given(unit, st.integers(0, 10**12), st.integers(0, 10**9), st.integers(1, 1000))
def test_value_is_between_0_and_1_for_networks_of_any_size(
    recorded: Make, accuracy: float, size: int, n_train: int, n_classes: int
) -> None:
    metric = parameter_efficiency(
        recorded(
            val_accuracies=np.array([accuracy]),
            n_parameters=size,
            n_train=n_train,
            n_classes=n_classes,
        )
    )
    assert metric is not None
    assert 0 <= metric.value <= 1


@given(st.floats(0.11, 1), st.integers(1, 10**9), st.integers(1, 10**9))
def test_falls_with_parameters_at_equal_accuracy(
    recorded: Make, accuracy: float, small: int, more: int
) -> None:
    at = np.array([accuracy])
    lean = parameter_efficiency(recorded(val_accuracies=at, n_parameters=small))
    fat = parameter_efficiency(recorded(val_accuracies=at, n_parameters=small + more))
    assert lean is not None
    assert fat is not None
    assert fat.value < lean.value


def test_as_many_parameters_as_constraints_keep_half_of_the_skill(recorded: Make) -> None:
    metric = parameter_efficiency(recorded(n_parameters=12_000, val_accuracies=np.array([1.0])))
    assert metric is not None
    assert metric.value == 0.5


def test_without_skill_it_is_zero_and_training_is_to_be_mended_first(recorded: Make) -> None:
    metric = parameter_efficiency(recorded(val_accuracies=np.array([0.9, 0.08])))
    assert metric is not None
    assert metric.value == 0
    assert "chance" in metric.advice
    assert metric.epoch == 2


def test_advice_for_a_bloated_network_is_to_shrink_it(recorded: Make) -> None:
    metric = parameter_efficiency(recorded(n_parameters=2_200_000))
    assert metric is not None
    assert metric.value < 0.1
    assert "2,200,000 parameters" in metric.evidence
    assert "fewer filters or units" in metric.advice


def test_number_that_is_not_finite_makes_it_zero(recorded: Make) -> None:
    metric = parameter_efficiency(recorded(val_accuracies=np.array([0.5, np.nan])))
    assert metric is not None
    assert metric.value == 0
    assert metric.evidence == "The validation accuracy is not a finite number in epoch 2."


def test_absent_before_the_first_epoch_has_ended(recorded: Make) -> None:
    assert parameter_efficiency(recorded(val_accuracies=np.zeros(0))) is None
