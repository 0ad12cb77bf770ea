"""A Dask cluster of processes on this machine, in a process group of its own.

It is no child of the user's script or notebook, whose ``__main__`` Dask would run again in each
worker, and it ends as a whole and at once: when it is closed, or when its coordinator dies.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

from hpolab.errors import ExecutorError
from hpolab.executors._interpreter import Log, kill_group
from hpolab.executors._spawn import start_with_channel

if TYPE_CHECKING:
    import subprocess

__all__ = ["LocalDask", "main"]

_CODE = "from hpolab.executors._dask_local import main; main(*sys.argv[2:])"
_START_SECONDS = 120.0


class LocalDask:
    """A scheduler on the loopback address, and workers of one thread each.

    Args:
        workers: How many; one that dies is started anew.
    """

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._log = Log()
        self._scratch = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self._channel: Connection | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._address = ""

    def start(self) -> str:
        """The scheduler's address; starts the cluster, again if it has died.

        Raises:
            ExecutorError: It does not come up; shows its log. Or it was closed for good.
        """
        if self._log.file.closed:
            raise ExecutorError("this cluster is closed; make another one.")
        if self._process is not None and self._process.poll() is None:
            return self._address
        self._end()
        argv = [str(self._workers), self._scratch.name]
        self._channel, self._process = start_with_channel(_CODE, argv, self._log)
        try:
            if not self._channel.poll(_START_SECONDS):
                raise EOFError
            self._address = self._channel.recv_bytes().decode()
        except (EOFError, OSError) as error:
            raise ExecutorError(
                f"no Dask cluster could be started on this machine. {self.log_tail()}"
            ) from error
        return self._address

    def log_tail(self) -> str:
        """The end of what its processes wrote."""
        return self._log.tail()

    def close(self) -> None:
        """End every process of it, and wait for that."""
        self._end()
        self._scratch.cleanup()
        self._log.file.close()

    def _end(self) -> None:
        if self._process is not None:
            _kill(self._process)
            self._process.wait()
        if self._channel is not None:
            self._channel.close()


def main(handle: str, workers: str, scratch: str) -> None:
    """The life of the process that has the cluster: until the other end of its channel is gone."""
    if sys.platform == "win32":
        from multiprocessing.connection import PipeConnection

        channel = PipeConnection(int(handle))
    else:
        os.set_inheritable(int(handle), False)
        channel = Connection(int(handle))
    from distributed import LocalCluster

    cluster = LocalCluster(
        n_workers=int(workers),
        threads_per_worker=1,
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
        memory_limit=0,  # what trains is a child, which has limits of its own
        local_directory=scratch,
    )
    channel.send_bytes(cluster.scheduler_address.encode())
    with suppress(EOFError, OSError):
        channel.recv_bytes()
    if sys.platform != "win32":
        os.killpg(os.getpgrp(), signal.SIGKILL)  # no goodbyes: the coordinator is gone
    cluster.close()


def _kill(process: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":
        process.kill()  # its workers watch it
    else:
        kill_group(process.pid)
