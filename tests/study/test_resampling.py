"""How one number foretells another, held against the libraries that know it."""

import numpy as np
import pytest
from scipy.stats import spearmanr
from sklearn.metrics import roc_auc_score

from hpolab.study.resampling import (
    area,
    measure,
    partial_rank_correlation,
    rank_correlation,
)


@pytest.fixture
def random():
    return np.random.default_rng(5)


def test_the_area_is_that_of_scikit_learn_with_ties_and_all(random):
    score = random.integers(0, 6, 50).astype(float)
    is_sick = random.random(50) < 0.4

    assert area(score, is_sick) == pytest.approx(roc_auc_score(is_sick, -score))


def test_the_area_is_taken_row_by_row(random):
    score, is_sick = random.random((3, 20)), random.random((3, 20)) < 0.5

    rows = [float(area(*row)) for row in zip(score, is_sick, strict=True)]
    assert area(score, is_sick).tolist() == pytest.approx(rows)


def test_there_is_no_area_where_nobody_is_sick():
    assert np.isnan(area(np.arange(4.0), np.zeros(4, bool)))


def test_the_rank_correlation_is_that_of_scipy(random):
    x, y = random.integers(0, 9, 40).astype(float), random.random(40)

    assert rank_correlation(x, y) == pytest.approx(spearmanr(x, y).statistic)


def test_what_does_not_vary_has_no_correlation():
    assert np.isnan(rank_correlation(np.ones(5), np.arange(5.0)))


def test_two_things_that_a_third_explains_are_unrelated_at_equal_third(random):
    third = random.random(4_000)
    x, y = (third + 0.2 * random.normal(size=4_000) for _ in range(2))

    assert rank_correlation(x, y) > 0.6
    assert abs(partial_rank_correlation(x, y, third)) < 0.1


def test_an_interval_holds_its_value_and_is_the_same_every_time(random):
    x = random.random(60)
    columns = x, x + random.random(60)
    told = measure("x", rank_correlation, *columns)

    assert told.low < told.value < told.high
    assert told == measure("x", rank_correlation, *columns)
    assert told.side == 1


def test_an_interval_covers_the_truth_about_as_often_as_it_says(random):
    held = 0
    for _ in range(100):
        x, y = random.multivariate_normal([0, 0], [[1, 0.5], [0.5, 1]], size=60).T
        told = measure("x", rank_correlation, x, y)
        held += told.low <= 6 / np.pi * np.arcsin(0.25) <= told.high  # the truth for rho = 0.5
    assert 85 <= held <= 100


def test_an_interval_with_chance_in_it_takes_no_side(random):
    told = measure("x", area, random.random(30), np.arange(30) < 15, chance=0.5)

    assert told.side == 0


def test_where_nobody_is_well_nothing_can_be_said():
    told = measure("x", area, np.arange(5.0), np.ones(5, bool), chance=0.5)

    assert np.isnan([told.value, told.low, told.high]).all()
    assert told.side == 0


def test_draws_without_a_sick_network_are_left_out():
    is_sick = np.arange(12) == 0

    assert measure("x", area, np.arange(12.0), is_sick, chance=0.5).low == 1.0
