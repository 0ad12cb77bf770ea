from __future__ import annotations

import math
import warnings
from collections.abc import Callable

import numpy as np
import optuna
import pytest

from hpolab.search import Search
from hpolab.search._pruning import MedianRule
from hpolab.search.options import Median

Build = Callable[..., Search]


def finish(search: Search, number: int, level: float) -> None:
    search.ask(number)
    for epoch in range(1, 7):
        assert search.report(number, epoch, level) == ""
    search.tell(number, level, "completed")


def test_the_median_pruner_says_what_it_compared(search: Build) -> None:
    running = search("random", {"name": "median", "n_startup_trials": 3, "warmup_epochs": 2})
    for number, level in enumerate((0.9, 0.5, 0.7)):
        finish(running, number, level)
    running.ask(3)
    assert running.report(3, 1, 0.1) == ""
    assert running.report(3, 2, 0.4) == ""
    assert running.report(3, 3, 0.412) == (
        "its score 0.412 at epoch 3 is below 0.700, the median of 3 completed trials there"
    )


def test_the_best_score_so_far_counts(search: Build) -> None:
    running = search("random", {"name": "median", "n_startup_trials": 1})
    finish(running, 0, 0.5)
    running.ask(1)
    running.report(1, 1, 0.8)
    assert running.report(1, 2, 0.1) == ""
    running.ask(2)
    running.report(2, 1, 0.4)
    assert "best score 0.400 up to epoch 2" in running.report(2, 2, 0.3)


def test_no_trial_is_judged_before_enough_are_completed(search: Build) -> None:
    running = search("random", {"name": "median", "n_startup_trials": 2})
    finish(running, 0, 0.9)
    running.ask(1)
    assert running.report(1, 3, 0.1) == ""


def test_a_trial_is_never_pruned_at_its_last_epoch(search: Build) -> None:
    for pruner in ({"name": "median", "n_startup_trials": 1}, "hyperband"):
        running = search("random", pruner)
        finish(running, 0, 0.9)
        running.ask(1)
        assert running.report(1, 6, 0.1) == ""


def test_without_a_pruner_nothing_is_stopped(search: Build) -> None:
    running = search("random", "none")
    finish(running, 0, 0.9)
    running.ask(1)
    assert running.report(1, 3, 0.0) == ""


def test_hyperband_stops_most_trials_early_and_says_so(search: Build) -> None:
    running = search("random", {"name": "hyperband", "reduction_factor": 2}, epochs=8)
    reasons = []
    for number in range(40):
        running.ask(number)
        quality = (number * 7 % 40) / 40
        for epoch in range(1, 9):
            if reason := running.report(number, epoch, quality * epoch / 8):
                reasons.append(reason)
                running.tell(number, None, "pruned")
                break
        else:
            running.tell(number, quality, "completed")
    assert 15 <= len(reasons) <= 35
    assert all("not among the best one in 2 of its Hyperband bracket" in r for r in reasons)


@pytest.mark.parametrize("pruner", [{"name": "median", "n_startup_trials": 1}, "hyperband"])
def test_another_attempt_starts_with_a_clean_curve(search: Build, pruner: object) -> None:
    running = search("random", pruner)
    finish(running, 0, 0.5)
    fresh = search("random", pruner)
    finish(fresh, 0, 0.5)
    running.ask(1)
    for epoch, score in enumerate((0.45, 0.9, 0.9), start=1):
        running.report(1, epoch, score)
    fresh.ask(1)
    lost_and_new = [running.report(1, epoch, 0.3) for epoch in (1, 2, 3)]
    only_new = [fresh.report(1, epoch, 0.3) for epoch in (1, 2, 3)]
    assert lost_and_new == only_new
    assert any(only_new)


def test_a_score_just_below_the_median_is_told_with_digits_that_show_it(search: Build) -> None:
    running = search("random", {"name": "median", "n_startup_trials": 1})
    finish(running, 0, 0.97304)
    running.ask(1)
    running.report(1, 1, 0.97301)
    reason = running.report(1, 2, 0.97301)
    assert reason.startswith("its score 0.97301 at epoch 2 is below 0.97304, the median")


@pytest.mark.parametrize("options", [{}, {"warmup_epochs": 3}, {"interval_epochs": 3}], ids=str)
def test_the_median_rule_judges_as_optunas_own(options: dict[str, int]) -> None:
    asked = Median(n_startup_trials=4, **options)
    rule = MedianRule(asked)
    stock = optuna.pruners.MedianPruner(4, asked.warmup_epochs + 1, asked.interval_epochs)
    study = optuna.create_study(direction="maximize", pruner=stock)
    rng = np.random.default_rng(0)
    verdicts = []
    for number in range(120):
        trial = study.ask()
        scores = {}
        for epoch in range(1, 9):
            if rng.random() < 0.1:
                continue  # an epoch that nobody reported
            never = number == 60 or rng.random() < 0.05
            scores[epoch] = math.nan if never else round(epoch / 8 + rng.normal(), 1)
            trial.report(scores[epoch], epoch)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", RuntimeWarning)  # of a trial that has only NaN
                verdicts.append(bool(trial.should_prune()))
            assert bool(rule.reason(scores)) == verdicts[-1]
            if verdicts[-1]:
                study.tell(trial, state=optuna.trial.TrialState.PRUNED)
                break
        else:
            study.tell(trial, 1.0)
            rule.learn(scores)
    assert 20 < sum(verdicts) < 110
