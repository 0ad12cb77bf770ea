"""What a batch job's log and its last word say."""

from __future__ import annotations

import pytest

from hpolab.batch import conclude, run
from hpolab.errors import HpolabError
from hpolab.events import SweepEnded
from hpolab.sweep import Sweep


def test_every_trial_has_a_line_and_the_first_one_is_the_best_so_far(make_config, tmp_path):
    said = []
    sweep = Sweep(make_config(budget=3), path=tmp_path / "quick")

    run(sweep, say=said.append)

    assert said[0] == "quick"
    assert [line[:13] for line in said[1:]] == ["[1/3] trial 0", "[2/3] trial 1", "[3/3] trial 2"]
    assert said[1].endswith("(best so far)")
    assert conclude(sweep).startswith("Trial ")


def test_a_finished_sweep_is_left_as_it_is(make_config, tmp_path):
    sweep = Sweep(make_config(budget=2), path=tmp_path / "quick")
    run(sweep, say=lambda _: None)
    journal = sweep.folder.journal.read_bytes()
    said = []

    run(Sweep(make_config(budget=2), path=tmp_path / "quick"), say=said.append)

    assert said == ["quick has finished before; nothing is trained again."]
    assert sweep.folder.journal.read_bytes() == journal


def test_a_sweep_that_was_stopped_is_no_success(told):
    made = told("half")
    made.start(0, 0)
    made.end(4, 0, 0.8)
    made.tell(5, SweepEnded(state="stopped", reason="someone asked for it"))

    with pytest.raises(HpolabError, match="half is stopped: someone asked for it; execute"):
        conclude(made.sweep)


def test_a_sweep_without_a_winner_is_no_success(told):
    made = told("sick")
    made.start(0, 0)
    made.end(4, 0, state="failed", reason="NaN", metrics={})
    made.tell(5, SweepEnded(state="finished", reason="all 1 trials are done"))

    with pytest.raises(HpolabError, match="sick has no winner: none of its 1 trials"):
        conclude(made.sweep)


def test_a_log_that_would_be_silent_for_minutes_says_where_training_stands(make_config, tmp_path):
    said, minutes = [], iter(range(10_000))
    sweep = Sweep(make_config(budget=1, epochs=2), path=tmp_path / "slow")

    run(sweep, say=said.append, clock=lambda: 60.0 * next(minutes))

    assert said[1].startswith("[0/1] trial 0 has trained 1 of 2 epochs")
    assert said[-1].startswith("[1/1] trial 0 completed")
