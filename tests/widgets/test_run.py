from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from hpolab import Sweep
from hpolab.budget import Budget
from hpolab.commands import Command
from hpolab.errors import ConfigError
from hpolab.events import (
    BudgetExtended,
    EpochEnded,
    Event,
    ExplorationChanged,
    Noted,
    RunBilled,
    RunStarted,
    SweepEnded,
    SweepPaused,
    SweepStarted,
    TrialEnded,
    TrialStarted,
)
from hpolab.storage.folder import CommandTail, SweepFolder
from hpolab.storage.journal import Journal
from hpolab.storage.lock import CoordinatorLock
from hpolab.trial import EpochRecord
from hpolab_widgets import LabState, RunControl
from hpolab_widgets.hosting import Host

if TYPE_CHECKING:
    from hpolab.config import SweepConfig
    from hpolab_widgets.panel import Panel

STOPPED = SweepEnded(state="stopped", reason="stopped by command")


class Coordinator:
    """Holds a sweep's lock and writes its journal, as a test says."""

    def __init__(self, folder: SweepFolder, config: SweepConfig) -> None:
        self.folder = folder
        self._config = config
        self._lock = CoordinatorLock(folder.lock)

    def __enter__(self) -> Coordinator:
        self._lock.__enter__()
        self._journal = Journal(self.folder.journal)
        config = self._config.to_dict()
        self.says(SweepStarted(sweep="one", config=config, fingerprint="f", versions={}))
        return self

    def __exit__(self, *exc: object) -> None:
        self._journal.close()
        self._lock.__exit__()

    def says(self, *events: Event) -> None:
        for event in events:
            self._journal.append(event)

    def runs(self, trial: int, *, epochs: int = 0) -> None:
        self.says(
            TrialStarted(trial=trial, params={"learning_rate": 0.01}, seed=0),
            RunStarted(trial=trial, attempt=1, worker=f"w{trial + 1}"),
            *(EpochEnded(trial=trial, attempt=1, epoch=epoch(n + 1)) for n in range(epochs)),
        )

    @property
    def wishes(self) -> list[Command]:
        return CommandTail(self.folder.commands).new()[0]


def epoch(number: int) -> EpochRecord:
    return EpochRecord(
        epoch=number, train_loss=1.0, train_accuracy=0.5, val_loss=1.0, val_accuracy=number / 10,
        learning_rate=0.1, seconds=1.0,
    )  # fmt: skip


@pytest.fixture
def coordinated(new_sweep: Callable[..., Sweep]) -> Callable[..., Coordinator]:
    def make(**changes: Any) -> Coordinator:
        sweep = new_sweep(**{"sampler": "tpe", **changes})
        return Coordinator(SweepFolder.create(sweep.path, sweep.config.to_dict()), sweep.config)

    return make


def panel_on(folder: SweepFolder, host: Host) -> RunControl:
    return RunControl(LabState(Sweep.follow(folder.path), host=host))


def refresh(panel: Panel) -> None:
    assert panel.lab.sweep is not None
    panel.lab.sweep.refresh()


def words(panel: RunControl) -> list[str]:
    return [wish["words"] for wish in panel.view["pending"]]


def test_without_a_sweep_there_is_nothing_to_steer() -> None:
    panel = RunControl()
    panel.wish("pause")
    assert panel.view == {}
    assert "no sweep to steer" in panel.problem


def test_what_remote_workers_cost_and_may_cost_is_shown(
    coordinated: Callable[..., Coordinator], host: Host
) -> None:
    with coordinated(budget={"trials": None, "money": 2}) as coordinator:
        coordinator.runs(0, epochs=1)
        coordinator.says(RunBilled(trial=0, attempt=1, seconds=2, cost=0.5))
        view = panel_on(coordinator.folder, host).view
    assert view["cost"] == 0.5
    assert view["budget"] == [{"unit": "money", "used": 0.5, "limit": 2.0, "share": 0.25}]


def test_a_finished_sweep_says_how_it_went(new_sweep: Callable[..., Sweep]) -> None:
    sweep = new_sweep().run()
    view = RunControl(sweep.path).view

    assert (view["state"], view["actions"]) == ("finished", ["extend"])
    assert view["sentence"] == "Finished: all 6 trials are done."
    assert view["budget"] == [{"unit": "trials", "used": 6, "limit": 6, "share": 1.0}]
    assert view["counts"]["completed"] == 6
    assert sweep.best is not None
    assert view["best"]["trial"] == sweep.best.number
    assert view["workers"] == []


def test_what_each_worker_trains_is_shown_and_a_free_one_keeps_its_row(
    coordinated: Callable[..., Coordinator], host: Host
) -> None:
    with coordinated(executor={"name": "process", "workers": 2}) as coordinator:
        coordinator.runs(0, epochs=2)
        busy, free = panel_on(coordinator.folder, host).view["workers"]

    assert (busy["worker"], busy["trial"], busy["epoch"], busy["epochs"]) == ("w1", 0, 2, 3)
    assert busy["curve"] == [0.1, 0.2]
    assert free is None


