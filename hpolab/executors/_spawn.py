"""Workers that are interpreters of their own, where forking is missing or not safe."""

from __future__ import annotations

import os
import subprocess
import sys
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from typing import TYPE_CHECKING

from hpolab.executors._interpreter import Log, kill_group, start_python

if TYPE_CHECKING:
    from hpolab.executors._launch import Launcher, WorkerProcess
    from hpolab.executors._wire import Setup

__all__ = ["SpawnLauncher"]

_WORKER = "from hpolab.executors._worker import main; main(*sys.argv[2:])"


class _Spawned:
    """A worker that is an interpreter of its own."""

    def __init__(self, channel: Connection, process: subprocess.Popen[bytes]) -> None:
        self.channel = channel
        self.pid: int | None = process.pid
        self._process = process

    def kill(self) -> None:
        if hasattr(os, "killpg"):
            kill_group(self._process.pid)
        else:
            self._process.kill()
        self.channel.close()
        self._process.wait()

    def exit_code(self, timeout: float) -> int | None:
        try:
            return self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            return None


class SpawnLauncher:
    """Workers started from nothing, where forking is missing or not safe."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._log = Log()
        self._workers: list[_Spawned] = []

    def launch(self, number: int) -> WorkerProcess:
        """Start an interpreter."""
        ours, theirs = Pipe()
        handle = theirs.fileno()
        argv = [str(handle), f"w{number}", self._setup.to_json()]
        # a relative entry of the path means the directory that we are in now
        path = [str(Path(entry).absolute()) for entry in sys.path]
        if sys.platform == "win32":
            os.set_handle_inheritable(handle, True)
            startup = subprocess.STARTUPINFO(lpAttributeList={"handle_list": [handle]})
            process = start_python(_WORKER, argv, self._log, path=path, startupinfo=startup)
        else:
            process = start_python(_WORKER, argv, self._log, path=path, pass_fds=(handle,))
        theirs.close()
        worker = _Spawned(ours, process)
        self._workers = [other for other in self._workers if other.exit_code(0) is None]
        self._workers.append(worker)
        return worker

    def log_tail(self) -> str:
        """The end of what idle workers wrote."""
        return self._log.tail()

    def close(self) -> None:
        """End every worker."""
        for worker in self._workers:
            worker.kill()
        self._log.file.close()


if TYPE_CHECKING:
    _: Launcher = SpawnLauncher(Setup(work=""))
