"""What a report says of a sweep: right, and honest about what is not known."""

from __future__ import annotations

import json

import pytest

from hpolab.errors import ConfigError
from hpolab.events import Noted, RunBilled, SweepEnded
from hpolab.reports import report_html, report_of
from hpolab.reports.intervals import binomial
from hpolab.trial import RunResult


def with_result(made, trial, **fields):
    """A stored result, as a worker would leave it."""
    place = made.folder.trial(trial)
    place.mkdir(parents=True, exist_ok=True)
    result = RunResult(state="completed", **fields)
    (place / "result.json").write_text(json.dumps(result.to_dict()))
    (place / "classes.json").write_text(json.dumps(["cat", "dog"]))


@pytest.fixture
def made(told):
    """Two completed trials, the second one better, and one that failed."""
    sweep = told("pets", dataset="digits")
    for trial, accuracy in ((0, 0.8), (1, 0.9)):
        sweep.start(10 * trial, trial)
        sweep.train(10 * trial + 1, trial, [0.5, accuracy])
        sweep.end(10 * trial + 4, trial, accuracy, test_accuracy=accuracy - 0.05, health=0.5)
    sweep.start(20, 2)
    sweep.end(22, 2, state="failed", reason="the loss became NaN in epoch 1", metrics={})
    return sweep


def confirmed(made, accuracies):
    """What `hpolab confirm` stores about trial 1."""
    runs = [
        {
            "trial": 1, "seed": 100 + n, "state": "completed", "score": accuracy,
            "accuracy": accuracy, "test_accuracy": accuracy,
        }
        for n, accuracy in enumerate(accuracies)
    ]  # fmt: skip
    place = made.folder.path / "confirm"
    place.mkdir()
    (place / "confirm.json").write_text(json.dumps({"format": 1, "runs": runs}))


def test_the_winner_is_the_best_completed_trial_with_its_test_accuracy(made):
    winner = report_of(made.sweep).winner

    assert (winner.trial, winner.score) == (1, 0.9)
    assert winner.test_accuracy == pytest.approx(0.85)


def test_what_remote_workers_were_billed_is_told(made):
    assert report_of(made.sweep).spent.money == 0
    made.tell(23, RunBilled(trial=2, attempt=1, seconds=2, cost=0.125))

    report = report_of(made.sweep)

    assert report.spent.money == 0.125
    assert "billed for remote workers" in report_html(report)


def test_an_unconfirmed_winner_comes_with_a_binomial_interval_and_a_warning(made):
    with_result(made, 1, examples={"train": 700, "validation": 200, "test": 100})

    winner = report_of(made.sweep).winner

    assert winner.interval == binomial(0.9, 200)
    assert winner.test_interval == binomial(winner.test_accuracy, 100)
    assert "flatters its winner" in winner.caution


def test_without_the_number_of_examples_no_interval_is_made_up(made):
    winner = report_of(made.sweep).winner

    assert winner.interval is None
    assert winner.test_interval is None


def test_a_confirmed_winner_is_told_by_its_fresh_seeds(made):
    confirmed(made, [0.84, 0.86, 0.88])

    winner = report_of(made.sweep).winner

    assert winner.accuracy == pytest.approx(0.86)
    assert winner.interval.low < 0.84 < 0.88 < winner.interval.high <= 1
    assert winner.seeds == 3
    assert "flatters" not in winner.caution
    assert any("fresh seeds" in sentence for sentence in winner.confirmed)


def test_one_fresh_seed_is_no_interval_of_means(made):
    confirmed(made, [0.84])

    winner = report_of(made.sweep).winner

    assert winner.seeds == 0
    assert winner.accuracy == 0.9


