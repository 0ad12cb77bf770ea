from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpolab.budget import Budget
from hpolab.pace import Course, Pace, remaining_seconds

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
STATES = ("waiting", "running", "completed", "pruned", "failed", "cancelled")


def course(state: str, *seconds: float, took: float | None = None) -> Course:
    whole = sum(seconds) if took is None else took
    ended = None if state in {"waiting", "running"} else NOON + timedelta(seconds=whole)
    return Course(seconds, state, NOON, ended)


def pace(*courses: Course, **changes: Any) -> Pace:
    """Trials of four epochs, one at a time, that nobody prunes."""
    trained = sum(each.epochs for each in courses)
    seconds = sum(sum(each.seconds) for each in courses)
    usual = {
        "courses": courses, "epochs": 4, "epochs_trained": trained, "seconds": seconds,
        "seconds_training": seconds, "slots": 1, "rehearsed": ((4,),) * 100,
    }  # fmt: skip
    return Pace(**{**usual, **changes})


def test_nothing_is_estimated_before_the_first_epoch_unless_the_time_is_limited() -> None:
    nothing = pace(course("running"), seconds=5.0)

    assert remaining_seconds(Budget(trials=10), nothing) is None
    assert remaining_seconds(Budget(trials=10, seconds=60), nothing) == 55


def test_a_running_trial_is_enough_for_an_estimate() -> None:
    assert remaining_seconds(Budget(trials=10), pace(course("running", 2.0, 2.0))) == 76


def test_what_a_trial_costs_beside_its_epochs_is_counted_for_each() -> None:
    """Two seconds an epoch, and six to start: 14 for each of the nine to come."""
    known = pace(course("completed", 4.0, 2.0, 2.0, 2.0, took=14), seconds_training=14.0)

    assert remaining_seconds(Budget(trials=10), known) == pytest.approx(9 * 14)


def test_the_time_before_the_first_trial_began_is_not_a_part_of_the_pace() -> None:
    slow_start = pace(course("completed", 1.0, 1.0, 1.0, 1.0), seconds=104.0)

    assert remaining_seconds(Budget(trials=2), slow_start) == 4


def test_the_limit_that_is_reached_first_decides() -> None:
    so_far = pace(course("completed", 1.0, 1.0, 1.0, 1.0))

    assert remaining_seconds(Budget(trials=10, epochs=10), so_far) == 6
    assert remaining_seconds(Budget(trials=10, epochs=100), so_far) == 36
    assert remaining_seconds(Budget(trials=10, epochs=100, seconds=9), so_far) == 5


def test_one_worker_must_finish_the_trial_that_it_has() -> None:
    done = [course("completed", 1.0, 1.0, 1.0, 1.0)] * 3
    last = pace(*done, course("running", 1.0), slots=4, seconds_training=4.0)

    assert remaining_seconds(Budget(trials=4), last) == pytest.approx(3 * 4 * 4 / 13)


def test_trials_that_end_sooner_than_rehearsed_shorten_the_estimate() -> None:
    rehearsed = ((2, 4),) * 20
    long = pace(*[course("completed", 1.0, 1.0, 1.0, 1.0)] * 4, rehearsed=rehearsed)
    short = pace(*[course("pruned", 1.0)] * 4, rehearsed=rehearsed)

    left = [remaining_seconds(Budget(trials=20), each) for each in (long, short)]

    assert left[0] is not None
    assert left[1] is not None
    assert left[1] < 0.7 * left[0]


def test_trials_that_share_a_result_or_fail_early_shorten_the_estimate() -> None:
    full = [course("completed", 1.0, 1.0, 1.0, 1.0)] * 3
    nothing = [Course((), state, None, NOON) for state in ("completed", "pruned", "failed")]

    assert remaining_seconds(Budget(trials=12), pace(*full, *nothing)) == pytest.approx(6 * 8 / 3)


def test_a_budget_beyond_reason_costs_no_time_or_memory() -> None:
    left = remaining_seconds(Budget(trials=10**12), pace(course("completed", 1.0, 1.0, 1.0, 1.0)))

    assert left == pytest.approx(4 * 10**12)


@given(
    courses=st.lists(
        st.builds(
            course, st.sampled_from(STATES), st.floats(0, 1e6), st.floats(0, 1e6),
            took=st.floats(0, 1e6),
        ),
        max_size=8,
    ),
    seconds=st.floats(0, 1e9),
    slots=st.integers(1, 64),
)  # fmt: skip
def test_an_estimate_is_never_negative(courses: list[Course], seconds: float, slots: int) -> None:
    known = pace(*courses, seconds=seconds, seconds_training=seconds, slots=slots)

    left = remaining_seconds(Budget(trials=5, seconds=5, epochs=5), known)

    assert left is not None
    assert 0 <= left <= 5
