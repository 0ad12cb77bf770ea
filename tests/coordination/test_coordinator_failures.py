from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hpolab.commands import Command
from hpolab.config import SweepConfig
from hpolab.errors import ExecutorError
from hpolab.events import (
    EpochEnded,
    Event,
    RunEvent,
    RunLost,
    RunStarted,
    TrialStarted,
)
from hpolab.record import SweepRecord
from hpolab.storage.folder import SweepFolder
from hpolab.storage.journal import read_journal
from hpolab.storage.lock import CoordinatorLock
from hpolab.testing.scripted import ScriptedExecutor, failed, lost, once, trained

MakeConfig = Callable[..., SweepConfig]
Coordinate = Callable[..., SweepRecord]


def events(path: Path) -> list[Event]:
    return [entry.event for entry in read_journal(path / "journal.jsonl")]


def configurations(path: Path) -> list[dict[str, Any]]:
    return [dict(event.params) for event in events(path) if isinstance(event, TrialStarted)]


def test_a_sweep_survives_failing_trials_with_their_reasons(
    tmp_path: Path, make_config: MakeConfig, coordinate: Coordinate
) -> None:
    config = make_config(space={"error": [True, False]}, budget=10, max_failures=10)

    record = coordinate(tmp_path / "s", config)

    reasons = {t.ended.reason for t in record.trials.values() if t.ended and t.state == "failed"}
    assert record.state == "finished"
    assert reasons == {"ValueError: its parameters ask for an error"}


def test_too_many_failures_in_a_row_end_the_sweep_and_it_says_so(
    tmp_path: Path, make_config: MakeConfig, coordinate: Coordinate
) -> None:
    record = coordinate(tmp_path / "s", make_config(space={"fail": True}, max_failures=3))

    assert record.state == "failed"
    assert len(record.trials) == 3
    assert "3 trials failed in a row" in record.reason
    assert "its parameters ask it to fail" in record.reason


def test_failures_that_are_not_in_a_row_are_borne(
    tmp_path: Path, make_config: MakeConfig, coordinate: Coordinate
) -> None:
    executor = ScriptedExecutor(lambda spec: failed(spec) if spec.trial % 2 else trained(spec))

    record = coordinate(tmp_path / "s", make_config(max_failures=2, budget=8), executor=executor)

    assert record.state == "finished"


@pytest.mark.parametrize(
    ("crash", "state", "attempts"), [(1, "completed", 2), (True, "failed", 2)]
)
def test_a_trial_whose_worker_is_killed_is_tried_once_more(
    tmp_path: Path,
    make_config: MakeConfig,
    coordinate: Coordinate,
    crash: int | bool,
    state: str,
    attempts: int,
) -> None:
    executor = {"name": "hpolab.testing.synthetic:synthetic_process", "workers": 1}
    config = make_config(space={"crash": crash}, budget=1, executor=executor)

    trial = coordinate(tmp_path / "s", config).trials[0]

    assert (trial.state, trial.attempt) == (state, attempts)
    reasons = [event.reason for event in events(tmp_path / "s") if isinstance(event, RunLost)]
    assert "it is tried once more" in reasons[0]
    if state == "failed":
        assert trial.ended is not None
        assert trial.ended.reason.startswith("its worker was lost 2 times: ")


def test_a_worker_lost_before_its_run_began_counts_as_an_attempt_too(
    tmp_path: Path, make_config: MakeConfig, coordinate: Coordinate
) -> None:
    executor = ScriptedExecutor(lost)

    record = coordinate(tmp_path / "s", make_config(budget=1), executor=executor)

    assert [spec.attempt for spec in executor.submitted] == [1, 2]
    assert record.trials[0].state == "failed"


def test_an_attempt_that_a_stop_ended_is_not_held_against_the_trial(
    tmp_path: Path, make_config: MakeConfig, coordinate: Coordinate
) -> None:
    folder = SweepFolder(tmp_path / "s")
    stop = once(
        lambda event: isinstance(event, EpochEnded), lambda: folder.send(Command(verb="stop"))
    )
    config = make_config(budget=1)
    coordinate(tmp_path / "s", config, on_entry=stop, executor=ScriptedExecutor(trained))
    executor = ScriptedExecutor(lambda spec: lost(spec) if spec.attempt == 2 else trained(spec))

    record = coordinate(tmp_path / "s", config, executor=executor)

    assert [spec.attempt for spec in executor.submitted] == [2, 3]
    assert record.trials[0].state == "completed"


