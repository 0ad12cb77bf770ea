"""One job on RunPod from its submission to its end: a thread that asks now and then and tells."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hpolab.errors import HpolabError
from hpolab.executors._runpod_client import EndpointError, JobGone, RunPodClient
from hpolab.executors.runpod_wire import Order, Outcome, Progress

if TYPE_CHECKING:
    from hpolab.executors.runpod_spec import RunPodSpec
    from hpolab.trial import EpochRecord

__all__ = ["Begun", "Desk", "Over", "Said", "Trained", "Unusable", "follow"]

_SHORTEST_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 2.0
_SHARE_OF_AGE = 0.01
_REQUESTS_PER_SECOND = 50.0
_CAUSE_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Begun:
    """A worker has taken the job."""

    worker: str


@dataclass(frozen=True, slots=True)
class Trained:
    """The latest epochs; some may have been told before."""

    epochs: tuple[EpochRecord, ...]


@dataclass(frozen=True, slots=True)
class Over:
    """The job is no more, and was billed for so many seconds.

    Attributes:
        outcome: What its worker said; None when it said nothing of use.
        reason: Then why, in words.
        seconds: Billed.
    """

    outcome: Outcome | None
    reason: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Unusable:
    """Nothing can be trained there any more."""

    reason: str


Said = Begun | Trained | Over | Unusable


@dataclass(frozen=True, slots=True)
class Desk:
    """What all jobs of an executor share.

    Attributes:
        client: Talks to the endpoint.
        spec: What jobs may take.
        n_jobs: How many are in flight now: together they ask no more often than one may.
        prepare: Sees to what must be there before a job begins.
        fetch: Puts an outcome's artifacts in their place and says what came of it.
    """

    client: RunPodClient
    spec: RunPodSpec
    n_jobs: Callable[[], int]
    prepare: Callable[[Order], Order]
    fetch: Callable[[Order, Outcome], Outcome]


def follow(desk: Desk, order: Order, wish: threading.Event, tell: Callable[[Said], None]) -> None:
    """Run one job to its end; the whole life of a thread.

    Args:
        desk: What it shares with others.
        order: What to do.
        wish: Set by those who want the job ended.
        tell: Takes what there is to say, in order; the last is an Over or an Unusable.
    """
    try:
        tell(_Job(desk, desk.prepare(order), wish, tell).run())
    except HpolabError as error:  # the endpoint's, or of data that cannot be sent
        tell(Unusable(str(error)))
    except Exception as error:  # or the sweep would wait for ever for a thread that is gone
        tell(Unusable(f"a job of trial {order.run.trial} could not be followed: {error!r}"))


class _Job:
    def __init__(
        self, desk: Desk, order: Order, wish: threading.Event, tell: Callable[[Said], None]
    ) -> None:
        self._desk = desk
        self._order = order
        self._wish = wish
        self._tell = tell
        self._submitted = time.monotonic()
        self._looked_at_workers = self._submitted
        self._begun: float | None = None
        self._sequence = 0

    def run(self) -> Over:
        """Submit, ask until it is over, and say what came of it."""
        if self._wish.is_set():
            return Over(None, "it was cancelled before it began", 0.0)
        client, job = self._desk.client, self._desk.client.run(self._body)
        while not self._wish.wait(self._pause()):
            try:
                answer = client.status(job)
            except JobGone:
                return self._over({}, f"the platform does not know its job {job} any more")
            if (over := self._read(answer)) is not None:
                return over
        return self._end(job)

    def _end(self, job: str) -> Over:
        """Cancel the job, and see what was billed."""
        client = self._desk.client
        answer: dict[str, Any] = {}
        with suppress(JobGone):
            client.cancel(job)
            answer = client.status(job)
        return self._over(answer, "it was cancelled")

    def _body(self) -> dict[str, Any]:
        """What is posted, without places of this machine.

        Anew for each request: one that got no answer may have begun a job, whose result is then
        not ours.
        """
        submission = uuid.uuid4().hex
        key = f"{self._order.key}-{submission[:12]}" if self._order.key else ""
        self._order = self._order.replace(submission=submission, key=key)
        run, spec = self._order.run, self._desk.spec
        travelling = run.replace(
            folder=run.folder.name, dataset=run.dataset.replace(directory=None)
        )
        return {
            "input": {"order": self._order.replace(run=travelling).to_dict()},
            "policy": {
                "executionTimeout": round(1000 * spec.timeout_seconds),
                "ttl": round(1000 * spec.ttl_seconds),
            },
        }

    def _read(self, answer: dict[str, Any]) -> Over | None:
        """Tell what is new; the end, if this is it."""
        status, output = answer.get("status"), answer.get("output")
        if status == "IN_QUEUE":
            self._check_workers()
            return None
        progress = Progress.of_output(output)
        is_ours = progress is not None and progress.submission == self._order.submission
        self._begin(answer.get("workerId") or (progress.worker if progress and is_ours else ""))
        if status in {"IN_PROGRESS", "RUNNING"}:
            if progress and is_ours and progress.sequence > self._sequence:
                self._sequence = progress.sequence
                self._tell(Trained(progress.epochs))
            return None
        if status == "COMPLETED":
            outcome = Outcome.of_output(output)
            if outcome is None or outcome.submission != self._order.submission:
                return self._over(answer, "its job was completed without a result of ours")
            self._tell(Trained(outcome.result.history))
            return self._over(answer, "", outcome)
        return self._over(answer, self._why(str(status), answer))

    def _begin(self, worker: str) -> None:
        if self._begun is None:
            self._begun = time.monotonic()
            self._tell(Begun(worker or "runpod"))

    def _over(self, answer: dict[str, Any], reason: str, outcome: Outcome | None = None) -> Over:
        billed = answer.get("executionTime")
        if isinstance(billed, int | float):
            seconds = billed / 1000
        else:
            seconds = time.monotonic() - self._begun if self._begun is not None else 0.0
        if outcome is not None:
            outcome = self._desk.fetch(self._order, outcome)
        return Over(outcome, reason, seconds)

    def _why(self, status: str, answer: dict[str, Any]) -> str:
        """Why a job is over that brought no result."""
        match status:
            case "TIMED_OUT":
                limit = self._desk.spec.timeout_seconds
                return (
                    f"its job took longer than the {limit:g} seconds of "
                    "executor.runpod.timeout_seconds"
                )
            case "CANCELLED":
                return "its job was cancelled on the platform"
            case "FAILED":
                return f"its job failed on the platform: {_cause(answer.get('error'))}"
        return f"its job is in a state that is not known: {status:.40}"

    def _check_workers(self) -> None:
        """Give the endpoint up that leaves a job waiting and has no worker that could take it."""
        now, limit = time.monotonic(), self._desk.spec.queue_seconds
        if now - self._looked_at_workers < limit:
            return
        self._looked_at_workers = now
        workers = self._desk.client.health()
        if sum(n for kind, n in workers.items() if kind not in {"throttled", "unhealthy"}) == 0:
            raise EndpointError(
                f"a job has waited for {now - self._submitted:.0f} seconds and the endpoint "
                f"{self._desk.spec.endpoint} has no worker; raise its number of workers in the "
                "console (RunPod lowers it when an endpoint is not used for days)."
            )

    def _pause(self) -> float:
        """How long until the next question: short for young jobs, never too often for all."""
        pause = _SHARE_OF_AGE * (time.monotonic() - self._submitted)
        pause = min(max(pause, _SHORTEST_PAUSE_SECONDS), _LONGEST_PAUSE_SECONDS)
        return max(pause, self._desk.n_jobs() / _REQUESTS_PER_SECOND)


def _cause(error: Any) -> str:
    """The point of a failed job's error: the SDK's is JSON with a traceback."""
    text = error if isinstance(error, str) else json.dumps(error)
    try:
        said = json.loads(text)
        text = f"{said['error_type']}: {said['error_message']}"
    except (ValueError, KeyError, TypeError):
        pass
    return " ".join(text.split())[:_CAUSE_LENGTH]
