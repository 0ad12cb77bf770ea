from __future__ import annotations

import os
import signal
import sys
import time

import pytest

from hpolab.errors import ExecutorError
from hpolab.events import RunLost, RunStarted
from hpolab.executors.executor import HOLD
from hpolab.executors.process import ProcessExecutor
from hpolab.testing.processes import descendants, is_alive, wait_until_gone
from hpolab.testing.recorder import Recorder, order
from hpolab.testing.synthetic import WORK
from hpolab.trial import Stop

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")

CANCELLED = Stop(state="cancelled", reason="by a person")
TALKATIVE = """
import os, sys
from hpolab.testing.synthetic import train_run as synthetic

def train_run(spec, report):
    print("pid", os.getpid())
    print("to stderr", file=sys.stderr)
    os.write(1, b"from C\\n")
    ballast.append(bytearray(2**20 * spec.params.get("megabytes", 0)))
    if spec.params.get("exit"):
        os._exit(spec.params["exit"])
    if spec.params.get("child"):
        os.system("sleep 300 & echo child $!")
    return synthetic(spec, report)

ballast = []
"""


@pytest.fixture
def talkative(tmp_path, monkeypatch):
    """Work that writes to its log, in a module that lies beside a user's script."""
    (tmp_path / "talkative.py").write_text(TALKATIVE)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)
    return "talkative:train_run"


def run_all(executor, *specs):
    seen = Recorder()
    for done, spec in enumerate(specs, start=1):
        executor.submit(spec)
        seen.follow_to_end(executor, done)
    return seen


def pid_of(spec):
    return int((spec.folder / "log.txt").read_text().split()[1])


def test_workers_stay_warm_until_they_are_recycled(talkative, tmp_path):
    specs = [order(tmp_path, trial) for trial in range(5)]
    with ProcessExecutor(workers=1, work=talkative, recycle_after=2) as executor:
        seen = run_all(executor, *specs)
    pids = [pid_of(spec) for spec in specs]
    assert pids[0] == pids[1] != pids[2] == pids[3] != pids[4]
    started = [event.worker for event in seen.events if isinstance(event, RunStarted)]
    assert started == ["w1"] * 5


def test_a_worker_above_its_memory_limit_is_replaced(talkative, tmp_path):
    modest, greedy, last = (
        order(tmp_path, trial, megabytes=megabytes) for trial, megabytes in enumerate((0, 300, 0))
    )
    limit = 250 * 2**20
    with ProcessExecutor(workers=1, work=talkative, memory_limit_bytes=limit) as executor:
        run_all(executor, modest, greedy, last)
    assert pid_of(modest) == pid_of(greedy) != pid_of(last)


def test_what_a_run_writes_is_in_its_log_and_nowhere_else(talkative, tmp_path, capfd):
    specs = [order(tmp_path, 0), order(tmp_path, 1, error=True)]
    with ProcessExecutor(workers=1, work=talkative) as executor:
        run_all(executor, *specs, order(tmp_path, 0, attempt=2))
    log = (tmp_path / "0" / "log.txt").read_text()
    assert log.count("pid") == log.count("to stderr") == log.count("from C") == 2  # appended
    failed = (tmp_path / "1" / "log.txt").read_text()
    assert "ValueError: its parameters ask for an error" in failed
    assert "Traceback" in failed
    assert capfd.readouterr() == ("", "")


def test_a_folder_that_cannot_be_written_fails_the_trial(tmp_path):
    (tmp_path / "0").write_text("a file where the folder should be")
    with ProcessExecutor(workers=1, work=WORK) as executor:
        seen = run_all(executor, order(tmp_path, 0), order(tmp_path, 1))
    assert "its folder cannot be written" in seen.result(0).reason
    assert seen.result(1).state == "completed"


@pytest.mark.parametrize(
    ("how", "words"),
    [(signal.SIGSEGV, "SIGSEGV"), (signal.SIGTERM, "SIGTERM"), (3, "exit code 3")],
)
def test_a_lost_run_names_the_cause(talkative, tmp_path, how, words):
    params = {} if isinstance(how, signal.Signals) else {"exit": how}
    spec = order(tmp_path, sleep=30, **params)
    seen = Recorder()
    with ProcessExecutor(workers=1, work=talkative) as executor:
        executor.submit(spec)
        seen.follow(executor, until=lambda: bool(seen.events))
        if isinstance(how, signal.Signals):
            _wait_for(spec.folder / "log.txt")
            os.kill(pid_of(spec), how)
        seen.follow_to_end(executor)
    assert isinstance(seen.events[-1], RunLost)
    assert words in seen.events[-1].reason
    assert "worker w1" in seen.events[-1].reason