@pytest.mark.parametrize(
    ("wish", "details", "command", "fulfilled"),
    [
        ("pause", {}, Command(verb="pause"), SweepPaused()),
        (
            "cancel",
            {"trial": 0},
            Command(verb="cancel", trial=0),
            TrialEnded(trial=0, attempt=1, state="cancelled", epochs=0),
        ),
        (
            "extend",
            {"amount": 4, "unit": "trials"},
            Command(verb="extend", trials=4),
            BudgetExtended(budget=Budget(trials=10)),
        ),
        (
            "explore",
            {"share": 0.5},
            Command(verb="explore", share=0.5),
            ExplorationChanged(share=0.5),
        ),
        ("stop", {}, Command(verb="stop"), STOPPED),
    ],
)
def test_a_wish_is_sent_and_pending_until_the_journal_says_it_is_obeyed(
    coordinated: Callable[..., Coordinator],
    host: Host,
    wish: str,
    details: dict[str, Any],
    command: Command,
    fulfilled: Event,
) -> None:
    with coordinated() as coordinator:
        coordinator.runs(0)
        panel = panel_on(coordinator.folder, host)
        panel.wish(wish, **details)
        assert panel.problem == ""
        assert coordinator.wishes == [command]
        coordinator.says(Noted(message="something else"))
        refresh(panel)
        assert len(words(panel)) == 1
        coordinator.says(fulfilled)
        refresh(panel)
        assert words(panel) == []


def test_a_wish_that_the_coordinator_cannot_fulfil_is_no_longer_pending(
    coordinated: Callable[..., Coordinator], host: Host
) -> None:
    with coordinated() as coordinator:
        coordinator.runs(0)
        panel = panel_on(coordinator.folder, host)
        panel.wish("cancel", trial=0)
        coordinator.says(
            Noted(message="trial 0 has already completed; there is nothing to cancel")
        )
        refresh(panel)

        assert words(panel) == []
        assert "already completed" in panel.view["notes"][0]


def test_a_wish_that_nobody_is_left_to_obey_is_no_longer_pending(
    coordinated: Callable[..., Coordinator], host: Host
) -> None:
    with coordinated() as coordinator:
        panel = panel_on(coordinator.folder, host)
        panel.wish("pause")
        assert words(panel) == ["Pausing after the running epochs …"]
    refresh(panel)

    assert panel.view["state"] == "interrupted"
    assert words(panel) == []


def test_an_interrupted_sweep_explains_itself_and_offers_to_continue(
    coordinated: Callable[..., Coordinator], host: Host
) -> None:
    with coordinated() as coordinator:
        coordinator.runs(0)
    view = panel_on(coordinator.folder, host).view

    assert view["actions"] == ["continue", "extend"]
    assert "Nobody runs this sweep now" in view["sentence"]
    assert (view["counts"]["running"], view["counts"]["waiting"]) == (0, 1)
    assert view["workers"] == []


def test_the_clock_of_an_interrupted_sweep_stands_still(
    coordinated: Callable[..., Coordinator], host: Host
) -> None:
    with coordinated(budget={"trials": 6, "seconds": 100.0}) as coordinator:
        coordinator.runs(0)
    panel = panel_on(coordinator.folder, host)
    assert panel.lab.sweep is not None
    panel.lab.sweep.record.clock = lambda: datetime.now(UTC) + timedelta(hours=5)
    refresh(panel)

    assert panel.view["elapsed"] < 60
    assert panel.view["eta"] is None


@pytest.mark.parametrize(
    ("wish", "details", "why"),
    [
        ("pause", {"trial": 1}, "not how to ask"),
        ("resume", {}, "it is running now; resume does not apply"),
        ("start", {}, "continue does not apply"),
        ("cancel", {"trial": 99}, "trial 99 is not running"),
        ("cancel", {"trial": "../.."}, "trial"),
        ("extend", {"amount": 0, "unit": "trials"}, "between 1 and 10,000"),
        ("extend", {"amount": True, "unit": "trials"}, "between 1 and"),
        ("extend", {"amount": float("nan"), "unit": "trials"}, "between 1 and"),
        ("extend", {"amount": 1.5, "unit": "trials"}, "trials"),
        ("extend", {"amount": 1, "unit": "hours"}, "trials, minutes or epochs"),
        ("extend", {"amount": 1, "unit": "minutes"}, "no limit of minutes"),
        ("explore", {"share": 2}, "share"),
    ],
)
def test_what_cannot_be_wished_is_refused_with_a_reason_and_nothing_is_sent(
    coordinated: Callable[..., Coordinator],
    host: Host,
    wish: str,
    details: dict[str, Any],
    why: str,
) -> None:
    with coordinated() as coordinator:
        coordinator.runs(0)
        panel = panel_on(coordinator.folder, host)
        panel.wish(wish, **details)

        assert why in panel.problem
        assert words(panel) == []
        assert coordinator.wishes == []


