"""Workers that live and do nothing: stopped, stuck, or in a loop without an end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from hpolab.errors import ConfigError
from hpolab.events import RunLost, RunStarted
from hpolab.executors import ExecutorSpec
from hpolab.executors.executor import HOLD
from hpolab.executors.process import ProcessExecutor
from hpolab.testing.processes import descendants, wait_until_gone
from hpolab.testing.recorder import Recorder, order
from hpolab.testing.synthetic import WORK

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")

LOCKED = """
import re
from hpolab.testing.synthetic import train_run as synthetic

def train_run(spec, report):
    if spec.params.get("locked"):
        re.match("(a+)+$", "a" * 60 + "b")  # years, inside one call that keeps Python's lock
    return synthetic(spec, report)
"""
SLEEPER = """
import sys
from pathlib import Path
from hpolab.executors.process import ProcessExecutor
from hpolab.testing.recorder import Recorder, order
seen = Recorder()
limits = {"silence_limit_seconds": 1.5, "epoch_limit_seconds": 1.5}
with ProcessExecutor(workers=1, work="hpolab.testing.synthetic:train_run", **limits) as pool:
    pool.submit(order(Path(sys.argv[1]), epochs=12, sleep=0.25))
    seen.follow(pool, until=lambda: seen.n_epochs() == 1)
    print("begun", flush=True)
    seen.follow_to_end(pool)
print(*seen.kinds())
"""


def pool(work=WORK, **limits):
    return ProcessExecutor(workers=1, work=work, **limits)


def worker_of(executor_processes):
    """The fork-server is the first of them."""
    return executor_processes[1]


def test_a_stopped_worker_is_ended_and_its_run_lost_with_the_reason(tmp_path):
    seen = Recorder()
    with pool(silence_limit_seconds=1.0) as executor:
        executor.submit(order(tmp_path, epochs=100, sleep=0.1))
        seen.follow(executor, until=lambda: seen.n_epochs() == 1)
        pid = worker_of(descendants())
        os.kill(pid, signal.SIGSTOP)
        stopped = time.monotonic()
        seen.follow_to_end(executor)
        assert 0.5 < time.monotonic() - stopped < 10
        assert wait_until_gone([pid], seconds=5) == []  # a signal takes its time
        assert seen.events[-1] == RunLost(
            trial=0,
            attempt=1,
            reason="worker w1 gave no sign of life for 1 seconds (its process is stopped) and was "
            "ended",
        )
        executor.submit(order(tmp_path, attempt=2))
        seen.follow_to_end(executor, 2)
    assert seen.result().state == "completed"


def test_a_worker_stopped_while_idle_costs_no_run(tmp_path):
    seen = Recorder()
    with pool(silence_limit_seconds=1.0) as executor:
        executor.submit(order(tmp_path, 0))
        seen.follow_to_end(executor)
        os.kill(worker_of(descendants()), signal.SIGSTOP)
        executor.submit(order(tmp_path, 1))
        seen.follow_to_end(executor, 2)
    assert seen.result(1).state == "completed"


def test_a_worker_stuck_in_compiled_code_is_noticed(tmp_path, monkeypatch):
    (tmp_path / "locked.py").write_text(LOCKED)
    monkeypatch.syspath_prepend(str(tmp_path))
    seen = Recorder()
    with pool("locked:train_run", silence_limit_seconds=1.0) as executor:
        executor.submit(order(tmp_path, locked=True))
        seen.follow_to_end(executor)
    assert seen.kinds() == ["run_started", "run_lost"]
    assert "stuck in compiled code" in seen.events[-1].reason


def test_a_slow_epoch_is_no_reason_to_end_a_worker(tmp_path):
    seen = Recorder()
    with pool(silence_limit_seconds=1.5) as executor:
        executor.submit(order(tmp_path, epochs=1, sleep=3.5))
        seen.follow_to_end(executor)
    assert seen.result().state == "completed"


def test_a_run_without_an_end_is_lost_when_the_user_has_set_a_limit(tmp_path):
    seen = Recorder()
    with pool(epoch_limit_seconds=0.5) as executor:
        executor.submit(order(tmp_path, hang=True))
        seen.follow_to_end(executor)
        assert "made no progress for 0.5 seconds" in seen.events[-1].reason
        executor.submit(order(tmp_path, 1, epochs=6, sleep=0.2))  # more than the limit in all
        seen.follow_to_end(executor, 2)
    assert seen.result(1).state == "completed"


def test_a_held_run_may_wait_for_ever(tmp_path):
    seen = Recorder(lambda event: HOLD if event.epoch.epoch == 1 else None)
    with pool(epoch_limit_seconds=0.5, silence_limit_seconds=2.0) as executor:
        executor.submit(order(tmp_path))
        seen.follow(executor, until=lambda: seen.n_epochs() == 1)
        for _ in range(15):
            executor.poll(seen, 0.1)
        executor.release()
        seen.follow_to_end(executor)
    assert seen.result().state == "completed"


def test_a_coordinator_that_was_stopped_blames_no_worker_for_its_own_absence(tmp_path):
    command = [sys.executable, "-c", SLEEPER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "begun\n"
        (worker,) = descendants(process.pid)[1:]
        for pid in (process.pid, worker):  # as a laptop that is closed
            os.kill(pid, signal.SIGSTOP)
        time.sleep(2.5)
        for pid in (process.pid, worker):
            os.kill(pid, signal.SIGCONT)
        kinds = process.communicate(timeout=60)[0].split()
    assert kinds == ["run_started", *["epoch_ended"] * 12, "run_ended"]


def test_a_sweep_tries_the_trial_of_a_stopped_worker_once_more(tmp_path, make_config, coordinate):
    executor = {
        "name": "hpolab.testing.synthetic:synthetic_process",
        "workers": 1,
        "silence_limit_seconds": 1.0,
    }
    stopped = []

    def stop_the_first(entry):
        if isinstance(entry.event, RunStarted) and not stopped:
            stopped.append(worker_of(descendants()))
            os.kill(stopped[0], signal.SIGSTOP)

    config = make_config(budget=2, space={"sleep": 0.1}, executor=executor)
    record = coordinate(tmp_path / "sweep", config, on_entry=stop_the_first)
    assert [trial.state for trial in record.finished()] == ["completed"] * 2
    assert [trial.losses for trial in record.finished()] == [1, 0]
    assert "no sign of life for 1 seconds" in record.notes[0]
    assert record.notes[0].endswith("it is tried once more")


@pytest.mark.parametrize("field", ["silence_limit_seconds", "epoch_limit_seconds"])
def test_a_limit_without_time_is_refused(field):
    with pytest.raises(ConfigError) as caught:
        ExecutorSpec.parse({"name": "process", field: 0})
    assert caught.value.field == field
