"""Neuron utilisation: which units count as alive, and how layers are put together."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from hpolab.health.neurons import alive, neuron_utilisation
from hpolab.health.recorded import Probe, Recorded

Make = Callable[..., Recorded]
MakeProbe = Callable[..., Probe]


@given(st.integers(1, 200), st.data())
def test_silencing_k_of_n_units_of_the_only_layer_costs_exactly_k_over_n(
    recorded: Make, probe: MakeProbe, n: int, data: st.DataObject
) -> None:
    k = data.draw(st.integers(0, n))
    mean = data.draw(arrays.arrays(float, n, elements=st.floats(-2, 2)))
    std = data.draw(arrays.arrays(float, n, elements=st.floats(0.5, 2)))
    whole = recorded(probes=(probe(unit_mean={"d": mean}, unit_std={"d": std}),))
    silent = data.draw(st.permutations(range(n)))[:k]
    left = np.where(np.isin(np.arange(n), silent), 0.0, 1.0)
    lamed = recorded(probes=(probe(unit_mean={"d": left * mean}, unit_std={"d": left * std}),))
    before, after = neuron_utilisation(whole), neuron_utilisation(lamed)
    assert before is not None
    assert after is not None
    assert before.value == 1
    assert after.value == (n - k) / n


@given(
    arrays.arrays(float, 9, elements=st.floats(-1e300, 1e300)),
    arrays.arrays(float, 9, elements=st.floats(0, 1e300)),
)
def test_value_is_a_share_for_any_finite_outputs(
    recorded: Make, probe: MakeProbe, mean: np.ndarray, std: np.ndarray
) -> None:
    metric = neuron_utilisation(
        recorded(probes=(probe(unit_mean={"d": mean}, unit_std={"d": std}),))
    )
    assert metric is not None
    assert 0 <= metric.value <= 1


def test_each_way_of_being_silent_is_seen() -> None:
    mean = np.array([0.5, 0.5, 0.0, 3.0, 0.5])
    std = np.array([1.0, 1.0, 0.0, 0.05, 0.05])
    assert alive(mean, std).tolist() == [True, True, False, True, True]
    std[3] = 0.02  # under 1 % of its own size
    std[4] = 0.01  # 40 times less than the layer's mean
    assert alive(mean, std).tolist() == [True, True, False, False, False]
    saturated = alive(np.full(4, -1.0), np.full(4, 0.005))
    assert not saturated.any()
    whisper = alive(np.zeros(4), np.full(4, 9e-5))
    assert not whisper.any()


def test_scale_of_a_layer_does_not_matter() -> None:
    random = np.random.default_rng(0)
    mean, std = random.normal(size=50), np.abs(random.normal(size=50)) ** 3
    assert (alive(mean, std) == alive(1000 * mean, 1000 * std)).all()


def test_every_layer_counts_the_same_whatever_its_size(recorded: Make, probe: MakeProbe) -> None:
    std = {"conv1": np.ones(4), "dense1": np.zeros(400)}
    seen = probe(unit_mean={name: np.zeros(s.size) for name, s in std.items()}, unit_std=std)
    metric = neuron_utilisation(recorded(probes=(seen,)))
    assert metric is not None
    assert metric.value == 0.5
    assert metric.layer == "dense1"


def test_evidence_counts_the_silent_units_of_the_worst_layer(
    recorded: Make, probe: MakeProbe
) -> None:
    std = np.ones(64)
    std[:41] = 0
    seen = probe(epoch=8, unit_mean={"conv2": std / 2}, unit_std={"conv2": std})
    metric = neuron_utilisation(recorded(probes=(seen,)))
    assert metric is not None
    assert metric.evidence == "41 of 64 units of conv2 are silent after epoch 8."
    assert (metric.layer, metric.epoch) == ("conv2", 8)
    assert "dead ReLUs" in metric.advice


def test_advice_tells_stuck_units_from_dead_ones(recorded: Make, probe: MakeProbe) -> None:
    seen = probe(unit_mean={"d": np.full(8, 0.99)}, unit_std={"d": np.zeros(8)})
    metric = neuron_utilisation(recorded(probes=(seen,)))
    assert metric is not None
    assert metric.value == 0
    assert "saturating" in metric.advice


def test_only_the_latest_probe_counts(recorded: Make, probe: MakeProbe) -> None:
    dead = probe(epoch=1, unit_std={"conv1": np.zeros(64)})
    metric = neuron_utilisation(recorded(probes=(dead, probe(epoch=2))))
    assert metric is not None
    assert metric.value == 1
    assert not metric.advice


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_output_that_is_not_finite_makes_it_zero_and_says_so(
    recorded: Make, probe: MakeProbe, bad: float
) -> None:
    std = np.ones(64)
    std[3] = bad
    metric = neuron_utilisation(recorded(probes=(probe(unit_std={"conv1": std}),)))
    assert metric is not None
    assert metric.value == 0
    assert metric.evidence == "An output of conv1 is not a finite number in epoch 10."


def test_absent_without_probe_and_without_hidden_units(recorded: Make, probe: MakeProbe) -> None:
    assert neuron_utilisation(recorded(probes=())) is None
    assert neuron_utilisation(recorded(probes=(probe(unit_mean={}, unit_std={}),))) is None