def test_a_host_s_limits_hold_for_extensions(coordinated: Callable[..., Coordinator]) -> None:
    class Strict(Host):
        def check(self, config: SweepConfig) -> None:
            if (config.budget.trials or 0) > 8:
                raise ConfigError("at most 8 trials here.", field="budget.trials")

    with coordinated() as coordinator:
        panel = panel_on(coordinator.folder, Strict(sweeps_dir=coordinator.folder.path.parent))
        panel.wish("extend", amount=3, unit="trials")
        assert "at most 8 trials here" in panel.problem
        panel.wish("extend", amount=2, unit="trials")
        assert [wish.trials for wish in coordinator.wishes] == [2]


def test_an_example_has_no_controls_and_obeys_nobody(
    new_sweep: Callable[..., Sweep], tmp_path: Path
) -> None:
    sweep = new_sweep().run()
    elsewhere = Host(sweeps_dir=tmp_path / "elsewhere")
    panel = RunControl(LabState(Sweep.follow(sweep.path), host=elsewhere))

    assert panel.view["is_example"]
    assert panel.view["actions"] == []
    panel.wish("extend", amount=3, unit="trials")
    assert "this is an example" in panel.problem


def test_failures_are_listed_with_their_message_and_without_places(
    coordinated: Callable[..., Coordinator], host: Host
) -> None:
    with coordinated() as coordinator:
        coordinator.runs(0)
        reason = "ValueError in /home/ada/lab/model.py: too deep"
        coordinator.says(TrialEnded(trial=0, attempt=1, state="failed", reason=reason, epochs=0))
        view = panel_on(coordinator.folder, host).view

    assert view["failures"] == [{"trial": 0, "reason": "ValueError in …/model.py: too deep"}]
    assert view["n_failures"] == 1


def test_a_sweep_that_waits_for_cores_says_for_whom_until_a_run_begins(
    coordinated: Callable[..., Coordinator], host: Host
) -> None:
    with coordinated() as coordinator:
        coordinator.says(Noted(message="waiting for a core: 2 of 2 are training for sweep b"))
        panel = panel_on(coordinator.folder, host)
        said = "Waiting for a core: 2 of 2 are training for sweep b."
        assert panel.view["sentence"] == said
        coordinator.runs(0)
        refresh(panel)
        assert panel.view["sentence"] == "Training one trial."


def test_the_ends_of_the_logs_are_read_only_when_they_are_shown(
    coordinated: Callable[..., Coordinator], host: Host
) -> None:
    with coordinated() as coordinator:
        coordinator.runs(0)
        lines = [f"line {n}" for n in range(9000)]
        coordinator.folder.log.write_text("\n".join(lines), encoding="utf-8")
        log = coordinator.folder.trial(0) / "log.txt"
        log.parent.mkdir()
        log.write_bytes(b"\x1b[31mepoch 1\repoch 2\r\nin /home/ada/x/model.py \xff\n")
        panel = panel_on(coordinator.folder, host)
        assert panel.view["log"] == []
        panel.log_open = True
        first, second = panel.view["log"]

    assert first == {"source": "coordinator", "lines": lines[-50:]}
    assert second == {"source": "trial 0", "lines": ["epoch 2", "in …/model.py \ufffd"]}


def test_a_sweep_is_started_stopped_and_continued_to_its_end(
    new_sweep: Callable[..., Sweep],
) -> None:
    sweep = new_sweep(space={"sleep": 0.05}, budget=4)
    panel = RunControl(sweep)
    assert (panel.view["state"], panel.view["actions"]) == ("new", ["start"])
    panel.wish("start")
    assert panel.problem == ""
    assert panel.view["state"] in {"running", "finished"}
    panel.wish("stop")
    sweep.wait(timeout=60)
    refresh(panel)
    if panel.view["state"] == "stopped":
        panel.wish("start")
        sweep.wait(timeout=60)
        refresh(panel)
    assert panel.view["state"] == "finished"
    panel.wish("extend", amount=2, unit="trials")
    assert panel.problem == ""
    sweep.wait(timeout=60)
    refresh(panel)
    assert panel.view["counts"]["completed"] == 6


def test_a_host_does_not_let_what_it_cannot_write_be_changed(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert host.may_change(host.sweeps_dir / "new")
    assert not host.may_change(host.sweeps_dir.parent)
    monkeypatch.setattr("os.access", lambda *_: False)
    assert not replace(host).may_change(host.sweeps_dir / "new")
