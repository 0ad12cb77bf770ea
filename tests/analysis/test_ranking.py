import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpolab.analysis import TrialTable, flips_along_health, rank, table_of, win_shares
from hpolab.events import TrialEnded
from hpolab.record import TrialRecord
from hpolab.scoring import METRICS, ScoringWeights

SHARE = st.floats(0, 1)


def trial(number, accuracy, metrics, state="completed"):
    end = TrialEnded(
        trial=number, attempt=1, state=state, epochs=3, accuracy=accuracy, metrics=metrics
    )
    return TrialRecord(number=number, params={}, seed=0, state=state, ended=end)


def table(*rows):
    return table_of(
        trial(number, accuracy, dict.fromkeys(METRICS, health))
        for number, (accuracy, health) in enumerate(rows)
    )


@st.composite
def tables(draw):
    n = draw(st.integers(1, 12))
    missing = st.one_of(SHARE, st.just(float("nan")))
    return TrialTable(
        np.arange(n),
        np.array(draw(st.lists(SHARE, min_size=n, max_size=n))),
        np.array(draw(st.lists(st.lists(missing, min_size=6, max_size=6),
                               min_size=n, max_size=n))),
    )  # fmt: skip


def test_only_completed_trials_are_ranked():
    trials = [trial(0, 0.5, {}), trial(1, 0.9, {}, state="pruned"), trial(2, 0.7, {})]
    assert rank(table_of(trials), ScoringWeights()).numbers.tolist() == [2, 0]


def test_equal_totals_keep_the_order_of_numbers():
    ranking = rank(table((0.5, 0.5), (0.9, 0.9), (0.5, 0.5)), ScoringWeights())
    assert ranking.numbers.tolist() == [1, 0, 2]


@given(tables(), SHARE)
def test_the_ranking_is_what_scoring_says_of_every_trial_alone(measured, accuracy):
    weights = ScoringWeights(accuracy=accuracy)
    ranking = rank(measured, weights)
    for number, total, health in zip(*ranking, strict=True):
        metrics = dict(zip(METRICS, measured.metrics[number], strict=True))
        present = {name: value for name, value in metrics.items() if not np.isnan(value)}
        alone = weights.score(measured.accuracy[number], present)
        assert total == pytest.approx(alone.total)
        assert health == pytest.approx(np.nan if alone.health is None else alone.health,
                                       nan_ok=True)  # fmt: skip


def test_the_winner_changes_where_the_lines_cross():
    flips = flips_along_health(table((0.9, 0.5), (0.8, 0.9)), ScoringWeights())
    assert [flip.winner for flip in flips] == [0, 1]
    assert flips[1].health == pytest.approx(0.2)  # .9 - .4 h = .8 + .1 h


def test_a_trial_that_is_best_at_everything_never_loses():
    flips = flips_along_health(table((0.6, 0.5), (0.9, 0.9)), ScoringWeights())
    assert flips == [(0.0, 1)]


def test_without_trials_nobody_wins():
    assert flips_along_health(table_of([]), ScoringWeights()) == []


@given(tables(), SHARE)
def test_between_the_flips_the_named_winner_has_the_highest_total(measured, health):
    weights = ScoringWeights().with_health(health)
    ranking = rank(measured, weights)
    flips = flips_along_health(measured, weights)
    winner = [flip.winner for flip in flips if flip.health <= health][-1]
    total = ranking.totals[ranking.numbers.tolist().index(winner)]
    assert total == pytest.approx(ranking.totals[0], abs=1e-9)


def test_a_trial_that_is_best_in_everything_wins_every_weighting():
    assert win_shares(table((0.9, 0.9), (0.5, 0.5))) == {0: 1.0}


def test_shares_of_wins_are_counted_over_the_same_weightings_and_add_up():
    shares = win_shares(table((0.9, 0.3), (0.5, 0.7), (0.1, 0.1)))
    assert set(shares) == {0, 1}
    assert sum(shares.values()) == pytest.approx(1)
    assert shares[0] == pytest.approx(0.5, abs=0.01)


@given(tables())
def test_shares_of_wins_add_up_whatever_was_measured(measured):
    shares = win_shares(measured)
    assert sum(shares.values()) == pytest.approx(1)
    assert set(shares) <= set(measured.numbers.tolist())


def test_without_trials_nobody_has_a_share_of_wins():
    assert win_shares(table()) == {}
