"""Trains in this very process: for debugging, and for builders that live in a notebook."""

from __future__ import annotations

import logging
import threading
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from hpolab.errors import ConfigError, ExecutorError
from hpolab.events import EpochEnded, RunEnded, RunEvent, RunStarted
from hpolab.executors._closing import Closing
from hpolab.executors._work import PRELOAD, TRAIN, carry_out
from hpolab.executors.executor import HOLD, Handler
from hpolab.named import find_function

if TYPE_CHECKING:
    from hpolab.trial import EpochRecord, RunSpec, Stop

__all__ = ["InlineExecutor"]

_CLOSE_SECONDS = 10.0

_logger = logging.getLogger(__name__)


class InlineExecutor(Closing):
    """One run at a time, in a thread that takes turns with the coordinator.

    The thread waits while the handler judges, so nothing runs side by side that would not in a
    plain loop; without it a run that is held could never be released, for ``poll`` would not
    return. A run cannot be ended by force: a cancelled one goes on to the end of its epoch, and
    one that takes the process down takes the sweep with it. Output is not redirected, and
    TensorFlow keeps this process's number of threads, so that the last digits may differ from
    those of a worker process, which has one.

    Args:
        work: The function that trains, "module:function"; the real one by default.
    """

    def __init__(self, *, work: str = TRAIN) -> None:
        self._work = work
        self._orders: SimpleQueue[RunSpec | None] = SimpleQueue()
        self._events: SimpleQueue[RunEvent | Exception] = SimpleQueue()
        self._answers: SimpleQueue[Stop | None] = SimpleQueue()
        self._run: RunSpec | None = None
        self._stop: Stop | None = None
        self._is_waiting = False
        self._is_closed = False
        # One thread for all runs: parts of Keras' global state belong to a thread.
        self._thread = threading.Thread(target=self._train_all, name="hpolab-w1", daemon=True)

    @property
    def slots(self) -> int:
        """One."""
        return 1

    def submit(self, spec: RunSpec) -> None:
        """Take on a run; it starts at once."""
        self._check_open()
        if self._run is not None:
            raise ExecutorError("inline trains one run at a time; poll until it has ended.")
        if not self._thread.is_alive():
            self._thread.start()
        self._run, self._stop, self._is_waiting = spec, None, False
        self._orders.put(spec)

    def poll(self, handle: Handler, timeout: float) -> None:
        """Hand over the next event, if it comes in time."""
        self._check_open()
        try:
            event = self._events.get(timeout=timeout)
        except Empty:
            return
        if isinstance(event, Exception):
            why = str(event) if isinstance(event, ConfigError) else repr(event)
            raise ExecutorError(f"nothing can be trained: {why}") from event
        if isinstance(event, EpochEnded):
            self._is_waiting = True
        elif isinstance(event, RunEnded):
            self._run = None
        verdict = handle(event)
        if self._is_waiting and (self._stop or verdict is not HOLD):
            self._answer(self._stop or (None if verdict is HOLD else verdict))

    def release(self) -> None:
        """Let the run go on if it is held."""
        if self._is_waiting:
            self._answer(self._stop)

    def cancel(self, trial: int, stop: Stop, *, grace_seconds: float = 2.0) -> None:  # noqa: ARG002
        """Ask the run to end after its epoch; there is no force here."""
        if self._run is not None and self._run.trial == trial:
            self._stop = stop
            self.release()

    def close(self) -> None:
        """End the run after its epoch, and wait for that, but not for ever."""
        if self._is_closed:
            return
        self._is_closed = True
        self._orders.put(None)
        self._answers.put(None)
        if self._thread.is_alive():
            self._thread.join(_CLOSE_SECONDS)
        if self._thread.is_alive():
            _logger.warning("an epoch takes long; its thread ends by itself when it is over")

    def _answer(self, stop: Stop | None) -> None:
        self._is_waiting = False
        self._answers.put(stop)

    # From here on in the thread

    def _train_all(self) -> None:
        try:
            if self._work == TRAIN:
                # the number of threads is left to whoever owns this process
                find_function(PRELOAD)()
            train = find_function(self._work)
            while (spec := self._orders.get()) is not None:
                self._train(train, spec)
        except Exception as error:  # or the sweep would wait for ever for a thread that is gone
            self._events.put(error)
        except _ClosedError:
            return

    def _train(self, train: Train, spec: RunSpec) -> None:
        def report(record: EpochRecord) -> Stop | None:
            if not self._is_closed:
                event = EpochEnded(trial=spec.trial, attempt=spec.attempt, epoch=record)
                self._events.put(event)
                answer = self._answers.get()
            if self._is_closed:
                raise _ClosedError
            return answer

        self._events.put(RunStarted(trial=spec.trial, attempt=spec.attempt, worker="w1"))
        result = carry_out(train, spec, report)
        self._events.put(RunEnded(trial=spec.trial, attempt=spec.attempt, result=result))


class _ClosedError(BaseException):
    """Ends a run past whatever the training function catches."""


if TYPE_CHECKING:
    from hpolab.executors._work import Train
    from hpolab.executors.executor import Executor

    _: Executor = InlineExecutor()
