"""What an executor must do besides, when its runs have processes of their own, as tests."""

# ruff: noqa: D102 - the tests' names say it

from __future__ import annotations

from typing import TYPE_CHECKING

from hpolab.events import EpochEnded, RunLost
from hpolab.testing.executor_contract import CANCELLED, ExecutorContract
from hpolab.testing.recorder import Recorder

if TYPE_CHECKING:
    from pathlib import Path

    from hpolab.executors.executor import Executor

__all__ = ["IsolationContract"]


class IsolationContract(ExecutorContract):
    """Runs can be ended by force, and one that dies leaves the coordinator alive."""

    def test_a_deaf_run_is_ended_by_force(self, executor: Executor, tmp_path: Path) -> None:
        seen = Recorder()
        executor.submit(self.order(tmp_path, hang=True))
        seen.follow(executor, until=lambda: bool(seen.events))
        executor.cancel(0, CANCELLED, grace_seconds=0.2)
        seen.follow_to_end(executor)
        assert seen.kinds() == ["run_started", "run_ended"]
        assert (seen.result().state, seen.result().reason) == ("cancelled", CANCELLED.reason)
        executor.submit(self.order(tmp_path, 1))
        seen.follow_to_end(executor, 2)
        assert seen.result(1).state == "completed"

    def test_force_keeps_the_epochs_it_saw(self, executor: Executor, tmp_path: Path) -> None:
        seen = Recorder()
        executor.submit(self.order(tmp_path, epochs=10, sleep=0.8))
        seen.follow(executor, until=lambda: seen.n_epochs() == 1)
        executor.cancel(0, CANCELLED, grace_seconds=0)
        seen.follow_to_end(executor)
        epochs = [event.epoch for event in seen.events if isinstance(event, EpochEnded)]
        assert list(seen.result().history) == epochs
        assert seen.result().accuracy == epochs[-1].val_accuracy

    def test_a_lost_worker_is_told_with_its_cause_and_replaced(
        self, executor: Executor, tmp_path: Path
    ) -> None:
        seen = Recorder()
        executor.submit(self.order(tmp_path, 0, crash=1))
        seen.follow_to_end(executor)
        lost = seen.events[-1]
        assert isinstance(lost, RunLost)
        assert (lost.trial, lost.attempt) == (0, 1)
        assert "SIGKILL" in lost.reason
        executor.submit(self.order(tmp_path, 0, attempt=2, crash=1))
        seen.follow_to_end(executor, 2)
        assert seen.result(0).state == "completed"
