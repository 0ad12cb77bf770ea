"""Executors owned by real scripts, which are run as users run them, and killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from hpolab.testing.processes import wait_until_gone

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")

BEGINNING = """
print("main runs", flush=True)
import sys
from pathlib import Path
from hpolab.executors.process import ProcessExecutor
from hpolab.testing.processes import descendants
from hpolab.testing.recorder import Recorder, order
"""
UNGUARDED = f"""{BEGINNING}
seen = Recorder()
with ProcessExecutor(workers=2, work="hpolab.testing.synthetic:train_run", start=START) as pool:
    for trial in (0, 1):
        pool.submit(order(Path(FOLDER), trial))
    seen.follow_to_end(pool, 2)
print(seen.result(0).state, seen.result(1).state)
"""
DOOMED = f"""{BEGINNING}
pool = ProcessExecutor(workers=2, work="stubborn:train_run", start=START)
seen = Recorder()
for trial in (0, 1):
    pool.submit(order(Path(FOLDER), trial))
if STAGE != "importing":
    seen.follow(pool, until=lambda: len(seen.events) == 2)
print(*descendants(), flush=True)
input()
"""
STUBBORN = {
    "importing": "import time; time.sleep(100)",
    "sleeping": "def train_run(spec, report):\n    import time; time.sleep(100)",
    # A search that backtracks for years inside one call of C code keeps the interpreter's lock.
    "locked": "def train_run(spec, report):\n    import re; re.match('(a+)+$', 'a' * 60 + 'b')",
}
INTERRUPTED = f"""{BEGINNING}
seen = Recorder()
with ProcessExecutor(workers=1, work="hpolab.testing.synthetic:train_run", start=START) as pool:
    pool.submit(order(Path(FOLDER), epochs=20, sleep=0.05))
    try:
        print("ready", flush=True)
        seen.follow(pool, until=lambda: False)
    except KeyboardInterrupt:
        print("interrupted")
    seen.follow_to_end(pool)
print(seen.result().state, len(seen.result().history))
"""


def fill_in(script, tmp_path, *, start="fork", stage=""):
    names = f"START, STAGE, FOLDER = {start!r}, {stage!r}, {str(tmp_path / 'runs')!r}\n"
    return names + script


@pytest.mark.parametrize(
    ("how", "start"), [("file", "fork"), ("file", "spawn"), ("-c", "fork"), ("-m", "fork")]
)
def test_a_script_without_a_guard_runs_once(tmp_path, how, start):
    text = fill_in(UNGUARDED, tmp_path, start=start)
    (tmp_path / "unguarded.py").write_text(text)
    arguments = {"file": ["unguarded.py"], "-c": ["-c", text], "-m": ["-m", "unguarded"]}[how]
    done = subprocess.run(
        [sys.executable, *arguments], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert done.stdout.splitlines() == ["main runs", "completed completed"]
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("stage", "start"),
    [("importing", "fork"), ("sleeping", "fork"), ("locked", "fork"), ("sleeping", "spawn")],
)
def test_nothing_survives_a_coordinator_that_is_killed(tmp_path, stage, start):
    (tmp_path / "stubborn.py").write_text(STUBBORN[stage])
    script = fill_in(DOOMED, tmp_path, start=start, stage=stage)
    with _script(script, tmp_path) as coordinator:
        assert coordinator.stdout.readline() == "main runs\n"
        pids = [int(pid) for pid in coordinator.stdout.readline().split()]
        coordinator.kill()
        coordinator.wait()
        left = wait_until_gone(pids, seconds=5)
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    assert len(pids) == {"importing": 1, "sleeping": 2 + (start == "fork"), "locked": 3}[stage]
    assert left == []


def test_ctrl_c_reaches_the_coordinator_alone(tmp_path):
    with _script(fill_in(INTERRUPTED, tmp_path), tmp_path) as coordinator:
        assert [coordinator.stdout.readline() for _ in range(2)] == ["main runs\n", "ready\n"]
        os.killpg(coordinator.pid, signal.SIGINT)  # what a terminal does
        output, _ = coordinator.communicate(timeout=60)
    assert output.splitlines() == ["interrupted", "completed 20"]


def _script(text, tmp_path):
    return subprocess.Popen(
        [sys.executable, "-c", text],
        cwd=tmp_path,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
