"""One server that has loaded TensorFlow forks the workers of one sweep after the other."""

import os
import re
import sys
from pathlib import Path

import pytest

from hpolab.executors import _launch
from hpolab.executors._warm import address_for, call, is_ours, listen
from hpolab.executors._wire import Setup
from hpolab.executors._work import TRAIN
from hpolab.executors.process import ProcessExecutor
from hpolab.settings import settings
from hpolab.testing.processes import is_alive, wait_until_gone
from hpolab.testing.recorder import Recorder
from hpolab.testing.synthetic import WORK
from hpolab.trial import RunSpec

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux only")

TELLTALE = """
import os

def build(*args, **kwargs):
    raise ValueError(f"<{os.environ['WHOSE']}|{os.getcwd()}|{os.getppid()}>")
"""


@pytest.fixture
def warm(monkeypatch):
    """Sets how long a server stays, for an address of the test's own."""

    def stay(seconds):
        monkeypatch.setenv("HPOLAB_WARM_SECONDS", str(seconds))
        monkeypatch.setenv("PYTHON_OF_THIS_TEST", os.urandom(4).hex())
        settings.cache_clear()

    yield stay
    settings.cache_clear()


def told_by_a_worker(folder, monkeypatch):
    """What a builder of a sweep that lives in a folder sees: whose, where, and its server."""
    folder.mkdir()
    module = f"telltale_{folder.name}"
    (folder / f"{module}.py").write_text(TELLTALE)
    spec = RunSpec(
        trial=0, model=f"{module}:build", params={}, dataset={"max_samples": 100}, epochs=1,
        folder=folder / "trial",
    )  # fmt: skip
    seen = Recorder()
    with monkeypatch.context() as patch:
        patch.setenv("WHOSE", folder.name)
        patch.chdir(folder)
        patch.syspath_prepend(str(folder))
        with ProcessExecutor(workers=1) as executor:
            executor.submit(spec)
            seen.follow_to_end(executor)
    whose, where, server = re.search(r"<(.*)>", seen.result().reason)[1].split("|")
    return whose, Path(where), int(server)


def test_the_next_sweep_meets_the_server_and_its_workers_have_its_own_surroundings(
    warm, tmp_path, monkeypatch
):
    warm(1.0)
    first = told_by_a_worker(tmp_path / "one", monkeypatch)
    second = told_by_a_worker(tmp_path / "two", monkeypatch)
    assert first[:2] == ("one", tmp_path / "one")
    assert second[:2] == ("two", tmp_path / "two")
    assert first[2] == second[2]
    assert wait_until_gone([first[2]], seconds=20) == []


def test_nobody_waits_where_no_waiting_is_wished(warm):
    warm(0)
    launcher = _launch.ForkLauncher(Setup(work=TRAIN))
    server = launcher._alone.pid
    assert is_alive(server)
    launcher.close()
    assert not is_alive(server)


def test_workers_end_with_their_own_coordinator_and_the_others_live_on(warm):
    warm(1.0)
    one, other = (_launch.ForkLauncher(Setup(work=TRAIN)) for _ in range(2))
    try:
        workers = [launcher.launch(1) for launcher in (one, other)]
        pids = [pid_of(worker) for worker in workers]
        assert parent(pids[0]) == parent(pids[1])
        one.close()
        assert not is_alive(pids[0])
        assert is_alive(pids[1])
    finally:
        one._log.file.close()
        other.close()
        for worker in workers:
            worker.channel.close()


def test_code_of_others_is_never_loaded_into_a_server_for_all(warm):
    assert address_for(Setup(work=WORK)) is None
    here = address_for(Setup(work=TRAIN))
    assert here == address_for(Setup(work=TRAIN))
    warm(1.0)
    assert here != address_for(Setup(work=TRAIN)), "what is read while importing tells them apart"


def test_an_address_has_one_server_and_strangers_are_told_by_the_kernel():
    address = b"\0" + os.urandom(8)
    assert call(address) is None
    with listen(address) as listener:
        assert listen(address) is None
        with call(address) as line, listener.accept()[0] as end:
            assert is_ours(line)
            assert is_ours(end)


def pid_of(worker):
    from hpolab.executors._wire import Frame

    assert worker.channel.poll(60)
    return Frame.parse(worker.channel.recv_bytes()).pid


def parent(pid):
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
