"""What the time-to-target benchmark counts, and what it may conclude of searches it cut short."""

from __future__ import annotations

import importlib
import math
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest


@pytest.fixture
def searches(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    return importlib.import_module("target_searches")


@pytest.fixture
def benchmark_script(searches: ModuleType) -> ModuleType:
    return importlib.import_module("time_to_target")


@pytest.fixture
def chase(searches: ModuleType) -> Any:
    """After 0.9 within 10 s; ``chase.now[0]`` is the time."""
    now = [100.0]
    job = searches.Job(config=None, target=0.9, cap=10.0)
    chase = searches.Chase(job, clock=lambda: now[0])
    chase.now = now
    return chase


def outcomes(searches: ModuleType, *seconds: float | str) -> list[Any]:
    """Of searches that took so long; ">5" is one that was given up after 5 seconds."""
    return [
        searches.Outcome(float(str(time).lstrip(">")), not str(time).startswith(">"), 1, 1, 0.5)
        for time in seconds
    ]


def test_the_first_epoch_at_the_target_ends_the_search(chase: Any) -> None:
    chase.begin_trial()
    chase.now[0] += 2
    assert not chase.see(0.89)
    chase.now[0] += 1
    assert chase.see(0.9)

    outcome = chase.outcome()
    assert (outcome.seconds, outcome.is_reached) == (3.0, True)
    assert (outcome.trials, outcome.epochs, outcome.best) == (1, 2, 0.9)


def test_what_comes_after_the_end_does_not_count(chase: Any) -> None:
    chase.see(0.95)
    before = chase.outcome()
    chase.now[0] += 1
    chase.begin_trial()

    assert chase.see(0.99)
    assert chase.outcome() == before


def test_a_target_reached_after_the_cap_counts_as_missed(chase: Any) -> None:
    chase.see(0.5)
    chase.now[0] += 11

    assert chase.see(0.95)
    outcome = chase.outcome()
    assert (outcome.seconds, outcome.is_reached, outcome.best) == (10.0, False, 0.5)


@pytest.mark.parametrize(
    ("times", "shown"),
    [
        ((3, 1, 2), "2.0"),
        ((1, 2, ">3"), "2.0"),
        ((1, ">2", 3), ">2.0"),
        ((">1", 2, 3), ">2.0"),
        ((">8", ">9", ">9"), ">9.0"),
    ],
)
def test_a_median_is_a_bound_when_a_missed_search_could_raise_it(
    searches: ModuleType, benchmark_script: ModuleType, times: tuple[Any, ...], shown: str
) -> None:
    assert str(benchmark_script.Median.of(outcomes(searches, *times))) == shown


def test_the_others_get_five_times_what_hpolab_needed_and_nobody_more_than_the_cap(
    searches: ModuleType, benchmark_script: ModuleType
) -> None:
    lucky, quick, slow = outcomes(searches, 1, 10, 30)

    assert benchmark_script.seconds_allowed(lucky, cap=100) == 30
    assert benchmark_script.seconds_allowed(quick, cap=100) == 50
    assert benchmark_script.seconds_allowed(slow, cap=100) == 100


def test_searches_that_are_all_cut_short_show_five_times_as_long(
    searches: ModuleType, benchmark_script: ModuleType
) -> None:
    ours = outcomes(searches, 7, 1, 2, 30, 3)
    others = outcomes(searches, *(f">{benchmark_script.PATIENCE * o.seconds}" for o in ours))
    median = benchmark_script.Median.of

    assert benchmark_script.ratio_of(median(ours), median(others)) == benchmark_script.PATIENCE


def test_nothing_is_concluded_where_hpolab_itself_was_cut_short(
    searches: ModuleType, benchmark_script: ModuleType
) -> None:
    median, ratio_of = benchmark_script.Median, benchmark_script.ratio_of
    other = median.of(outcomes(searches, 40))

    assert ratio_of(median.of(outcomes(searches, 5)), other) == 8
    assert math.isnan(ratio_of(median.of(outcomes(searches, ">5")), other))
