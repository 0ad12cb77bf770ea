"""Contests on practice spaces: many searches, and who is better than how many of them."""

from __future__ import annotations

import pytest

from hpolab.practice import practice_space, read_table
from hpolab.practice.contest import Run, accuracy, beaten, race, run_search, spread
from hpolab.search import SamplerSpec

RANDOM = SamplerSpec.parse("random")
SOON = SamplerSpec.model_validate({"name": "tpe", "n_startup_trials": 3})


def run(*accuracies: float) -> Run:
    return Run(({},) * len(accuracies), accuracies)


def test_a_search_tries_tabulated_configurations_and_gets_what_training_gave() -> None:
    table = read_table("lstm")
    known = run_search(table, RANDOM, rounds=6, seed=3)
    assert len(known.picks) == len(known.accuracies) == 6
    for pick, reached in zip(known.picks, known.accuracies, strict=True):
        assert all(pick[name] in values for name, values in table.space.values.items())
        assert reached == table.result(pick, seed=0).accuracy


def test_samplers_begin_alike_since_no_start_is_given_to_them() -> None:
    table = read_table("cnn")
    ours = run_search(table, SOON, rounds=3, seed=5)
    assert ours.picks == run_search(table, RANDOM, rounds=3, seed=5).picks
    start = {name: practice_space("cnn").space[name].start for name in table.space.values}
    assert ours.picks[0] != table.space.nearest(start)


def test_a_race_differs_by_seed_and_is_the_same_when_it_is_run_again() -> None:
    table = read_table("lstm")
    once = race(table, SOON, rounds=6, seeds=4)
    assert len({each.accuracies for each in once}) == 4
    assert once == race(table, SOON, rounds=6, seeds=4)


def test_the_best_so_far_never_falls() -> None:
    assert run(0.5, 0.9, 0.7).best == (0.5, 0.9, 0.9)


def test_a_spread_has_most_searches_inside() -> None:
    told = spread([run(level / 10, 0.5) for level in range(11)])
    assert (told.low[0], told.middle[0], told.high[0]) == pytest.approx((0.1, 0.5, 0.9))
    assert told.low[1] == 0.5
    assert told.high[1] == pytest.approx(0.9)


def test_who_is_beaten_and_who_ties_is_counted_by_the_best_at_the_end() -> None:
    runs = [run(0.9, 0.1), run(0.5, 0.8), run(0.1, 0.95)]
    assert beaten(0.9, runs) == (1, 1)
    assert beaten(1.0, runs) == (3, 0)
    assert beaten(0.0, runs) == (0, 0)


def test_another_seed_of_the_training_gives_another_accuracy() -> None:
    table = read_table("cnn")
    params = table.space.nearest(next(iter(table.space.configurations())))
    assert len({accuracy(table, params, seed=seed) for seed in range(3)}) > 1
    assert accuracy(table, params, seed=3) == accuracy(table, params)
