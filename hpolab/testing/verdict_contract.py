"""What an executor must do besides, when its runs wait for the verdict on each epoch, as tests."""

# ruff: noqa: D102 - the tests' names say it

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hpolab.executors.executor import HOLD
from hpolab.testing.executor_contract import CANCELLED, ExecutorContract
from hpolab.testing.recorder import Recorder

if TYPE_CHECKING:
    from pathlib import Path

    from hpolab.executors.executor import Executor

__all__ = ["VerdictContract"]


class VerdictContract(ExecutorContract):
    """Verdicts act at once: what is judged trains no further than what was judged.

    Executors whose workers are out of earshot owe the rest, and not this.
    """

    def test_a_held_run_trains_no_further(self, executor: Executor, tmp_path: Path) -> None:
        seen = Recorder(lambda event: HOLD if event.epoch.epoch == 1 else None)
        executor.submit(self.order(tmp_path))
        seen.follow(executor, until=lambda: seen.n_epochs() == 1)
        for _ in range(3):
            executor.poll(seen, 0.1)
        self._check_that_nothing_was_written(tmp_path)
        executor.cancel(0, CANCELLED, grace_seconds=20)
        seen.follow_to_end(executor)
        self._check_that_nothing_was_written(tmp_path)

    def _check_that_nothing_was_written(self, folder: Path) -> None:
        if not self.keeps_model:
            pytest.skip("its runs leave no file that would show how far they came")
        assert not (folder / "0" / "model.keras").exists()
