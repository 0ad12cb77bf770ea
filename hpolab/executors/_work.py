"""The function that trains, by name, and what its outcome becomes: the same in every executor."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from hpolab.errors import TrialFailed
from hpolab.trial import EpochRecord, RunResult, RunSpec, Stop

__all__ = ["PRELOAD", "PREPARE", "TRAIN", "Report", "Train", "carry_out"]

Report = Callable[[EpochRecord], Stop | None]
Train = Callable[[RunSpec, Report], RunResult]

TRAIN = "hpolab.training.run:train_run"
"""The one function that trains for real; tests may name another of the same signature."""

PRELOAD = "hpolab.training.worker:preload"
"""Imports what TRAIN needs, quietly, and runs nothing."""

PREPARE = "hpolab.training.worker:prepare_process"
"""Makes a process a worker with so many threads."""

_logger = logging.getLogger(__name__)


def carry_out(train: Train, spec: RunSpec, report: Report) -> RunResult:
    """Train one run; whatever it raises becomes a failed result that says why.

    The traceback goes to the log, which in a worker is the run's log.txt.
    """
    started = time.perf_counter()
    history: list[EpochRecord] = []

    def remember(record: EpochRecord) -> Stop | None:
        history.append(record)
        return report(record)

    try:
        return train(spec, remember)
    except (Exception, SystemExit) as error:  # a user's builder may call sys.exit
        failed = isinstance(error, TrialFailed)
        reason = str(error) if failed else f"{type(error).__name__}: {error}"
        _logger.warning("trial %d failed: %s", spec.trial, reason, exc_info=True)
    return RunResult(
        state="failed",
        reason=reason,
        history=tuple(history),
        seconds=time.perf_counter() - started,
    )
