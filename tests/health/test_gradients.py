"""Gradient health: the elasticity of the loss to each weight matrix."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from hpolab.health.gradients import elasticity_score, gradient_health, log_elasticity
from hpolab.health.recorded import Probe, Recorded

Make = Callable[..., Recorded]
MakeProbe = Callable[..., Probe]
norms = st.floats(0, 1e300)
moderate = st.floats(1e-6, 1e6)


@given(norms, norms, norms, norms, st.floats(0, 1e300))
def test_value_is_between_0_and_1_for_any_norms(
    recorded: Make, probe: MakeProbe, g1: float, g2: float, w1: float, w2: float, loss: float
) -> None:
    seen = probe(loss=loss, gradient_norms={"a": g1, "b": g2}, weight_norms={"a": w1, "b": w2})
    metric = gradient_health(recorded(probes=(seen,)))
    if loss < 1e-3 * np.log(10):
        assert metric is None
    else:
        assert metric is not None
        assert 0 <= metric.value <= 1


@given(
    arrays.arrays(float, 3, elements=moderate),
    arrays.arrays(float, 3, elements=moderate),
    moderate,
    st.floats(1e-3, 1e3),
)
def test_elasticity_does_not_see_rescaled_weights_or_units_of_the_loss(
    gradient: np.ndarray, weight: np.ndarray, loss: float, scale: float
) -> None:
    before = log_elasticity(gradient, weight, loss)
    # weights c times larger in a network that undoes it have gradients c times smaller
    assert log_elasticity(gradient / scale, weight * scale, loss) == pytest.approx(
        before, abs=1e-9
    )
    # a loss in other units has gradients in these units
    assert log_elasticity(gradient * scale, weight, loss * scale) == pytest.approx(
        before, abs=1e-9
    )


@pytest.mark.parametrize(
    ("elasticity", "expected"),
    [(1e-2, 1), (1, 1), (1e2, 1), (1e-5, 0), (1e5, 0), (10**-3.5, 0.5), (10**3.5, 0.5), (0, 0)],
)
def test_score_falls_over_three_decades_on_both_sides(elasticity: float, expected: float) -> None:
    with np.errstate(divide="ignore"):
        exponent = np.log10(np.array([elasticity]))
    assert elasticity_score(exponent)[0] == pytest.approx(expected)


def test_worst_matrix_counts_as_much_as_the_mean_of_all(recorded: Make, probe: MakeProbe) -> None:
    seen = probe(
        gradient_norms={"a": 0.0, "b": 1.0, "c": 1.0, "d": 1.0},
        weight_norms=dict.fromkeys("abcd", 1.0),
    )
    metric = gradient_health(recorded(probes=(seen,)))
    assert metric is not None
    assert metric.value == pytest.approx((0.75 + 0.0) / 2)


def test_probes_are_averaged(recorded: Make, probe: MakeProbe) -> None:
    cut = probe(epoch=1, gradient_norms={"conv1/kernel": 0.0, "dense/kernel": 0.0})
    metric = gradient_health(recorded(probes=(cut, probe(epoch=2), probe(epoch=3))))
    assert metric is not None
    assert metric.value == pytest.approx(2 / 3)
    assert metric.epoch == 1


def test_probe_with_nothing_left_to_learn_is_left_out(recorded: Make, probe: MakeProbe) -> None:
    done = probe(
        epoch=20, loss=1e-4, gradient_norms={"conv1/kernel": 1e-12, "dense/kernel": 1e-12}
    )
    metric = gradient_health(recorded(probes=(probe(), done)))
    assert metric is not None
    assert metric.value == 1
    assert gradient_health(recorded(probes=(done,))) is None


def test_exploded_loss_does_not_hide_exploded_gradients(recorded: Make, probe: MakeProbe) -> None:
    seen = probe(loss=1e9, gradient_norms={"conv1/kernel": 1e8, "dense/kernel": 1e8})
    metric = gradient_health(recorded(probes=(seen,)))
    assert metric is not None
    assert metric.value == 0
    assert "explodes" in metric.advice
    assert "at most 100 % is healthy" in metric.evidence


def test_vanishing_gradient_is_told_with_layer_and_epoch(recorded: Make, probe: MakeProbe) -> None:
    seen = probe(epoch=4, gradient_norms={"conv1/kernel": 1e-7, "dense/kernel": 0.1})
    metric = gradient_health(recorded(probes=(seen,)))
    assert metric is not None
    assert (metric.layer, metric.epoch) == ("conv1", 4)
    assert "vanishes" in metric.advice
    assert "conv1" in metric.evidence


def test_cut_path_is_told_from_a_vanishing_one(recorded: Make, probe: MakeProbe) -> None:
    metric = gradient_health(
        recorded(probes=(probe(gradient_norms={"conv1/kernel": 0.0, "dense/kernel": 0.0}),))
    )
    assert metric is not None
    assert metric.value == 0
    assert metric.evidence == "No gradient reached conv1/kernel after epoch 10."
    assert "dead ReLUs" in metric.advice


@pytest.mark.parametrize(
    "changes",
    [
        {"gradient_norms": {"conv1/kernel": 0.1, "dense/kernel": np.nan}},
        {"weight_norms": {"conv1/kernel": 0.1, "dense/kernel": np.inf}},
    ],
)
def test_norm_that_is_not_finite_makes_it_zero_and_names_the_layer(
    recorded: Make, probe: MakeProbe, changes: dict[str, dict[str, float]]
) -> None:
    metric = gradient_health(recorded(probes=(probe(), probe(epoch=11, **changes))))
    assert metric is not None
    assert metric.value == 0
    assert (metric.layer, metric.epoch) == ("dense", 11)
    assert "not a finite number" in metric.evidence


def test_loss_that_is_not_finite_makes_it_zero(recorded: Make, probe: MakeProbe) -> None:
    metric = gradient_health(recorded(probes=(probe(loss=np.nan),)))
    assert metric is not None
    assert metric.value == 0


def test_absent_without_probes_or_matrices(recorded: Make, probe: MakeProbe) -> None:
    assert gradient_health(recorded(probes=())) is None
    assert gradient_health(recorded(probes=(probe(gradient_norms={}, weight_norms={}),))) is None
