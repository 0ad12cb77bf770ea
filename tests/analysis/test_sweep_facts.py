from __future__ import annotations

import itertools
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpolab.analysis import (
    axes_of,
    cells,
    costs,
    course,
    history,
    measure,
    parallel,
    pareto,
    places,
    rank,
    table_of,
    timeline,
    unbeaten,
)
from hpolab.scoring import ScoringWeights
from hpolab.space import SearchSpace

from .trials import BEGIN, searched, trial

WEIGHTS = ScoringWeights()
SPACE = SearchSpace.parse(
    {
        "learning_rate": {"low": 1e-4, "high": 1e-1, "log": True},
        "width": {"low": 4, "high": 64},
        "optimizer": ["adam", "sgd"],
        "momentum": {"low": 0.0, "high": 0.9, "only_if": {"optimizer": ["sgd"]}},
        "batch_size": 32,
    }
)


class TestMeasured:
    def test_scores_are_what_scoring_says_of_each_trial_alone(self):
        trials = [*searched(10), trial(10, accuracy=0.4, health=None)]
        measured = measure(trials, WEIGHTS)
        for row, each in enumerate(trials):
            score = WEIGHTS.score(each.ended.accuracy, each.ended.metrics)
            assert measured.score[row] == pytest.approx(score.total, abs=1e-12)

    def test_a_trial_that_runs_or_was_pruned_has_its_last_score(self):
        rows = [trial(0, state="running", accuracy=0.4), trial(1, state="pruned", accuracy=0.3)]
        measured = measure(rows, ScoringWeights.simple())
        assert measured.score.tolist() == [0.4, 0.3]

    def test_what_was_never_measured_has_no_score(self):
        rows = [trial(0, state="waiting"), trial(1, state="failed", accuracy=None)]
        assert np.isnan(measure(rows, WEIGHTS).score).all()


class TestAxes:
    def test_a_space_says_what_varies_and_on_which_scale(self):
        axes = {axis.name: axis for axis in axes_of([], SPACE)}
        assert list(axes) == ["learning_rate", "width", "optimizer", "momentum"]
        assert axes["learning_rate"].log
        assert axes["learning_rate"].span == pytest.approx((-4, -1))
        assert axes["width"].is_whole
        assert axes["optimizer"].options == ("adam", "sgd")

    def test_without_a_space_the_trials_say_it(self):
        axes = {axis.name: axis for axis in axes_of(searched(50))}
        assert axes["learning_rate"].log
        assert not axes["momentum"].log
        assert axes["batch_norm"].options == (False, True)

    def test_options_that_are_numbers_are_put_in_order(self):
        trials = [trial(n, {"a": value}) for n, value in enumerate([0.5, "none", 3])]
        assert axes_of(trials)[0].options == (0.5, 3, "none")
        space = SearchSpace.parse({"a": [0.1, 0.001, 0.01]})
        assert axes_of([], space)[0].options == (0.001, 0.01, 0.1)

    def test_true_and_one_are_different_options(self):
        trials = [trial(0, {"a": True}), trial(1, {"a": 1}), trial(2, {"a": "x"})]
        places = axes_of(trials)[0].places(trials)
        assert len(set(places.tolist())) == 3

    def test_equal_values_are_never_in_two_groups(self):
        trials = [trial(n, {"a": float(n % 5)}) for n in range(200)]
        (axis,) = axes_of(trials)
        at = axis.places(trials)
        pairs = set(zip(at.tolist(), axis.groups(at).tolist(), strict=True))
        assert len(pairs) == len(set(at.tolist()))

    def test_a_value_that_is_not_used_has_no_place(self):
        trials = searched(20)
        momentum = next(axis for axis in axes_of(trials) if axis.name == "momentum")
        unused = np.isnan(momentum.places(trials))
        assert unused.tolist() == ["momentum" not in each.params for each in trials]
        assert (momentum.groups(momentum.places(trials))[unused] == -1).all()


