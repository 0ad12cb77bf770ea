from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time

import pytest

from hpolab.storage import cores as module
from hpolab.storage.cores import Cores

HOLDER = """
import sys, time
from pathlib import Path
from hpolab.storage.cores import Cores
cores = Cores("sweep doomed", limit=1, directory=Path(sys.argv[1]))
print(cores.reserve(), flush=True)
time.sleep(60)
"""


@pytest.fixture
def share(tmp_path, monkeypatch):
    """Makes sweeps that share two cores, and speak of a wait at once."""
    monkeypatch.setattr(module, "_PATIENCE_SECONDS", 0)

    def make(name, limit=2):
        return Cores(f"sweep {name}", limit=limit, directory=tmp_path)

    return make


def test_no_more_cores_are_given_than_there_are(share):
    a, b = share("a"), share("b")
    for cores, run in ((a, 1), (b, 1)):
        assert cores.reserve()
        cores.assign(run)
    assert not a.reserve()
    assert not b.reserve()
    b.free(1)
    assert a.reserve()


def test_what_is_reserved_is_not_reserved_again(share):
    a, b = share("a"), share("b")
    assert a.reserve()
    assert a.reserve()
    assert b.reserve()


def test_who_came_first_is_served_first_whoever_asks_first(share):
    a, b, c = share("a", 1), share("b", 1), share("c", 1)
    assert a.reserve()
    a.assign(1)
    assert not b.reserve()
    assert not c.reserve()
    a.free(1)
    assert not c.reserve()
    assert not a.reserve()  # its next run waits behind the others
    assert b.reserve()
    b.decline()
    assert not a.reserve()
    assert c.reserve()


def test_who_declines_holds_nobody_up(share):
    a, b, c = share("a", 1), share("b", 1), share("c", 1)
    assert a.reserve()
    assert not b.reserve()
    assert not c.reserve()
    b.decline()
    a.close()
    assert c.reserve()


def test_several_cores_come_together_or_not_at_all(share):
    a, b, c = share("a"), share("b"), share("c")
    assert a.reserve()
    a.assign(1)
    assert not b.reserve(2)
    assert not c.reserve()  # one is free, but b is ahead and shall not starve
    a.free(1)
    assert not c.reserve()
    assert b.reserve(2)


def test_a_wait_is_told_once_with_the_names(share):
    a, b, c = share("a"), share("b"), share("c")
    assert a.reserve(2)
    a.assign(1)
    a.assign(2)
    assert a.news() == ""
    assert not b.reserve()
    assert b.news() == "waiting for a core: 2 of 2 are training for sweep a"
    assert b.news() == ""
    a.free(1)
    assert b.reserve()
    b.assign(1)
    assert not b.reserve()
    assert b.news() == ""  # it is still sweep a that it waits for
    assert not c.reserve()
    assert c.news() == "waiting for a core: 2 of 2 are training for sweep a and sweep b"


def test_more_workers_than_the_machine_may_train_are_told(share):
    a = share("a", 1)
    assert a.reserve()
    a.assign(1)
    assert not a.reserve()
    assert "only 1 may train at once" in a.news()


def test_a_killed_holder_frees_its_core_and_a_killed_waiter_its_ticket(share, tmp_path):
    holder = _start(tmp_path)
    assert holder.stdout.readline() == "True\n"
    waiter = _start(tmp_path)
    assert waiter.stdout.readline() == "False\n"
    ours = share("ours", 1)
    assert not ours.reserve()
    for process in (waiter, holder):
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
    assert ours.reserve()


def test_a_folder_that_cannot_be_written_lifts_the_limit_and_says_so(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    cores = Cores("sweep a", limit=1, directory=tmp_path / "file" / "below")
    assert cores.reserve()
    assert "cannot be kept" in cores.news()
    cores.assign(1)
    assert cores.reserve()


def test_no_limit_needs_no_files(tmp_path):
    cores = Cores("sweep a", limit=0, directory=tmp_path / "cores")
    assert cores.reserve(100)
    assert not (tmp_path / "cores").exists()


def test_whatever_sweeps_do_the_limit_holds_and_everyone_gets_on(share):
    draw = random.Random(5)
    sweeps = [share(name, 3) for name in "abcd"]
    running = {index: set() for index in range(4)}
    done = 0
    for step in range(1500):
        index = draw.randrange(4)
        if running[index] and draw.random() < 0.6:
            run = running[index].pop()
            sweeps[index].free(run)
            done += 1
        elif draw.random() < 0.05:
            sweeps[index].decline()
        elif sweeps[index].reserve():
            sweeps[index].assign(step)
            running[index].add(step)
        assert sum(map(len, running.values())) <= 3
    assert done > 200


def test_a_core_costs_less_than_two_milliseconds(share):
    cores = share("a")
    began = time.process_time()
    for run in range(100):
        assert cores.reserve()
        cores.assign(run)
        cores.free(run)
    assert (time.process_time() - began) / 100 < 2e-3


def _start(directory):
    return subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(directory)], stdout=subprocess.PIPE, text=True
    )
