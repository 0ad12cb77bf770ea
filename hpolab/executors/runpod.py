"""Trains on RunPod: a trial is a job of a serverless endpoint, and only its outcome comes back."""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from hpolab.errors import ExecutorError
from hpolab.events import EpochEnded, RunBilled, RunEnded, RunEvent, RunLost, RunStarted
from hpolab.executors._closing import Closing
from hpolab.executors._runpod_artifacts import Carrier
from hpolab.executors._runpod_client import EndpointError, RunPodClient
from hpolab.executors._runpod_job import Begun, Desk, Over, Said, Trained, Unusable, follow
from hpolab.executors._work import TRAIN
from hpolab.executors.ending import cut_short
from hpolab.executors.executor import HOLD, Handler
from hpolab.executors.runpod_wire import Order
from hpolab.settings import runpod_settings

if TYPE_CHECKING:
    from hpolab.executors.runpod_spec import RunPodSpec
    from hpolab.trial import EpochRecord, RunSpec, Stop

__all__ = ["RunPodExecutor", "endpoint_health"]

_CLOSE_SECONDS = 4.0


@dataclass
class _Flight:
    """A run whose end has not been told, and what of it is still to be told."""

    spec: RunSpec
    wish: threading.Event = field(default_factory=threading.Event)
    backlog: deque[RunEvent] = field(default_factory=deque)
    history: list[EpochRecord] = field(default_factory=list)
    n_known: int = 0
    is_held: bool = False
    stop: Stop | None = None
    started: float = field(default_factory=time.monotonic)


