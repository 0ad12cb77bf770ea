"""What every executor must do, as tests: subclass ExecutorContract and give it your executor.

::

    class TestMyExecutor(ExecutorContract):
        @pytest.fixture
        def executor(self):
            with MyExecutor(work="hpolab.testing.synthetic:train_run") as executor:
                yield executor

The executor must run hpolab.testing.synthetic.train_run, and see the paths of this machine; one
that runs something else overrides ``order`` too. One whose runs wait for verdicts owes more: see
verdict_contract; so does one whose runs have processes of their own: see isolation_contract.
"""

# ruff: noqa: D102 - the tests' names say it

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import pytest

from hpolab.errors import ExecutorError
from hpolab.events import EpochEnded, RunEnded, RunEvent, RunStarted
from hpolab.executors.executor import HOLD, Executor, Verdict
from hpolab.testing import recorder
from hpolab.testing.processes import descendants, wait_until_gone
from hpolab.testing.recorder import Recorder
from hpolab.trial import RunSpec, Stop

if TYPE_CHECKING:
    from hpolab.space import Value

__all__ = ["CANCELLED", "ExecutorContract"]

PRUNED = Stop(state="pruned", reason="others are better")
CANCELLED = Stop(state="cancelled", reason="by a person")


class ExecutorContract:
    """The suite. Override ``executor``; say what yours cannot do by the class attribute.

    Tests that pass leave the executor idle or closed, so one that is slow to start may be shared.

    Attributes:
        keeps_model: A completed run leaves its model in its folder.
        failure, error: What a run says that is asked to fail, or to have an error.
    """

    keeps_model: ClassVar[bool] = True
    failure: ClassVar[str] = "its parameters ask it to fail."
    error: ClassVar[str] = "ValueError: its parameters ask for an error"

    def order(
        self, folder: Path, trial: int = 0, *, epochs: int = 3, attempt: int = 1, **params: Value
    ) -> RunSpec:
        """A run; its files go to ``folder/<trial>``.

        An executor whose runs are short may train fewer epochs, but three where three or more are
        asked for. ``fail`` and ``error`` ask for what ``failure`` and ``error`` tell.
        """
        return recorder.order(folder, trial, epochs=epochs, attempt=attempt, **params)

    @pytest.fixture
    def executor(self) -> Iterator[Executor]:
        """The executor under test, idle and open; to be closed in the end."""
        raise NotImplementedError

    def test_a_run_tells_its_story_in_order(self, executor: Executor, tmp_path: Path) -> None:
        seen = Recorder()
        executor.submit(self.order(tmp_path, 7, epochs=3, attempt=2))
        seen.follow_to_end(executor)
        assert seen.kinds(7) == ["run_started", *["epoch_ended"] * 3, "run_ended"]
        assert [e.epoch.epoch for e in seen.events if isinstance(e, EpochEnded)] == [1, 2, 3]
        assert {(event.trial, event.attempt) for event in seen.events} == {(7, 2)}
        assert seen.result(7).state == "completed"

    def test_events_are_what_their_json_says(self, executor: Executor, tmp_path: Path) -> None:
        seen = Recorder()
        executor.submit(self.order(tmp_path))
        seen.follow_to_end(executor)
        assert [type(event).parse(event.to_json()) for event in seen.events] == seen.events

    def test_equal_orders_give_equal_results(self, executor: Executor, tmp_path: Path) -> None:
        seen = Recorder()
        for trial in (0, 1):
            executor.submit(self.order(tmp_path, trial, learning_rate=0.02))
            seen.follow_to_end(executor, trial + 1)
        assert seen.result(0) == seen.result(1)

    def test_artifacts_are_there_when_a_run_ends(self, executor: Executor, tmp_path: Path) -> None:
        seen = Recorder()
        executor.submit(self.order(tmp_path, 4))
        seen.follow_to_end(executor)
        assert ("model.keras" in seen.result(4).artifacts) == self.keeps_model
        assert all((tmp_path / "4" / name).is_file() for name in seen.result(4).artifacts)

    def test_a_stop_ends_the_run_at_that_epoch(self, executor: Executor, tmp_path: Path) -> None:
        seen = Recorder(lambda event: PRUNED if event.epoch.epoch == 2 else None)
        executor.submit(self.order(tmp_path, epochs=50))
        seen.follow_to_end(executor)
        assert seen.kinds() == ["run_started", "epoch_ended", "epoch_ended", "run_ended"]
        assert (seen.result().state, seen.result().reason) == ("pruned", PRUNED.reason)

    def test_a_held_run_waits_for_its_release(self, executor: Executor, tmp_path: Path) -> None:
        seen = Recorder(lambda event: HOLD if event.epoch.epoch == 1 else None)
        executor.submit(self.order(tmp_path))
        seen.follow(executor, until=lambda: seen.n_epochs() == 1)
        for _ in range(3):
            executor.poll(seen, 0.1)
        assert seen.kinds() == ["run_started", "epoch_ended"]
        executor.release()
        seen.follow_to_end(executor)
        assert seen.result().state == "completed"

    def test_a_held_run_can_be_cancelled(self, executor: Executor, tmp_path: Path) -> None:
        seen = Recorder(lambda _: HOLD)
        executor.submit(self.order(tmp_path))
        seen.follow(executor, until=lambda: seen.n_epochs() == 1)
        executor.cancel(0, CANCELLED, grace_seconds=20)
        seen.follow_to_end(executor)
        assert seen.kinds() == ["run_started", "epoch_ended", "run_ended"]
        assert seen.result().reason == CANCELLED.reason

    def test_a_cancelled_run_ends_after_its_epoch_whatever_the_handler_says(
        self, executor: Executor, tmp_path: Path
    ) -> None:
        seen = Recorder()
        executor.submit(self.order(tmp_path, epochs=1000, sleep=0.05))
        seen.follow(executor, until=lambda: seen.n_epochs() == 1)
        executor.cancel(0, CANCELLED, grace_seconds=20)
        seen.follow_to_end(executor)
        assert (seen.result().state, seen.result().reason) == ("cancelled", CANCELLED.reason)
        assert len(seen.result().history) == seen.n_epochs() <= 3

    def test_cancelling_the_unknown_does_nothing(self, executor: Executor, tmp_path: Path) -> None:
        seen = Recorder()
        executor.cancel(0, CANCELLED)
        executor.submit(self.order(tmp_path))
        executor.cancel(99, CANCELLED)
        seen.follow_to_end(executor)
        assert seen.result().state == "completed"

    def test_a_failing_trial_tells_its_reason_and_the_next_one_runs(
        self, executor: Executor, tmp_path: Path
    ) -> None:
        seen = Recorder()
        executor.submit(self.order(tmp_path, 0, fail=True))
        seen.follow_to_end(executor)
        executor.submit(self.order(tmp_path, 1))
        seen.follow_to_end(executor, 2)
        assert seen.result(0).state == "failed"
        assert seen.result(0).reason == self.failure
        assert seen.result(1).state == "completed"

    def test_an_unexpected_error_is_named(self, executor: Executor, tmp_path: Path) -> None:
        seen = Recorder()
        executor.submit(self.order(tmp_path, error=True))
        seen.follow_to_end(executor)
        assert seen.result().state == "failed"
        assert seen.result().reason == self.error

    def test_all_slots_train_at_once_each_with_a_worker_of_its_own(
        self, executor: Executor, tmp_path: Path
    ) -> None:
        seen = Recorder(lambda _: HOLD)
        for trial in range(executor.slots):
            executor.submit(self.order(tmp_path, trial))
        seen.follow(executor, until=lambda: seen.n_epochs() == executor.slots)
        started = [event for event in seen.events if isinstance(event, RunStarted)]
        assert len({event.worker for event in started}) == executor.slots
        executor.release()
        calm = Recorder()
        calm.follow_to_end(executor, executor.slots)

    def test_more_runs_than_slots_are_refused_until_one_has_ended(
        self, executor: Executor, tmp_path: Path
    ) -> None:
        seen = Recorder()
        for trial in range(executor.slots):
            executor.submit(self.order(tmp_path, trial))
        with pytest.raises(ExecutorError, match="poll until"):
            executor.submit(self.order(tmp_path, 99))
        seen.follow_to_end(executor)
        executor.submit(self.order(tmp_path, 99))
        seen.follow_to_end(executor, executor.slots + 1)
        assert seen.result(99).state == "completed"

    def test_the_handler_may_submit_the_next_run(self, executor: Executor, tmp_path: Path) -> None:
        seen = Recorder()

        def chain(event: RunEvent) -> Verdict:
            if isinstance(event, RunEnded) and event.trial < 3:
                executor.submit(self.order(tmp_path, event.trial + 1))
            return seen(event)

        executor.submit(self.order(tmp_path, 0))
        deadline = time.monotonic() + 30
        while seen.n_ends() < 4 and time.monotonic() < deadline:
            executor.poll(chain, 0.1)
        assert [seen.result(trial).state for trial in range(4)] == ["completed"] * 4

    def test_the_handler_may_cancel_the_run_that_it_judges(
        self, executor: Executor, tmp_path: Path
    ) -> None:
        def cancel(event: EpochEnded) -> Verdict:
            executor.cancel(event.trial, CANCELLED, grace_seconds=20)
            return None

        seen = Recorder(cancel)
        executor.submit(self.order(tmp_path, epochs=50))
        seen.follow_to_end(executor)
        assert seen.kinds() == ["run_started", "epoch_ended", "run_ended"]
        assert seen.result().state == "cancelled"

    def test_an_error_of_the_handler_passes_through_and_the_run_is_held(
        self, executor: Executor, tmp_path: Path
    ) -> None:
        def refuse(event: EpochEnded) -> Verdict:
            raise OSError("disk full") if event.epoch.epoch == 1 else AssertionError

        seen = Recorder(refuse)
        executor.submit(self.order(tmp_path, epochs=2))
        with pytest.raises(OSError, match="disk full"):
            seen.follow_to_end(executor)
        executor.poll(seen, 0.2)
        assert seen.kinds() == ["run_started", "epoch_ended"]
        calm = Recorder()
        executor.release()
        calm.follow_to_end(executor)
        assert calm.result().state == "completed"

    def test_polling_when_nothing_happens_takes_the_timeout_and_no_more(
        self, executor: Executor, tmp_path: Path
    ) -> None:
        seen = Recorder()
        executor.submit(self.order(tmp_path))
        seen.follow_to_end(executor)
        n_events, began = len(seen.events), time.monotonic()
        executor.poll(seen, 0.3)
        assert 0.25 < time.monotonic() - began < 5
        assert len(seen.events) == n_events

    def test_a_closed_executor_takes_no_orders_and_may_be_closed_again(
        self, executor: Executor, tmp_path: Path
    ) -> None:
        executor.close()
        executor.close()
        with pytest.raises(ExecutorError, match="closed"):
            executor.submit(self.order(tmp_path))
        with pytest.raises(ExecutorError, match="closed"):
            executor.poll(Recorder(), 0)

    @pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
    @pytest.mark.parametrize("wait_for_start", [False, True])
    def test_no_process_survives_closing_in_the_middle_of_a_run(
        self, executor: Executor, tmp_path: Path, wait_for_start: bool
    ) -> None:
        seen = Recorder()
        executor.submit(self.order(tmp_path, epochs=10_000, sleep=0.01))
        if wait_for_start:
            seen.follow(executor, until=lambda: seen.n_epochs() == 1)
        ours = descendants()
        began = time.monotonic()
        executor.close()
        assert time.monotonic() - began < 5
        assert wait_until_gone(ours, seconds=5) == []
