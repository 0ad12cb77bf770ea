"""How a worker's process comes to be: forked from a prepared server, or started from nothing.

Neither way runs the user's ``__main__``: a script without a guard, a notebook and ``python -c``
can all own workers. A worker gets the coordinator's ``sys.path`` and one end of a channel.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from multiprocessing.connection import Connection, Pipe, wait
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol

from hpolab.errors import ExecutorError
from hpolab.executors._forkserver import ENDED, LAUNCH

__all__ = [
    "BOOT",
    "ForkLauncher",
    "Launcher",
    "Log",
    "SpawnLauncher",
    "WorkerProcess",
    "can_fork",
    "kill_group",
    "start_with_channel",
]

BOOT = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
_SERVER = BOOT + "from hpolab.executors._forkserver import main; main(*sys.argv[2:])"
_WORKER = BOOT + "from hpolab.executors._worker import main; main(*sys.argv[2:])"
_CLOSE_SECONDS = 5.0
_LOG_TAIL_BYTES = 2000


def can_fork() -> bool:
    """Whether workers are forked here.

    On Linux alone: forking a process that has loaded macOS' frameworks is not safe.
    """
    return sys.platform == "linux"


class WorkerProcess(Protocol):
    """A started worker, as its executor sees it."""

    channel: Connection
    pid: int | None

    def kill(self) -> None:
        """End it and what it has started, at once."""
        ...

    def exit_code(self, timeout: float) -> int | None:
        """Its exit code, a signal's number negative; None if not known in time."""
        ...


class Launcher(Protocol):
    """Starts workers and ends them all."""

    def launch(self, number: int) -> WorkerProcess:
        """Start worker ``number``; returns before it is there."""
        ...

    def log_tail(self) -> str:
        """The end of what workers wrote outside of their runs."""
        ...

    def close(self) -> None:
        """End every process that was started here, and wait for it."""
        ...


class Log:
    """What workers write outside of runs: a nameless file, read when one cannot start."""

    def __init__(self) -> None:
        self.file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - lives with its launcher

    def tail(self) -> str:
        """The last lines. Reads to the end, where the workers, who share the position, write."""
        size = self.file.seek(0, os.SEEK_END)
        self.file.seek(max(0, size - _LOG_TAIL_BYTES))
        return self.file.read().decode(errors="replace").strip()


class _Forked:
    """A worker that the server has forked, or will."""

    def __init__(self, channel: Connection, launch: int, server: ForkLauncher) -> None:
        self.channel = channel
        self.pid: int | None = None
        self._launch = launch
        self._server = server

    def kill(self) -> None:
        if self.pid is not None:
            kill_group(self.pid)
        self.channel.close()  # one that is not yet forked will see this first

    def exit_code(self, timeout: float) -> int | None:
        return self._server.exit_code(self._launch, timeout)


class ForkLauncher:
    """Workers forked from a server of our own, which starts at once, in the background.

    Should the server die, the next launch starts another; the workers it had live on.
    """

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._log = Log()
        self._count = 0
        self._ended: dict[int, int] = {}
        self._start()

    def launch(self, number: int) -> WorkerProcess:
        """Ask for a worker."""
        while self._read_ended(0.0):
            pass  # the server drops what the socket cannot hold
        self._count += 1
        ours, theirs = Pipe()
        message = LAUNCH.pack(self._count, number)
        try:
            socket.send_fds(self._control, [message], [theirs.fileno()])
        except OSError:
            self._stop()
            self._start()
            with suppress(OSError):  # dead at once: the worker's channel tells, as it ends
                socket.send_fds(self._control, [message], [theirs.fileno()])
        finally:
            theirs.close()
        return _Forked(ours, self._count, self)

    def exit_code(self, launch: int, timeout: float) -> int | None:
        """What the server says of a launch."""
        deadline = time.monotonic() + timeout
        while launch not in self._ended:
            if not self._read_ended(max(0.0, deadline - time.monotonic())):
                return None
        return self._ended.pop(launch)

    def _read_ended(self, timeout: float) -> bool:
        """Take one message of the server; False if none comes in time, or ever again."""
        if not wait([self._control], timeout):
            return False
        try:
            message = self._control.recv(ENDED.size)
        except OSError:
            return False
        if message:
            launch, code = ENDED.unpack(message)
            self._ended[launch] = code
        return bool(message)

    def log_tail(self) -> str:
        """The end of what the server and its idle workers wrote."""
        return self._log.tail()

    def close(self) -> None:
        """End the server, and by it every worker that it forked."""
        self._stop()
        self._log.file.close()

    def _start(self) -> None:
        self._control, theirs = socket.socketpair()
        argv = [str(theirs.fileno()), self._setup.to_json()]
        self._server = _python(_SERVER, argv, self._log, pass_fds=(theirs.fileno(),))
        theirs.close()

    def _stop(self) -> None:
        is_serving = 0 in self._ended or self.exit_code(0, 0.0) is not None
        self._control.close()
        self._ended.clear()
        if not is_serving:  # still importing: there are no workers to end
            self._server.kill()
        try:
            self._server.wait(_CLOSE_SECONDS)
        except subprocess.TimeoutExpired:
            self._server.kill()
            self._server.wait()


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
        argv = [f"w{number}", self._setup.to_json()]
        ours, process = start_with_channel(_WORKER, argv, self._log)
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


def start_with_channel(
    code: str, argv: list[str], log: Log
) -> tuple[Connection, subprocess.Popen[bytes]]:
    """Start an interpreter that has one end of a channel; its handle comes before ``argv``.

    Raises:
        ExecutorError: The system has no process to give.
    """
    ours, theirs = Pipe()
    handle = theirs.fileno()
    argv = [str(handle), *argv]
    if sys.platform == "win32":
        os.set_handle_inheritable(handle, True)
        startup = subprocess.STARTUPINFO(lpAttributeList={"handle_list": [handle]})
        process = _python(code, argv, log, startupinfo=startup)
    else:
        process = _python(code, argv, log, pass_fds=(handle,))
    theirs.close()
    return ours, process


def _python(code: str, argv: list[str], log: Log, **options: Any) -> subprocess.Popen[bytes]:
    # A relative entry of the path means the directory that we are in now.
    path = [str(Path(entry).absolute()) for entry in sys.path]
    try:
        return subprocess.Popen(
            [sys.executable, "-c", code, json.dumps(path), *argv],
            stdin=subprocess.DEVNULL,
            stdout=log.file,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # out of reach of Ctrl-C, and a group to end together
            **options,
        )
    except OSError as error:
        raise ExecutorError(f"no process can be started ({error}); free some memory.") from error


def kill_group(pid: int) -> None:
    """End a worker, which leads its group, and what it has started."""
    with suppress(ProcessLookupError, PermissionError):  # the latter is macOS' word for a zombie
        os.killpg(pid, signal.SIGKILL)


if TYPE_CHECKING:
    from hpolab.executors._wire import Setup

    _fork: Launcher = ForkLauncher(Setup(work=""))
    _spawn: Launcher = SpawnLauncher(Setup(work=""))
