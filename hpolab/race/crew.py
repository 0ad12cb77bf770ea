"""A worker of a race: a process that is told runs and tells what comes of them."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from hpolab.race.events import HeatEnded, HeatEvent

if TYPE_CHECKING:
    from hpolab.race.config import RaceConfig
    from hpolab.race.events import HeatAdvanced, HeatStarted

__all__ = ["Worker"]

_EVENTS: TypeAdapter[HeatStarted | HeatAdvanced | HeatEnded] = TypeAdapter(HeatEvent)
_LINE_BYTES = 2**24
_LAST_WORDS = 300
_ONE_CORE = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""Matrices are small here; sharing a product out among cores takes longer than it saves."""


class Worker:
    """A process that runs one thing after the other. It is started when it is first needed.

    Args:
        config: Of the race.
    """

    def __init__(self, config: RaceConfig) -> None:
        self._config = config
        self._process: asyncio.subprocess.Process | None = None
        self._said = b""

    async def run(
        self, heat: int, attempt: int
    ) -> AsyncIterator[HeatStarted | HeatAdvanced | HeatEnded]:
        """The events of a run. They stop without an end when the process has died."""
        process = self._process or await self._begin()
        assert process.stdin is not None
        assert process.stdout is not None
        with suppress(ConnectionError):  # it has died; then nothing can be read either
            process.stdin.write(json.dumps({"heat": heat, "attempt": attempt}).encode() + b"\n")
            await process.stdin.drain()
        while line := await process.stdout.readline():
            try:
                event = _EVENTS.validate_json(line)
            except ValidationError:
                break  # half a line of a process that was killed
            yield event
            if isinstance(event, HeatEnded):
                return

    async def end(self) -> str:
        """Kill the process, whatever it does; gives its exit status in words, and its last ones.

        Another one is started for the next run.
        """
        process, self._process = self._process, None
        if process is None:
            return ""
        if process.returncode is None:
            # not process.kill(), which takes the exit status from whoever waits for it
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        assert process.stderr is not None
        words = (await process.stderr.read())[-_LAST_WORDS:].decode(errors="replace").strip()
        status = await process.wait()
        died = f"by signal {-status}" if status < 0 else f"with status {status}"
        return f"its worker ended {died}" + (f": {words.splitlines()[-1]}" if words else "")

    async def _begin(self) -> asyncio.subprocess.Process:
        pipe = asyncio.subprocess.PIPE
        self._process = process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "hpolab.race.worker",
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
            limit=_LINE_BYTES,
            env=os.environ | _ONE_CORE,
            start_new_session=True,  # Ctrl-C is for the coordinator, who tells the workers
        )
        assert process.stdin is not None
        process.stdin.write(self._config.to_json().encode() + b"\n")
        return process
