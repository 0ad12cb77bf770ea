from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpolab.budget import Budget
from hpolab.config import SweepConfig
from hpolab.errors import ConfigError, JournalDamaged
from hpolab.events import (
    BudgetExtended,
    Entry,
    EpochEnded,
    Event,
    Noted,
    RunLost,
    RunStarted,
    SweepContinued,
    SweepEnded,
    SweepPaused,
    SweepResumed,
    SweepStarted,
    TrialEnded,
    TrialStarted,
)
from hpolab.record import SweepRecord
from hpolab.scoring import METRICS, ScoringWeights
from hpolab.trial import EpochRecord

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
CONFIG = SweepConfig(name="s", budget=4, executor={"name": "process", "workers": 2})
START = SweepStarted(sweep="s", config=CONFIG.to_dict(), fingerprint="data", versions={})
CONTINUED = SweepContinued(versions={})
STOPPED = SweepEnded(state="stopped", reason="stopped by hand")


def story(*events: tuple[float, Event]) -> SweepRecord:
    """The record of events at so many seconds past noon."""
    return SweepRecord.of(
        Entry(seq=seq, utc=NOON + timedelta(seconds=seconds), event=event)
        for seq, (seconds, event) in enumerate(events)
    )


def started(trial: int) -> TrialStarted:
    return TrialStarted(trial=trial, params={"lr": 0.1}, seed=0)


def run(trial: int, attempt: int = 1) -> RunStarted:
    return RunStarted(trial=trial, attempt=attempt, worker="w1")


def epoch(trial: int, number: int, attempt: int = 1) -> EpochEnded:
    record = EpochRecord(
        epoch=number, train_loss=1.0, train_accuracy=0.5, val_loss=1.0, val_accuracy=0.5,
        learning_rate=0.1, seconds=1.0,
    )  # fmt: skip
    return EpochEnded(trial=trial, attempt=attempt, epoch=record, score=number / 10)


def ended(trial: int, score: float | None = 0.5, **changes: object) -> TrialEnded:
    facts = {"attempt": 1, "state": "completed", "epochs": 3, **changes}
    return TrialEnded.parse({"trial": trial, "score": score, **facts})


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


# Time


def test_the_clock_runs_while_the_sweep_runs() -> None:
    assert story((0, START)).seconds(at(30)) == 30
    assert SweepRecord().seconds(at(30)) == 0
    assert story((0, START), (20, STOPPED)).seconds(at(99)) == 20


def test_pauses_and_the_time_between_coordinators_do_not_count() -> None:
    record = story(
        (0, START),
        (10, SweepPaused()),
        (50, SweepResumed()),
        (55, STOPPED),
        (1000, CONTINUED),
        (1005, Noted(message="x")),
    )

    assert record.seconds(at(1010)) == 10 + 5 + 10


def test_a_crash_stops_the_clock_at_the_last_thing_that_was_written() -> None:
    record = story((0, START), (7, Noted(message="x")), (5000, CONTINUED))

    assert record.seconds(at(5001)) == 8


def test_a_crash_in_a_pause_adds_nothing() -> None:
    record = story((0, START), (10, SweepPaused()), (20, Noted(message="x")), (5000, CONTINUED))

    assert record.seconds(at(5000)) == 10
    assert record.state == "running"


@given(
    times=st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=8),
    now=st.floats(-1e6, 1e6),
)
def test_a_clock_that_is_set_back_never_makes_time_negative_or_undone(
    times: list[float], now: float
) -> None:
    turns: list[Event] = [SweepPaused(), SweepResumed()] * 4
    record = SweepRecord()
    before = 0.0
    for seq, (seconds, event) in enumerate(zip([0.0, *times], [START, *turns], strict=False)):
        record.apply(Entry(seq=seq, utc=at(seconds), event=event))
        assert record.seconds(at(now)) >= before
        before = record.seconds(record._last_utc)
    assert before >= 0


def test_the_time_left_follows_the_pace_since_training_began() -> None:
    begun = [(0.0, START), *((1.0, started(n)) for n in range(2)), (10.0, run(0)), (10.0, run(1))]
    halfway = [*begun, *((15.0, epoch(n, e)) for n in range(2) for e in range(1, 6))]
    over = [*halfway, *((20.0, epoch(n, e)) for n in range(2) for e in range(6, 11))]
    over += [(20.0, ended(0)), (20.0, ended(1))]

    assert story(*begun).eta_seconds(at(15)) is None
    assert story(*halfway).eta_seconds(at(15)) == 15  # half of two trials, and two more
    assert story(*over).eta_seconds(at(20)) == 10
    assert story(*over, (21.0, STOPPED)).eta_seconds(at(30)) is None
    assert SweepRecord().eta_seconds(at(0)) is None


def test_a_pause_does_not_spoil_the_estimate() -> None:
    trained = [(20.0, epoch(0, e)) for e in range(1, 11)]
    record = story(
        (0, START), (0, started(0)), (10, run(0)), *trained, (20, ended(0)), (20, SweepPaused())
    )

    assert record.eta_seconds(at(5000)) == 30


