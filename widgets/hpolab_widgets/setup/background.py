"""Orders to the process that reads data, and its answers as they come; no thread is involved."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

__all__ = ["answers"]

log = logging.getLogger(__name__)

_GLANCE_SECONDS = 0.05
_COMMAND = (sys.executable, "-m", "hpolab_widgets.setup.reader")
_DIED = {"problem": "the process that reads the data died; the log says more.", "field": ""}


async def answers(order: Mapping[str, Any]) -> AsyncIterator[dict[str, Any]]:
    """What the reader says to an order, line by line; leaving early ends its process.

    A file stands between the two processes, because a pipe that is full would hold up the reader.

    Args:
        order: See ``hpolab_widgets.setup.reader.answer``.
    """
    with tempfile.TemporaryDirectory(prefix="hpolab-") as folder:
        asked, told, failed = (Path(folder) / name for name in ("asked", "told", "failed"))
        asked.write_text(json.dumps(order), encoding="utf-8")
        with asked.open("rb") as stdin, told.open("wb") as stdout, failed.open("wb") as stderr:
            process = subprocess.Popen(_COMMAND, stdin=stdin, stdout=stdout, stderr=stderr)
        try:
            with told.open("rb") as lines:
                async for line in _lines_of(process, lines):
                    yield line
            if process.returncode:
                log.error("the reader died: %s", failed.read_text("utf-8", "replace"))
                yield _DIED
        finally:
            process.kill()
            process.wait()


async def _lines_of(
    process: subprocess.Popen[bytes], told: IO[bytes]
) -> AsyncIterator[dict[str, Any]]:
    left, has_ended = b"", False
    while not has_ended:
        await asyncio.sleep(_GLANCE_SECONDS)
        has_ended = process.poll() is not None  # looked at first: the file is final then
        *lines, left = (left + told.read()).split(b"\n")
        for line in lines:
            with contextlib.suppress(ValueError):  # what a library prints is no answer
                yield dict(json.loads(line))