class TestHistory:
    def test_the_best_so_far_is_the_cumulative_maximum_of_completed_trials(self):
        trials = searched(40, noise=0.2)
        told = history(measure(trials, WEIGHTS))
        assert told.best == pytest.approx(np.maximum.accumulate(told.score))
        assert told.score[told.gains] == pytest.approx(np.unique(told.best))

    def test_trials_come_in_the_order_of_their_ends(self):
        rows = [trial(0, start=5), trial(1, start=0), trial(2, state="running"), trial(3, start=2)]
        assert history(measure(rows, WEIGHTS)).numbers.tolist() == [1, 3, 0, 2]

    def test_a_pruned_trial_does_not_raise_the_best(self):
        rows = [
            trial(0, accuracy=0.5),
            trial(1, accuracy=0.9, state="pruned"),
            trial(2, accuracy=0.4),
        ]
        told = history(measure(rows, ScoringWeights.simple()))
        assert told.best.tolist() == [0.5, 0.5, 0.5]
        assert told.since_gain == 2

    def test_nothing_waits_in_the_history(self):
        assert not len(history(measure([trial(0, state="waiting")], WEIGHTS)).numbers)


points = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=25)


class TestPareto:
    @given(points)
    def test_the_front_is_what_brute_force_finds(self, drawn):
        one, other = (np.array([p[i] for p in drawn], dtype=float) for i in (0, 1))
        expected = [
            not any((a >= x and b >= y) and (a > x or b > y) for a, b in drawn) for x, y in drawn
        ]
        assert unbeaten(one, other).tolist() == expected

    def test_fewer_parameters_are_better_and_more_health_is(self):
        rows = [trial(0, accuracy=0.5, health=0.9), trial(1, accuracy=0.5, health=0.2)]
        measured = measure(rows, WEIGHTS)
        assert pareto(measured, "health").front.tolist() == [True, False]
        assert pareto(measured, "parameters").front.tolist() == [True, False]  # it has one less

    def test_what_was_reused_cost_no_time_and_is_not_on_the_front_of_time(self):
        rows = [trial(0), trial(1, seconds=0.0, reused_from=0)]
        assert pareto(measure(rows, WEIGHTS), "seconds").numbers.tolist() == [0]

    def test_trials_without_health_are_left_out(self):
        rows = [trial(0, health=None), trial(1)]
        assert pareto(measure(rows, WEIGHTS), "health").numbers.tolist() == [1]


class TestPlaces:
    def test_both_ends_are_what_ranking_says(self):
        table = table_of(searched(30, noise=0.1))
        told = places(table, WEIGHTS)
        for step, weights in ((0, WEIGHTS.with_health(0)), (-1, WEIGHTS)):
            order = rank(table, weights).numbers.tolist()
            ranks = {n: order.index(n) + 1 for n in told.numbers.tolist()}
            assert told.ranks[step].tolist() == [ranks[n] for n in told.numbers.tolist()]
            assert set(order[:8]) <= set(told.numbers.tolist())

    def test_the_swapped_share_counts_pairs_in_another_order(self):
        table = table_of(searched(20, noise=0.1))
        told = places(table, ScoringWeights(accuracy=0.2))
        before, after = (
            rank(table, ScoringWeights(accuracy=a)).numbers.tolist() for a in (1.0, 0.2)
        )
        pairs = list(itertools.combinations(range(20), 2))
        swapped = sum(
            (before.index(a) < before.index(b)) != (after.index(a) < after.index(b))
            for a, b in pairs
        )
        assert told.swapped == pytest.approx(swapped / len(pairs))


class TestTimeline:
    def test_every_trained_trial_is_a_span_on_its_worker(self):
        rows = [
            trial(0, start=0, seconds=4, worker="w1"),
            trial(1, start=1, seconds=2, worker="w2", state="pruned"),
            trial(2, start=3, seconds=3, worker="w10"),
            trial(3, reused_from=0),
            trial(4, state="waiting"),
        ]
        told = timeline(rows)
        assert told.workers == ("w1", "w2", "w10")
        assert [(s.trial, s.start, s.end) for s in told.spans] == [(0, 0, 4), (1, 1, 3), (2, 3, 6)]
        assert told.untrained == 2
        assert told.busy == pytest.approx((4 + 2 + 3) / (3 * 6))

    def test_a_running_trial_reaches_until_now(self):
        rows = [trial(0, start=0, state="running")]
        told = timeline(rows, now=BEGIN + timedelta(seconds=9))
        assert told.spans[0].end == 9

    def test_without_a_start_there_is_no_timeline(self):
        assert timeline([trial(0, state="waiting")]).begun is None


