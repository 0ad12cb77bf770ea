"""A process of its own for everyone who is measured, which does one job after another."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

__all__ = ["Begin", "OwnProcess"]

Begin = Callable[[Path, ExitStack], Callable[[Any], Any]]
"""Gets warm in the process, given a folder that is empty and a stack that is unwound at the end;
gives the function that does a job."""


class OwnProcess:
    """A process that nobody else's threads or imports help or harm.

    Attributes:
        start: Seconds it took to import and to warm up.
    """

    def __init__(self, begin: Begin) -> None:
        """Start the process, and wait until it is warm."""
        context = multiprocessing.get_context("spawn")
        self._channel, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(begin, theirs))
        self._process.start()
        theirs.close()
        self.start: float = self._channel.recv()

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._process.pid or 0

    def do(self, job: Any) -> Any:
        """Have one job done; gives what it gave."""
        self._channel.send(job)
        return self._channel.recv()

    def end(self) -> None:
        """Let the process end."""
        if self._process.is_alive():
            self._channel.send(None)
            self._process.join()


def _serve(begin: Begin, channel: Connection) -> None:
    began = time.perf_counter()
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    os.environ["HPOLAB_WARM_SECONDS"] = "0"  # a fork-server of its own, whose CPU time is seen
    folder = Path(tempfile.mkdtemp(prefix="hpolab-speed-"))
    try:
        with ExitStack() as stack:
            work = begin(folder, stack)
            channel.send(time.perf_counter() - began)
            while (job := channel.recv()) is not None:
                channel.send(work(job))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
