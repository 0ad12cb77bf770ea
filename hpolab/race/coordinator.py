"""The one process that runs a race: it hands out runs, and writes down what comes of them."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from typing import TYPE_CHECKING

from hpolab.errors import FolderLocked
from hpolab.events import Noted
from hpolab.race.crew import Worker
from hpolab.race.events import (
    HeatEnded,
    HeatLost,
    HeatState,
    RaceContinued,
    RaceEnded,
    RaceEntry,
    RaceStarted,
)
from hpolab.race.record import RaceRecord
from hpolab.storage.folder import CommandTail
from hpolab.storage.journal import Journal
from hpolab.storage.lock import CoordinatorLock

if TYPE_CHECKING:
    from hpolab.commands import Command
    from hpolab.frozen import Frozen
    from hpolab.race.config import RaceConfig
    from hpolab.race.folder import RaceFolder
    from hpolab.race.record import HeatRecord

__all__ = ["Coordinator"]

log = logging.getLogger(__name__)

_RETRIES = 2
"""How often a run whose worker died is tried again."""
_GLANCE_SECONDS = 0.1

OnEntry = Callable[[RaceEntry], None]


class Coordinator:
    """Runs a race to its end, from wherever its journal says it is.

    Args:
        folder: Of the race.
        config: What is asked.
        commands_offset: Where unread commands begin, in bytes.
        on_entry: Told every journal line as it is written.
    """

    def __init__(
        self,
        folder: RaceFolder,
        config: RaceConfig,
        *,
        commands_offset: int = 0,
        on_entry: OnEntry | None = None,
    ) -> None:
        self._folder, self._config = folder, config
        self._commands = CommandTail(folder.commands, offset=commands_offset)
        self._on_entry = on_entry
        self._record = RaceRecord()
        self._runs: dict[int, asyncio.Task[None]] = {}
        self._verdicts: dict[int, HeatEnded] = {}
        self._stopped = ""

    def interrupt(self, reason: str) -> None:
        """Ask for a clean stop; may be called from a signal handler."""
        self._stopped = self._stopped or reason

    def run(self) -> RaceRecord:
        """Run what has no fate yet.

        Raises:
            FolderLocked: Another live process runs the race.
            StoreError: The folder cannot be written; the race can be continued later.
        """
        try:
            with CoordinatorLock(self._folder.lock), self._journal() as self._lines:
                self._begin()
                _complete(self._race)
        except FolderLocked as error:
            raise FolderLocked(
                f"{self._folder.path} is being raced by another process already; wait for its "
                "end, or give this race another name."
            ) from error
        return self._record

    def _journal(self) -> Journal[RaceEntry]:
        return Journal(self._folder.journal, kind=RaceEntry)

    def _begin(self) -> None:
        for entry in self._lines.entries:
            self._record.apply(entry)
        if self._record.config is not None:
            self._write(RaceContinued())
            return
        versions = {name: version(name) for name in ("hpolab", "numpy")}
        config = self._config.to_dict()
        self._write(RaceStarted(race=self._folder.path.name, config=config, versions=versions))

    async def _race(self) -> None:
        """All runs, so many at once, under an eye on the clock and on commands."""
        waiting = deque(self._record.open)
        lanes = [asyncio.create_task(self._lane(waiting)) for _ in range(self._config.n_workers())]
        reason = ""
        try:
            while not reason and not all(lane.done() for lane in lanes):
                await asyncio.wait(lanes, timeout=_GLANCE_SECONDS)
                self._obey()
                reason = self._stopped or self._late()
        finally:
            for lane in lanes:
                lane.cancel()
            gone = await asyncio.gather(*lanes, return_exceptions=True)
        for problem in gone:
            if isinstance(problem, Exception):
                raise problem
        self._settle(reason)

    def _settle(self, reason: str) -> None:
        """Say how the race has ended."""
        if self._stopped:
            self._write(RaceEnded(state="stopped", reason=self._stopped), durable=True)
            return
        for each in self._record.open:
            self._end(each, "timed out", reason)
        runs = self._record.runs
        failed = [each for each in runs if each.state == "failed"]
        if len(failed) == len(runs) and failed[0].ended is not None:
            why = f"no run came to its end: {failed[0].ended.reason}"
            self._write(RaceEnded(state="failed", reason=why), durable=True)
        else:
            self._write(
                RaceEnded(state="finished", reason=reason or "all runs are done"), durable=True
            )

    async def _lane(self, waiting: deque[HeatRecord]) -> None:
        """One worker and what it runs, until nothing waits."""
        worker = Worker(self._config)
        try:
            while waiting:
                told = waiting.popleft()
                if told.ended is not None:
                    continue  # cancelled while it waited
                number = told.heat.number
                run = self._runs[number] = asyncio.create_task(self._run(worker, told))
                try:
                    await asyncio.wait_for(asyncio.shield(run), self._config.heat_seconds)
                except TimeoutError:
                    limit = f"its {self._config.heat_seconds:g} seconds are used up"
                    self._verdicts[number] = self._verdict(told, "timed out", limit)
                    run.cancel()
                except asyncio.CancelledError:
                    if not run.cancelled():
                        raise  # the race is over
                finally:
                    run.cancel()
                    await asyncio.gather(run, return_exceptions=True)
                    del self._runs[number]
                if told.ended is None:
                    await self._after_loss(worker, told, waiting)
        finally:
            await worker.end()

    async def _run(self, worker: Worker, told: HeatRecord) -> None:
        async for event in worker.run(told.heat.number, told.attempt + 1):
            self._write(event, durable=isinstance(event, HeatEnded))

    async def _after_loss(
        self, worker: Worker, told: HeatRecord, waiting: deque[HeatRecord]
    ) -> None:
        """A run has ended without a fate: by our will, or because its worker died."""
        words = await worker.end()
        verdict = self._verdicts.pop(told.heat.number, None)
        if verdict is not None:
            self._write(verdict, durable=True)
            return
        attempt = max(1, told.attempt)
        self._write(HeatLost(heat=told.heat.number, attempt=attempt, reason=words))
        if told.lost <= _RETRIES:
            waiting.append(told)
        else:
            self._end(told, "failed", f"{words}; it was tried {told.lost} times")

    def _obey(self) -> None:
        commands, refused = self._commands.new()
        for why in refused:
            self._write(Noted(message=why))
        for command in commands:
            self._follow(command)

    def _follow(self, command: Command) -> None:
        if command.verb == "stop":
            self.interrupt("stopped by hand")
        elif command.verb == "cancel" and command.trial in self._record.heats:
            self._cancel(self._record.heats[command.trial])
        else:
            self._write(Noted(message=f"a race cannot {command.verb}; it can stop and cancel"))

    def _cancel(self, told: HeatRecord) -> None:
        if told.ended is not None:
            return
        run = self._runs.get(told.heat.number)
        if run is None:
            self._end(told, "cancelled", "cancelled by hand")
        else:
            self._verdicts[told.heat.number] = self._verdict(
                told, "cancelled", "cancelled by hand"
            )
            run.cancel()

    def _late(self) -> str:
        limit = self._config.seconds
        # what the journal tells ends with its last line, which may be long ago
        spent = self._record.seconds_at(self._lines.clock())
        return f"its {limit:g} seconds are used up" if limit and spent >= limit else ""

    def _end(self, told: HeatRecord, state: HeatState, reason: str) -> None:
        self._write(self._verdict(told, state, reason))

    def _verdict(self, told: HeatRecord, state: HeatState, reason: str) -> HeatEnded:
        return HeatEnded(heat=told.heat.number, attempt=told.attempt, state=state, reason=reason)

    def _write(self, event: Frozen, *, durable: bool = False) -> None:
        entry = self._lines.append(event, durable=durable)
        self._record.apply(entry)
        if self._on_entry is not None:
            self._on_entry(entry)


def _complete(race: Callable[[], Coroutine[None, None, None]]) -> None:
    """Run it to its end; in a thread of its own where a loop runs already, as in a notebook."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        asyncio.run(race())
        return
    with ThreadPoolExecutor(max_workers=1) as pool:
        pool.submit(lambda: asyncio.run(race())).result()
