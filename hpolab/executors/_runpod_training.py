"""A RunPod worker's training process: warm between jobs, driven from a coroutine."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

from hpolab.errors import ExecutorError
from hpolab.events import EpochEnded, RunEnded, RunEvent, RunLost
from hpolab.executors._work import TRAIN
from hpolab.executors.process import ProcessExecutor
from hpolab.trial import Stop

if TYPE_CHECKING:
    from hpolab.trial import EpochRecord, RunResult, RunSpec

__all__ = ["Trainer"]

_LISTEN_SECONDS = 0.1
_CANCELLED = Stop(state="cancelled", reason="the job was cancelled")


class Trainer:
    """One process as a local sweep would have it; its executor lives in a thread of its own."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="hpolab-trainer")
        self._executor: ProcessExecutor | None = None
        self._work = ""

    def warm_up(self) -> None:
        """Let the process start and import what it needs; returns at once."""
        self._thread.submit(self._ready, self._work or TRAIN)

    async def train(
        self, spec: RunSpec, work: str, tell: Callable[[EpochRecord], None]
    ) -> RunResult:
        """Train one run. When it is cancelled, the process is killed at once and replaced.

        Args:
            spec: What to train, and where to write.
            work: The function that trains, "module:function".
            tell: Called with each epoch that has ended.

        Raises:
            ExecutorError: The process died, or cannot be started.
        """
        there = partial(asyncio.get_running_loop().run_in_executor, self._thread)
        try:
            await there(self._submit, spec, work)
            while True:
                for event in await there(self._listen):
                    if isinstance(event, EpochEnded):
                        tell(event.epoch)
                    elif isinstance(event, RunEnded):
                        return event.result
                    elif isinstance(event, RunLost):
                        raise ExecutorError(f"the training process of this {event.reason}")
        except asyncio.CancelledError:
            await there(self._kill, spec.trial)
            raise

    def close(self) -> None:
        """End the process."""
        self._thread.submit(self._discard).result()
        self._thread.shutdown()

    # In the thread

    def _ready(self, work: str) -> ProcessExecutor:
        if self._executor is None or self._work != work:
            self._discard()
            self._executor, self._work = ProcessExecutor(workers=1, work=work), work
        return self._executor

    def _submit(self, spec: RunSpec, work: str) -> None:
        self._ready(work).submit(spec)

    def _listen(self) -> list[RunEvent]:
        events: list[RunEvent] = []
        try:
            self._ready(self._work).poll(events.append, _LISTEN_SECONDS)
        except ExecutorError:
            self._discard()
            raise
        return events

    def _kill(self, trial: int) -> None:
        executor = self._ready(self._work)
        executor.cancel(trial, _CANCELLED, grace_seconds=0)
        executor.poll(lambda _event: None, 0)

    def _discard(self) -> None:
        if self._executor is not None:
            self._executor.close()
            self._executor = None
