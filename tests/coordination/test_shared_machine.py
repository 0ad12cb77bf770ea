"""Two sweeps in two processes on one machine: they share its cores, whatever becomes of one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from threading import Thread

import pytest

from hpolab import Sweep
from hpolab.commands import Command
from hpolab.confirmation.confirm import confirm
from hpolab.events import Noted, RunStarted
from hpolab.record import SweepRecord
from hpolab.settings import settings
from hpolab.storage.cores import Cores
from hpolab.storage.folder import SweepFolder
from hpolab.storage.journal import read_journal
from hpolab.testing.processes import wait_until_gone
from hpolab.testing.scripted import once

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")

LIMIT = 2
WATCHED = """
import os, sys, time
from pathlib import Path
from hpolab.executors.process import ProcessExecutor
from hpolab.testing.synthetic import train_run as synthetic

def train_run(spec, report):
    with open(Path(__file__).with_name("times.txt"), "a", buffering=1) as file:
        file.write(f"{time.monotonic()} 1 {os.getpid()}\\n")
        result = synthetic(spec, report)
        file.write(f"{time.monotonic()} -1 {os.getpid()}\\n")
    return result

def executor(spec):
    return ProcessExecutor(workers=spec.slots, work="watched:train_run")

def main(path, trials, sleep, workers):
    from hpolab.config import SweepConfig
    from hpolab.coordination.coordinator import Coordinator
    from hpolab.executors import make
    from hpolab.storage.folder import SweepFolder
    config = SweepConfig(
        model="watched:train_run", epochs=2, budget=int(trials), sampler="random", pruner="none",
        space={"sleep": float(sleep), "learning_rate": {"low": 1e-4, "high": 1e-1, "log": True}},
        executor={"name": "watched:executor", "workers": int(workers)},
    )
    folder = SweepFolder.create(Path(path), config.to_dict())
    Coordinator(folder, config, executor=make(config.executor), fingerprint="data").run()

if __name__ == "__main__":
    main(*sys.argv[1:])
"""


@pytest.fixture
def start(tmp_path):
    """Starts a sweep in a process of its own, which ends with the test at the latest."""
    (tmp_path / "watched.py").write_text(WATCHED)
    machine = {"HPOLAB_MAX_TRAINING": str(LIMIT), "HPOLAB_CACHE_DIR": str(tmp_path / "cache")}
    started = []

    def start_it(name, *, trials=4, sleep=0.05, workers=2):
        command = [sys.executable, "watched.py", name, str(trials), str(sleep), str(workers)]
        process = subprocess.Popen(command, cwd=tmp_path, env=os.environ | machine)
        started.append(process)
        return process

    yield start_it
    for process in started:
        process.kill()
        process.wait()


def events(folder):
    return [entry.event for entry in read_journal(folder / "journal.jsonl")]


def has_started(folder, count):
    return sum(isinstance(event, RunStarted) for event in events(folder)) >= count


def wait_for(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_two_sweeps_never_train_more_than_the_machine_may_and_both_finish(start, tmp_path):
    processes = [start(name, sleep=0.6) for name in ("one", "two")]
    assert [process.wait(120) for process in processes] == [0, 0]
    lines = (tmp_path / "times.txt").read_text().split("\n")[:-1]
    changes = sorted((float(at), int(change)) for at, change, _ in map(str.split, lines))
    training = [sum(change for _, change in changes[: n + 1]) for n in range(len(changes))]
    assert max(training) == LIMIT
    assert training[-1] == 0
    for name in ("one", "two"):
        record = SweepRecord.of(read_journal(tmp_path / name / "journal.jsonl"))
        assert [trial.state for trial in record.finished()] == ["completed"] * 4
    told = [event for name in ("one", "two") for event in events(tmp_path / name)]
    notes = [event.message for event in told if isinstance(event, Noted)]
    assert any(note.startswith("waiting for a core: 2 of 2 are training for") for note in notes)


def test_a_killed_sweep_frees_its_cores_for_one_that_waits(start, tmp_path):
    greedy = start("greedy", sleep=600)
    wait_for(lambda: has_started(tmp_path / "greedy", 2))
    patient = start("patient", trials=2)
    told = Noted(message="waiting for a core: 2 of 2 are training for sweep greedy")
    wait_for(lambda: told in events(tmp_path / "patient"))
    assert not has_started(tmp_path / "patient", 1)
    workers = [int(line.split()[2]) for line in (tmp_path / "times.txt").read_text().splitlines()]
    os.kill(greedy.pid, signal.SIGKILL)
    assert patient.wait(30) == 0
    assert wait_until_gone(workers, seconds=5) == []


@pytest.fixture
def one_core(tmp_path, monkeypatch):
    """A machine of one core, and another sweep on it; its folder is the machine's own."""
    monkeypatch.setenv("HPOLAB_MAX_TRAINING", "1")
    monkeypatch.setenv("HPOLAB_CACHE_DIR", str(tmp_path / "cache"))
    settings.cache_clear()
    with closing(Cores("sweep other")) as other:
        yield other
    settings.cache_clear()


def test_a_paused_sweep_leaves_its_core_to_others_and_waits_to_get_it_back(
    one_core, tmp_path, make_config, coordinate
):
    folder = SweepFolder(tmp_path / "sweep")
    pause = once(lambda event: isinstance(event, RunStarted), lambda: _send(folder, "pause"))
    config = make_config(budget=1, epochs=8, space={"sleep": 0.3})
    options = {"on_entry": pause}
    thread = Thread(target=coordinate, args=(folder.path, config), kwargs=options, daemon=True)
    thread.start()
    wait_for(lambda: folder.journal.exists() and has_started(folder.path, 1))
    assert not one_core.reserve()
    wait_for(one_core.reserve)
    one_core.assign(0)
    _send(folder, "resume")
    told = Noted(message="waiting for a core: 1 of 1 is training for sweep other")
    wait_for(lambda: told in events(folder.path))
    assert SweepRecord.of(read_journal(folder.journal)).trials[0].ended is None
    one_core.free(0)
    thread.join(30)
    record = SweepRecord.of(read_journal(folder.journal))
    assert (record.state, record.trials[0].state) == ("finished", "completed")


def test_a_confirmation_waits_for_its_core_too(one_core, tmp_path, make_config, coordinate):
    config = make_config(budget=1, epochs=1)
    coordinate(tmp_path / "sweep", config, fingerprint=Sweep(config, path=tmp_path / "s").check())
    assert one_core.reserve()
    one_core.assign(0)
    told = []

    def make_way(note):
        told.append(note)
        one_core.close()

    confirmation = confirm(Sweep.follow(tmp_path / "sweep"), top=1, seeds=2, on_note=make_way)
    assert told == ["waiting for a core: 1 of 1 is training for sweep other"]
    assert [run.state for trial in confirmation.trials for run in trial.runs] == ["completed"] * 2


def _send(folder, verb):
    folder.send(Command(verb=verb))
