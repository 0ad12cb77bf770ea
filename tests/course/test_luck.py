"""The winner's curse, measured on the practice tables."""

import pytest

from hpolab import Sweep
from hpolab.course.luck import best_of, unflattered
from hpolab.errors import ConfigError
from hpolab.practice import practice_config, read_table


def practised(folder, **settings):
    asked = {"sampler": "random", "mode": "simple", "pruner": "none", **settings}
    return Sweep(practice_config("lstm", **asked), path=folder / "practice").run()


def test_a_trial_that_nobody_chose_is_not_flattered():
    assert best_of(1).flattery == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("space", ["lstm", "cnn"])
def test_the_more_trials_the_better_and_the_more_flattered_is_the_winner(space):
    few, some, many = (best_of(trials, space=space, searches=200) for trials in (1, 10, 100))
    assert few.fresh < some.fresh < many.fresh
    assert few.flattery < some.flattery < many.flattery


def test_other_draws_tell_the_same():
    flattery = [best_of(100, seed=seed).flattery for seed in range(3)]
    assert max(flattery) - min(flattery) < 0.002
    assert min(flattery) > 0.02


@pytest.mark.parametrize("trials", [0, 145])
def test_a_search_draws_no_more_than_there_are(trials):
    with pytest.raises(ConfigError, match="1 <= trials <= 144"):
        best_of(trials)


@pytest.mark.parametrize("seed", range(3))
def test_a_winner_is_held_against_the_seeds_that_its_search_did_not_see(tmp_path, seed):
    sweep = practised(tmp_path, budget=5, seed=seed)
    table, best = read_table("lstm"), sweep.best
    others = [table.result(best.params, seed=s).accuracy for s in range(3) if s != seed]
    attempt = unflattered(sweep)
    assert attempt.is_done == (sum(others) / 2 >= best.ended.accuracy)
    assert f"{sum(others) / 2:.3f} with 2 other seeds" in attempt.words


def test_a_sweep_without_a_table_has_no_other_seeds(tmp_path):
    attempt = unflattered(Sweep(path=tmp_path / "new"))
    assert not attempt.is_done
    assert "no winner of a practice space" in attempt.words
