"""Experiments of the lessons, and the dares that are laid over them."""

import asyncio
from dataclasses import replace

import numpy as np
import pytest

from hpolab import Sweep, SweepConfig
from hpolab.analysis import Ranking
from hpolab.course import (
    all_silent,
    at_most,
    best,
    count_silent,
    draw_shapes,
    ended,
    experiment,
    falls_to,
    find,
    fools_health,
    gap_of,
    hears_at_most,
    outcomes,
    reaches,
    smallest_wins,
    words_heard,
)
from hpolab.course.experiment import PLAIN, PLAIN_LSTM
from hpolab.course.wrong_labels import mislabelled_digits
from hpolab.data import load
from hpolab.errors import ConfigError, SpaceError
from hpolab.scoring import ScoringWeights
from hpolab.settings import settings


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.setenv("HPOLAB_SWEEPS_DIR", str(tmp_path))
    return tmp_path


@pytest.fixture
def cached(tmp_path, monkeypatch):
    """Data sets that are made up lie in a cache of the test's own."""
    monkeypatch.setenv("HPOLAB_CACHE_DIR", str(tmp_path / "cache"))
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
def unstarted(here, monkeypatch):
    """Experiments are asked for, and none is trained."""
    monkeypatch.setattr(Sweep, "start", lambda self: self)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """An experiment whose training is made up."""
    config = SweepConfig(
        space={
            "learning_rate": [0.1, 0.001],
            "filters": [8, 4],
            **{name: PLAIN[name] for name in PLAIN if name not in {"learning_rate", "filters"}},
        },
        epochs=2,
        budget=4,
        sampler="grid",
        pruner="none",
        executor="hpolab.testing.synthetic:synthetic_inline",
    )
    return Sweep(config, path=tmp_path_factory.mktemp("sweeps") / "lesson").run()


def test_an_experiment_tries_every_value_of_its_lists_and_leaves_the_rest_plain(unstarted):
    config = experiment(filters=[1, 4], optimizer=["sgd", "adam"], epochs=3).config

    assert config.budget.trials == 4
    assert config.epochs == 3
    assert config.space["kernel_size"] == PLAIN["kernel_size"]


def test_an_experiment_has_a_seed_and_may_use_pictures_of_one_s_own(unstarted, here):
    pictures = draw_shapes(here / "shapes", each=3)
    config = experiment(filters=4, seed=7, pictures=pictures).config

    assert config.seed == 7
    assert (config.dataset.name, config.dataset.path) == ("images", pictures)


def test_an_experiment_ends_no_network_early_however_sick_it_is(unstarted):
    config = experiment(learning_rate=1.0).config

    assert config.pruner.name == "none"
    assert config.limits.dead_units is None
    assert config.limits.vanished_gradients is None


def test_a_misspelt_setting_is_named_with_the_nearest_one(unstarted):
    with pytest.raises(SpaceError, match="learning_rate"):
        experiment(learning_rat=0.1)


def test_an_experiment_that_nobody_can_take_in_is_refused(unstarted):
    with pytest.raises(ConfigError, match="at most 12 configurations, but these lists make 16"):
        experiment(filters=[1, 2, 3, 4], dense_units=[8, 16, 32, 64])


def test_an_experiment_on_lstms_reads_the_digits_as_texts(unstarted):
    config = experiment(model="lstm", lstm_units=[2, 8]).config

    assert config.dataset.name == "digits_text"
    assert config.space["lstm_units"] == [2, 8]
    assert config.space["sequence_length"] == PLAIN_LSTM["sequence_length"]


def test_an_only_lstm_is_told_by_what_is_not_plain_about_it(unstarted):
    config = experiment(model="lstm", lstm_units=3).config

    assert [row.varied for row in outcomes(config, [])] == [{"lstm_units": 3}]


def test_a_model_that_lessons_do_not_know_is_named_with_the_nearest_one(unstarted):
    with pytest.raises(ConfigError, match="lstm"):
        experiment(model="lsmt")


def test_as_many_labels_are_wrong_as_were_asked_for_and_no_picture_is_changed(cached):
    clean, careless = load(mislabelled_digits(0.0)), load(mislabelled_digits(0.3))

    parts = [(clean.train, careless.train), (clean.validation, careless.validation)]
    parts.append((clean.test, careless.test))
    true, said = (np.concatenate([pair[side].y for pair in parts]) for side in (0, 1))
    # splits are stratified by label, so examples are found again by their pixels
    pictures = [np.concatenate([pair[side].x for pair in parts]) for side in (0, 1)]
    by_pixels = [np.lexsort(x.reshape(len(x), -1).T) for x in pictures]
    true, said = true[by_pixels[0]], said[by_pixels[1]]
    np.testing.assert_array_equal(pictures[0][by_pixels[0]], pictures[1][by_pixels[1]])
    assert np.count_nonzero(true != said) == round(0.3 * 1797)


def test_the_same_labels_are_wrong_every_time(cached):
    assert mislabelled_digits(0.3) == mislabelled_digits(0.3)
    assert mislabelled_digits(0.3) != mislabelled_digits(0.2)


@pytest.mark.parametrize("share", [-0.1, 1.0, float("nan")])
def test_an_impossible_share_of_wrong_labels_is_refused(share, cached):
    with pytest.raises(ConfigError, match="mislabelled"):
        mislabelled_digits(share)


def test_wrong_labels_come_with_an_experiment_on_pictures_only(unstarted, cached):
    config = experiment(mislabelled=0.3, examples=600, validation=0.5).config

    assert config.dataset.name == "arrays"
    assert (config.dataset.max_samples, config.dataset.validation) == (600, 0.5)
    with pytest.raises(ConfigError, match="leave mislabelled out"):
        experiment(model="lstm", mislabelled=0.3)


