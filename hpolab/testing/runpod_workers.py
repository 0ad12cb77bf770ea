"""Who works for the RunPod of tests: the SDK's real worker processes, or tasks that stand in."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hpolab.testing.runpod_platform import RunPodPlatform

__all__ = ["Handler", "SdkWorker", "sdk_workers", "simulate_workers"]

_START_SECONDS = 120.0

Handler = Callable[[Any, Callable[[Any], None]], Awaitable[Any]]
"""What a simulated worker does with a job: its input, and how to tell progress, to its output.

It is cancelled with the job. What it raises fails the job, as on the platform.
"""


class SdkWorker:
    """A process that runs the SDK's own worker loop, with what it has started itself.

    Attributes:
        name: What the platform calls it.
    """

    def __init__(self, name: str, process: subprocess.Popen[bytes]) -> None:
        self.name = name
        self._process = process

    def kill(self) -> None:
        """End it at once, its heartbeat and its training too, as a machine that fails."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


@contextmanager
def sdk_workers(
    platform: RunPodPlatform,
    command: list[str],
    *,
    count: int = 1,
    environment: Mapping[str, str] | None = None,
    log: Path | None = None,
) -> Iterator[list[SdkWorker]]:
    """Real workers, up and asking for jobs; their process groups are killed at the end.

    Args:
        platform: Whom they work for.
        command: What a worker's container would run, after "python".
        count: How many.
        environment: Besides what the platform sets and this process has.
        log: What they say goes there; None for nowhere.
    """
    started: list[SdkWorker] = []
    with (log or Path(os.devnull)).open("ab") as output:
        try:
            for number in range(1, count + 1):
                name = f"pod{number}"
                process = subprocess.Popen(
                    [sys.executable, *command],
                    env={**os.environ, **platform.worker_environment(name), **(environment or {})},
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    start_new_session=True,
                )
                started.append(SdkWorker(name, process))
            _wait_until_they_ask(platform, started)
            yield started
        finally:
            for worker in started:
                worker.kill()


def simulate_workers(platform: RunPodPlatform, handler: Handler, *, count: int = 1) -> None:
    """Let tasks in the server's own thread take jobs, without the SDK's idle second between two.

    Args:
        platform: Whom they work for.
        handler: What they do with a job; it must not block.
        count: How many.
    """
    for number in range(1, count + 1):
        platform.start(lambda name=f"pod{number}": _work(platform, handler, name))  # type: ignore[misc]


async def _work(platform: RunPodPlatform, handler: Handler, name: str) -> None:
    """One job after another, until the server stops."""
    while True:
        job = await platform.take(name)

        def tell(progress: Any, job_id: str = job.id) -> None:
            platform.queue.post(job_id, {"status": "IN_PROGRESS", "output": progress})

        training = asyncio.ensure_future(handler(job.input, tell))
        try:
            while not (job.is_over or training.done()):
                platform.queue.hear(name)
                platform.queue.to_stop(name)
                await asyncio.wait([training], timeout=0.05)
            if training.done():
                platform.queue.post(job.id, _said(training))
        finally:
            training.cancel()


def _said(training: asyncio.Future[Any]) -> dict[str, Any]:
    error = training.exception()
    if error is None:
        return {"output": training.result()}
    return {"error": {"error_type": type(error).__name__, "error_message": str(error)}}


def _wait_until_they_ask(platform: RunPodPlatform, workers: list[SdkWorker]) -> None:
    end = time.monotonic() + _START_SECONDS
    names = {worker.name for worker in workers}
    while not names <= platform.asked():
        assert time.monotonic() < end, f"workers that never asked for a job: {names}"
        time.sleep(0.05)
