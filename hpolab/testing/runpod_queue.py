"""The jobs of a RunPod endpoint as the platform keeps them: states, policies, leases, faults.

The states and fields are those of RunPod's serverless API. What is added are faults to order:
the fates of jobs to come, for tests of what a client makes of them.
"""

from __future__ import annotations

import json
import time
import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = ["Fate", "Job", "Queue", "Status"]

Status = Literal["IN_QUEUE", "IN_PROGRESS", "COMPLETED", "FAILED", "CANCELLED", "TIMED_OUT"]

Fate = Literal["completed", "empty", "failed", "timed_out", "lost", "reopened"]
"""What becomes of a job once a worker has it.

completed   as the worker says; what every job gets that nothing was ordered for
empty       COMPLETED, but the output got lost on its way (runpod-python issue 309)
failed      FAILED, with an error of the platform
timed_out   TIMED_OUT at once
lost        it is gone: its status is 404, as after its time to live
reopened    completed, then a late progress update shows it in progress once (issue 250)
"""

_DEFAULT_POLICY = {"executionTimeout": 600_000, "ttl": 86_400_000}
_FINAL = {"COMPLETED", "FAILED", "CANCELLED", "TIMED_OUT"}


@dataclass
class Job:
    """One job, as the platform knows it; times are the clock's seconds."""

    id: str
    input: Any
    execution_timeout: float
    ttl: float
    submitted: float
    fate: Fate = "completed"
    status: Status = "IN_QUEUE"
    worker: str = ""
    taken: float | None = None
    ended: float | None = None
    output: Any = None
    error: Any = None
    stream: list[Any] = field(default_factory=list)
    shows_progress_again: bool = False

    @property
    def is_over(self) -> bool:
        """Whether its state is final."""
        return self.status in _FINAL

    def public(self, now: float) -> dict[str, Any]:
        """What ``/status`` answers; times in milliseconds, as there."""
        answer: dict[str, Any] = {"id": self.id, "status": self.status}
        if self.shows_progress_again:
            self.shows_progress_again = False
            answer["status"] = "IN_PROGRESS"
        if self.taken is not None:
            answer["delayTime"] = round((self.taken - self.submitted) * 1000)
            answer["workerId"] = self.worker
            if self.is_over:
                answer["executionTime"] = round(((self.ended or now) - self.taken) * 1000)
        if self.output is not None:
            answer["output"] = self.output
        if self.error is not None:
            answer["error"] = self.error
        return answer


class Queue:
    """All jobs of one endpoint. Belongs to one thread; ``tidy`` must be called now and then.

    Attributes:
        jobs: Those that still exist, by id.
        fates: Of the next jobs that workers take, in order.
        seen: Workers that have ever asked for a job.
        is_stopped: No job is given to workers: the endpoint has been scaled to nothing.
    """

    def __init__(
        self, *, lease_seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.jobs: dict[str, Job] = {}
        self.fates: deque[Fate] = deque()
        self.seen: set[str] = set()
        self.is_stopped = False
        self._lease = lease_seconds
        self._clock = clock
        self._waiting: deque[str] = deque()
        self._heard: dict[str, float] = {}
        self._to_stop: dict[str, list[str]] = {}
        self._n_ended = 0

    def submit(self, body: dict[str, Any]) -> Job:
        """Take in what was posted to ``/run``."""
        policy = _DEFAULT_POLICY | (body.get("policy") or {})
        job = Job(
            id=f"{uuid.uuid4()}-e1",
            input=body["input"],
            execution_timeout=policy["executionTimeout"] / 1000,
            ttl=policy["ttl"] / 1000,
            submitted=self._clock(),
        )
        self.jobs[job.id] = job
        self._waiting.append(job.id)
        return job

    def take(self, worker: str) -> Job | None:
        """The next job for a worker, None when there is none."""
        self.seen.add(worker)
        self.hear(worker)
        while self._waiting and not self.is_stopped:
            job = self.jobs.get(self._waiting.popleft())
            if job is None or job.status != "IN_QUEUE":
                continue
            job.status, job.worker, job.taken = "IN_PROGRESS", worker, self._clock()
            job.fate = self.fates.popleft() if self.fates else "completed"
            return job
        return None

    def hear(self, worker: str) -> None:
        """A worker has given a sign of life."""
        self._heard[worker] = self._clock()

    def post(self, job_id: str, said: dict[str, Any]) -> None:
        """What a worker says of its job: progress, or the end. Late words change nothing."""
        job = self.jobs.get(job_id)
        if job is None or job.is_over:
            return
        if said.get("status") == "IN_PROGRESS":
            job.output = said.get("output")
        elif job.fate == "lost":
            del self.jobs[job_id]
        elif job.fate == "failed":
            self._end(job, "FAILED", error="the worker exited with exit code 1")
        elif said.get("error"):
            self._end(job, "FAILED", error=said["error"])
        else:
            job.output = None if job.fate == "empty" else said.get("output")
            job.shows_progress_again = job.fate == "reopened"
            self._end(job, "COMPLETED")

    def cancel(self, job: Job) -> None:
        """End a job and tell its worker."""
        if not job.is_over:
            self._stop(job, "CANCELLED")

    def purge(self) -> int:
        """Cancel what waits; how many that were."""
        waiting = [job for job in self.jobs.values() if job.status == "IN_QUEUE"]
        for job in waiting:
            self._end(job, "CANCELLED")
        return len(waiting)

    def to_stop(self, worker: str) -> list[str]:
        """Jobs that a worker must stop; told once."""
        self.hear(worker)
        return self._to_stop.pop(worker, [])

    def tidy(self) -> bool:
        """Let time take its course: timeouts, ends of life, workers gone; whether it did."""
        now, n_over = self._clock(), self._n_ended
        for job in list(self.jobs.values()):
            if job.status == "IN_PROGRESS" and job.taken is not None:
                if now - self._heard[job.worker] > self._lease:
                    self._end(job, "FAILED", error="the worker went away: no ping in time")
                elif job.fate == "timed_out" or now - job.taken > job.execution_timeout:
                    self._stop(job, "TIMED_OUT")
                    job.error = "job timed out after its executionTimeout"
            if not job.is_over and now - job.submitted > job.ttl:
                self._stop(job, "CANCELLED")
                del self.jobs[job.id]
        return self._n_ended > n_over

    def workers(self) -> dict[str, int]:
        """How many live, by what they do."""
        now = self._clock()
        live = {name for name, heard in self._heard.items() if now - heard <= self._lease}
        running = {job.worker for job in self.jobs.values() if job.status == "IN_PROGRESS"} & live
        idle = len(live - running)
        return {
            "idle": idle, "initializing": 0, "ready": idle, "running": len(running),
            "throttled": 0, "unhealthy": 0,
        }  # fmt: skip

    def counts(self) -> dict[str, int]:
        """How many jobs are in which state, under the names of ``/health``."""
        states = [job.status for job in self.jobs.values()]
        return {
            "completed": states.count("COMPLETED"), "failed": states.count("FAILED"),
            "inProgress": states.count("IN_PROGRESS"), "inQueue": states.count("IN_QUEUE"),
            "retried": 0,
        }  # fmt: skip

    def _stop(self, job: Job, status: Status) -> None:
        if job.status == "IN_PROGRESS":
            self._to_stop.setdefault(job.worker, []).append(job.id)
        self._end(job, status)

    def _end(self, job: Job, status: Status, *, error: Any = None) -> None:
        job.status, job.ended = status, self._clock()
        self._n_ended += 1
        if error is not None:
            job.error = error if isinstance(error, str) else json.dumps(error)
