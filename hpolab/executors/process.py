"""Warm workers on this machine, each a process of its own: one may crash without the others."""

from __future__ import annotations

import logging
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Literal

from hpolab.errors import ExecutorError
from hpolab.events import EpochEnded, RunEnded, RunLost
from hpolab.executors._closing import Closing
from hpolab.executors._launch import ForkLauncher, Launcher, can_fork
from hpolab.executors._spawn import SpawnLauncher
from hpolab.executors._watch import Run, Watch, Worker
from hpolab.executors._wire import Answer, Frame, Setup
from hpolab.executors._work import PRELOAD, PREPARE, TRAIN
from hpolab.executors.ending import cut_short, exit_in_words
from hpolab.executors.executor import HOLD, Handler

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hpolab.trial import RunSpec, Stop

__all__ = ["ProcessExecutor"]

_EXIT_CODE_SECONDS = 1.0
_FAILED_STARTS = 3

_logger = logging.getLogger(__name__)


class ProcessExecutor(Closing):
    """A pool of warm workers. They start in the background as soon as it is made.

    Args:
        workers: How many train at once, at least 1.
        work: The function that trains, "module:function"; the real one by default.
        recycle_after: Runs after which a worker makes place for a fresh one: TensorFlow's memory
            grows by some 8 MB a trial, whatever is cleared.
        memory_limit_bytes: Resident memory at the end of a run above which it does so earlier;
            None for no limit.
        silence_limit_seconds: A worker that gives no sign of life for so long is lost: it was
            stopped, or is stuck in compiled code. None for no limit.
        epoch_limit_seconds: A run that takes longer to its next epoch, or from the last one to
            its end, is lost. None, the default, for no limit: epochs may take hours.
        gpus: The ``CUDA_VISIBLE_DEVICES`` of each worker; none to leave it as it is here.
        start: "fork" from a server that has imported TensorFlow (Linux), or "spawn" an
            interpreter a worker; None for the best that this system has.
    """

    def __init__(
        self,
        *,
        workers: int,
        work: str = TRAIN,
        recycle_after: int = 25,
        memory_limit_bytes: int | None = None,
        silence_limit_seconds: float | None = 600.0,
        epoch_limit_seconds: float | None = None,
        gpus: Sequence[str] = (),
        start: Literal["fork", "spawn"] | None = None,
    ) -> None:
        self._recycle_after = recycle_after
        self._memory_limit = memory_limit_bytes or float("inf")
        self._failed_starts = 0
        self._is_closed = False
        self._watch = Watch(silence_limit=silence_limit_seconds, epoch_limit=epoch_limit_seconds)
        setup = Setup(
            work=work,
            heartbeat_seconds=self._watch.heartbeat_seconds,
            visible_gpus={f"w{number}": tokens for number, tokens in enumerate(gpus, start=1)},
        )
        if work == TRAIN:
            setup = setup.replace(prepare=PREPARE, preload=PRELOAD)
        kind = start or ("fork" if can_fork() else "spawn")
        self._launcher: Launcher = (ForkLauncher if kind == "fork" else SpawnLauncher)(setup)
        self._workers = [
            Worker(number, self._launcher.launch(number)) for number in range(1, workers + 1)
        ]

    @property
    def slots(self) -> int:
        """How many workers there are."""
        return len(self._workers)

    def submit(self, spec: RunSpec) -> None:
        """Give a run to an idle worker; it starts as soon as the worker is up."""
        self._check_open()
        if self._find(spec.trial):
            raise ExecutorError(f"trial {spec.trial} is in flight already; wait for its end.")
        idle = [worker for worker in self._workers if worker.run is None]
        if not idle:
            rule = f"at most {self.slots} runs may be in flight"
            raise ExecutorError(f"{rule}; poll until one has ended.")
        worker = min(idle, key=lambda worker: (not worker.is_ready, worker.number))
        worker.run = Run(spec)
        self._send(worker, spec)

    def poll(self, handle: Handler, timeout: float) -> None:
        """Hand over what the workers tell, and end what has outlived its grace."""
        self._check_open()
        end = time.monotonic() + timeout
        while not self._poll_once(handle, end) and time.monotonic() < end:
            pass

    def release(self) -> None:
        """Let every held run go on."""
        for worker in self._workers:
            if worker.run and worker.run.is_waiting:
                self._answer(worker, worker.run, worker.run.stop)

    def cancel(self, trial: int, stop: Stop, *, grace_seconds: float = 2.0) -> None:
        """Ask at the next epoch; kill the worker when the grace is over."""
        worker = self._find(trial)
        if worker is None or worker.run is None:
            return
        run = worker.run
        run.stop = stop
        run.deadline = min(run.deadline, time.monotonic() + grace_seconds)
        if run.is_waiting:
            self._answer(worker, run, stop)

    def close(self) -> None:
        """Kill every worker, and the fork-server."""
        if self._is_closed:
            return
        self._is_closed = True
        for worker in self._workers:
            worker.process.kill()
        self._launcher.close()

    def _find(self, trial: int) -> Worker | None:
        running = (worker for worker in self._workers if worker.run)
        return next((w for w in running if w.run and w.run.spec.trial == trial), None)

    def _replace(self, worker: Worker) -> None:
        """A fresh process in the worker's place; its run, if it has one, is the caller's care."""
        worker.process.kill()
        worker.process = self._launcher.launch(worker.number)
        worker.is_ready, worker.runs, worker.heard = False, 0, None

    def _poll_once(self, handle: Handler, end: float) -> bool:
        """Wait once, until ``end`` or the end of a grace; whether something was handed over."""
        deadlines = [worker.run.deadline for worker in self._workers if worker.run]
        channels = {worker.process.channel: worker for worker in self._workers}
        timeout = min([end, *deadlines]) - time.monotonic()
        told = False
        for channel in self._watch.listen(list(channels), timeout):
            worker = channels[channel]
            if worker.process.channel is channel:  # not replaced by the handler meanwhile
                told = self._receive(worker, handle) or told
        for worker in self._workers:
            run = worker.run
            if run and run.stop and run.deadline <= time.monotonic():
                worker.run = None
                self._replace(worker)
                self._tell_end(run, run.stop, handle)
                told = True
            elif why := self._watch.why_lost(worker):
                told = self._lose(worker, f"worker {worker.name} {why}", handle) or told
        return told

    def _receive(self, worker: Worker, handle: Handler) -> bool:
        """Take one message of a worker; whether it brought an event."""
        try:
            frame = Frame.parse(worker.process.channel.recv_bytes())
        except (EOFError, OSError):
            return self._bury(worker, handle)
        if frame.error:
            raise ExecutorError(f"workers cannot train: {frame.error}. {self._log()}")
        worker.process.pid = frame.pid
        self._watch.hear(worker)
        if frame.is_ready:
            worker.is_ready, self._failed_starts = True, 0
        if frame.event is None or worker.run is None:
            return False
        worker.run.has_begun = True
        self._watch.progress(worker.run)
        if isinstance(frame.event, EpochEnded):
            self._ask(worker, worker.run, frame.event, handle)
            return True
        if isinstance(frame.event, RunEnded):
            worker.run = None
            worker.runs += 1
            if worker.runs >= self._recycle_after or frame.rss_bytes > self._memory_limit:
                self._replace(worker)
        handle(frame.event)
        return True

    def _ask(self, worker: Worker, run: Run, event: EpochEnded, handle: Handler) -> None:
        """Get the verdict on an epoch and pass it on, unless the run is to be held."""
        run.history.append(event.epoch)
        run.is_waiting = True
        verdict = handle(event)
        if run.is_waiting and (run.stop or verdict is not HOLD):
            self._answer(worker, run, run.stop or (None if verdict is HOLD else verdict))

    def _answer(self, worker: Worker, run: Run, stop: Stop | None) -> None:
        run.is_waiting = False
        self._watch.progress(run)
        self._send(worker, Answer(stop=stop))

    def _send(self, worker: Worker, message: RunSpec | Answer) -> None:
        with suppress(OSError):  # it is dead: the next poll reads that and sees to its run
            worker.process.channel.send_bytes(message.to_json().encode())

    def _bury(self, worker: Worker, handle: Handler) -> bool:
        """A worker's channel has ended; whether there was a run to report."""
        code = worker.process.exit_code(_EXIT_CODE_SECONDS)
        reason = f"worker {worker.name} {exit_in_words(code)}"
        if not worker.is_ready:
            self._count_failed_start(reason)
        return self._lose(worker, reason, handle)

    def _lose(self, worker: Worker, reason: str, handle: Handler) -> bool:
        """Replace a worker that is of no use any more; whether there was a run to report."""
        run, worker.run = worker.run, None
        self._replace(worker)
        if run and run.stop:
            self._tell_end(run, run.stop, handle)
            return True
        if run and run.has_begun:
            handle(RunLost(trial=run.spec.trial, attempt=run.spec.attempt, reason=reason))
            return True
        _logger.warning("%s while idle; a fresh one takes its place", reason)
        if run:
            worker.run = run
            self._send(worker, run.spec)
        return False

    def _count_failed_start(self, reason: str) -> None:
        self._failed_starts += 1
        if self._failed_starts >= _FAILED_STARTS:
            rule = f"{_FAILED_STARTS} workers in a row died before they were ready"
            raise ExecutorError(f"{rule}; the last: {reason}. {self._log()}")

    def _tell_end(self, run: Run, stop: Stop, handle: Handler) -> None:
        """The end of a cancelled run whose worker is no more."""
        result = cut_short(stop, run.history, seconds=time.monotonic() - run.started)
        handle(RunEnded(trial=run.spec.trial, attempt=run.spec.attempt, result=result))

    def _log(self) -> str:
        tail = self._launcher.log_tail()
        return f"Their log ends with:\n{tail}" if tail else "They wrote nothing."


if TYPE_CHECKING:
    from hpolab.executors.executor import Executor

    _: Executor = ProcessExecutor(workers=1)