class TestCosts:
    def test_time_is_summed_by_state_and_savings_are_estimated(self):
        rows = [
            trial(0, epochs=10, seconds=12),
            trial(1, epochs=4, seconds=5, state="pruned"),
            trial(2, epochs=0, seconds=0.0, reused_from=0),
            trial(3, epochs=1, seconds=2, state="failed"),
            trial(4, state="running"),
        ]
        told = costs(rows)
        assert told.spent == {"completed": 12, "pruned": 5, "failed": 2}
        assert told.saved_by_pruning == pytest.approx(6)  # six epochs of a second each
        assert told.saved_by_reuse == 12
        assert told.training_share == pytest.approx(15 / 19)


class TestRegions:
    def test_medians_and_quartiles_are_those_of_the_options(self):
        rows = searched(60, noise=0.2)
        measured = measure(rows, WEIGHTS)
        axis = next(axis for axis in axes_of(rows) if axis.name == "optimizer")
        told = course(measured, axis)
        for place, option in enumerate(axis.options):
            mask = np.array([each.params["optimizer"] == option for each in rows])
            expected = np.quantile(measured.score[mask], [0.25, 0.5, 0.75])
            assert [told.low[place], told.median[place], told.high[place]] == pytest.approx(
                expected
            )
            assert told.trials[place] == mask.sum()

    def test_the_best_tenth_lies_where_the_scores_are_high(self):
        rows = searched(300)
        axis = next(axis for axis in axes_of(rows) if axis.name == "learning_rate")
        low, high = course(measure(rows, ScoringWeights.simple()), axis).best
        assert low < -2.5 < high
        assert high - low < 0.5

    def test_cells_hold_the_mean_of_their_trials_and_nothing_where_none_is(self):
        rows = searched(50)
        measured = measure(rows, WEIGHTS)
        x, y = (a for a in axes_of(rows) if a.name in {"learning_rate", "optimizer"})
        told = cells(measured, x, y)
        assert told.trials.sum() == 50
        assert (np.isnan(told.mean) == (told.trials == 0)).all()
        total = np.nansum(told.mean * told.trials)
        assert total == pytest.approx(measured.score.sum())


class TestParallel:
    def test_ranges_choose_the_trials_inside_all_of_them(self):
        rows = searched(80)
        told = parallel(measure(rows, WEIGHTS), axes_of(rows))
        chosen = told.within({"learning_rate": [(-3.0, -2.0)], "optimizer": [(0.5, 1.5)]})
        expected = [
            each.number
            for each in rows
            if -3 <= np.log10(each.params["learning_rate"]) <= -2
            and each.params["optimizer"] == "sgd"
        ]
        assert chosen == expected

    def test_several_ranges_of_an_axis_add_up(self):
        rows = searched(40)
        told = parallel(measure(rows, WEIGHTS), axes_of(rows))
        both = told.within({"width": [(4, 20), (40, 64)]})
        assert both == [n.number for n in rows if not 20 < n.params["width"] < 40]

    def test_trials_that_do_not_use_a_hyperparameter_can_be_chosen_too(self):
        rows = searched(40)
        told = parallel(measure(rows, WEIGHTS), axes_of(rows))
        below = told.unused["momentum"]
        chosen = told.within({"momentum": [(below - 0.01, below + 0.01)]})
        assert chosen == [each.number for each in rows if "momentum" not in each.params]

    def test_results_are_axes_too_and_no_range_chooses_all(self):
        rows = searched(40)
        told = parallel(measure(rows, WEIGHTS), axes_of(rows))
        assert told.within({}) == told.within({"width": []}) == list(range(40))
        chosen = told.within({"accuracy": [(0.7, 1.0)]})
        assert chosen == [each.number for each in rows if each.ended.accuracy >= 0.7]
