from __future__ import annotations

import sys

import pytest

from hpolab.errors import ExecutorError
from hpolab.executors.inline import InlineExecutor
from hpolab.executors.process import ProcessExecutor
from hpolab.testing.executor_contract import ExecutorContract
from hpolab.testing.synthetic import WORK


class TestInline(ExecutorContract):
    is_isolated = False

    @pytest.fixture
    def executor(self):
        with InlineExecutor(work=WORK) as executor:
            yield executor


@pytest.fixture(scope="class")
def pools():
    made = []
    yield made
    for pool in made:
        pool.close()


class SharedProcesses(ExecutorContract):
    """One pool for all tests that leave it open: starting interpreters is what takes time."""

    start: str

    @pytest.fixture
    def executor(self, pools):
        if not pools or _is_closed(pools[-1]):
            pools.append(ProcessExecutor(workers=2, work=WORK, start=self.start))
        return pools[-1]


@pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux only")
class TestForkedProcesses(SharedProcesses):
    start = "fork"


class TestSpawnedProcesses(SharedProcesses):
    start = "spawn"


def _is_closed(executor):
    try:
        executor.poll(lambda event: pytest.fail(f"the last test left {event}"), 0)
    except ExecutorError:
        return True
    return False
