"""A process that imports TensorFlow once and then forks workers from it: 0.05 s instead of 10.

The standard library's fork-server is not used: it is one per process with one list of modules
for ever, it outlives the pool, starting a worker blocks until its imports are done, and it runs
the user's ``__main__`` again. This one belongs to one executor and has never heard of __main__.

Forking is safe as long as nothing but imports has happened here: TensorFlow's runtime does not
survive a fork (tensorflow issues 5448 and 8220), so no preloaded module may run an op or list
devices.
"""

from __future__ import annotations

import gc
import logging
import os
import select
import signal
import socket
import struct
import threading
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import NoReturn

from hpolab.executors._wire import Setup
from hpolab.executors._worker import serve
from hpolab.named import find_function

__all__ = ["ENDED", "LAUNCH", "main"]

LAUNCH = struct.Struct("!II")
"""To the server, with the worker's channel attached: the launch's number, the worker's."""

ENDED = struct.Struct("!Ii")
"""From the server: the launch's number and its exit code, a signal's number negative. The
first, of launch 0, says that the imports are done."""

_WATCH_SECONDS = 0.2


def main(control_fd: str, setup: str) -> None:
    """Import, then fork on request until the coordinator is gone; then end all workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    control = socket.socket(fileno=int(control_fd))
    settings = Setup.parse(setup)
    _import_watched(control, settings)
    # Objects moved out of the collector's sight stay in pages that the workers share.
    gc.collect()
    gc.freeze()
    _Server(control, settings).run()


def _import_watched(control: socket.socket, setup: Setup) -> None:
    """Import with an eye on the coordinator: TensorFlow takes long, and it may die meanwhile."""
    done = threading.Event()

    def watch() -> None:
        hangup = select.poll()
        hangup.register(control, 0)  # hang-ups are always told; what there is to read waits
        while not done.is_set():
            if hangup.poll(_WATCH_SECONDS * 1000):
                os._exit(1)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        if setup.preload:
            find_function(setup.preload)()
        find_function(setup.work)
    except Exception:
        # Each worker meets the same error again and reports it; here there is nobody to tell.
        logging.getLogger(__name__).exception("cannot preload")
    finally:
        done.set()
        watcher.join()  # no thread of ours may live when we fork


class _Server:
    """The loop: one thread, two things to wait for."""

    def __init__(self, control: socket.socket, setup: Setup) -> None:
        self._control = control
        self._setup = setup
        self._launches: dict[int, int] = {}
        self._awake, self._alarm = os.pipe()
        os.set_blocking(self._alarm, False)
        signal.set_wakeup_fd(self._alarm)
        signal.signal(signal.SIGCHLD, lambda *_: None)  # so that it writes to the alarm

    def run(self) -> None:
        """Fork and reap until the control socket ends."""
        try:
            self._control.sendall(ENDED.pack(0, 0))
            control = self._control.fileno()
            while True:
                ready, _, _ = select.select([control, self._awake], [], [])
                if self._awake in ready:
                    os.read(self._awake, 4096)
                    self._reap()
                if control in ready and not self._launch():
                    return
        except OSError:  # the coordinator is gone in the middle of a message
            return
        finally:
            self._end_all()

    def _launch(self) -> bool:
        """Fork one worker; False when the coordinator has hung up."""
        message, fds, _, _ = socket.recv_fds(self._control, LAUNCH.size, 1)
        if not message:
            return False
        launch, number = LAUNCH.unpack(message)
        pid = os.fork()
        if pid == 0:
            self._become_worker(fds[0], f"w{number}")
        os.close(fds[0])
        self._launches[pid] = launch
        return True

    def _become_worker(self, channel_fd: int, name: str) -> NoReturn:
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            self._control.close()
            os.close(self._awake)
            os.close(self._alarm)
            os.set_inheritable(channel_fd, False)
            serve(Connection(channel_fd), name, self._setup)
        except BaseException:
            logging.getLogger(__name__).exception("worker %s ends", name)
        finally:
            os._exit(1)  # never up into the server's own stack

    def _reap(self) -> None:
        while self._launches:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            launch = self._launches.pop(pid, None)
            if launch is not None:
                self._tell(ENDED.pack(launch, os.waitstatus_to_exitcode(status)))

    def _tell(self, message: bytes) -> None:
        """Report an end; while the coordinator has hundreds to read, one less beats waiting."""
        with suppress(BlockingIOError):
            self._control.send(message, socket.MSG_DONTWAIT)

    def _end_all(self) -> None:
        for pid in self._launches:
            try:
                os.killpg(pid, signal.SIGKILL)
            except ProcessLookupError:  # not yet the leader of its group
                os.kill(pid, signal.SIGKILL)
        for pid in self._launches:
            os.waitpid(pid, 0)
