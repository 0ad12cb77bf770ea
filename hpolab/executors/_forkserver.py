"""A process that imports TensorFlow once and then forks workers from it: 0.05 s instead of 10.

The standard library's fork-server is not used: it is one per process with one list of modules
for ever, starting a worker blocks until its imports are done, and it runs the user's ``__main__``
again. This one has never heard of __main__. It belongs to one executor, or to all that want the
same workers (see ``_warm``), and ends the workers of whoever has gone.

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

from hpolab.executors._warm import Greeting, greeted, is_ours
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


def main(setup: str, listener: str, line: str, warm_seconds: str) -> None:
    """Import, then fork on request; end when nobody is left to ask, and a while has passed.

    Args:
        setup: How workers are made, as JSON.
        listener: Descriptor of a socket where coordinators call; "" for a server of one alone.
        line: Descriptor of the line to that one; "" for a server of all.
        warm_seconds: How long to stay when the last one has gone.
    """
    if listener:
        _leave_the_family()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    settings = Setup.parse(setup)
    only = socket.socket(fileno=int(line)) if line else None
    _import(settings, only)
    # Objects moved out of the collector's sight stay in pages that the workers share.
    gc.collect()
    gc.freeze()
    server = _Server(settings, float(warm_seconds))
    if listener:
        server.listen(socket.socket(fileno=int(listener)))
    if only:
        server.meet(only)
    server.run()


def _leave_the_family() -> None:
    """Live on as nobody's child: whoever started us need not wait for our end."""
    if os.fork():
        os._exit(0)
    os.chdir("/")  # the sweep's own folder may be wanted elsewhere, or removed


def _import(setup: Setup, only: socket.socket | None) -> None:
    """Import with an eye on an only coordinator: TensorFlow takes long, it may die meanwhile."""
    done = threading.Event()

    def watch() -> None:
        hangup = select.poll()
        if only:
            hangup.register(only, 0)  # hang-ups are always told; what there is to read waits
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
    """The loop: one thread that waits for callers, for wishes and for the ends of workers.

    Args:
        setup: How workers are made.
        warm_seconds: How long to stay when the last coordinator has gone.
    """

    def __init__(self, setup: Setup, warm_seconds: float) -> None:
        self._setup = setup
        self._warm_seconds = warm_seconds
        self._listener: socket.socket | None = None
        self._greetings: dict[socket.socket, Greeting] = {}
        self._launches: dict[int, tuple[socket.socket, int]] = {}
        self._awake, self._alarm = os.pipe()
        os.set_blocking(self._alarm, False)
        signal.set_wakeup_fd(self._alarm)
        signal.signal(signal.SIGCHLD, lambda *_: None)  # so that it writes to the alarm

    def listen(self, listener: socket.socket) -> None:
        """Serve whoever calls there."""
        self._listener = listener

    def meet(self, line: socket.socket) -> None:
        """Serve a coordinator, once it has said who it is."""
        greeting = greeted(line)
        if greeting is None:
            line.close()
            return
        self._greetings[line] = greeting
        self._tell(line, ENDED.pack(0, 0))

    def run(self) -> None:
        """Fork and reap until nobody is there any more."""
        callers = [self._listener] if self._listener else []
        while True:
            patience = None if self._greetings else self._warm_seconds
            waiting: list[socket.socket | int] = [*callers, *self._greetings, self._awake]
            ready, _, _ = select.select(waiting, [], [], patience)
            if not ready:
                return
            if self._awake in ready:
                os.read(self._awake, 4096)
                self._reap()
            for line in [line for line in self._greetings if line in ready]:
                if not self._launch(line):
                    self._part(line)
            if self._listener in ready:
                self._accept()
            if not callers and not self._greetings:
                return

    def _accept(self) -> None:
        assert self._listener
        line, _ = self._listener.accept()
        if is_ours(line):
            self.meet(line)
        else:
            line.close()

    def _launch(self, line: socket.socket) -> bool:
        """Fork one worker; False when the coordinator has hung up."""
        try:
            message, fds, _, _ = socket.recv_fds(line, LAUNCH.size, 1)
        except OSError:
            return False
        if not message:
            return False
        launch, number = LAUNCH.unpack(message)
        pid = os.fork()
        if pid == 0:
            self._become_worker(fds[0], f"w{number}", self._greetings[line])
        os.close(fds[0])
        self._launches[pid] = line, launch
        return True

    def _become_worker(self, channel_fd: int, name: str, greeting: Greeting) -> NoReturn:
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            greeting.assume()
            for line, other in self._greetings.items():
                line.close()
                os.close(other.log)
            if self._listener:
                self._listener.close()
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
            line, launch = self._launches.pop(pid, (None, 0))
            if line is not None:
                self._tell(line, ENDED.pack(launch, os.waitstatus_to_exitcode(status)))

    def _tell(self, line: socket.socket, message: bytes) -> None:
        """Report an end; while the coordinator has hundreds to read, one less beats waiting."""
        with suppress(OSError):  # or it has gone, which is seen next
            line.send(message, socket.MSG_DONTWAIT)

    def _part(self, line: socket.socket) -> None:
        """End the workers of a coordinator that has gone; it may wait for the end of the line."""
        its_own = [pid for pid, (whose, _) in self._launches.items() if whose is line]
        for pid in its_own:
            try:
                os.killpg(pid, signal.SIGKILL)
            except ProcessLookupError:  # not yet the leader of its group
                os.kill(pid, signal.SIGKILL)
        for pid in its_own:
            os.waitpid(pid, 0)
            del self._launches[pid]
        os.close(self._greetings.pop(line).log)
        line.close()
