from __future__ import annotations

from collections.abc import Sequence

import pytest

from hpolab.confirmation.report import Candidate, Confirmation, ConfirmedRun, in_words

FRESH = (1, 2, 3, 4, 5)


def candidate(trial: int, score: float) -> Candidate:
    return Candidate(trial=trial, params={"filters": trial}, search_score=score)


def runs(trial: int, scores: Sequence[float | None]) -> list[ConfirmedRun]:
    """One run a seed from 1 on; None is a failed one."""
    return [
        ConfirmedRun(trial=trial, seed=seed, state="failed", reason="the loss became NaN")
        if score is None
        else ConfirmedRun(
            trial=trial, seed=seed, state="completed", score=score, accuracy=score / 2,
            test_accuracy=score / 4, health=score / 8,
        )
        for seed, score in enumerate(scores, start=1)
    ]  # fmt: skip


def conclude(
    first: Sequence[float | None], second: Sequence[float | None], *, searched: float = 0.95
) -> Confirmation:
    """Trial 4 won the search with ``searched``; trial 7 came second with 0.90."""
    candidates = [candidate(4, searched), candidate(7, 0.90)]
    return Confirmation.of("lab", candidates, runs(4, first) + runs(7, second), seeds=FRESH)


def test_every_figure_is_estimated_over_the_completed_runs() -> None:
    found = conclude([0.8, 0.9, 1.0, None, None], [0.5] * 5).trials[0]

    estimates = (found.score, found.accuracy, found.test_accuracy, found.health)
    assert [e and (e.n, pytest.approx(e.mean)) for e in estimates] == [
        (3, 0.9), (3, 0.45), (3, 0.225), (3, 0.1125)
    ]  # fmt: skip


def test_flattery_is_the_winners_score_above_its_mean() -> None:
    found = conclude([0.90, 0.91, 0.89, 0.90, 0.90], [0.8] * 5, searched=0.95)

    assert found.flattery is not None
    assert found.trials[0].score is not None
    assert found.flattery.mean == pytest.approx(0.05)
    assert found.flattery.sd == pytest.approx(found.trials[0].score.sd)
    assert not found.flattery.is_within_noise
    assert any("so much the search had flattered it" in s for s in in_words(found))


def test_small_flattery_is_called_noise() -> None:
    words = in_words(conclude([0.90, 0.98, 0.86, 0.94, 0.99], [0.8] * 5, searched=0.95))

    assert "Its score in the search was 0.016 higher" in words[1]
    assert words[1].endswith("which is within noise.")


def test_bad_luck_in_the_search_is_not_called_flattery() -> None:
    words = in_words(conclude([0.96, 0.97, 0.96, 0.97, 0.96], [0.8] * 5, searched=0.95))

    assert words[1].endswith("it had bad luck there.")


def test_trials_are_compared_seed_by_seed() -> None:
    """A seed that is good for both makes no noise: the difference is the same on all."""
    found = conclude([0.80, 0.90, 0.85, 0.95, 0.70], [0.79, 0.89, 0.84, 0.94, 0.69])

    (comparison,) = found.comparisons
    assert comparison.ahead == 5
    assert comparison.difference.mean == pytest.approx(0.01)
    assert comparison.difference.sd == pytest.approx(0, abs=1e-12)
    assert "Trial 4 is ahead of trial 7 on 5 of 5 fresh seeds" in in_words(found)[2]
    assert in_words(found)[2].endswith("trial 4 is better beyond noise.")


def test_overlapping_trials_are_within_noise() -> None:
    words = in_words(conclude([0.90, 0.92, 0.91, 0.93, 0.80], [0.89, 0.91, 0.90, 0.92, 0.90]))

    assert "ahead of trial 7 on 4 of 5 fresh seeds" in words[2]
    assert words[2].endswith("the difference is within noise.")


def test_only_seeds_on_which_both_completed_are_compared() -> None:
    (comparison,) = conclude([0.9, None, 0.9, 0.9, None], [0.8, 0.8, None, 0.8, 0.8]).comparisons

    assert comparison.difference.n == 2
    assert comparison.difference.mean == pytest.approx(0.1)


def test_changed_ranking_is_said() -> None:
    found = conclude([0.80] * 5, [0.90, 0.91, 0.90, 0.91, 0.90])

    assert [trial.trial for trial in found.ranked()] == [7, 4]
    assert any("order is trials 7, 4" in sentence for sentence in in_words(found))
    assert any("trial 7 is better beyond noise" in sentence for sentence in in_words(found))


def test_held_ranking_is_said() -> None:
    words = in_words(conclude([0.90] * 5, [0.80] * 5))

    assert "The ranking of the search holds: trials 4, 7, the best mean first." in words


def test_failed_runs_are_reported_with_their_reason() -> None:
    words = in_words(conclude([0.9, None, 0.9, 0.9, 0.9], [0.8] * 5))

    assert "Trial 4 under seed 2 failed: the loss became NaN" in words


def test_winner_that_fails_always_is_reported_as_such() -> None:
    found = conclude([None] * 5, [0.8] * 5)

    assert found.flattery is None
    assert found.comparisons == ()
    assert "Trial 4, the search's winner, completed under no fresh seed." in in_words(found)


def test_missing_runs_are_counted() -> None:
    words = in_words(conclude([0.9, 0.9], [0.8]))

    assert words[-1] == "7 runs have not been trained yet."


def test_single_seed_tells_nothing_beyond_doubt() -> None:
    found = Confirmation.of("lab", [candidate(4, 0.95)], runs(4, [0.9]), seeds=(1,))

    assert in_words(found) == [
        "Trial 4 won the search with a score of 0.950; over 1 fresh seed it scores 0.900.",
        "Its score in the search was 0.050 higher; one seed cannot tell flattery from chance.",
    ]


def test_runs_of_other_trials_and_seeds_do_not_count() -> None:
    others = [*runs(9, [0.1] * 5), ConfirmedRun(trial=4, seed=77, state="completed", score=0.0)]

    found = Confirmation.of(
        "lab", [candidate(4, 0.95)], [*runs(4, [0.9] * 5), *others], seeds=FRESH
    )

    assert len(found.trials[0].runs) == 5
    assert found.trials[0].score is not None
    assert found.trials[0].score.mean == pytest.approx(0.9)


def test_confirmation_survives_json() -> None:
    found = conclude([0.9, None, 0.8], [0.8, 0.7])

    assert Confirmation.parse(found.to_json()) == found
