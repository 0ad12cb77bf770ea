"""Trials on a Dask cluster: any that has an address, or one of processes on this machine.

Where a run goes is decided here and not by Dask, which would start it again elsewhere when its
worker dies: each is pinned to a worker that has a seat free. What becomes of a lost run is the
coordinator's to say.
"""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING

from hpolab.errors import ExecutorError
from hpolab.events import EpochEnded, RunEnded, RunLost, RunStarted
from hpolab.executors._closing import Closing
from hpolab.executors._dask_cluster import Cluster, Gone
from hpolab.executors._dask_flight import Flight, lay_probe
from hpolab.executors._dask_items import Failed, Fetched, Heard
from hpolab.executors._dask_wire import Order, Report, Word
from hpolab.executors.dask_spec import DaskSpec
from hpolab.executors.ending import cut_short
from hpolab.executors.executor import HOLD, Handler

if TYPE_CHECKING:
    from hpolab.executors import ExecutorSpec
    from hpolab.trial import RunSpec, Stop

__all__ = ["DaskExecutor"]

_SLACK_SECONDS = 10.0
"""Beyond its grace, for a supervisor to tell that it has ended a run by force."""

_QUEUE_SECONDS = 20.0
"""How long a run may lie at a worker that has a seat for it before that is worth a word."""