def test_failures_that_differ_by_numbers_only_are_one_group_with_what_they_share(told):
    made = told()
    for trial, optimizer in ((0, "sgd"), (1, "sgd"), (2, "adam")):
        made.start(10 * trial, trial, optimizer=optimizer)
        if optimizer == "adam":
            made.end(10 * trial + 5, trial, 0.9)
        else:
            reason = f"the loss became NaN in epoch {trial + 1}"
            made.end(10 * trial + 5, trial, state="failed", reason=reason, metrics={})

    (trouble,) = report_of(made.sweep).troubles

    assert trouble.trials == (0, 1)
    assert trouble.reason == "the loss became NaN in epoch 1"
    assert trouble.shared == ("optimizer",)
    assert trouble.seconds == 8


def test_a_reason_names_no_folder_of_this_machine(told):
    made = told()
    made.start(0, 0)
    made.end(2, 0, state="failed", reason="cannot read /home/ada/secret/data.csv", metrics={})
    made.tell(3, Noted(message="see /home/ada/secret/log.txt"))

    report = report_of(made.sweep)

    assert report.troubles[0].reason == "cannot read …/data.csv"
    assert report.notes == ("see …/log.txt",)


def test_a_few_trials_are_too_few_to_say_what_mattered(made):
    found = report_of(made.sweep).mattered

    assert not found.is_enough
    assert not found.is_sure.any()


def test_the_time_of_a_sweep_that_broke_off_stands_still(made):
    report = report_of(made.sweep)

    assert report.state == "interrupted"
    assert report.spent.seconds == 22
    assert report.spent.fates == {"completed": 2, "failed": 1}


def test_what_has_one_value_was_not_varied(told):
    asked = report_of(told(space={"batch_size": 64}).sweep).asked

    assert "learning_rate" in asked.hyperparameters
    assert "batch_size" not in asked.hyperparameters


def test_a_sweep_that_never_began_has_a_report(told):
    report = report_of(told().sweep)

    assert report.winner is None
    assert report.troubles == ()


def test_the_command_repeats_what_was_asked_extensions_included(made):
    made.tell(30, SweepEnded(state="finished", reason="done"))

    told_again = report_of(made.sweep).repetition

    assert told_again.command == "hpolab sweep pets.yaml --name pets-again"
    assert "name: digits" in told_again.config
    assert told_again.seed == 0


def test_the_config_of_a_repetition_can_be_run(made, tmp_path):
    from hpolab.config import SweepConfig

    path = tmp_path / "again.yaml"
    path.write_text(report_of(made.sweep).repetition.config)

    assert SweepConfig.load(path) == made.sweep.config


def test_classes_and_splits_come_from_the_results_of_trials(made):
    with_result(made, 0, examples={"train": 70, "validation": 20, "test": 10})

    data = report_of(made.sweep).data

    assert data.classes == ("cat", "dog")
    assert data.examples == {"train": 70, "validation": 20, "test": 10}
    assert data.fingerprint == "data"


def test_an_interval_has_a_width_where_every_answer_was_right_or_wrong():
    assert binomial(1.0, 50).low < 1.0
    assert binomial(0.0, 50).high > 0.0


def test_an_interval_is_the_one_that_statistics_books_give():
    low, high = binomial(0.5, 100)  # Newcombe 1998 gives 0.4038 to 0.5962

    assert (low, high) == pytest.approx((0.4038, 0.5962), abs=1e-4)


@pytest.mark.parametrize(("share", "n"), [(0.5, 0), (1.2, 10)])
def test_an_interval_of_nothing_is_refused(share, n):
    with pytest.raises(ConfigError, match="must hold"):
        binomial(share, n)


def test_enough_trials_say_what_mattered_and_fewer_say_that_they_are_too_few(told, tmp_path):
    from hpolab.reports import write_report

    made = told()
    for trial in range(10):
        optimizer = "adam" if trial % 2 else "sgd"
        made.start(10 * trial, trial, optimizer=optimizer, learning_rate=0.1)
        made.end(10 * trial + 5, trial, (0.9 if trial % 2 else 0.5) + trial / 1000)
        if trial == 2:
            early = write_report(made.sweep, tmp_path / "early.html").read_text(encoding="utf-8")
    late = write_report(made.sweep, tmp_path / "late.html").read_text(encoding="utf-8")

    assert "Too few to believe" in early
    assert "More than chance: optimizer." in late