class RunPodExecutor(Closing):
    """Runs as jobs of an endpoint, up to 64 at once.

    A worker far away does not wait for a verdict after each epoch: it tells how far it is about
    once a second and trains on. So verdicts act late. To stop a run cancels its job, and its
    result is what was judged until then. To hold one keeps back what it tells from then on, not
    the training, nor the bill. A coordinator that dies leaves its jobs to the platform, which
    ends them after ``timeout_seconds``; a closed executor has cancelled them.

    Before its end, a run tells what it cost.

    Args:
        spec: The endpoint; the key to it is the machine's setting.
        slots: How many jobs are in flight at once.
        work: The function that trains, "module:function"; the real one by default.

    Raises:
        EndpointError: The endpoint cannot be used; says why.
    """

    def __init__(self, spec: RunPodSpec, *, slots: int, work: str = TRAIN) -> None:
        self._spec = spec
        self._slots = slots
        self._work = work
        self._news: SimpleQueue[str] = SimpleQueue()
        carrier = Carrier(spec, self._news.put)
        self._client = RunPodClient(spec, _key())
        self._desk = Desk(
            self._client, spec, lambda: len(self._flights), carrier.prepare, carrier.fetch
        )
        self._flights: dict[int, _Flight] = {}
        self._inbox: SimpleQueue[tuple[_Flight, Said]] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._is_closed = False
        self._news.put(f"training on RunPod's endpoint {spec.endpoint}: {_counts(spec)}")
        if spec.bucket is None:
            self._news.put(
                "models and recorded arrays stay behind, for executor.runpod.bucket is not set; "
                "metrics alone come back"
            )

    @property
    def slots(self) -> int:
        """How many jobs are in flight at once."""
        return self._slots

    @property
    def is_local(self) -> bool:
        """No: this machine's cores are free for others."""
        return False

    def news(self) -> str:
        """How the endpoint is; later, which artifacts did not come."""
        return "" if self._news.empty() else self._news.get()

    def submit(self, spec: RunSpec) -> None:
        """Take on a run; its job is submitted in the background."""
        self._check_open()
        if spec.trial in self._flights:
            raise ExecutorError(f"trial {spec.trial} is in flight already; wait for its end.")
        if len(self._flights) >= self._slots:
            rule = f"at most {self._slots} runs may be in flight"
            raise ExecutorError(f"{rule}; poll until one has ended.")
        flight = self._flights[spec.trial] = _Flight(spec)
        order = Order(submission="", run=spec, work=self._work, bucket=self._spec.bucket)

        def live() -> None:
            follow(self._desk, order, flight.wish, tell)

        def tell(said: Said) -> None:
            self._inbox.put((flight, said))

        thread = threading.Thread(target=live, name=f"runpod-{spec.trial}", daemon=True)
        self._threads = [*(t for t in self._threads if t.is_alive()), thread]
        thread.start()

    def poll(self, handle: Handler, timeout: float) -> None:
        """Hand over the next event, if it comes in time."""
        self._check_open()
        end = time.monotonic() + timeout
        while (flight := self._next()) is None:
            try:
                self._take(*self._inbox.get(timeout=max(0.0, end - time.monotonic())))
            except Empty:
                return
        self._deliver(flight, flight.backlog.popleft(), handle)

    def release(self) -> None:
        """Tell of held runs again."""
        for flight in self._flights.values():
            flight.is_held = False

    def cancel(self, trial: int, stop: Stop, *, grace_seconds: float = 2.0) -> None:  # noqa: ARG002
        """End a job at once: nobody there would hear that it should end after its epoch."""
        if trial in self._flights:
            self._stop(self._flights[trial], stop)

    def close(self) -> None:
        """Cancel every job, and wait for that, but not for ever."""
        if self._is_closed:
            return
        self._is_closed = True
        self._client.close()
        for flight in self._flights.values():
            flight.wish.set()
        end = time.monotonic() + _CLOSE_SECONDS
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))

    def _next(self) -> _Flight | None:
        """A run that has something to tell and is not held; whoever told last comes last."""
        flights = self._flights.values()
        return next((f for f in flights if f.backlog and not f.is_held), None)

    def _take(self, flight: _Flight, said: Said) -> None:
        """Make events of what a job's thread says."""
        who = {"trial": flight.spec.trial, "attempt": flight.spec.attempt}
        match said:
            case Unusable():
                raise EndpointError(said.reason)
            case Over():
                self._take_end(flight, said)
            case _ if flight.stop:
                return
            case Begun():
                price = self._spec.price_per_second
                started = RunStarted(**who, worker=said.worker, price_per_second=price)
                flight.backlog.append(started)
            case Trained():
                for epoch in said.epochs:
                    if epoch.epoch == flight.n_known + 1:  # after a gap, the result tells all
                        flight.n_known += 1
                        flight.backlog.append(EpochEnded(**who, epoch=epoch))

    def _take_end(self, flight: _Flight, said: Over) -> None:
        who = {"trial": flight.spec.trial, "attempt": flight.spec.attempt}
        cost = said.seconds * self._spec.price_per_second
        if cost > 0:
            flight.backlog.append(RunBilled(**who, seconds=said.seconds, cost=cost))
        if flight.stop:
            self._end_by(flight, flight.stop)
        elif said.outcome is not None:
            flight.backlog.append(RunEnded(**who, result=said.outcome.result))
        else:
            flight.backlog.append(RunLost(**who, reason=said.reason))

    def _end_by(self, flight: _Flight, stop: Stop) -> None:
        result = cut_short(stop, flight.history, seconds=time.monotonic() - flight.started)
        event = RunEnded(trial=flight.spec.trial, attempt=flight.spec.attempt, result=result)
        flight.backlog.append(event)

    def _stop(self, flight: _Flight, stop: Stop) -> None:
        """Forget what a run has still to tell, but for its bill, and have its job cancelled."""
        was_over = any(isinstance(event, RunEnded | RunLost) for event in flight.backlog)
        bills = [event for event in flight.backlog if isinstance(event, RunBilled)]
        flight.stop, flight.is_held, flight.backlog = stop, False, deque(bills)
        flight.wish.set()
        if was_over:
            self._end_by(flight, stop)

    def _deliver(self, flight: _Flight, event: RunEvent, handle: Handler) -> None:
        del self._flights[flight.spec.trial]
        if not isinstance(event, RunEnded | RunLost):
            self._flights[flight.spec.trial] = flight
        if not isinstance(event, EpochEnded):
            handle(event)
            return
        flight.history.append(event.epoch)
        flight.is_held = True  # and stays so if the handler raises
        verdict = handle(event)
        if verdict is not None and verdict is not HOLD and flight.stop is None:
            self._stop(flight, verdict)
        elif verdict is None:
            flight.is_held = False


def endpoint_health(spec: RunPodSpec) -> dict[str, int]:
    """How many workers an endpoint has, by what they do.

    Raises:
        EndpointError: It cannot be used; says why.
    """
    workers = RunPodClient(spec, _key()).health()
    if sum(workers.values()) == 0:
        raise EndpointError(
            f"the endpoint {spec.endpoint} has no worker; raise its number of workers in the "
            "console."
        )
    return workers


def _counts(spec: RunPodSpec) -> str:
    workers = endpoint_health(spec)
    return "workers: " + ", ".join(f"{n} {kind}" for kind, n in workers.items() if n)


def _key() -> str:
    key = runpod_settings().api_key
    if key is None:
        raise EndpointError(
            "RunPod needs a key; set RUNPOD_API_KEY in the environment or in .env."
        )
    return key.get_secret_value()


if TYPE_CHECKING:
    from hpolab.executors.executor import Executor

    def _conforms(executor: RunPodExecutor) -> Executor:
        return executor