def test_outcomes_stand_in_the_order_in_which_they_were_asked_for(trained):
    rows = outcomes(trained.config, trained.record.trials.values())

    varied = [(row.varied["learning_rate"], row.varied["filters"]) for row in rows]
    assert varied == [(0.1, 8), (0.1, 4), (0.001, 8), (0.001, 4)]
    assert all(row.trial.params.items() >= row.varied.items() for row in rows)


def test_outcomes_are_listed_before_anything_is_trained(trained):
    assert [row.trial for row in outcomes(trained.config, [])] == [None] * 4


def test_an_only_network_is_told_by_what_is_not_plain_about_it(unstarted):
    config = experiment(learning_rate=0.5, filters=PLAIN["filters"]).config

    assert [row.varied for row in outcomes(config, [])] == [{"learning_rate": 0.5}]


def test_the_best_network_is_the_most_accurate_one(trained):
    accuracies = [trial.ended.accuracy for trial in trained.record.trials.values()]

    assert best(trained).ended.accuracy == max(accuracies)


def test_a_network_that_was_not_trained_is_not_found(trained):
    assert find(trained, learning_rate=0.1, filters=4).params["filters"] == 4
    with pytest.raises(ConfigError, match="the experiment has to list it"):
        find(trained, filters=5)


def test_a_dare_is_done_at_its_limit_and_not_above_it(trained):
    trial = best(trained)
    accuracy, stability = trial.ended.accuracy, trial.ended.metrics["training_stability"]

    assert falls_to(accuracy)(trial, trained.path).is_done
    assert not falls_to(accuracy - 0.01)(trial, trained.path).is_done
    assert at_most("training_stability", stability)(trial, trained.path).is_done
    assert not at_most("training_stability", stability - 0.01)(trial, trained.path).is_done


def test_a_gap_is_training_less_unseen_in_points(trained):
    trial = best(trained)
    last = trial.epochs[-1]
    points = 100 * (last.train_accuracy - last.val_accuracy)

    assert gap_of(points - 0.1)(trial, trained.path).is_done
    assert not gap_of(points + 0.1)(trial, trained.path).is_done


def test_who_reaches_an_accuracy_with_too_many_weights_has_not_done_it(trained):
    trial = best(trained)
    accuracy, weights = trial.ended.accuracy, trial.ended.n_parameters

    assert reaches(accuracy, weights=weights)(trial, trained.path).is_done
    assert not reaches(accuracy, weights=weights - 1)(trial, trained.path).is_done
    assert not reaches(accuracy + 0.01, weights=weights)(trial, trained.path).is_done


def test_a_dare_on_no_metric_is_refused():
    with pytest.raises(ConfigError, match="training_stability"):
        at_most("training_stabilty", 0.5)


@pytest.mark.slow
def test_a_real_network_dies_of_huge_steps_and_lives_with_small_ones(here):
    sweep = experiment(learning_rate=[0.003, 0.3], epochs=3)
    asyncio.run(ended(sweep))

    assert sweep.state == "finished"
    assert count_silent(sweep, "conv2", learning_rate=0.3) == 16
    assert count_silent(sweep, "conv2", learning_rate=0.003) < 16
    for rate, is_dead in ((0.3, True), (0.003, False)):
        trial = find(sweep, learning_rate=rate)
        attempt = all_silent("conv2")(trial, sweep.folder.trial(trial.number))
        assert attempt.is_done == is_dead
    with pytest.raises(ConfigError, match="no layer conv9"):
        count_silent(sweep, "conv9", learning_rate=0.3)


@pytest.mark.slow
def test_an_lstm_hears_further_back_when_it_is_trained(here):
    sweep = experiment(model="lstm", learning_rate=[0.0001, 0.01], epochs=2)
    asyncio.run(ended(sweep))

    young, grown = (words_heard(sweep, learning_rate=rate) for rate in (0.0001, 0.01))
    assert young < 32 < grown
    for rate, is_deaf in ((0.0001, True), (0.01, False)):
        trial = find(sweep, learning_rate=rate)
        attempt = hears_at_most(0.5)(trial, sweep.folder.trial(trial.number))
        assert attempt.is_done == is_deaf
    with pytest.raises(ConfigError, match="no LSTM lstm9"):
        words_heard(sweep, "lstm9", learning_rate=0.01)


def test_health_is_fooled_by_a_network_that_is_right_and_looks_sick(trained):
    trial = best(trained)
    accuracy = trial.ended.accuracy
    health = ScoringWeights().score(accuracy, trial.ended.metrics).health

    assert fools_health(accuracy=accuracy, health=health)(trial, trained.path).is_done
    assert not fools_health(accuracy=accuracy + 0.01, health=health)(trial, trained.path).is_done
    assert not fools_health(accuracy=accuracy, health=health - 0.01)(trial, trained.path).is_done


def test_the_smallest_network_wins_only_where_it_is_first(trained):
    trials = [
        replace(trial, ended=trial.ended.replace(n_parameters=100 * size))
        for trial, size in zip(trained.record.trials.values(), (3, 1, 4, 2), strict=True)
    ]
    order = [1, 3, 0, 2]

    def ranking(numbers):
        return Ranking(np.array(numbers), np.ones(len(numbers)), np.ones(len(numbers)))

    judge = smallest_wins()
    assert judge(trials, ranking(order)).is_done
    attempt = judge(trials, ranking(order[::-1]))
    assert not attempt.is_done
    assert attempt.words == "trial 2 is first, with 400 weights; the smallest network has 100."
