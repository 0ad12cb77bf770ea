"""What runs on a Dask worker: a supervisor, which has the training done by a child process.

Dask cannot stop a task that runs; a child can be killed at any moment, by us or by the system,
and the Dask worker lives on. The supervisor hands on what the child tells, and what the
coordinator answers. It looks after its worker's task too: when the coordinator, its connection or
the Dask worker ends, Dask lets go of the task, and the child is killed at once.
"""

from __future__ import annotations

import logging
import socket
import time
import uuid
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from hpolab.errors import HpolabError, StoreError
from hpolab.events import EpochEnded, RunEnded, RunEvent, RunLost
from hpolab.executors._dask_parcel import Away
from hpolab.executors._dask_pools import borrow, close_idle, give_back
from hpolab.executors._dask_versions import versions
from hpolab.executors._dask_wire import Facts, Order, Parcel, Report, Word
from hpolab.executors.executor import HOLD, Executor, Verdict

if TYPE_CHECKING:
    from distributed import Worker

    from hpolab.trial import RunSpec

__all__ = ["deliver", "describe", "dismiss", "read", "supervise"]

_logger = logging.getLogger(__name__)

_GLANCE_SECONDS = 0.1
_FOR_EVER = float("inf")

_running: dict[str, _Supervisor] = {}
"""The supervisors of this process, by their task's key."""


def supervise(order: str) -> None:
    """The Dask task: train one run. Its outcome is reported, not returned."""
    from distributed import get_worker

    _Supervisor(Order.parse(order), get_worker()).work()


def deliver(key: str, word: str) -> bool:
    """Tell a supervisor something; whether it is here."""
    supervisor = _running.get(key)
    if supervisor is not None:
        supervisor.desk.put(Word.parse(word))
    return supervisor is not None


def read(key: str, offset: int) -> bytes:
    """The piece of a run's parcel that begins there; empty when there is no more, or no parcel."""
    supervisor = _running.get(key)
    return supervisor.away.read(offset) if supervisor and supervisor.away else b""


def describe(dask_worker: Any = None) -> str:
    """The Facts of the Dask worker where this is run; Dask fills in which that is."""
    return Facts(
        host=socket.gethostname(),
        threads=dask_worker.state.nthreads,
        gpus=dask_worker.state.total_resources.get("GPU", 0),
        versions=versions(),
    ).to_json()


def dismiss(owner: str) -> None:
    """End the runs of an executor, and the warm processes that wait for its next ones."""
    for supervisor in list(_running.values()):
        if supervisor.owner == owner:
            supervisor.desk.put(Word(kind="drop"))
    close_idle(owner)


class _Unwanted(Exception):
    """Nobody waits for this run any more."""


class _Supervisor:
    """One run, from its order to its last report; lives in a thread of the Dask worker."""

    def __init__(self, order: Order, worker: Worker) -> None:
        self._order = order
        self._worker = worker
        self._execution = uuid.uuid4().hex
        self.owner = order.owner
        self.desk: SimpleQueue[Word] = SimpleQueue()
        self.away: Away | None = None
        self._waiting: int | None = None
        self._has_ended = False

    def work(self) -> None:
        """Train; whatever happens, the child is idle or gone in the end."""
        order, pool = self._order, None
        _running[order.key] = self
        try:
            run = self._placed(order.run)
            self._tell()  # from now on the probe may go
            pool = borrow(order.owner, order.pool)
            pool.submit(run)
            while not self._has_ended:
                if not self._is_wanted():
                    raise _Unwanted
                self._listen(pool)
                pool.poll(self._hand_on, 0 if self._waiting else _GLANCE_SECONDS)
            give_back(order.owner, order.pool, pool)
            pool = None
            while self.away and self._is_wanted():  # until its files were fetched
                time.sleep(_GLANCE_SECONDS)
        except HpolabError as error:
            self._tell(error=str(error))
        except _Unwanted:
            close_idle(order.owner)
        finally:
            del _running[order.key]
            if pool is not None:
                pool.close()
            self._clear_away()

    def _placed(self, run: RunSpec) -> RunSpec:
        """The run with a folder that is there: its own, or one to be fetched from."""
        probe = self._order.probe
        if probe is None or probe.exists():
            return run
        self.away = Away()
        return run.replace(folder=self.away.folder)

    def _clear_away(self) -> None:
        if self.away is not None:
            self.away.close()
            self.away = None

    def _tell(
        self, event: RunEvent | None = None, *, parcel: Parcel | None = None, error: str = ""
    ) -> None:
        report = Report(
            key=self._order.key,
            execution=self._execution,
            event=event,
            parcel=parcel,
            error=error,
        )
        self._worker.log_event(self._order.topic, report.to_json())

    def _is_wanted(self) -> bool:
        """The end of the coordinator makes the scheduler let go of what it has asked for."""
        task = self._worker.state.tasks.get(self._order.key)
        is_up = self._worker.status.name in {"running", "paused"}
        return is_up and task is not None and task.state == "executing"

    def _listen(self, pool: Executor) -> None:
        """Obey what has been said; wait a little for it when the run waits for its verdict."""
        try:
            word = self.desk.get(timeout=_GLANCE_SECONDS if self._waiting else 0)
        except Empty:
            return
        if word.kind == "drop":
            raise _Unwanted
        self._obey(word, pool)

    def _obey(self, word: Word, pool: Executor) -> None:
        if word.kind == "answer" and word.epoch != self._waiting:
            return  # said before a cancellation that has ended the wait
        self._waiting = None
        if word.stop is None:
            pool.release()
        else:
            grace = word.grace_seconds if word.kind == "cancel" else _FOR_EVER
            pool.cancel(self._order.run.trial, word.stop, grace_seconds=grace)

    def _hand_on(self, event: RunEvent) -> Verdict:
        self._has_ended = isinstance(event, RunEnded | RunLost)
        parcel = None
        if isinstance(event, EpochEnded):
            self._waiting = event.epoch.epoch
        elif isinstance(event, RunEnded):
            parcel = self._packed()
        if self._has_ended and parcel is None:
            self._clear_away()
        self._tell(event, parcel=parcel)
        return HOLD

    def _packed(self) -> Parcel | None:
        try:
            return self.away.pack() if self.away else None
        except StoreError:
            _logger.exception("the files of %s are lost", self._order.key)
            return Parcel(n_bytes=1, sha256="")  # so that it is noticed that they do not come
