"""Searches that are looked up for a lesson, and what pruning did to them."""

from __future__ import annotations

import pytest

from hpolab import Sweep
from hpolab.course import bill, count_top, practise, worst_cut
from hpolab.course.pruning import cuts
from hpolab.errors import ConfigError
from hpolab.practice import practice_config, read_table


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.setenv("HPOLAB_SWEEPS_DIR", str(tmp_path))
    return tmp_path


def test_the_top_is_counted_among_all_that_was_tabulated(here):
    sweep = practise("lstm", trials=12)
    assert count_top(sweep, share=0.999) == 12
    assert count_top(sweep, share=0.999, first=10) == 2
    top = count_top(sweep, share=0.25)
    table = read_table("lstm")
    every = sorted(table.result(p, seed=0).accuracy for p in table.space.configurations())
    bar = every[-36]  # a quarter of 144
    assert top == sum(t.ended.accuracy >= bar for t in sweep.record.trials.values())


def test_the_top_is_unknown_of_what_was_trained(tmp_path, make_config):
    sweep = Sweep(make_config(), path=tmp_path / "trained")
    with pytest.raises(ConfigError, match="practise"):
        count_top(sweep)


def test_a_cut_knows_how_the_same_training_went_on(here):
    full, short = (practise("lstm", trials=15, pruner=name, seed=4) for name in ("none", "median"))
    found = cuts(short.config, short.record.trials.values())
    assert found
    for cut in found:
        whole = full.record.trials[cut.trial.number]
        assert (*cut.curve, *cut.rest) == tuple(each.val_accuracy for each in whole.epochs)
        assert cut.end == whole.ended.accuracy
    assert [cut.end for cut in found] == sorted((cut.end for cut in found), reverse=True)
    assert worst_cut(short) == found[0]


def test_of_a_sweep_without_pruning_nothing_was_cut_and_nothing_saved(here):
    sweep = practise("lstm", trials=3)
    paid = bill(sweep.config, sweep.record.trials.values())
    assert paid.epochs == (10, 20, 30)
    assert paid.saved == 0
    assert paid.best[-1] == max(t.ended.accuracy for t in sweep.record.trials.values())
    with pytest.raises(ConfigError, match="give it a pruner"):
        worst_cut(sweep)


def test_a_bill_before_the_first_trial_is_empty():
    paid = bill(practice_config("lstm"), [])
    assert paid.epochs == ()
    assert paid.saved == 0


def test_hard_limits_are_the_labs_own_unless_others_are_given(here):
    config = practise("cnn", trials=1, limits={}).config
    assert config.limits.dead_units == 0.8
    assert practise("cnn", trials=1).config.limits.dead_units is None
