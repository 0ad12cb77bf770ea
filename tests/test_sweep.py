from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hpolab import Sweep
from hpolab.commands import Command
from hpolab.config import SweepConfig
from hpolab.coordination.interrupts import clean_stop_on_signals
from hpolab.errors import ConfigError, FolderLocked, HpolabError, StoreError
from hpolab.events import EpochEnded, SweepEnded
from hpolab.record import SweepRecord
from hpolab.settings import settings
from hpolab.storage.folder import SweepFolder
from hpolab.testing.processes import descendants, wait_until_gone

MakeConfig = Callable[..., SweepConfig]
Coordinate = Callable[..., SweepRecord]

ON_PROCESSES = {"name": "hpolab.testing.synthetic:synthetic_process", "workers": 1}
FOREVER = {"budget": 10_000, "space": {"sleep": 0.05}, "executor": ON_PROCESSES}
needs_proc = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


@pytest.fixture(scope="module", autouse=True)
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A machine of our own, whose data are decoded once for all tests here."""
    root = tmp_path_factory.mktemp("machine")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HPOLAB_CACHE_DIR", str(root / "cache"))
        patch.setenv("HPOLAB_SWEEPS_DIR", str(root / "sweeps"))
        settings.cache_clear()
        yield root
    settings.cache_clear()


def wait_for(is_so: Callable[[], object], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.02)


def coordinator_of(sweep: Sweep) -> int:
    owner = json.loads((sweep.path / ".lock.json").read_text())
    return int(owner["pid"])


@pytest.fixture
def running(tmp_path: Path, make_config: MakeConfig) -> Iterator[Sweep]:
    """A sweep in a process of its own that would take all day."""
    sweep = Sweep(make_config(**FOREVER), path=tmp_path / "s").start()
    yield sweep
    if sweep.folder.is_running():
        os.kill(coordinator_of(sweep), signal.SIGKILL)
        sweep.wait(10)


# In this process


def test_run_blocks_until_the_sweep_has_ended(tmp_path: Path, make_config: MakeConfig) -> None:
    sweep = Sweep(make_config(budget=3), path=tmp_path / "s")
    assert (sweep.state, sweep.best, sweep.leaderboard) == ("new", None, [])

    assert sweep.run() is sweep

    assert sweep.state == "finished"
    assert sweep.best is sweep.leaderboard[0]
    assert len(sweep.leaderboard) == 3
    assert [entry.seq for entry in sweep.entries()] == list(range(len(list(sweep.entries()))))


def test_a_sweep_is_followed_by_its_folder_alone(tmp_path: Path, make_config: MakeConfig) -> None:
    sweep = Sweep(make_config(budget=2), path=tmp_path / "s")
    follower: list[Sweep] = []

    def look(_entry: object) -> None:
        if not follower:
            follower.append(Sweep.follow(tmp_path / "s"))
        assert follower[0].state == "running"

    sweep.run(on_entry=lambda entry: None if isinstance(entry.event, SweepEnded) else look(entry))

    assert follower[0].state == "finished"
    assert follower[0].record == sweep.record
    assert follower[0].config == sweep.config


def test_without_a_path_it_lies_in_the_machines_directory_under_its_name(
    machine: Path, make_config: MakeConfig
) -> None:
    assert Sweep(make_config(name="mine")).path == machine / "sweeps" / "mine"


def test_sweeps_without_a_name_get_one_each(machine: Path, make_config: MakeConfig) -> None:
    paths = set()
    for _ in range(3):
        sweep = Sweep(make_config())
        SweepFolder.create(sweep.path, sweep.config.to_dict())
        paths.add(sweep.path)

    assert len(paths) == 3
    assert all(path.name.startswith("digits-") for path in paths)


def test_the_folder_of_another_sweep_is_refused_and_the_difference_named(
    tmp_path: Path, make_config: MakeConfig
) -> None:
    Sweep(make_config(budget=1), path=tmp_path / "s").run()

    with pytest.raises(ConfigError, match="asked for something else") as caught:
        Sweep(make_config(budget=1, epochs=9), path=tmp_path / "s")

    assert caught.value.field == "epochs"
    elsewhere = make_config(budget=1, name="other", executor="inline")
    assert Sweep(elsewhere, path=tmp_path / "s").state == "finished"


def test_what_cannot_work_is_refused_before_anything_is_made(
    tmp_path: Path, make_config: MakeConfig
) -> None:
    sweep = Sweep(make_config(model="no.such:builder"), path=tmp_path / "s")

    for begin in (sweep.run, sweep.start):
        with pytest.raises(ConfigError, match=r"no\.such"):
            begin()

    assert not sweep.path.exists()


def test_a_folder_that_cannot_be_made_is_an_error_with_a_remedy(
    tmp_path: Path, make_config: MakeConfig
) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(StoreError, match="allow writing there"):
        Sweep(make_config(), path=tmp_path / "file" / "s").run()


def test_relative_data_paths_mean_the_place_where_the_sweep_was_made(
    tmp_path: Path, make_config: MakeConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    sweep = Sweep(make_config(dataset={"name": "images", "path": "photos"}), path=tmp_path / "s")

    assert sweep.config.dataset.path == tmp_path / "photos"


@pytest.mark.parametrize("verb", ["pause", "resume", "stop"])
def test_a_wish_that_nobody_would_read_is_refused(
    tmp_path: Path, make_config: MakeConfig, coordinate: Coordinate, verb: str
) -> None:
    coordinate(tmp_path / "s", make_config(budget=1))
    sweep = Sweep.follow(tmp_path / "s")

    with pytest.raises(StoreError, match=f"nobody would read `{verb}`; continue the sweep"):
        getattr(sweep, verb)()

    assert not sweep.folder.commands.exists()


def test_what_is_no_sweep_cannot_be_followed(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is not a sweep folder"):
        Sweep.follow(tmp_path)


# In a process of its own


@needs_proc
def test_a_started_sweep_obeys_whoever_writes_to_its_folder(running: Sweep) -> None:
    assert running.state == "running"
    follower = Sweep.follow(running.path)
    wait_for(lambda: follower.record.epochs_trained)

    for begin in (follower.start, follower.run):
        with pytest.raises(FolderLocked, match=f"process {coordinator_of(running)} on"):
            begin()

    follower.pause()
    wait_for(lambda: running.state == "paused")
    with running.folder.commands.open("a") as file:  # as any other program may
        file.write('{"verb": "resume"}\n{"verb": "sing"}\n{"verb": "cancel", "trial": 77}\n')
    wait_for(lambda: len(running.record.notes) == 2)
    assert running.state == "running"
    number = max(running.record.trials)
    follower.cancel(number)
    wait_for(lambda: running.record.trials[number].ended is not None)
    follower.extend(trials=5)
    wait_for(lambda: running.record.budget.trials == 10_005)
    assert running.wait(0.1) == "running"
    follower.stop()
    assert running.wait(30) == "stopped"
    assert running.record.reason == "stopped by command"


@needs_proc
def test_a_killed_coordinator_leaves_no_process_and_a_sweep_that_goes_on(running: Sweep) -> None:
    wait_for(lambda: len(running.record.finished()) == 1)
    coordinator = coordinator_of(running)
    workers = descendants(coordinator)
    assert workers

    os.kill(coordinator, signal.SIGKILL)

    assert wait_until_gone([coordinator, *workers], seconds=10) == []
    assert running.wait(10) == "interrupted"
    known = {trial.number: trial.ended for trial in running.record.finished()}
    follower = Sweep.follow(running.path)
    follower.run(
        on_entry=lambda entry: follower.stop() if isinstance(entry.event, EpochEnded) else None
    )
    assert follower.state == "stopped"
    assert {number: follower.record.trials[number].ended for number in known} == known


@needs_proc
def test_a_started_sweep_outlives_the_one_who_started_it(
    tmp_path: Path, make_config: MakeConfig
) -> None:
    config = make_config(budget=8, space={"sleep": 0.02}, executor=ON_PROCESSES)
    code = (
        "import sys; from hpolab import Sweep, SweepConfig; "
        "Sweep(SweepConfig.parse(sys.argv[1]), path=sys.argv[2]).start()"
    )
    command = [sys.executable, "-W", "error", "-c", code, config.to_json(), str(tmp_path / "s")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert (done.returncode, done.stderr) == (0, "")
    sweep = Sweep.follow(tmp_path / "s")
    seen = [entry.event.kind for entry in sweep.entries(follow=True)]
    assert (seen[0], seen[-1]) == ("sweep_started", "sweep_ended")
    assert sweep.wait(10) == "finished"
    assert len(sweep.leaderboard) == 8


def test_a_coordinator_that_ends_at_once_is_told_with_what_it_said(
    tmp_path: Path, make_config: MakeConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho it is too hot here\nexit 1\n")
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))

    with pytest.raises(HpolabError, match="ended at once: it is too hot here"):
        Sweep(make_config(), path=tmp_path / "s").start()


@needs_proc
def test_a_service_manager_that_ends_a_sweep_and_its_workers_finds_it_stopped(
    running: Sweep,
) -> None:
    wait_for(lambda: running.record.epochs_trained)
    coordinator = coordinator_of(running)
    processes = descendants(coordinator)

    for pid in [coordinator, *processes]:  # as systemd does to a whole control group
        os.kill(pid, signal.SIGTERM)

    assert wait_until_gone([coordinator, *processes], seconds=10) == []
    assert (running.state, running.record.reason) == ("stopped", "stopped by SIGTERM")
    assert [trial.losses for trial in running.record.trials.values()] == [0] * len(
        running.record.trials
    )
    assert running.record.unfinished()


# Ctrl-C and SIGTERM


@pytest.mark.parametrize(
    ("first", "said"),
    [(signal.SIGINT, "stopped by hand"), (signal.SIGTERM, "stopped by SIGTERM")],
)
def test_the_first_signal_asks_and_ctrl_c_then_insists(first: signal.Signals, said: str) -> None:
    asked: list[str] = []
    before = signal.getsignal(signal.SIGTERM)

    with clean_stop_on_signals(asked.append):
        os.kill(os.getpid(), first)
        assert asked == [said]
        assert signal.getsignal(signal.SIGTERM) is before
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)

    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert asked == [said]


@pytest.mark.skipif(sys.platform == "win32", reason="has no such signals to send")
@pytest.mark.parametrize(
    ("number", "reason"),
    [(signal.SIGINT, "stopped by hand"), (signal.SIGTERM, "stopped by SIGTERM")],
)
def test_a_signal_stops_a_real_script_cleanly_and_what_was_running_is_trained_again(
    tmp_path: Path, make_config: MakeConfig, number: signal.Signals, reason: str
) -> None:
    config = make_config(budget=4, space={"sleep": 0.1}, executor=ON_PROCESSES)
    code = (
        "import sys; from hpolab import Sweep, SweepConfig; "
        "print(Sweep(SweepConfig.parse(sys.argv[1]), path=sys.argv[2]).run().state)"
    )
    command = [sys.executable, "-c", code, config.to_json(), str(tmp_path / "s")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as script:
        sweep = Sweep(config, path=tmp_path / "s")
        wait_for(lambda: sweep.record.epochs_trained >= 4)
        script.send_signal(number)
        said, _ = script.communicate(timeout=30)

    assert (said, script.returncode) == ("stopped\n", 0)
    assert sweep.record.reason == reason
    open_trials = [trial.number for trial in sweep.record.unfinished()]
    assert len(open_trials) == 1
    sweep.run()
    assert sweep.state == "finished"
    trial = sweep.record.trials[open_trials[0]]
    assert (trial.state, trial.attempt, len(trial.epochs)) == ("completed", 2, 3)


def test_what_is_wished_at_the_start_reaches_the_process_that_runs_the_sweep(
    tmp_path: Path, make_config: MakeConfig
) -> None:
    sweep = Sweep(make_config(budget=2), path=tmp_path / "s").run()
    more = (Command(verb="extend", trials=1), Command(verb="extend", trials=1))

    assert sweep.start(wishes=more).wait(timeout=60) == "finished"
    assert len(sweep.record.finished()) == 4