def test_a_killed_worker_does_not_disturb_the_others(talkative, tmp_path):
    seen = Recorder(lambda event: HOLD if event.epoch.epoch == 1 else None)
    with ProcessExecutor(workers=2, work=talkative) as executor:
        specs = [order(tmp_path, trial) for trial in (0, 1)]
        for spec in specs:
            executor.submit(spec)
        seen.follow(executor, until=lambda: seen.n_epochs() == 2)
        os.kill(pid_of(specs[0]), signal.SIGKILL)
        seen.follow_to_end(executor)
        executor.release()
        seen.follow_to_end(executor, 2)
    assert seen.kinds(0)[-1] == "run_lost"
    assert seen.result(1).state == "completed"


def test_a_worker_killed_while_idle_costs_no_run(talkative, tmp_path):
    specs = [order(tmp_path, trial) for trial in (0, 1)]
    with ProcessExecutor(workers=1, work=talkative) as executor:
        run_all(executor, specs[0])
        os.kill(pid_of(specs[0]), signal.SIGKILL)
        assert wait_until_gone([pid_of(specs[0])], seconds=5) == []
        seen = run_all(executor, specs[1])
    assert seen.result(1).state == "completed"
    assert pid_of(specs[0]) != pid_of(specs[1])


def test_a_killed_fork_server_is_replaced_and_its_workers_live_on(talkative, tmp_path):
    specs = [order(tmp_path, trial) for trial in range(3)]
    with ProcessExecutor(workers=1, work=talkative, recycle_after=2, start="fork") as executor:
        run_all(executor, specs[0])
        (server,) = descendants()[:1]
        os.kill(server, signal.SIGKILL)
        assert wait_until_gone([server], seconds=5) == []
        seen = run_all(executor, *specs[1:])
        ours = descendants()
    assert pid_of(specs[0]) == pid_of(specs[1]) != pid_of(specs[2])
    assert seen.result(2).state == "completed"
    assert wait_until_gone(ours, seconds=5) == []


def test_what_a_builder_has_started_ends_with_its_worker(talkative, tmp_path):
    spec = order(tmp_path, child=True, hang=True)
    seen = Recorder()
    with ProcessExecutor(workers=1, work=talkative) as executor:
        executor.submit(spec)
        seen.follow(executor, until=lambda: bool(seen.events))
        log = spec.folder / "log.txt"
        _wait_for(log, "child")
        child = int(log.read_text().split("child ")[1].split()[0])
        assert is_alive(child)
        executor.cancel(0, CANCELLED, grace_seconds=0)
        seen.follow_to_end(executor)
        assert wait_until_gone([child], seconds=5) == []


def test_a_run_can_be_cancelled_before_its_worker_is_up(tmp_path, monkeypatch):
    (tmp_path / "slow_start.py").write_text(
        "import time; time.sleep(3)\nfrom hpolab.testing.synthetic import train_run\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    began = time.monotonic()
    seen = Recorder()
    with ProcessExecutor(workers=1, work="slow_start:train_run") as executor:
        executor.submit(order(tmp_path))
        executor.cancel(0, CANCELLED, grace_seconds=0.1)
        seen.follow_to_end(executor)
    assert seen.kinds() == ["run_ended"]
    assert seen.result().state == "cancelled"
    assert time.monotonic() - began < 2.5


def test_making_and_closing_an_executor_does_not_wait_for_the_workers(tmp_path, monkeypatch):
    (tmp_path / "slow_start.py").write_text("import time; time.sleep(30)\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    began = time.monotonic()
    executor = ProcessExecutor(workers=8, work="slow_start:train_run")
    ours = descendants()
    executor.close()
    assert time.monotonic() - began < 2
    assert wait_until_gone(ours, seconds=5) == []


@pytest.mark.parametrize("start", ["fork", "spawn"])
def test_work_that_cannot_be_imported_stops_with_its_name(tmp_path, start):
    with (
        ProcessExecutor(workers=1, work="no_such_module:train_run", start=start) as executor,
        pytest.raises(ExecutorError, match="no_such_module"),
    ):
        run_all(executor, order(tmp_path))


@pytest.mark.parametrize("start", ["fork", "spawn"])
def test_workers_that_die_at_birth_stop_the_sweep_and_show_their_log(tmp_path, monkeypatch, start):
    (tmp_path / "stillborn.py").write_text(
        "import os\nos.write(2, b'no such library\\n')\nos._exit(7)\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    with (
        ProcessExecutor(workers=1, work="stillborn:train_run", start=start) as executor,
        pytest.raises(ExecutorError, match=r"died before they were ready(.|\n)*no such library"),
    ):
        run_all(executor, order(tmp_path))


def test_a_trial_cannot_be_in_flight_twice(tmp_path):
    with ProcessExecutor(workers=2, work=WORK) as executor:
        executor.submit(order(tmp_path, 3))
        with pytest.raises(ExecutorError, match="trial 3 is in flight"):
            executor.submit(order(tmp_path, 3, attempt=2))


def _wait_for(path, text=""):
    deadline = time.monotonic() + 10
    while not (path.exists() and path.read_text() and text in path.read_text()):
        assert time.monotonic() < deadline, f"{path} does not come"
        time.sleep(0.01)
