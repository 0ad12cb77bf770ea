"""RunPod on loopback: the public API, and the protocol that the SDK's own worker loop speaks.

A server for tests and benchmarks. ``runpod.serverless.start``, unmodified, takes jobs from it;
any client of the public API, the SDK's ``Endpoint`` among them, gives it jobs. Nothing of it
leaves this machine. See hpolab.testing.runpod_workers for who does the work.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

from aiohttp import web

from hpolab.testing.runpod_queue import Fate, Job, Queue

__all__ = ["KEY", "RunPodPlatform"]

KEY = "rpa_ONLYFORTESTS0123456789"
"""What clients and workers must show."""

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_TICK_SECONDS = 0.05
_LONG_POLL_SECONDS = 5.0
_START_SECONDS = 30.0


class RunPodPlatform:
    """One endpoint. A context manager: it listens, in a thread of its own, inside the block.

    Attributes:
        endpoint_id: Of its only endpoint.
        url: The base of the public API.
        queue: Its jobs; to be changed by ``on_loop`` only.
        is_down: Whether it drops every connection that a client makes.
        delay_seconds: How long every answer to a client takes.
        n_requests: How often clients have asked, by operation.
    """

    def __init__(self, *, endpoint_id: str = "endpoint1", lease_seconds: float = 6.0) -> None:
        self.endpoint_id = endpoint_id
        self.url = ""
        self.queue = Queue(lease_seconds=lease_seconds)
        self.is_down = False
        self.delay_seconds = 0.0
        self.n_requests: dict[str, int] = {}
        self._refusals: dict[str, list[int]] = {}
        self._root = ""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, name="runpod-platform", daemon=True)
        self._is_up = threading.Event()
        self._has_news = asyncio.Event()

    def __enter__(self) -> Self:
        """Listen on a free port."""
        self._thread.start()
        assert self._is_up.wait(_START_SECONDS), "the platform does not listen"
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Drop every connection and stop."""
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()
        self._loop.close()

    def refuse(self, operation: str, *statuses: int) -> None:
        """Answer the next requests of an operation by these HTTP statuses, one each.

        Args:
            operation: "run", "status", "stream", "cancel" or "health".
            statuses: 0 does what is asked, but then drops the connection without an answer.
        """
        self._refusals.setdefault(operation, []).extend(statuses)

    def fate(self, *fates: Fate) -> None:
        """Order what becomes of the next jobs."""
        self.on_loop(lambda: self.queue.fates.extend(fates))

    def on_loop(self, change: Callable[[], object]) -> None:
        """Run something in the server's thread, and wait until it has."""
        done = threading.Event()

        def act() -> None:
            change()
            self._has_news.set()
            done.set()

        self._loop.call_soon_threadsafe(act)
        assert done.wait(_START_SECONDS)

    def asked(self) -> set[str]:
        """The workers that have asked for jobs so far."""
        return set(self.queue.seen)

    def start(self, work: Callable[[], Awaitable[None]]) -> None:
        """Let a simulated worker live in the server's thread, until the server stops."""

        def begin() -> None:
            self._tasks.append(asyncio.ensure_future(work()))

        self.on_loop(begin)

    async def take(self, worker: str) -> Job:
        """The next job, as soon as there is one: what a simulated worker asks."""
        while True:
            self.queue.hear(worker)
            if job := self.queue.take(worker):
                return job
            await self._news(1.0)

    def worker_environment(self, worker: str) -> dict[str, str]:
        """What the platform sets in a worker's container."""
        done = f"{self._root}/job-done/$RUNPOD_POD_ID/$ID?gpu=none"
        return {
            "RUNPOD_POD_ID": worker,
            "RUNPOD_ENDPOINT_ID": self.endpoint_id,
            "RUNPOD_AI_API_KEY": KEY,
            "RUNPOD_WEBHOOK_GET_JOB": f"{self._root}/job-take/$ID?gpu=none",
            "RUNPOD_WEBHOOK_POST_OUTPUT": done,
            "RUNPOD_WEBHOOK_POST_STREAM": done.replace("job-done", "job-stream"),
            "RUNPOD_WEBHOOK_PING": f"{self._root}/ping/$RUNPOD_POD_ID",
            "RUNPOD_PING_INTERVAL": "1000",
            "RUNPOD_SKIP_AUTO_SYSTEM_CHECKS": "true",
            "RUNPOD_SKIP_GPU_CHECK": "true",
        }

    # In the server's thread

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._live())

    async def _live(self) -> None:
        self._stopping = asyncio.Event()
        self._tasks: list[asyncio.Future[None]] = []

        @web.middleware
        async def guard(request: web.Request, handler: _Handler) -> web.StreamResponse:
            return await self._guard(request, handler)

        app = web.Application(middlewares=[guard])
        public = f"/v2/{self.endpoint_id}"
        app.add_routes(
            [
                web.post(f"{public}/run", self._run),
                web.get(f"{public}/status/{{job}}", self._status),
                web.get(f"{public}/stream/{{job}}", self._stream),
                web.post(f"{public}/cancel/{{job}}", self._cancel),
                web.post(f"{public}/purge-queue", self._purge),
                web.get(f"{public}/health", self._health),
                web.get("/job-take/{worker}", self._job_take),
                web.get("/job-stop/{worker}", self._job_stop),
                web.post("/job-done/{worker}/{job}", self._job_done),
                web.post("/job-stream/{worker}/{job}", self._job_stream),
                web.get("/ping/{worker}", self._ping),
            ]
        )
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        self._root = f"http://{host}:{port}"
        self.url = f"{self._root}/v2"
        self._is_up.set()
        await self._tick_until_stopped()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await runner.cleanup()

    async def _tick_until_stopped(self) -> None:
        while not self._stopping.is_set():
            if self.queue.tidy():
                self._has_news.set()
            await asyncio.sleep(_TICK_SECONDS)

    async def _news(self, seconds: float) -> None:
        """Wait until something may have changed."""
        self._has_news.clear()
        with_limit = asyncio.wait_for(self._has_news.wait(), seconds)
        await asyncio.gather(with_limit, return_exceptions=True)

    async def _guard(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        """Who may ask, and the faults that are ordered."""
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not request.path.startswith("/v2/"):  # workers
            return await handler(request) if given == KEY else web.Response(status=401)
        operation = request.path.removeprefix(f"/v2/{self.endpoint_id}/").partition("/")[0]
        self.n_requests[operation] = self.n_requests.get(operation, 0) + 1
        if self.is_down:
            return self._hang_up(request)
        await asyncio.sleep(self.delay_seconds)
        if given != KEY:
            return web.json_response({"error": "Unauthorized"}, status=401)
        refusals = self._refusals.get(operation)
        status = refusals.pop(0) if refusals else None
        if status:
            return web.json_response({"error": "refused, as ordered"}, status=status)
        answer = await handler(request)
        return answer if status is None else self._hang_up(request)

    def _hang_up(self, request: web.Request) -> web.StreamResponse:
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=500)

    def _job(self, request: web.Request) -> Job:
        job = self.queue.jobs.get(request.match_info["job"])
        if job is None:
            raise web.HTTPNotFound(text='{"error": "job not found"}')
        return job

    def _answer(self, job: Job) -> web.Response:
        return web.json_response(job.public(self._now()))

    def _now(self) -> float:
        return self._loop.time()

    async def _run(self, request: web.Request) -> web.Response:
        body = await request.json()
        if not isinstance(body, dict) or "input" not in body:
            return web.json_response({"error": "no input"}, status=400)
        job = self.queue.submit(body)
        self._has_news.set()
        return web.json_response({"id": job.id, "status": job.status})

    async def _status(self, request: web.Request) -> web.Response:
        return self._answer(self._job(request))

    async def _stream(self, request: web.Request) -> web.Response:
        job = self._job(request)
        chunks, job.stream = job.stream, []
        return web.json_response({"status": job.status, "stream": chunks})

    async def _cancel(self, request: web.Request) -> web.Response:
        job = self._job(request)
        self.queue.cancel(job)
        self._has_news.set()
        return self._answer(job)

    async def _purge(self, request: web.Request) -> web.Response:  # noqa: ARG002
        return web.json_response({"removed": self.queue.purge(), "status": "completed"})

    async def _health(self, request: web.Request) -> web.Response:  # noqa: ARG002
        return web.json_response({"jobs": self.queue.counts(), "workers": self.queue.workers()})

    async def _job_take(self, request: web.Request) -> web.Response:
        worker, end = request.match_info["worker"], self._now() + _LONG_POLL_SECONDS
        while self._now() < end and not self._stopping.is_set():
            if request.transport is None or request.transport.is_closing():
                break  # the worker has gone away: it must not be given a job
            if job := self.queue.take(worker):
                return web.json_response({"id": job.id, "input": job.input})
            await self._news(1.0)
        return web.Response(status=204)

    async def _job_stop(self, request: web.Request) -> web.Response:
        worker, end = request.match_info["worker"], self._now() + _LONG_POLL_SECONDS
        while self._now() < end and not self._stopping.is_set():
            if jobs := self.queue.to_stop(worker):
                return web.json_response({"jobsToStop": jobs})
            await self._news(1.0)
        return web.Response(status=204)

    async def _job_done(self, request: web.Request) -> web.Response:
        self.queue.hear(request.match_info["worker"])
        self.queue.post(request.match_info["job"], json.loads(await request.text()))
        self._has_news.set()
        return web.Response()

    async def _job_stream(self, request: web.Request) -> web.Response:
        job = self._job(request)
        job.stream.append(json.loads(await request.text()))
        return web.Response()

    async def _ping(self, request: web.Request) -> web.Response:
        self.queue.hear(request.match_info["worker"])
        return web.Response()
