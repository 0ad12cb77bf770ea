"""How a worker's process comes to be: forked from a prepared server, or started from nothing.

Neither way runs the user's ``__main__``: a script without a guard, a notebook and ``python -c``
can all own workers. A worker gets the coordinator's ``sys.path`` and one end of a channel.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from contextlib import suppress
from multiprocessing.connection import Connection, Pipe, wait
from typing import TYPE_CHECKING, Protocol

from hpolab.executors._forkserver import ENDED, LAUNCH
from hpolab.executors._interpreter import Log, kill_group, start_python
from hpolab.executors._warm import address_for, call, greet, listen, server_path
from hpolab.settings import settings

__all__ = ["ForkLauncher", "Launcher", "WorkerProcess", "can_fork"]

_SERVER = "from hpolab.executors._forkserver import main; main(*sys.argv[2:])"
_CLOSE_SECONDS = 5.0


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

    Where one has been left warm, that forks them. Should it die, the next launch starts another;
    the workers it had live on.
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
            socket.send_fds(self._line, [message], [theirs.fileno()])
        except OSError:
            self._stop()
            self._start()
            with suppress(OSError):  # dead at once: the worker's channel tells, as it ends
                socket.send_fds(self._line, [message], [theirs.fileno()])
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
        if not wait([self._line], timeout):
            return False
        try:
            message = self._line.recv(ENDED.size)
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
        self._alone: subprocess.Popen[bytes] | None = None
        address = address_for(self._setup) if settings().warm_seconds else None
        self._line = (address and self._share(address)) or self._start_alone()
        with suppress(OSError):  # dead at once: the first launch sees that too
            greet(self._line, self._log.file.fileno())

    def _share(self, address: bytes) -> socket.socket | None:
        """A line to the server that is there or that we start; None when a stranger is."""
        line = call(address)
        listener = None if line else listen(address)
        if listener:
            self._serve(listener=listener, warm_seconds=settings().warm_seconds).wait()
            listener.close()
        return line or call(address)

    def _start_alone(self) -> socket.socket:
        line, theirs = socket.socketpair()
        self._alone = self._serve(line=theirs)
        theirs.close()
        return line

    def _serve(
        self,
        *,
        listener: socket.socket | None = None,
        line: socket.socket | None = None,
        warm_seconds: float = 0.0,
    ) -> subprocess.Popen[bytes]:
        """Start a server that has these descriptors."""
        descriptors = [given.fileno() if given else None for given in (listener, line)]
        told = ["" if number is None else str(number) for number in descriptors]
        return start_python(
            _SERVER,
            [self._setup.to_json(), *told, str(warm_seconds)],
            self._log,
            path=server_path(self._setup),
            pass_fds=[number for number in descriptors if number is not None],
        )

    def _stop(self) -> None:
        """Hang up; return when the server has ended our workers, and itself if it is ours."""
        is_serving = 0 in self._ended or self.exit_code(0, 0.0) is not None
        if is_serving:
            with suppress(OSError):
                self._line.shutdown(socket.SHUT_WR)
                self._line.settimeout(_CLOSE_SECONDS)
                while self._line.recv(4096):
                    pass  # until it hangs up too
        self._line.close()
        self._ended.clear()
        if self._alone is None:
            return
        if not is_serving:  # still importing: there are no workers to end
            self._alone.kill()
        try:
            self._alone.wait(_CLOSE_SECONDS)
        except subprocess.TimeoutExpired:
            self._alone.kill()
            self._alone.wait()


if TYPE_CHECKING:
    from hpolab.executors._wire import Setup

    _: Launcher = ForkLauncher(Setup(work=""))
