from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpolab.race.outcomes import curves, mean_ranks, paired_scores, table

from .conftest import Told

SCORES = st.integers(1, 8).flatmap(
    lambda contenders: st.lists(
        st.lists(st.integers(-3, 3), min_size=contenders, max_size=contenders),
        min_size=1,
        max_size=9,
    )
)


def test_the_expected_evaluations_count_failures_too() -> None:
    race = Told()
    race.end(0, 0, (100, 5.0), (200, 1e-9))
    race.end(0, 1, (100, 5.0), (400, 1e-9))
    race.end(0, 2, (1000, 3.0))
    (row, other) = table(race.record)
    assert (row.name, row.runs, row.succeeded) == ("pso", 3, 2)
    assert row.expected_evaluations == (200 + 400 + 1000) / 2  # COCO: per success
    assert other.runs == 0
    assert other.expected_evaluations is None


def test_whoever_reaches_the_target_first_is_better_and_all_are_better_than_who_does_not() -> None:
    race = Told(contenders=("pso", "de", "shade"), seeds=1)
    race.end(0, 0, (1000, 2e-8))
    race.end(1, 0, (500, 1e-9))
    race.end(2, 0, (900, 1e-12))
    slow, fast, late = paired_scores(race.record)[0]
    assert fast < late < slow
    assert [row.name for row in table(race.record)] == ["de", "shade", "pso"]


def test_seeds_that_not_all_have_run_are_not_compared() -> None:
    race = Told()
    race.end(0, 0, (1000, 1.0))
    race.end(1, 0, (1000, 2.0))
    race.end(0, 1, (1000, 1.0))
    race.end(1, 1, (500, 9.0), state="cancelled")
    assert paired_scores(race.record).shape == (1, 2)
    assert [row.rank for row in table(race.record)] == [1.0, 2.0]


def test_what_a_limit_of_time_cut_off_counts_with_what_it_had_reached() -> None:
    race = Told(seeds=1)
    race.end(0, 0, (700, 2.0), state="timed out")
    race.end(1, 0, (1000, 1.0))
    assert [(row.name, row.runs, row.median) for row in table(race.record)] == [
        ("de", 1, 1.0),
        ("pso", 1, 2.0),
    ]


def test_curves_have_the_quartiles_of_all_runs_that_have_come_so_far() -> None:
    race = Told()
    race.end(0, 0, (10, 8.0), (1000, 4.0))
    race.end(0, 1, (10, 6.0), (300, 1e-9))  # it keeps its last error
    race.advance(0, 2, (10, 7.0), (100, 5.0))
    curve, empty = curves(race.record)
    assert empty.evaluations == ()
    assert curve.evaluations[-1] == 1000
    assert curve.middle[-1] == pytest.approx((4.0 + 1e-9) / 2)
    early = max(i for i, made in enumerate(curve.evaluations) if made < 100)
    assert (curve.low[early], curve.middle[early], curve.high[early]) == (6.5, 7.0, 7.5)
    assert curve.evaluations[0] >= 10


@given(SCORES)
def test_ranks_share_what_there_is_to_share(scores: list[list[int]]) -> None:
    ranks = mean_ranks(np.array(scores))
    n = len(scores[0])
    assert all(rank is not None and 1 <= rank <= n for rank in ranks)
    assert sum(rank or 0 for rank in ranks) == pytest.approx(n * (n + 1) / 2)


def test_what_failed_and_why_is_in_the_table() -> None:
    race = Told(seeds=1)
    race.end(0, 0, state="failed")
    race.end(1, 0, (1000, 1.0))
    rows = {row.name: row for row in table(race.record)}
    assert rows["pso"].state == "failed"
    assert rows["de"].state == "done"
    assert rows["pso"].rank is None
