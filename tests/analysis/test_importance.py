from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from hpolab.analysis import axes_of, importances, measure, strongest
from hpolab.scoring import ScoringWeights

from .trials import searched, trial

EQUAL = ScoringWeights(accuracy=0.5)


def told(trials, weights=EQUAL):
    axes = axes_of(trials)
    return axes, {each.target: each for each in importances(measure(trials, weights), axes)}


def share(importance, name):
    return importance.shares[importance.names.index(name)]


def test_one_hyperparameter_that_explains_everything_gets_nearly_all_of_it():
    _, by_target = told(searched(400))

    accuracy = by_target["accuracy"]
    assert share(accuracy, "learning_rate") > 0.9
    assert all(share(accuracy, name) < 0.05 for name in ("width", "optimizer", "batch_norm"))
    assert share(by_target["health"], "width") > 0.9
    assert accuracy.is_sure.tolist() == [name == "learning_rate" for name in accuracy.names]


def test_the_share_of_a_choice_is_epsilon_squared_of_a_one_way_anova():
    trials = searched(60, noise=0.2, seed=3)
    accuracy = np.array([each.ended.accuracy for each in trials])
    groups = [
        accuracy[[each.params["optimizer"] == name for each in trials]] for name in ("adam", "sgd")
    ]
    f = stats.f_oneway(*groups).statistic
    k, n = 2, len(trials)
    expected = max(0.0, (k - 1) * (f - 1) / ((k - 1) * f + n - k))

    _, by_target = told(trials)

    assert share(by_target["accuracy"], "optimizer") == pytest.approx(expected, abs=1e-12)


def test_a_parameter_of_few_trials_counts_by_the_spread_among_these():
    trials = [trial(n, {"optimizer": "adam"}, accuracy=0.5 + 0.3 * (n % 2)) for n in range(60)]
    for n in range(60, 80):
        momentum = [0.0, 0.9][n % 2]
        trials.append(
            trial(n, {"optimizer": "sgd", "momentum": momentum}, accuracy=0.6 + momentum / 100)
        )
    _, by_target = told(trials)

    assert share(by_target["accuracy"], "momentum") < 0.01


def test_with_shuffled_results_nothing_is_sure():
    wrong = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        trials = [
            trial(n, each.params, accuracy=float(rng.uniform()))
            for n, each in enumerate(searched(80, seed=seed))
        ]
        wrong += bool(told(trials)[1]["accuracy"].is_sure.any())
    assert wrong <= 4  # one in twenty is meant; more than four in twenty has a chance of 0.3 %


def test_the_interval_holds_the_share_and_narrows_with_more_trials():
    few, many = (told(searched(n, noise=0.2))[1]["accuracy"] for n in (50, 800))
    for each in (few, many):
        assert (each.low <= each.shares + 1e-12).all()
        assert (each.shares <= each.high + 1e-12).all()
    at = few.names.index("learning_rate")
    assert (many.high - many.low)[at] < (few.high - few.low)[at]


def test_fewer_than_four_trials_per_hyperparameter_are_not_believed():
    axes, by_target = told(searched(19))
    assert len(axes) == 5
    assert not by_target["score"].is_enough
    assert not by_target["score"].is_sure.any()
    assert told(searched(20))[1]["score"].is_enough


def test_only_completed_trials_count():
    trials = searched(60)
    pruned = [trial(60 + n, {**each.params}, state="pruned") for n, each in enumerate(trials[:20])]

    assert told(trials + pruned)[1]["score"].trials == 60


@pytest.mark.parametrize("n", [0, 1, 2])
def test_next_to_no_trials_explain_nothing(n):
    trials = searched(n)
    axes = axes_of(searched(30))
    for each in importances(measure(trials, EQUAL), axes):
        assert not each.shares.any()


def test_equal_results_explain_nothing():
    trials = [trial(n, each.params, accuracy=0.5) for n, each in enumerate(searched(40))]
    assert not told(trials)[1]["accuracy"].shares.any()


def test_the_strongest_comes_first():
    trials = searched(100)
    measured = measure(trials, ScoringWeights.simple())
    assert strongest(measured, axes_of(trials))[0] == "learning_rate"
    assert strongest(measure(trials, ScoringWeights(accuracy=0)), axes_of(trials))[0] == "width"
