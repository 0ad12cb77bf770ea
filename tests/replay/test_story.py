"""What a replay tells of a sweep: when things happened, and nothing of the machine."""

from __future__ import annotations

import json

import pytest

from hpolab.events import (
    Noted,
    RunLost,
    RunStarted,
    SweepContinued,
    SweepEnded,
    SweepFollows,
    SweepPaused,
    SweepResumed,
    TrialInherited,
    TrialStarted,
)
from hpolab.replay import story_of
from hpolab.scoring import METRICS, ScoringWeights
from hpolab.storage.lock import CoordinatorLock


def story(made):
    """As the page reads it."""
    return json.loads(json.dumps(story_of(made.sweep), allow_nan=False))


def test_a_trial_is_told_with_the_times_of_its_epochs_and_of_its_end(told):
    made = told()
    made.start(2, 0)
    made.train(3, 0, [0.5, 0.7])
    made.end(6, 0, 0.7123456789012345)

    (trial,) = story(made)["trials"]

    (run,) = trial["runs"]
    assert (trial["known"], run["start"], run["end"], trial["ended"]["at"]) == (2, 2, 6, 6)
    assert (run["worker"], run["at"], run["epoch"]) == ("w1", [3, 4], [1, 2])
    assert run["val_accuracy"] == [0.5, 0.7]
    assert run["metrics"] == [[0.5] * 6] * 2


def test_what_scores_are_computed_from_is_exact(told):
    made = told()
    made.start(0, 0)
    made.end(1, 0, 0.7123456789012345, metrics={METRICS[0]: 1 / 3})

    (trial,) = story(made)["trials"]

    assert trial["ended"]["accuracy"] == 0.7123456789012345
    assert trial["ended"]["metrics"] == [1 / 3, None, None, None, None, None]


def test_time_stands_still_in_pauses_and_between_coordinators(told):
    made = told()
    made.tell(10, SweepPaused())
    made.tell(100, SweepResumed())
    made.tell(110, SweepEnded(state="stopped", reason="stopped by a person"))
    made.tell(500, SweepContinued(versions={}))
    made.start(501, 0)

    told_of = story(made)

    assert told_of["trials"][0]["known"] == 21
    assert told_of["sweep"]["seconds"] == 21


def test_a_lost_run_is_told_and_so_is_the_one_after_it(told):
    made = told()
    made.start(0, 0)
    made.train(1, 0, [0.3])
    made.tell(3, RunLost(trial=0, attempt=1, reason="the worker was killed"))
    made.tell(5, RunStarted(trial=0, attempt=2, worker="w2"))
    made.end(8, 0, 0.6)

    told_of = story(made)

    lost, second = told_of["trials"][0]["runs"]
    assert (lost["end"], lost["lost"], lost["at"]) == (3, "the worker was killed", [1])
    assert (second["worker"], second["start"], second["end"], second["at"]) == ("w2", 5, 8, [])
    assert told_of["notes"] == [[3, "trial 0: the worker was killed"]]


def test_what_trains_when_the_sweep_ends_does_not_train_on(told):
    made = told()
    made.start(1, 0)
    made.tell(4, SweepEnded(state="stopped", reason="stopped by a person"))

    told_of = story(made)

    assert told_of["trials"][0]["runs"][0]["end"] == 4
    assert told_of["trials"][0]["ended"] is None
    assert told_of["sweep"]["ending"] == (
        "The search was stopped before its end (stopped by a person)."
    )


def test_a_search_that_broke_off_leaves_its_trial_unfinished(told):
    made = told()
    made.start(1, 0)
    made.train(2, 0, [0.5, 0.6])

    told_of = story(made)

    assert told_of["trials"][0]["runs"][0]["end"] == 3
    assert "1 trial: 1 unfinished." in told_of["sweep"]["outcome"]
    assert told_of["sweep"]["ending"].startswith("The search broke off")


def test_a_search_that_runs_is_told_as_running(told):
    made = told()
    made.start(1, 0)
    made.train(2, 0, [0.5])
    with CoordinatorLock(made.folder.lock):
        told_of = story(made)

    assert told_of["trials"][0]["runs"][0]["end"] is None
    assert "1 trial: 1 running." in told_of["sweep"]["outcome"]
    assert "was still running when this page was made" in told_of["sweep"]["ending"]