# Trials


def test_a_trial_goes_from_waiting_over_running_to_its_fate() -> None:
    events: list[tuple[float, Event]] = [(0, START), (1, started(0))]
    assert story(*events).trials[0].state == "waiting"
    events += [(2, run(0)), (3, epoch(0, 1)), (4, epoch(0, 2))]
    running = story(*events).trials[0]
    assert (running.state, running.worker, running.scores) == ("running", "w1", (0.1, 0.2))
    assert (running.score, running.started_utc) == (0.2, at(2))
    events += [(5, ended(0, 0.9))]
    record = story(*events)
    assert (record.trials[0].state, record.trials[0].score) == ("completed", 0.9)
    assert record.trials[0].ended_utc == at(5)
    assert (record.finished(), record.unfinished()) == ([record.trials[0]], [])


def test_a_new_attempt_forgets_the_epochs_of_the_lost_one_but_the_budget_does_not() -> None:
    record = story(
        (0, START), (1, started(0)), (2, run(0)), (3, epoch(0, 1)), (4, epoch(0, 2)),
        (5, RunLost(trial=0, attempt=1, reason="worker w1 was killed; it is tried once more")),
        (6, run(0, attempt=2)), (7, epoch(0, 1, attempt=2)),
    )  # fmt: skip

    trial = record.trials[0]
    assert (trial.attempt, trial.losses, len(trial.epochs)) == (2, 1, 1)
    assert record.epochs_trained == 3
    assert record.notes == ["trial 0: worker w1 was killed; it is tried once more"]


@pytest.mark.parametrize("event", [STOPPED, CONTINUED])
def test_what_was_running_waits_after_the_end_and_after_a_crash(event: Event) -> None:
    record = story((0, START), (1, started(0)), (2, run(0)), (3, epoch(0, 1)), (4, event))

    assert (record.trials[0].state, record.trials[0].worker) == ("waiting", "")


def test_the_end_of_a_continued_sweep_replaces_that_of_the_stopped_one() -> None:
    record = story((0, START), (1, STOPPED), (2, CONTINUED))
    assert (record.state, record.reason) == ("running", "")

    finished = SweepEnded(state="finished", reason="all 4 trials are done")
    record = story((0, START), (1, STOPPED), (2, CONTINUED), (3, finished))
    assert (record.state, record.reason) == ("finished", "all 4 trials are done")


def test_the_budget_is_the_configs_until_it_is_extended() -> None:
    assert story((0, START)).budget == CONFIG.budget
    extended = BudgetExtended(budget=Budget(trials=9))
    assert story((0, START), (1, extended), (2, CONTINUED)).budget.trials == 9


@pytest.mark.parametrize("event", [run(3), epoch(3, 1), ended(3)])
def test_a_trial_that_never_started_is_a_damaged_journal(event: Event) -> None:
    with pytest.raises(JournalDamaged, match=r"trial 3 \(.* does not say how it started"):
        story((0, START), (1, event))


def test_a_config_of_another_version_is_our_own_error() -> None:
    with pytest.raises(ConfigError, match="moon"):
        story((0, START.replace(config={"moon": 1})))


# Ranking


def test_ranking_leaves_out_what_is_not_completed_and_keeps_numbers_in_ties() -> None:
    record = story(
        (0, START),
        *((1, started(n)) for n in range(5)),
        (2, ended(4, 0.5)),
        (2, ended(1, 0.7)),
        (2, ended(2, 0.5)),
        (2, ended(0, None, state="pruned")),
        (2, run(3)),
        (2, epoch(3, 9)),
    )

    assert [trial.number for trial in record.ranked()] == [1, 2, 4]


def test_other_weights_rank_anew_from_what_is_stored() -> None:
    def metrics(value: float) -> dict[str, float]:
        return dict.fromkeys(METRICS, value)

    record = story(
        (0, START),
        (1, started(0)),
        (1, started(1)),
        (2, ended(0, 0.8, accuracy=0.95, metrics=metrics(0.2))),
        (2, ended(1, 0.7, accuracy=0.85, metrics=metrics(0.9))),
    )

    def order(accuracy: float) -> list[int]:
        weights = ScoringWeights(accuracy=accuracy)
        return [trial.number for trial in record.ranked(weights)]

    assert [trial.number for trial in record.ranked()] == [0, 1]
    assert (order(1.0), order(0.5), order(0.0)) == ([0, 1], [1, 0], [1, 0])


def test_a_note_is_news_until_something_is_started() -> None:
    waiting = Noted(message="waiting for a core")
    begun = [(0.0, START), (1.0, started(0)), (2.0, waiting)]

    assert story(*begun).news == "waiting for a core"
    assert story(*begun, (3.0, run(0))).news == ""
    assert story(*begun, (3.0, STOPPED)).news == ""
    assert story(*begun, (3.0, run(0))).notes == ["waiting for a core"]
