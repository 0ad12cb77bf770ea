from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpolab.diagnostics.learning import Curves, curves, overfit_gap

BASELINE = float(np.log(10))
losses = st.lists(st.floats(0, 10), min_size=1, max_size=30)


def course(train: list[float], val: list[float]) -> Curves:
    n = len(train)
    accuracy = np.linspace(0, 1, n)
    return Curves(
        epoch=np.arange(1.0, n + 1),
        train_loss=np.array(train),
        val_loss=np.array(val),
        train_accuracy=accuracy,
        val_accuracy=accuracy,
        learning_rate=np.full(n, 1e-3),
        baseline=BASELINE,
    )


def test_a_network_that_learns_and_generalises_is_not_marked() -> None:
    falling = (BASELINE * np.exp(-np.arange(10) / 2)).tolist()
    assert course(falling, [loss + 0.1 for loss in falling]).verdict == ""


def test_a_validation_loss_that_turns_is_overfitting() -> None:
    facts = course([2.0, 1.0, 0.5, 0.2, 0.1, 0.05], [2.0, 1.1, 0.8, 0.9, 1.1, 1.3])
    assert facts.best_epoch == 3
    assert facts.rise == pytest.approx(0.5)
    assert "by heart" in facts.verdict
    assert "since epoch 3" in facts.verdict


def test_a_wide_gap_is_overfitting_even_where_nothing_rises() -> None:
    facts = course([2.0, 0.5, 0.1, 0.0, 0.0, 0.0, 0.0], [2.0, 1.5, 1.2, 1.1, 1.0, 1.0, 1.0])
    assert "by heart" in facts.verdict
    assert "risen" not in facts.verdict


def test_a_tiny_loss_may_waver() -> None:
    assert course([2.0, 0.1, 0.01, 0.01], [2.0, 0.01, 0.015, 0.03]).verdict == ""


def test_a_loss_that_stays_at_guessing_has_learnt_nothing() -> None:
    assert "next to nothing" in course([2.31, 2.3, 2.3], [2.3, 2.3, 2.3]).verdict


def test_a_loss_that_is_no_number_is_named_with_its_epoch() -> None:
    assert "epoch 2" in course([1.0, np.nan, np.nan], [1.0, 1.0, np.nan]).verdict


@given(losses, st.floats(-3, 3))
def test_the_gap_is_the_shift_between_two_equal_curves(train: list[float], shift: float) -> None:
    gap = overfit_gap(np.array(train), np.array(train) + shift)
    assert gap == pytest.approx(shift, abs=1e-9)


def test_curves_are_read_with_the_loss_of_guessing(made: Any) -> None:
    names = ("train_loss", "val_loss", "train_accuracy", "val_accuracy", "learning_rate")
    arrays = made({**{name: [0.5, 0.25] for name in names}, "confusion": [[3, 0], [0, 1]]})
    facts = curves(arrays)
    assert facts is not None
    shares = np.array([0.75, 0.25])
    assert facts.baseline == pytest.approx(-(shares * np.log(shares)).sum())
    assert facts.val_loss.tolist() == [0.5, 0.25]


def test_a_trial_without_a_finished_epoch_has_no_curves(made: Any) -> None:
    assert curves(made({"train_loss": np.zeros(0)})) is None
