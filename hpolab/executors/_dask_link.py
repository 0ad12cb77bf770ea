"""The coordinator's line to a Dask scheduler: what happens there arrives in a queue, in order.

Dask's client works in a thread of its own; nothing here waits for the network but the beginning
and the end.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from contextlib import suppress
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from hpolab.errors import ExecutorError, HpolabError
from hpolab.executors._dask_items import (
    Broken,
    Counted,
    Failed,
    Fetched,
    Heard,
    Item,
    Joined,
    Left,
    Unfit,
)
from hpolab.executors._dask_parcel import fetch
from hpolab.executors._dask_task import deliver, describe, dismiss, read, supervise
from hpolab.executors._dask_wire import Facts, Order, Parcel, Report, Word

if TYPE_CHECKING:
    from distributed import Future

__all__ = ["Link"]

_CENSUS_SECONDS = 1.0
_ANSWER_SECONDS = 30.0
_MEETING_SECONDS = 120.0
"""For a worker to import hpolab and to say what it has; busy machines take their time."""

_CLOSE_SECONDS = 2.0
_FETCH_SECONDS = 60.0
"""For one piece of a parcel, which slow lines take their time for."""

_TRIES = 4

_logger = logging.getLogger(__name__)


class Link:
    """A connection to one scheduler.

    Args:
        address: Of the scheduler.
        inbox: Where the items go.
        seconds: How long it may take to connect.

    Raises:
        ExecutorError: Nobody answers there.
    """

    def __init__(self, address: str, inbox: SimpleQueue[Item], *, seconds: float) -> None:
        from distributed import Client

        self._inbox = inbox
        self._futures: dict[str, Future[None]] = {}
        self._tasks: set[Any] = set()
        self._known: set[str] = set()
        self._echoed = self._called = 0
        try:
            self._client: Any = Client(
                address, timeout=seconds, set_as_default=False, name="hpolab"
            )
        except (OSError, ValueError, RuntimeError) as error:
            raise ExecutorError(
                f"no Dask scheduler answers at {address} ({error}); start one with `dask "
                "scheduler`, or correct the address in executor.dask.address."
            ) from error
        self._client.subscribe_topic(self.topic, self._hear)
        self._start(self._watch())

    @property
    def topic(self) -> str:
        """Where reports go; the scheduler forgets it some time after the client has left."""
        return str(self._client.id)

    @property
    def dashboard(self) -> str:
        """The address of the scheduler's web page; empty when it has none."""
        try:
            return self._client.dashboard_link or ""
        except KeyError:
            return ""

    def submit(self, order: Order, worker: str, *, gpus: float) -> None:
        """Give a run to a worker; it begins when the worker has a thread free."""
        try:
            future = self._client.submit(
                supervise,
                order.to_json(),
                key=order.key,
                workers=[worker],
                allow_other_workers=False,  # where it runs, and how often, is ours to decide
                resources={"GPU": gpus} if gpus else None,
                retries=0,
                pure=False,
            )
        except (OSError, RuntimeError) as error:  # Dask's word for a client that is closed
            self._inbox.put(Failed(order.key, f"could not be sent: {error}"))
            return
        self._futures[order.key] = future
        future.add_done_callback(partial(self._note_end, order.key))

    def say(self, key: str, worker: str, word: Word) -> None:
        """Tell the supervisor of a run something."""
        self._start(self._deliver(key, worker, word))

    def fetch(self, key: str, worker: str, parcel: Parcel, into: Path) -> None:
        """Have the files of a run brought to its folder."""
        self._start(self._fetch(key, worker, parcel, into))

    def forget(self, key: str) -> None:
        """Let go of a task: one that runs ends at once, one that does not never will."""
        future = self._futures.pop(key, None)
        if future is not None:
            future.release()

    def close(self, owner: str, workers: list[str]) -> None:
        """End what this owner has on these workers, and the connection; takes seconds at most."""
        for key in list(self._futures):
            self.forget(key)
        with suppress(Exception):  # whoever is not there any more has nothing to end
            leaving = self._start(self._leave(owner, workers))
            leaving.result(_CLOSE_SECONDS)
        for task in list(self._tasks):
            task.cancel()
        with suppress(Exception):
            self._client.close(timeout=_CLOSE_SECONDS)

    # From here on in the thread of Dask's client

    def _start(self, work: Coroutine[Any, Any, None]) -> Any:
        task = asyncio.run_coroutine_threadsafe(work, self._client.loop.asyncio_loop)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _hear(self, event: tuple[float, Any]) -> None:
        message = event[1]
        if isinstance(message, int):
            self._echoed = message
        elif isinstance(message, str):
            self._inbox.put(Heard(Report.parse(message)))

    def _note_end(self, key: str, future: Future[None]) -> None:
        if key not in self._futures:
            return  # we have let go of it ourselves
        if future.status == "cancelled":
            self._inbox.put(Broken("the connection to the scheduler was lost"))
        elif future.status == "error":
            self._inbox.put(Failed(key, f"its task failed: {future.exception()!r}"))
        else:
            self._inbox.put(Failed(key, "its task has ended without a result"))

    async def _watch(self) -> None:
        """Count the workers again and again, and call into the topic to hear our own echo."""
        try:
            while self._called - self._echoed < _ANSWER_SECONDS / _CENSUS_SECONDS:
                here = set(await asyncio.wait_for(self._client.nthreads(), _ANSWER_SECONDS))
                for address in self._known - here:
                    self._inbox.put(Left(address))
                new, self._known = here - self._known, here
                if self._called == 0:
                    await self._meet(new)
                    self._inbox.put(Counted())
                elif new:
                    self._start(self._meet(new))
                self._called += 1
                await self._client.log_event(self.topic, self._called)
                await asyncio.sleep(_CENSUS_SECONDS)
            why = f"it has been silent for {_ANSWER_SECONDS:g} seconds"
        except Exception as error:  # whatever it is, nobody else would notice
            why = str(error) or type(error).__name__
        self._inbox.put(Broken(why))

    async def _meet(self, addresses: set[str]) -> None:
        """Ask workers what they have."""
        if not addresses:
            return
        told: dict[str, Any] = dict.fromkeys(addresses, "it does not answer")
        with suppress(Exception):  # of the line itself, which the census notices too
            asked = self._client.run(describe, workers=list(addresses), on_error="return")
            told |= await asyncio.wait_for(asked, _MEETING_SECONDS)
        for address in sorted(addresses & self._known):
            try:
                self._inbox.put(Joined(address, Facts.parse(told[address])))
            except (HpolabError, TypeError):
                self._inbox.put(Unfit(address, str(told[address])))

    async def _deliver(self, key: str, worker: str, word: Word) -> None:
        """Say it again when it does not arrive; a run that waits would wait for ever."""
        why: Any = "it is not there"
        for _ in range(_TRIES):
            if key not in self._futures:
                return
            try:
                told = await asyncio.wait_for(
                    self._client.run(
                        deliver, key, word.to_json(), workers=[worker], on_error="return"
                    ),
                    _ANSWER_SECONDS,
                )
            except Exception as error:  # as above
                why = error
            else:
                if told.get(worker) is True:
                    return
                why = told.get(worker) or why
            await asyncio.sleep(_CENSUS_SECONDS)
        self._inbox.put(Failed(key, f"its supervisor does not hear: {why}"))

    async def _fetch(self, key: str, worker: str, parcel: Parcel, into: Path) -> None:
        async def ask(offset: int) -> bytes:
            told = await asyncio.wait_for(
                self._client.run(read, key, offset, workers=[worker]), _FETCH_SECONDS
            )
            return bytes(told[worker])

        why = ""
        try:
            await fetch(parcel, ask, into)
        except Exception as error:  # whatever it is, the run has ended and its metrics count
            why = str(error) or type(error).__name__
        self._inbox.put(Fetched(key, why))

    async def _leave(self, owner: str, workers: list[str]) -> None:
        if workers:
            await self._client.run(dismiss, owner, workers=workers, on_error="return")
