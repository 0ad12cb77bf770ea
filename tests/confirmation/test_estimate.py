from __future__ import annotations

import math
import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from hpolab.confirmation.estimate import estimate
from hpolab.errors import ConfigError

scores = st.floats(0, 1)


@given(st.lists(scores, min_size=2, max_size=30))
def test_mean_lies_in_its_interval_and_among_the_values(values: list[float]) -> None:
    found = estimate(values)

    assert found is not None
    assert found.low is not None
    assert found.high is not None
    assert found.low <= found.mean <= found.high
    assert min(values) - 1e-12 <= found.mean <= max(values) + 1e-12


@given(st.lists(scores, min_size=2, max_size=12), st.integers(2, 4))
def test_interval_shrinks_when_the_same_spread_is_seen_more_often(
    values: list[float], times: int
) -> None:
    once, often = estimate(values), estimate(values * times)

    assert once is not None
    assert often is not None
    assert _width(often) <= _width(once) + 1e-12
    assert often.mean == pytest.approx(once.mean, abs=1e-12)


@given(st.lists(scores, min_size=2, max_size=12), st.floats(-1, 1))
def test_shifting_all_values_shifts_the_interval(values: list[float], shift: float) -> None:
    here, there = estimate(values), estimate([value + shift for value in values])

    assert here is not None
    assert there is not None
    assert there.mean == pytest.approx(here.mean + shift, abs=1e-9)
    assert _width(there) == pytest.approx(_width(here), abs=1e-9)


@given(
    st.lists(scores, min_size=2, max_size=12).filter(lambda values: np.ptp(values) > 1e-6),
    st.sampled_from([0.5, 0.8, 0.95, 0.99]),
)
def test_interval_is_the_one_of_scipy(values: list[float], confidence: float) -> None:
    found = estimate(values, confidence=confidence)

    assert found is not None
    low, high = stats.t.interval(
        confidence, len(values) - 1, loc=np.mean(values), scale=stats.sem(values)
    )
    assert (found.low, found.high) == (pytest.approx(low), pytest.approx(high))


def test_interval_of_five_scores_is_what_the_table_of_student_gives() -> None:
    values = [0.90, 0.92, 0.88, 0.91, 0.89]

    found = estimate(values)

    half = 2.776445 * statistics.stdev(values) / math.sqrt(5)  # t(4 degrees, 0.975)
    assert found is not None
    assert found.mean == pytest.approx(0.90)
    assert found.sd == pytest.approx(0.0158114, abs=1e-6)
    assert found.low == pytest.approx(0.90 - half, abs=1e-6)
    assert found.high == pytest.approx(0.90 + half, abs=1e-6)


def test_interval_contains_the_true_mean_as_often_as_it_says() -> None:
    samples = np.random.default_rng(1).normal(0.5, 0.1, (1000, 5))

    found = [estimate(list(sample)) for sample in samples]

    hits = sum(f is not None and f.low <= 0.5 <= f.high for f in found)  # type: ignore[operator]
    assert hits == pytest.approx(950, abs=4 * math.sqrt(1000 * 0.95 * 0.05))


def test_single_value_has_a_mean_and_no_interval() -> None:
    found = estimate([0.7])

    assert found is not None
    assert (found.mean, found.sd, found.low, found.high) == (0.7, None, None, None)
    assert found.is_within_noise


def test_no_value_has_no_estimate() -> None:
    assert estimate([]) is None


@pytest.mark.parametrize(
    ("values", "answer"), [([-0.1, 0.1, 0.0], True), ([0.1, 0.11, 0.12], False)]
)
def test_noise_is_an_interval_that_contains_zero(values: list[float], answer: bool) -> None:
    found = estimate(values)

    assert found is not None
    assert found.is_within_noise is answer


@pytest.mark.parametrize("confidence", [0.0, 1.0, -1.0, 95.0])
def test_confidence_outside_its_range_is_refused(confidence: float) -> None:
    with pytest.raises(ConfigError, match="0 < confidence < 1"):
        estimate([0.1, 0.2], confidence=confidence)


def _width(found: object) -> float:
    return found.high - found.low  # type: ignore[attr-defined, no-any-return]
