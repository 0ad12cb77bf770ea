"""Two sweeps in two processes on one machine: they share its cores, whatever becomes of one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from hpolab.events import Noted, RunStarted
from hpolab.record import SweepRecord
from hpolab.storage.journal import read_journal
from hpolab.testing.processes import wait_until_gone

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
