"""What remote workers cost: counted for every attempt, shown as it grows, and limited."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpolab.budget import Budget
from hpolab.commands import Command
from hpolab.errors import ConfigError
from hpolab.events import (
    Entry,
    Noted,
    RunBilled,
    RunEnded,
    RunLost,
    RunStarted,
    SweepContinued,
    SweepEnded,
    SweepStarted,
    TrialEnded,
    TrialStarted,
)
from hpolab.record import SweepRecord
from hpolab.storage.folder import SweepFolder
from hpolab.testing.scripted import ScriptedExecutor, trained
from hpolab.trial import RunResult

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def paid(spec, cost=1.0):
    *story, end = trained(spec)
    return [*story, RunBilled(trial=spec.trial, attempt=spec.attempt, seconds=2, cost=cost), end]


def lost_once(spec):
    if spec.attempt > 1:
        return paid(spec)
    who = {"trial": spec.trial, "attempt": spec.attempt}
    return [
        RunStarted(**who, worker="w1"),
        RunBilled(**who, seconds=1, cost=0.25),
        RunLost(**who, reason="worker w1 was killed"),
    ]


def record_of(make_config, *told):
    """What is known after some events, a second apart."""
    start = SweepStarted(sweep="s", config=make_config().to_dict(), fingerprint="", versions={})
    born = TrialStarted(trial=0, params={}, seed=0)
    return SweepRecord.of(
        Entry(seq=n, utc=NOON + timedelta(seconds=n), event=event)
        for n, event in enumerate([start, born, *told])
    )


def test_every_attempt_counts(tmp_path, make_config, coordinate):
    record = coordinate(
        tmp_path / "sweep", make_config(budget=2), executor=ScriptedExecutor(lost_once)
    )
    assert [trial.cost for trial in record.trials.values()] == [1.25, 1.25]
    assert record.cost() == 2.5


def test_a_sweep_ends_when_its_money_is_used_up(tmp_path, make_config, coordinate):
    config = make_config(budget=Budget(trials=None, money=3))
    record = coordinate(tmp_path / "sweep", config, executor=ScriptedExecutor(paid))
    assert len(record.finished()) == 3
    assert record.reason == "its 3 of money are used up"


def test_it_goes_on_with_more_money(tmp_path, make_config, coordinate):
    config = make_config(budget=Budget(trials=None, money=3))
    coordinate(tmp_path / "sweep", config, executor=ScriptedExecutor(paid))
    record = coordinate(
        tmp_path / "sweep", config, executor=ScriptedExecutor(paid),
        wishes=(Command(verb="extend", money=2),),
    )  # fmt: skip
    assert len(record.finished()) == 5


def test_what_was_paid_for_a_run_that_stays_open_is_not_forgotten(
    tmp_path, make_config, coordinate
):
    stopped = RunResult(state="cancelled", reason="the sweep was stopped")

    def story(spec):
        if spec.trial == 0:
            return paid(spec)
        ended = RunEnded(trial=spec.trial, attempt=spec.attempt, result=stopped)
        return [*paid(spec)[:-1], ended]

    def stop(entry):
        if isinstance(entry.event, RunBilled) and entry.event.trial == 1:
            sweep.send(Command(verb="stop"))

    config, sweep = make_config(budget=3), SweepFolder(tmp_path / "sweep")
    executor = ScriptedExecutor(story)
    record = coordinate(sweep.path, config, executor=executor, on_entry=stop)
    assert record.state == "stopped"
    assert record.trials[1].ended is None
    assert record.cost() == 2.0


def test_runs_in_flight_are_on_the_meter(make_config):
    record = record_of(
        make_config, RunStarted(trial=0, attempt=1, worker="pod", price_per_second=0.5)
    )
    begun = NOON + timedelta(seconds=2)
    assert record.cost(begun) == 0
    assert record.cost(begun + timedelta(seconds=10)) == 5.0
    assert record.cost(begun - timedelta(seconds=10)) == 0


@pytest.mark.parametrize(
    "end",
    [
        RunLost(trial=0, attempt=1, reason="its executor was given up", is_suspect=False),
        SweepEnded(state="stopped", reason="by hand"),
        TrialEnded(trial=0, attempt=1, state="failed", epochs=0),
    ],
    ids=lambda event: event.kind,
)
def test_what_nobody_has_billed_is_charged_by_the_clock(make_config, end):
    start = RunStarted(trial=0, attempt=1, worker="pod", price_per_second=0.5)
    record = record_of(make_config, start, Noted(message="a second later"), end)
    assert record.trials[0].cost == 1.0
    assert record.cost(NOON + timedelta(days=1)) == 1.0


def test_a_crash_is_charged_until_the_last_word(make_config):
    start = RunStarted(trial=0, attempt=1, worker="pod", price_per_second=0.5)
    record = record_of(make_config, start, Noted(message="the last"), SweepContinued(versions={}))
    assert record.cost(NOON + timedelta(days=1)) == 0.5


@given(
    prices=st.lists(st.floats(0, 1e3), max_size=5),
    costs=st.lists(st.floats(0, 1e6), max_size=5),
)
def test_bills_add_up_and_stop_the_meter(prices, costs):
    from hpolab.config import SweepConfig

    told = []
    for attempt, (price, cost) in enumerate(zip(prices, costs, strict=False), start=1):
        who = {"trial": 0, "attempt": attempt}
        told += [
            RunStarted(**who, worker="pod", price_per_second=price),
            RunBilled(**who, seconds=1, cost=cost),
            RunLost(**who, reason="gone"),
        ]
    record = record_of(SweepConfig, *told)
    assert record.cost(NOON + timedelta(days=1)) == pytest.approx(sum(costs[: len(prices)]))


def test_money_alone_ends_a_sweep_and_nothing_does_not():
    assert Budget(trials=None, money=5).exhausted(trials=9, seconds=9, epochs=9, money=4.9) == ""
    with pytest.raises(ConfigError, match="trials, seconds, epochs, money"):
        Budget(trials=None)
