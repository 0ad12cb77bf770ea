"""Dask clusters that are there already, and what may befall them: real ones, of processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from hpolab.errors import ExecutorError
from hpolab.events import Noted, RunLost, RunStarted
from hpolab.executors import DaskSpec, ExecutorSpec
from hpolab.executors._dask_link import Link
from hpolab.executors._dask_local import LocalDask
from hpolab.executors._dask_versions import versions
from hpolab.executors.executor import HOLD
from hpolab.testing.processes import descendants, is_alive, wait_until_gone
from hpolab.testing.recorder import Recorder, order
from hpolab.testing.synthetic import synthetic_dask
from hpolab.trial import Stop

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc"),
]

CANCELLED = Stop(state="cancelled", reason="by a person")
SYNTHETIC = "hpolab.testing.synthetic:synthetic_dask"


@pytest.fixture(scope="module")
def cluster():
    """The address of a cluster that belongs to nobody here: two Dask workers."""
    dask = LocalDask(2)
    yield dask.start()
    dask.close()


def spec(address, **dask):
    return ExecutorSpec(name=SYNTHETIC, dask=DaskSpec(address=address, **dask))


@pytest.fixture(scope="module")
def shared(cluster):
    with synthetic_dask(spec(cluster)) as executor:
        yield executor


@pytest.fixture
def executor(shared):
    """On two workers, even when the test before has killed one that is not yet back."""
    Recorder().follow(shared, until=lambda: shared.slots == 2, seconds=120)
    return shared


def held(executor, folder, *trials, **params):
    """Recorder of runs that are held after their first epoch."""
    seen = Recorder(lambda event: HOLD if event.epoch.epoch == 1 else None)
    for trial in trials:
        executor.submit(order(folder, trial, **params))
    seen.follow(executor, until=lambda: seen.n_epochs() == len(trials))
    return seen


def dask_worker_of(pid):
    """The Dask worker that a process descends from: the one whose parent has the scheduler."""
    line = [pid]
    while (parent := _parent(line[-1])) > 1:
        line.append(parent)
    return next(pid for pid in line if "spawn_main" in Path(f"/proc/{pid}/cmdline").read_text())


def _parent(pid):
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def child_of(folder, trial):
    """The process that trains a trial: the one that has its log open."""
    log = folder / str(trial) / "log.txt"
    for pid in descendants():
        with suppress(OSError):
            if Path(f"/proc/{pid}/fd/1").samefile(log):
                return pid
    raise AssertionError(f"nobody writes to {log}")


def test_runs_tell_where_they_are_and_leave_the_cluster_as_it_was(cluster, tmp_path):
    before = set(descendants())
    with synthetic_dask(spec(cluster)) as executor:
        seen = Recorder()
        executor.submit(order(tmp_path))
        seen.follow_to_end(executor)
        started = seen.events[0]
        assert isinstance(started, RunStarted)
        assert started.worker == f"w1@{os.uname().nodename}"
        assert f"at {cluster} has 2 workers for 2 runs at once" in executor.news()
        warm = set(descendants()) - before
        assert warm
    assert wait_until_gone(sorted(warm), seconds=10) == []
    assert sorted(path.name for path in (tmp_path / "0").iterdir()) == [
        "architecture.json", "diagnostics", "log.txt", "model.keras",
    ]  # fmt: skip


def test_a_config_may_ask_for_fewer_runs_than_there_is_room_for(cluster):
    with synthetic_dask(spec(cluster).replace(workers=1)) as executor:
        assert executor.slots == 1


def test_a_killed_dask_worker_costs_its_run_and_nothing_else(executor, tmp_path):
    seen = held(executor, tmp_path, 0, 1)
    os.kill(dask_worker_of(child_of(tmp_path, 0)), signal.SIGKILL)
    seen.follow_to_end(executor)
    lost = seen.events[-1]
    assert isinstance(lost, RunLost)
    assert (lost.trial, lost.attempt) == (0, 1)
    assert "its Dask worker is gone" in lost.reason
    executor.release()
    seen.follow_to_end(executor, 2)
    assert seen.result(1).state == "completed"
    seen.follow(executor, until=lambda: executor.slots == 2, seconds=120)
    calm = Recorder()
    executor.submit(order(tmp_path, 0, attempt=2))
    calm.follow_to_end(executor)
    assert calm.result(0).state == "completed"
    assert seen.n_ends() == 2


def test_a_killed_child_is_named_by_its_seat_and_its_dask_worker_lives_on(executor, tmp_path):
    seen = held(executor, tmp_path, 0)
    child = child_of(tmp_path, 0)
    dask_worker = dask_worker_of(child)
    os.kill(child, signal.SIGKILL)
    seen.follow_to_end(executor)
    reason = seen.events[-1].reason
    assert reason.startswith(f"worker {seen.events[0].worker} was killed by signal 9")
    assert is_alive(dask_worker)
    calm = Recorder()
    executor.submit(order(tmp_path, 0, attempt=2))
    calm.follow_to_end(executor)
    assert calm.result(0).state == "completed"


def test_a_task_that_dask_carries_out_twice_gives_one_end(executor, tmp_path, monkeypatch):
    submit = Link.submit

    def submit_twice(self, order, worker, *, gpus):
        submit(self, order, worker, gpus=gpus)
        from hpolab.executors._dask_task import supervise

        others = set(self._client.scheduler_info(n_workers=-1)["workers"]) - {worker}
        futures.append(
            self._client.submit(supervise, order.to_json(), workers=list(others), pure=False)
        )

    futures = []
    monkeypatch.setattr(Link, "submit", submit_twice)
    seen = Recorder()
    executor.submit(order(tmp_path, epochs=1000, sleep=0.01))
    seen.follow_to_end(executor)
    for _ in range(10):
        executor.poll(seen, 0.1)
    assert seen.n_ends() == 1
    assert "a second time" in seen.events[-1].reason
    for future in futures:
        future.release()


def test_runs_end_at_once_when_their_coordinator_dies(cluster, tmp_path):
    script = (
        "from pathlib import Path\n"
        "from hpolab.executors import ExecutorSpec\n"
        "from hpolab.testing.recorder import Recorder, order\n"
        "from hpolab.testing.synthetic import synthetic_dask\n"
        f"executor = synthetic_dask(ExecutorSpec.parse({spec(cluster).to_json()!r}))\n"
        "seen = Recorder()\n"
        f"executor.submit(order(Path({str(tmp_path)!r}), hang=True))\n"
        "seen.follow(executor, until=lambda: bool(seen.events))\n"
        "print('trains', flush=True)\n"
        "seen.follow(executor, until=lambda: False, seconds=600)\n"
    )
    coordinator = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
    assert coordinator.stdout.readline() == b"trains\n"
    child = child_of(tmp_path, 0)
    coordinator.kill()
    coordinator.communicate()
    assert wait_until_gone([child], seconds=10) == []


def test_a_run_that_waits_for_a_busy_dask_worker_can_be_cancelled(cluster, tmp_path):
    from distributed import Client

    with (
        Client(cluster, set_as_default=False) as someone,
        synthetic_dask(spec(cluster)) as executor,
    ):
        busy = [
            someone.submit(time.sleep, 4, workers=[worker], pure=False)
            for worker in someone.scheduler_info(n_workers=-1)["workers"]
        ]
        seen = Recorder()
        executor.submit(order(tmp_path))
        executor.cancel(0, CANCELLED, grace_seconds=0.1)
        seen.follow_to_end(executor)
        assert seen.kinds() == ["run_ended"]
        assert seen.result().state == "cancelled"
        someone.gather(busy)


def test_files_come_home_from_a_worker_that_does_not_see_the_sweep(
    executor, tmp_path, monkeypatch
):
    elsewhere = tmp_path / "not" / "there"
    monkeypatch.setattr("hpolab.executors.dask.lay_probe", lambda *_: elsewhere)
    monkeypatch.setattr("hpolab.executors._dask_parcel.CHUNK_BYTES", 100)
    seen = Recorder()
    executor.submit(order(tmp_path, 3))
    seen.follow_to_end(executor)
    assert seen.result(3).state == "completed"
    assert all((tmp_path / "3" / name).is_file() for name in seen.result(3).artifacts)
    assert (tmp_path / "3" / "log.txt").is_file()


def test_a_trial_whose_files_do_not_come_home_keeps_its_metrics(executor, tmp_path, monkeypatch):
    monkeypatch.setattr("hpolab.executors.dask.lay_probe", lambda *_: tmp_path / "not-there")

    async def altered(parcel, ask, into):
        await whole(parcel.replace(sha256="0" * 64), ask, into)

    from hpolab.executors._dask_parcel import fetch as whole

    monkeypatch.setattr("hpolab.executors._dask_link.fetch", altered)
    seen = Recorder()
    executor.submit(order(tmp_path, 3))
    seen.follow_to_end(executor)
    result = seen.result(3)
    assert (result.state, len(result.history), result.artifacts) == ("completed", 3, ())
    assert any("trial 3: its files could not be fetched" in text for text in news(executor))


def test_a_sweep_says_where_it_trains_and_tries_a_lost_trial_again(
    cluster, tmp_path, coordinate, make_config
):
    config = make_config(
        executor=spec(cluster).to_dict(), space={"crash": 1}, budget=3, record="none"
    )
    entries = []
    record = coordinate(tmp_path / "sweep", config, on_entry=entries.append)
    assert [trial.state for trial in record.trials.values()] == ["completed"] * 3
    events = [entry.event for entry in entries]
    assert [e.trial for e in events if isinstance(e, RunLost)].count(0) == 1
    assert all("tried once more" in e.reason for e in events if isinstance(e, RunLost))
    notes = [event.message for event in events if isinstance(event, Noted)]
    assert any(cluster in note for note in notes)


def news(executor):
    told = []
    while sentence := executor.news():
        told.append(sentence)
    return told


def test_a_cluster_that_dies_loses_its_runs_and_another_one_takes_its_place(tmp_path):
    before = set(descendants())
    with synthetic_dask(ExecutorSpec(name=SYNTHETIC, workers=1)) as executor:
        seen = held(executor, tmp_path, 0)
        for pid in set(descendants()) - before:
            os.kill(pid, signal.SIGKILL)
        seen.follow_to_end(executor)
        assert "lost with the Dask scheduler" in seen.events[-1].reason
        assert not seen.events[-1].is_suspect
        seen.follow(executor, until=lambda: executor.slots == 1, seconds=120)
        calm = Recorder()
        executor.submit(order(tmp_path, 0, attempt=2))
        calm.follow_to_end(executor)
        assert calm.result().state == "completed"
        assert "looked for again" in " ".join(told := news(executor)), told


def test_a_scheduler_that_stays_away_ends_the_sweep_with_what_to_do(tmp_path):
    dask = LocalDask(1)
    with synthetic_dask(spec(dask.start(), patience_seconds=0.5)) as executor:
        seen = held(executor, tmp_path, 0)
        dask.close()
        seen.follow_to_end(executor)
        assert isinstance(seen.events[-1], RunLost)
        assert executor.slots == 0
        with pytest.raises(ExecutorError, match=r"executor\.dask\.address"):
            seen.follow(executor, until=lambda: False)


def test_a_cluster_without_workers_is_not_waited_for_in_silence(tmp_path):
    dask = LocalDask(0)
    try:
        with synthetic_dask(spec(dask.start(), patience_seconds=1.0)) as executor:
            assert executor.slots == 0
            seen = Recorder()
            with pytest.raises(ExecutorError, match=r"dask worker tcp://.*patience_seconds"):
                seen.follow(executor, until=lambda: False)
            assert "no worker that could take a run" in " ".join(news(executor))
    finally:
        dask.close()


def test_nobody_at_the_address_is_said_at_once(monkeypatch):
    monkeypatch.setattr("hpolab.executors._dask_cluster._CONNECT_SECONDS", 0.5)
    with pytest.raises(ExecutorError, match=r"no Dask scheduler answers at tcp://127.0.0.1:1 "):
        synthetic_dask(spec("tcp://127.0.0.1:1"))


def test_workers_without_gpus_cannot_be_asked_for_some(cluster):
    with pytest.raises(ExecutorError, match=r"none of the 2 Dask workers has 1 .*GPU=1"):
        synthetic_dask(spec(cluster).replace(gpus_per_worker=1))


def test_other_software_on_the_workers_is_refused_with_who_has_what(cluster, monkeypatch):
    ours = versions() | {"keras": "3.0.1"}
    monkeypatch.setattr("hpolab.executors._dask_roster.versions", lambda: ours)
    theirs = versions()["keras"]
    words = rf"keras is 3.0.1 here, but {theirs} on {os.uname().nodename} \(tcp.*same versions"
    with pytest.raises(ExecutorError, match=words):
        synthetic_dask(spec(cluster))


def test_workers_without_hpolab_are_told_what_to_install(cluster, monkeypatch):
    monkeypatch.setattr("hpolab.executors._dask_link.describe", _Unimportable())
    with pytest.raises(ExecutorError, match=r"No module named .*pip install 'hpolab\[dask\]'"):
        synthetic_dask(spec(cluster))


class _Unimportable:
    """Stands for a function of a module that the workers do not have."""

    def __reduce__(self):
        return (__import__, ("hpolab_that_is_not_there",))

    def __call__(self):
        raise AssertionError("never called here")
