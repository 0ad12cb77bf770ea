from __future__ import annotations

import sys

import pytest

from hpolab.errors import ExecutorError
from hpolab.executors import ExecutorSpec, make
from hpolab.executors.fallback import FallbackExecutor
from hpolab.executors.inline import InlineExecutor
from hpolab.executors.process import ProcessExecutor
from hpolab.executors.runpod import RunPodExecutor
from hpolab.practice import practice_config, practice_space
from hpolab.settings import runpod_settings
from hpolab.testing.executor_contract import ExecutorContract
from hpolab.testing.isolation_contract import IsolationContract
from hpolab.testing.runpod_platform import KEY, RunPodPlatform
from hpolab.testing.runpod_workers import simulate_workers, train
from hpolab.testing.synthetic import WORK, synthetic_dask
from hpolab.testing.verdict_contract import VerdictContract
from hpolab.trial import DatasetSpec, RunSpec


class TestInline(VerdictContract):
    @pytest.fixture
    def executor(self):
        with InlineExecutor(work=WORK) as executor:
            yield executor


class TestPractice(ExecutorContract):
    """Looking results up: in this process, without a model, eight epochs at most."""

    keeps_model = False
    failure = "no practice table has 9 epochs of cnn on digits."
    error = "KeyError: 'filters'"

    @pytest.fixture
    def executor(self):
        with make(practice_config("cnn").executor) as executor:
            yield executor

    def order(self, folder, trial=0, *, epochs=3, attempt=1, **params):
        space = practice_space("cnn")
        known = next(iter(space.configurations()))
        asked = known | {name: value for name, value in params.items() if name in known}
        if params.get("error"):
            del asked["filters"]
        return RunSpec(
            trial=trial, attempt=attempt, model="cnn", params=asked, dataset=DatasetSpec(),
            epochs=space.epochs + 1 if params.get("fail") else min(epochs, space.epochs),
            folder=folder / str(trial),
        )  # fmt: skip


@pytest.fixture(scope="class")
def pools():
    made = []
    yield made
    for pool in made:
        pool.close()


class SharedProcesses(VerdictContract, IsolationContract):
    """One pool for all tests that leave it open: starting interpreters is what takes time."""

    start: str

    def make(self):
        return ProcessExecutor(workers=2, work=WORK, start=self.start)

    @pytest.fixture
    def executor(self, pools):
        if not pools or _is_closed(pools[-1]):
            pools.append(self.make())
        return pools[-1]


@pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux only")
class TestForkedProcesses(SharedProcesses):
    start = "fork"


class TestSpawnedProcesses(SharedProcesses):
    start = "spawn"


@pytest.fixture(scope="class")
def runpod():
    """RunPod on loopback, with workers that stand in for the SDK's."""
    with pytest.MonkeyPatch.context() as patch, RunPodPlatform() as platform:
        patch.setenv("RUNPOD_API_KEY", KEY)
        runpod_settings.cache_clear()
        simulate_workers(platform, train, count=2)
        yield platform
    runpod_settings.cache_clear()


class TestRunPod(ExecutorContract):
    """Verdicts act late there, and without a bucket models stay behind."""

    keeps_model = False

    @pytest.fixture
    def executor(self, runpod):
        with RunPodExecutor(runpod.spec(), slots=2, work=WORK) as executor:
            yield executor


class TestFallback(ExecutorContract):
    """Come home from the beginning, for there is no endpoint."""

    @pytest.fixture
    def executor(self):
        def refuse():
            raise ExecutorError("nobody listens there")

        with FallbackExecutor(refuse, lambda: InlineExecutor(work=WORK)) as executor:
            yield executor


@pytest.mark.slow
class TestDask(SharedProcesses):
    """A cluster of two Dask workers on this machine, in processes of their own."""

    def make(self):
        return synthetic_dask(ExecutorSpec(name="dask", workers=2))


def _is_closed(executor):
    try:
        executor.poll(lambda event: pytest.fail(f"the last test left {event}"), 0)
    except ExecutorError:
        return True
    return False