def test_late_words_of_an_attempt_that_was_given_up_are_passed_over(
    tmp_path: Path, make_config: MakeConfig, coordinate: Coordinate
) -> None:
    def with_a_ghost(spec: object) -> list[RunEvent]:
        ghost = RunStarted(trial=spec.trial, attempt=spec.attempt + 5, worker="w9")
        return [ghost, *trained(spec)]

    coordinate(tmp_path / "s", make_config(budget=1), executor=ScriptedExecutor(with_a_ghost))

    assert [e.worker for e in events(tmp_path / "s") if isinstance(e, RunStarted)] == ["w1"]


def test_a_pruned_trial_says_why_in_words(
    tmp_path: Path, make_config: MakeConfig, coordinate: Coordinate
) -> None:
    pruner = {"name": "median", "n_startup_trials": 1, "warmup_epochs": 0}

    record = coordinate(tmp_path / "s", make_config(pruner=pruner, budget=8))

    pruned = [trial for trial in record.trials.values() if trial.state == "pruned"]
    assert pruned
    for trial in pruned:
        assert trial.ended is not None
        assert len(trial.ended.reason.split()) > 3
        assert trial.ended.epochs < 3
        assert trial not in record.ranked()


def test_broken_machinery_ends_the_sweep_with_its_reason_in_the_journal(
    tmp_path: Path, make_config: MakeConfig, coordinate: Coordinate
) -> None:
    def break_down(spec: object) -> list[RunEvent]:
        raise ExecutorError("no worker can be started")

    executor = ScriptedExecutor(break_down)
    with pytest.raises(ExecutorError, match="no worker can be started"):
        coordinate(tmp_path / "s", make_config(), executor=executor)

    record = SweepRecord.of(read_journal(tmp_path / "s" / "journal.jsonl"))
    assert (record.state, record.reason) == ("failed", "no worker can be started")
    assert executor.is_closed
    with CoordinatorLock(tmp_path / "s" / ".lock"):
        pass


# Budgets


def test_a_budget_of_epochs_ends_the_trial_that_uses_the_last_one(
    tmp_path: Path, make_config: MakeConfig, coordinate: Coordinate
) -> None:
    record = coordinate(tmp_path / "s", make_config(budget={"trials": None, "epochs": 7}))

    last = record.trials[2]
    assert record.epochs_trained == 7
    assert len(record.trials) == 3
    assert last.ended is not None
    assert (last.state, last.ended.reason) == ("cancelled", "its 7 epochs are used up")
    assert (record.state, record.reason) == ("finished", "its 7 epochs are used up")


def test_a_budget_of_seconds_ends_the_sweep(
    tmp_path: Path, make_config: MakeConfig, coordinate: Coordinate
) -> None:
    config = make_config(space={"sleep": 0.03}, budget={"trials": None, "seconds": 0.25})

    record = coordinate(tmp_path / "s", config)

    assert record.state == "finished"
    assert record.reason == "its 0.25 seconds are used up"
    assert 0.25 <= record.seconds() < 2


def test_what_waits_when_the_budget_is_gone_is_not_trained(
    tmp_path: Path, make_config: MakeConfig, coordinate: Coordinate
) -> None:
    config = make_config(budget={"trials": None, "epochs": 4})
    folder = SweepFolder(tmp_path / "s")
    stop = once(
        lambda event: isinstance(event, EpochEnded) and event.trial == 1,
        lambda: folder.send(Command(verb="stop")),
    )
    coordinate(tmp_path / "s", config, on_entry=stop, executor=ScriptedExecutor(trained, slots=1))
    executor = ScriptedExecutor(trained)

    record = coordinate(tmp_path / "s", config, executor=executor)

    assert executor.submitted == []
    assert record.trials[1].ended is not None
    assert record.trials[1].ended.reason == "its 4 epochs are used up"


def test_a_wish_extends_the_budget_of_a_finished_sweep(
    tmp_path: Path, make_config: MakeConfig, coordinate: Coordinate
) -> None:
    config = make_config(sampler="tpe", budget=4)
    coordinate(tmp_path / "s", config)

    record = coordinate(
        tmp_path / "s", config, wishes=(Command(verb="extend", trials=3, epochs=5),)
    )

    assert (record.budget.trials, record.budget.epochs) == (7, None)
    assert len(record.finished()) == 7
    uninterrupted = make_config(sampler="tpe", budget=7)
    coordinate(tmp_path / "u", uninterrupted)
    assert configurations(tmp_path / "s") == configurations(tmp_path / "u")