def test_inherited_trials_are_there_from_the_start(told, tmp_path):
    old = told("old")
    old.start(0, 0)
    old.train(1, 0, [0.4, 0.6])
    old.end(4, 0, 0.6)
    trial = old.sweep.record.trials[0]
    made = told("new")
    made.tell(
        1,
        SweepFollows(sweep="old", path=str(tmp_path / "old"), trials=2, weights=ScoringWeights()),
        TrialInherited(
            trial=0, params=trial.params, seed=0, epochs=trial.epochs, scores=(None, None),
            ended=trial.ended,
        ),
        TrialInherited(trial=1, params=trial.params, seed=1),
    )  # fmt: skip

    told_of = story(made)

    first, second = told_of["trials"]
    assert first["is_inherited"]
    assert first["ended"]["at"] == 1
    assert first["runs"][0]["val_accuracy"] == [0.4, 0.6]
    assert (second["is_inherited"], second["ended"], second["runs"]) == (False, None, [])
    assert "Trials 0 to 1 come from old" in told_of["sweep"]["sampled_under"]
    assert str(tmp_path) not in json.dumps(told_of)


def test_no_folder_of_the_machine_is_named(told):
    made = told(dataset={"name": "images", "path": "/home/ada/private/pictures"})
    made.start(0, 0, builder="/home/ada/private/net.py")
    made.tell(1, Noted(message="cannot write /home/ada/private/x.log"))
    made.end(2, 0, state="failed", reason="OSError: /home/ada/private/y.npz", metrics={})
    made.tell(3, SweepEnded(state="failed", reason="cannot read /home/ada/private/z"))

    said = json.dumps(story(made))

    assert "private" not in said
    assert "y.npz" in said


def test_long_curves_are_thinned_alike_and_keep_their_ends(told):
    made = told(epochs=1000)
    made.start(0, 0)
    made.train(1, 0, [number / 1000 for number in range(1000)])

    told_of = story(made)

    (run,) = told_of["trials"][0]["runs"]
    assert len(run["epoch"]) <= told_of["points"] + 1 <= 121
    assert (run["epoch"][0], run["epoch"][-1]) == (1, 1000)
    assert {
        later - one for one, later in zip(run["epoch"], run["epoch"][1:], strict=False)
    } <= set(range(1, 10))


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        ({"state": "pruned", "reason": "worse"}, "no winner. 1 trial: 1 stopped early."),
        ({"state": "completed"}, "Trial 0 came first with a score of 0.800: 80.0 % accuracy."),
    ],
)
def test_the_outcome_is_said_in_words(told, ends, said):
    made = told()
    made.start(0, 0)
    made.end(3, 0, 0.8, **ends)

    assert said in story(made)["sweep"]["outcome"]


def test_a_sweep_that_has_not_begun_says_so(told):
    made = told()
    made.folder.journal.unlink()

    told_of = story(made)

    assert told_of["trials"] == []
    assert told_of["sweep"]["outcome"] == "No trial has begun."
    assert told_of["sweep"]["ending"] == "The search has not begun."


def test_a_waiting_trial_is_told_without_a_run(told):
    made = told()
    made.tell(3, TrialStarted(trial=0, params={}, seed=0))

    (trial,) = story(made)["trials"]

    assert (trial["known"], trial["runs"], trial["ended"]) == (3, [], None)


def test_what_mattered_is_told_for_stages_of_the_search(told):
    made = told()
    for trial in range(30):
        made.start(trial, trial, optimizer="adam" if trial % 2 else "sgd", dropout=trial / 30)
        made.end(trial + 0.5, trial, 0.9 if trial % 2 else 0.3)

    stages = story(made)["importances"]

    assert [stage["trials"] for stage in stages] == sorted({4 + 26 * i // 19 for i in range(20)})
    assert stages[0]["at"] == 3.5
    assert stages[-1]["shares"]["optimizer"] > 0.9
    assert "optimizer" in stages[-1]["sure"]
    assert "dropout" not in stages[-1]["sure"]
