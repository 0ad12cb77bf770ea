"""Calling a function in the sandbox: what it gives, how it fails, and how its process ends."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from hpolab.errors import ConfigError, FitnessError, LimitBroken, SourceError
from hpolab.sandbox import Limits, OwnFunction, SandboxedFitness
from hpolab.testing.processes import descendants, is_alive, wait_until_gone

pytestmark = pytest.mark.usefixtures("sandbox")

SUM = "def fitness(x):\n    return x.sum()\n"
ENDLESS = "def fitness(x):\n    while True:\n        pass\n    return 0\n"
MIDDLE = [[0.0, 0.0]]


def test_a_vectorised_function_takes_batches_of_any_size() -> None:
    points = np.random.default_rng(1).normal(size=(30_000, 5))  # beyond what a pipe holds
    source = "def fitness(points):\n    return (points**2).sum(axis=1)"
    with SandboxedFitness(OwnFunction(source=source, dimensions=5, vectorised=True)) as fitness:
        np.testing.assert_array_equal(fitness(points), (points**2).sum(axis=1))
        assert fitness(points[:0]).shape == (0,)
        assert fitness(points[:1].tolist()).shape == (1,)
        with pytest.raises(ConfigError, match=r"shape \(n, 5\); got \(3, 4\)"):
            fitness(np.zeros((3, 4)))


def test_an_error_of_the_function_names_its_line_and_ends_nothing() -> None:
    source = "def fitness(x):\n    print('at', x[0])\n    return 1 / int(x[0])\n"
    with SandboxedFitness(OwnFunction(source=source)) as fitness:
        with pytest.raises(FitnessError, match="line 3: ZeroDivisionError") as caught:
            fitness(MIDDLE)
        assert caught.value.line == 3
        assert fitness([[2.0, 0.0]]) == [0.5]
        assert fitness.printed == "at 0.0\nat 2.0\n"


def test_a_value_that_is_no_number_is_shown_with_its_point() -> None:
    source = "def fitness(x):\n    return float('nan') if x[0] > 1 else float('inf')\n"
    with SandboxedFitness(OwnFunction(source=source)) as fitness:
        assert fitness(MIDDLE) == [float("inf")]
        with pytest.raises(FitnessError, match=r"NaN at \(2, 3.5\)"):
            fitness([[0, 0], [2, 3.5], [3, 3]])


def test_a_broken_limit_is_told_again_by_every_later_call() -> None:
    with SandboxedFitness(OwnFunction(source="def fitness(x): return open('x')")) as fitness:
        for _ in range(2):
            with pytest.raises(LimitBroken, match="tried to open a file") as caught:
                fitness(MIDDLE)
        assert (caught.value.limit, caught.value.line) == ("system call", 1)


def test_a_source_that_cannot_work_is_refused_before_anything_is_started() -> None:
    before = set(descendants())
    with pytest.raises(SourceError, match="line 1: socket cannot be imported") as caught:
        SandboxedFitness(OwnFunction(source="import socket\n" + SUM))
    assert caught.value.line == 1
    assert set(descendants()) == before


def test_a_source_that_raises_when_it_is_run_is_refused_with_its_line() -> None:
    with pytest.raises(FitnessError, match="line 2: NameError: name 'unknown'"):
        SandboxedFitness(OwnFunction(source="SIZE = 3\nwidth = unknown\n" + SUM))


def test_any_thread_can_end_a_function_that_computes() -> None:
    function = OwnFunction(source=ENDLESS, limits=Limits(cpu_seconds=3600, seconds=3600))
    with SandboxedFitness(function) as fitness:
        threading.Timer(0.3, fitness.kill).start()
        with pytest.raises(FitnessError, match="has been stopped"):
            fitness(MIDDLE)
    fitness.close()
    with pytest.raises(FitnessError, match="has been stopped"):
        fitness(MIDDLE)


def test_a_function_outlives_the_thread_that_started_it_and_ends_with_its_block() -> None:
    started: list[SandboxedFitness] = []
    thread = threading.Thread(
        target=lambda: started.append(SandboxedFitness(OwnFunction(source=SUM)))
    )
    thread.start()
    thread.join()
    with started[0] as fitness:
        assert fitness([[1.0, 2.0]]) == [3.0]
        assert fitness.pid is not None
        pids = [fitness.pid, *descendants(fitness.pid)]
        assert len(pids) == 3
    assert wait_until_gone(pids, seconds=60) == []
    assert fitness.pid is None


def test_a_function_ends_with_the_process_that_asks_however_that_ends() -> None:
    script = (
        "from hpolab.sandbox import Limits, OwnFunction, SandboxedFitness\n"
        "limits = Limits(cpu_seconds=3600, seconds=3600)\n"
        f"fitness = SandboxedFitness(OwnFunction(source={ENDLESS!r}, limits=limits))\n"
        "print('ready', flush=True)\n"
        "fitness([[0.0, 0.0]])\n"
    )
    asker = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert asker.stdout is not None
    with asker.stdout as said:
        assert said.readline() == "ready\n"
    pids = descendants(asker.pid)
    assert len(pids) == 3
    asker.send_signal(signal.SIGKILL)
    asker.wait()
    assert wait_until_gone(pids, seconds=60) == []


def test_the_process_is_nobodys_alone_and_locked() -> None:
    with SandboxedFitness(OwnFunction(source=SUM)) as fitness:
        assert fitness.pid is not None
        inside = Path(f"/proc/{descendants(fitness.pid)[-1]}")
        lines = (inside / "status").read_text().splitlines()
        status = {name: value.split() for name, _, value in (x.partition(":") for x in lines)}
        spaces = ("ipc", "mnt", "net", "pid", "uts")
        shared = [
            space
            for space in spaces
            if (inside / "ns" / space).readlink() == Path(f"/proc/self/ns/{space}").readlink()
        ]
        descriptors = {path.name for path in (inside / "fd").iterdir()}
        root = {path.name for path in (inside / "root").iterdir()}

    assert status["Seccomp"] == ["2"]
    assert status["NoNewPrivs"] == ["1"]
    assert status["CapEff"] == status["CapPrm"] == ["0" * 16]
    assert status["Threads"] == ["1"]
    assert "0" not in status["Uid"] + status["Gid"]
    assert shared == []
    assert descriptors == {"0", "1"}
    assert not root & {"proc", "dev", "sys"}


def test_a_process_that_was_killed_by_others_is_told() -> None:
    with SandboxedFitness(OwnFunction(source=SUM)) as fitness:
        assert fitness.pid is not None
        inside = descendants(fitness.pid)[-1]
        subprocess.run(["kill", "-KILL", str(inside)], check=True)
        deadline = time.monotonic() + 60
        while is_alive(inside) and time.monotonic() < deadline:
            time.sleep(0.01)
        with pytest.raises(LimitBroken, match="its process was killed by SIGKILL"):
            fitness(MIDDLE)
