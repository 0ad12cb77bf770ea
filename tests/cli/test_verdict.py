from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hpolab.cli.verdict import contenders, verdict
from hpolab.events import TrialEnded
from hpolab.health.report import HealthReport, Metric
from hpolab.record import TrialRecord
from hpolab.scoring import METRICS, ScoringWeights

WEIGHTS = ScoringWeights()


def trial(
    number: int,
    *,
    accuracy: float = 0.9,
    well: float = 0.9,
    metrics: dict[str, float] | None = None,
    weights: ScoringWeights = WEIGHTS,
    **changes: Any,
) -> TrialRecord:
    """A trial that ended with this accuracy, all metrics at ``well`` but those given."""
    every = dict.fromkeys(METRICS, well) | (metrics or {})
    score = weights.score(accuracy, every)
    ended = TrialEnded(
        **{
            "trial": number,
            "attempt": 1,
            "state": "completed",
            "epochs": 5,
            "accuracy": accuracy,
            "metrics": every,
            "health": score.health,
            "score": score.total,
            **changes,
        }
    )
    return TrialRecord(number=number, params={}, seed=0, state=ended.state, ended=ended)


def say(*trials: TrialRecord, weights: ScoringWeights = WEIGHTS, **reports: HealthReport) -> str:
    numbered = {int(name.removeprefix("t")): report for name, report in reports.items()}
    return verdict(trials, weights=weights, report_of=numbered.get)


def test_the_most_accurate_trial_lost_because_of_the_metric_that_cost_it_most() -> None:
    sick = {"neuron_utilisation": 0.3, "gradient_health": 0.85}
    report = HealthReport(
        metrics={
            "neuron_utilisation": Metric(
                value=0.3, evidence="24 of 64 units of dense1 are silent after epoch 5."
            )
        }
    )
    words = say(trial(5, accuracy=0.972), trial(3, accuracy=0.981, metrics=sick), t3=report)
    assert words == (
        "Trial 5 won with a score of .950, ahead of trial 3 with .909: 97.2 % accurate on "
        "validation data and .90 healthy. The most accurate, trial 3 (98.1 %), lost because its "
        "health is .74, not .90: its neuron utilisation is .30 (24 of 64 units of dense1 are "
        "silent after epoch 5)."
    )


def test_without_a_stored_report_the_metric_is_named_all_the_same() -> None:
    words = say(trial(5, accuracy=0.95), trial(3, accuracy=0.96, metrics={"gradient_health": 0}))
    assert words.endswith("health is .77, not .90: its gradient health is .00.")


def test_the_most_accurate_is_named_also_when_it_is_not_the_runner_up() -> None:
    words = say(
        trial(0, accuracy=0.95), trial(1, accuracy=0.94), trial(2, accuracy=0.97, well=0.2)
    )
    assert "ahead of trial 1 with" in words
    assert "The most accurate, trial 2 (97.0 %)" in words


def test_a_winner_that_is_most_accurate_is_compared_with_the_runner_up() -> None:
    worse = say(trial(1, accuracy=0.97), trial(2, accuracy=0.95, well=0.8))
    assert worse.endswith(
        "The runner-up, trial 2, is less accurate (95.0 %, not 97.0 %) and less healthy (.80, "
        "not .90)."
    )
    healthier = say(trial(1, accuracy=0.97), trial(2, accuracy=0.90, well=0.95))
    assert healthier.endswith("is healthier (.95) but less accurate (90.0 %, not 97.0 %).")
    same = say(trial(1, accuracy=0.97), trial(2, accuracy=0.97, well=0.8))
    assert same.endswith("is as accurate but less healthy (.80, not .90).")


def test_equal_trials_are_told_apart_by_who_came_first() -> None:
    words = say(trial(4), trial(2))
    assert words.startswith("Trial 2 won with a score of .900, level with trial 4 with .900")
    assert words.endswith("is as accurate and as healthy, but came later.")


def test_numbers_that_differ_are_shown_with_enough_digits_to_differ() -> None:
    words = say(trial(1, accuracy=0.97001), trial(2, accuracy=0.97))
    assert "score of .94901, ahead of trial 2 with .94900" in words
    assert "97.000 %, not 97.001 %" in words


def test_simple_mode_speaks_of_accuracy_alone() -> None:
    simple = ScoringWeights.simple()
    first, second = (
        trial(1, accuracy=0.97, well=0.1, weights=simple),
        trial(2, accuracy=0.96, weights=simple),
    )
    words = say(first, second, weights=simple)
    assert "health" not in words
    assert words.endswith("The runner-up, trial 2, is less accurate (96.0 %, not 97.0 %).")


def test_a_shared_result_is_no_runner_up() -> None:
    copy = trial(2, accuracy=0.9, reused_from=1)
    assert [each.number for each in contenders([trial(1), copy, trial(3, accuracy=0.8)])] == [1, 3]


def test_an_only_trial_has_won_against_nobody() -> None:
    assert say(trial(0)).endswith("It was the only trial, so it has won against nobody yet.")
    failed = trial(1, state="failed", score=None, reason="NaN")
    assert say(trial(0), failed).endswith(
        "No other of 2 finished trials was completed to compare it with."
    )


def test_without_a_completed_trial_the_last_reason_is_given() -> None:
    failed = trial(0, state="failed", score=None, reason="the loss became NaN in epoch 2.")
    assert say(failed) == (
        "No trial was completed, so there is no winner (1 failed; the last reason: the loss "
        "became NaN in epoch 2)."
    )
    assert say() == "No trial came to an end, so there is no winner."


trials = st.lists(
    st.builds(
        lambda number, accuracy, well, metrics: trial(
            number, accuracy=accuracy, well=well, metrics=metrics
        ),
        st.just(0),
        st.floats(0, 1),
        st.floats(0, 1),
        st.dictionaries(st.sampled_from(METRICS), st.floats(0, 1)),
    ),
    min_size=1,
    max_size=6,
).map(lambda made: [replace(each, number=number) for number, each in enumerate(made)])


@given(trials)
def test_the_winner_named_is_the_best_and_only_health_explains_a_more_accurate_loser(
    made: list[TrialRecord],
) -> None:
    words = say(*made)
    winner = contenders(made)[0]
    assert words.startswith(f"Trial {winner.number} won with a score of ")
    assert words.endswith(".")
    best_accuracy = max(each.ended.accuracy or 0 for each in made if each.ended)
    assert winner.ended is not None
    assert ("The most accurate" in words) == (best_accuracy > (winner.ended.accuracy or 0))
