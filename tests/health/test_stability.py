"""Training stability: rises count, falls do not."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from hpolab.health.recorded import Recorded
from hpolab.health.stability import smoothed_rises, training_stability

Make = Callable[..., Recorded]
losses = arrays.arrays(float, st.integers(1, 60), elements=st.floats(0, 1e308))


@given(losses)
def test_value_is_between_0_and_1_for_any_losses(recorded: Make, blocks: np.ndarray) -> None:
    metric = training_stability(recorded(block_losses=blocks))
    assert metric is not None
    assert 0 <= metric.value <= 1


@given(arrays.arrays(float, st.integers(1, 60), elements=st.floats(0, 2.3)))
def test_falling_fast_is_not_instability(recorded: Make, blocks: np.ndarray) -> None:
    metric = training_stability(recorded(block_losses=np.sort(blocks)[::-1]))
    assert metric is not None
    assert metric.value == 1
    assert metric.evidence == "The training loss never rose noticeably."


@given(arrays.arrays(float, 20, elements=st.floats(0, 10)), st.floats(1e-3, 1e3))
def test_unit_of_the_loss_does_not_matter(blocks: np.ndarray, unit: float) -> None:
    assert smoothed_rises(unit * blocks, unit * 2.3) == pytest.approx(
        smoothed_rises(blocks, 2.3), rel=1e-9, abs=1e-12
    )


@given(st.integers(1, 98), st.floats(3, 50))
def test_a_spike_lowers_it_the_more_the_higher(recorded: Make, at: int, height: float) -> None:
    smooth = recorded().block_losses
    low, high = smooth.copy(), smooth.copy()
    low[at] += height
    high[at] += 2 * height
    values = [
        metric.value
        for metric in map(
            training_stability, (recorded(block_losses=blocks) for blocks in (smooth, low, high))
        )
        if metric is not None
    ]
    assert values[0] == 1
    assert values[0] > values[1] > values[2]


def test_rises_are_between_means_of_five_blocks() -> None:
    rises = smoothed_rises(np.array([1.0] * 5 + [3.0] * 5), 2.0)
    assert rises == pytest.approx([0, 0, 0.1, 0.4, 0.7, 1.0])


def test_fewer_than_five_blocks_are_compared_with_the_baseline_together() -> None:
    assert smoothed_rises(np.array([3.0, 2.0, 1.0]), 2.0) == pytest.approx([0])
    assert smoothed_rises(np.array([5.0, 3.0]), 2.0) == pytest.approx([1])


def test_evidence_names_the_largest_rise_and_its_epoch(recorded: Make) -> None:
    blocks = recorded().block_losses.copy()
    blocks[57] += 5
    metric = training_stability(recorded(block_losses=blocks))
    assert metric is not None
    assert metric.epoch == 6
    assert "in epoch 6" in metric.evidence
    assert "jumps" in metric.advice


def test_advice_for_divergence_is_a_much_lower_learning_rate(recorded: Make) -> None:
    metric = training_stability(recorded(block_losses=np.geomspace(2, 1e6, 100)))
    assert metric is not None
    assert metric.value < 0.01
    assert "diverged" in metric.advice


def test_loss_that_is_not_finite_makes_it_zero_and_says_when(recorded: Make) -> None:
    blocks = recorded().block_losses.copy()
    blocks[42:] = np.nan
    metric = training_stability(recorded(block_losses=blocks))
    assert metric is not None
    assert metric.value == 0
    assert metric.evidence == "The training loss is not a finite number in epoch 5."


def test_absent_before_anything_was_trained(recorded: Make) -> None:
    assert training_stability(recorded(block_losses=np.zeros(0))) is None