class DaskExecutor(Closing):
    """Supervisors on a cluster's workers, each with a warm child process that trains.

    Args:
        spec: How many at once (None for as many as the cluster has room for), which cluster, and
            by what rules its child processes are replaced.
        pool: The executor that a supervisor trains with, by name.

    Raises:
        ExecutorError: No scheduler answers, no cluster can be started here, or the workers run on
            other software or lack what a run needs; says who, and what to do.
    """

    def __init__(self, spec: ExecutorSpec, *, pool: str = "process") -> None:
        self._pool = spec.replace(name=pool, workers=1, dask=None)
        self._owner = uuid.uuid4().hex
        self._flights: dict[str, Flight] = {}
        self._is_closed = False
        self._cluster = Cluster(
            spec.dask or DaskSpec(),
            gpus=spec.gpu_share or spec.gpus,
            limit=spec.workers,
            local_workers=spec.slots,
        )

    @property
    def slots(self) -> int:
        """How many runs the workers that are there now can train at once."""
        return self._cluster.slots

    def submit(self, spec: RunSpec) -> None:
        """Pin a run to the worker with the most room."""
        self._check_open()
        if self._find(spec.trial):
            raise ExecutorError(f"trial {spec.trial} is in flight already; wait for its end.")
        seat = self._cluster.free_seat()
        if seat is None:
            rule = f"at most {self.slots} runs may be in flight"
            raise ExecutorError(f"{rule}; poll until one has ended.")
        key = f"hpolab-trial-{spec.trial}-{spec.attempt}-{uuid.uuid4().hex[:12]}"
        probe = None if self._cluster.local else lay_probe(spec.folder, key)
        seat.key = key
        self._flights[key] = Flight(spec, seat=seat, probe=probe)
        topic = self._cluster.topic
        order = Order(
            key=key, owner=self._owner, topic=topic, pool=self._pool, probe=probe, run=spec
        )
        self._cluster.submit(order, seat)

    def poll(self, handle: Handler, timeout: float) -> None:
        """Hand over what the supervisors tell, and see to what has become of the cluster."""
        self._check_open()
        end = time.monotonic() + timeout
        while not self._poll_once(handle, end) and time.monotonic() < end:
            pass

    def release(self) -> None:
        """Let every held run go on."""
        for flight in self._flights.values():
            if flight.is_waiting:
                self._answer(flight, flight.stop)

    def cancel(self, trial: int, stop: Stop, *, grace_seconds: float = 2.0) -> None:
        """Ask at the next epoch; the supervisor kills the child when the grace is over."""
        flight = self._find(trial)
        if flight is None:
            return
        flight.stop = stop
        slack = _SLACK_SECONDS if flight.has_begun else 0.0
        flight.deadline = min(flight.deadline, time.monotonic() + grace_seconds + slack)
        flight.is_waiting = False
        if flight.has_begun:
            word = Word(kind="cancel", stop=stop, grace_seconds=grace_seconds)
            self._cluster.say(flight.seat, word)

    def news(self) -> str:
        """What a person should know, a sentence a call; empty when there is nothing new."""
        return self._cluster.news.popleft() if self._cluster.news else ""

    def close(self) -> None:
        """End the runs, and the cluster if it was started here."""
        if self._is_closed:
            return
        self._is_closed = True
        self._cluster.close(self._owner)
        for flight in self._flights.values():
            flight.remove_probe()

    def _find(self, trial: int) -> Flight | None:
        return next((f for f in self._flights.values() if f.spec.trial == trial), None)

    def _poll_once(self, handle: Handler, end: float) -> bool:
        """Listen once, until ``end`` or the end of a grace; whether something was handed over."""
        first = min([end, *(flight.deadline for flight in self._flights.values())])
        item = self._cluster.listen(0 if self._has_lost() else first - time.monotonic())
        told = False
        match item:
            case Heard():
                told = self._hear(item.report, handle)
            case Failed() if item.key in self._flights:
                self._flights[item.key].fate = item.why
            case Fetched() if item.key in self._flights:
                told = self._finish(self._flights[item.key], item.why, handle)
            case Gone():
                for flight in self._flights.values():
                    if item.worker in (None, flight.seat.worker):
                        flight.fate, flight.is_innocent = item.why, item.worker is None
        return self._see_to_flights(handle) or told

    def _has_lost(self) -> bool:
        return any(flight.fate for flight in self._flights.values())

    def _see_to_flights(self, handle: Handler) -> bool:
        """End what is lost, or has outlived its grace; whether something was handed over."""
        told, now = False, time.monotonic()
        for flight in list(self._flights.values()):
            if flight.fate:
                told = self._lose(flight, handle) or told
            elif flight.stop and flight.deadline <= now:
                self._land(flight)
                self._tell_end(flight, flight.stop, handle)
                told = True
            elif not flight.has_begun and now - flight.started > _QUEUE_SECONDS:
                self._tell_of_queue(flight)
        return told

    def _tell_of_queue(self, flight: Flight) -> None:
        if not flight.is_late:
            flight.is_late = True
            self._cluster.news.append(
                f"trial {flight.spec.trial} still waits for {flight.seat.name}: its Dask worker "
                "is busy with other tasks, or paused; start more workers, or wait"
            )

    def _hear(self, report: Report, handle: Handler) -> bool:
        """Take one report; whether it brought an event."""
        flight = self._flights.get(report.key)
        if flight is None:
            return False  # a late word of a run that was given up
        if flight.execution not in ("", report.execution):
            flight.fate = "was lost, for Dask has started its task a second time"
            return False
        if report.error:
            raise ExecutorError(f"worker {flight.seat.name} cannot train: {report.error}")
        flight.execution, flight.has_begun = report.execution, True
        flight.remove_probe()
        match report.event:
            case None:
                self._begin(flight)
                return False
            case EpochEnded():
                self._ask(flight, report.event, handle)
            case RunStarted():
                handle(report.event.replace(worker=flight.seat.name))
            case RunEnded() if report.parcel:
                flight.ended, flight.deadline = report.event, float("inf")
                self._cluster.fetch(flight.seat, report.parcel, flight.spec.folder)
                return False
            case RunEnded():
                self._land(flight)
                handle(report.event)
            case RunLost():
                flight.fate = report.event.reason.removeprefix("worker w1 ")
                return self._lose(flight, handle)
        return True

    def _begin(self, flight: Flight) -> None:
        """A supervisor has the run; it hears now what was wished while it lay at the worker."""
        if flight.stop:
            grace = max(0.0, flight.deadline - time.monotonic())
            flight.deadline += _SLACK_SECONDS
            self._cluster.say(
                flight.seat, Word(kind="cancel", stop=flight.stop, grace_seconds=grace)
            )

    def _ask(self, flight: Flight, event: EpochEnded, handle: Handler) -> None:
        """Get the verdict on an epoch and pass it on, unless the run is to be held."""
        flight.history.append(event.epoch)
        flight.is_waiting = flight.stop is None  # a cancelled run has been told already
        verdict = handle(event)
        if flight.is_waiting and verdict is not HOLD:
            self._answer(flight, verdict)

    def _answer(self, flight: Flight, stop: Stop | None) -> None:
        flight.is_waiting = False
        epoch = flight.history[-1].epoch
        self._cluster.say(flight.seat, Word(kind="answer", epoch=epoch, stop=stop))

    def _finish(self, flight: Flight, why: str, handle: Handler) -> bool:
        """The end of a run whose files have come, or will not: then its metrics count alone."""
        event = flight.ended
        if event is None:
            return False
        self._land(flight)  # which tells the worker that its files are not needed any more
        if why:
            event = event.replace(result=event.result.replace(artifacts=()))
            self._cluster.news.append(
                f"trial {event.trial}: its files could not be fetched from {flight.seat.name} "
                f"({why}); its metrics are kept"
            )
        handle(event)
        return True

    def _lose(self, flight: Flight, handle: Handler) -> bool:
        if flight.ended:
            return self._finish(flight, flight.fate, handle)
        self._land(flight)
        if flight.stop:
            self._tell_end(flight, flight.stop, handle)
        else:
            lost = RunLost(
                trial=flight.spec.trial,
                attempt=flight.spec.attempt,
                reason=f"worker {flight.seat.name} {flight.fate}",
                is_suspect=not flight.is_innocent,
            )
            handle(lost)
        return True

    def _tell_end(self, flight: Flight, stop: Stop, handle: Handler) -> None:
        """The end of a cancelled run that could not tell it itself."""
        result = cut_short(stop, flight.history, seconds=time.monotonic() - flight.started)
        handle(RunEnded(trial=flight.spec.trial, attempt=flight.spec.attempt, result=result))

    def _land(self, flight: Flight) -> None:
        """The run is over, whatever came of it, and its seat is free."""
        del self._flights[flight.seat.key]
        self._cluster.forget(flight.seat.key)
        flight.remove_probe()
        flight.seat.key = ""


if TYPE_CHECKING:
    from hpolab.executors.executor import Executor

    _: type[Executor] = DaskExecutor
