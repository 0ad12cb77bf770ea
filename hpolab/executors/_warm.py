"""A fork-server that outlives its sweep for a while, so that the next need not load TensorFlow.

Those who want the same kind of workers meet at one address, an abstract Unix socket whose name is
a digest of all that a forked worker would inherit: the code, the interpreter, the variables that
are read while importing, the limits of the process. Whoever comes first starts the server there.
"""

from __future__ import annotations

import hashlib
import json
import os
import socket
import struct
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from hpolab.executors._work import TRAIN

if TYPE_CHECKING:
    from hpolab.executors._wire import Setup

__all__ = [
    "Greeting",
    "address_for",
    "call",
    "greet",
    "greeted",
    "is_ours",
    "listen",
    "server_path",
]

_CODE = Path(__file__).parents[1]
"""Of hpolab: its package."""

_LENGTH = struct.Struct("!I")
_GREETING_SECONDS = 10.0

_READ_WHILE_IMPORTING = (
    "PYTHON", "TF_", "XLA_", "KERAS", "CUDA", "NVIDIA", "OMP_", "MKL_", "KMP_", "OPENBLAS",
    "ONEDNN", "DNNL", "LD_", "MALLOC_", "LC_", "LANG", "TZ", "HOME", "XDG_", "TMP",
)  # fmt: skip
_PEER = struct.Struct("3i")
"""A process, its user and its group, as the kernel tells them."""


class Greeting(NamedTuple):
    """What a worker has of its own coordinator, not of the server that forked it.

    Attributes:
        environment: The variables, all of them.
        directory: The working directory.
        path: Where modules are looked for.
        log: Descriptor of the file that takes what is written outside of runs.
    """

    environment: dict[str, str]
    directory: str
    path: list[str]
    log: int

    def assume(self) -> None:
        """Make it this process's own."""
        os.environ.clear()
        os.environ.update(self.environment)
        os.chdir(self.directory)
        sys.path[:] = self.path
        for descriptor in (1, 2):
            os.dup2(self.log, descriptor)


def address_for(setup: Setup) -> bytes | None:
    """Where workers of this kind are forked for everybody; None when each has a server alone.

    Only what hpolab's own training imports is shared: it never changes while a server lives.
    """
    if setup.work != TRAIN:
        return None
    import resource

    umask = os.umask(0)
    os.umask(umask)
    limits = [kind for kind in dir(resource) if kind.startswith("RLIMIT_")]
    inherited = [
        setup.to_json(),
        sys.executable,
        server_path(setup),
        _written_at(),
        sorted(pair for pair in os.environ.items() if pair[0].startswith(_READ_WHILE_IMPORTING)),
        umask,
        os.getpriority(os.PRIO_PROCESS, 0),
        sorted(os.sched_getaffinity(0)),
        [resource.getrlimit(getattr(resource, kind)) for kind in limits],
        Path("/proc/self/cgroup").read_text(),
    ]
    digest = hashlib.sha256(json.dumps(inherited).encode()).hexdigest()
    return f"\0hpolab-{os.getuid()}-{digest[:40]}".encode()


def server_path(setup: Setup) -> list[str]:
    """Where a server looks for modules: where we do, absolute.

    A shared one does not look into the directory that its first user happened to be in, unless
    hpolab itself lies there; its workers look where the user of each does.
    """
    path = [str(Path(entry).absolute()) for entry in sys.path]
    if setup.work != TRAIN:
        return path
    return [entry for entry in path if entry != str(Path.cwd()) or entry == str(_CODE.parent)]


def listen(address: bytes) -> socket.socket | None:
    """The socket of a new server; None when there is one already."""
    listener = socket.socket(socket.AF_UNIX)
    try:
        listener.bind(address)
    except OSError:
        listener.close()
        return None
    listener.listen()
    return listener


def call(address: bytes) -> socket.socket | None:
    """A line to the server at an address; None when nobody, or a stranger, is there."""
    line = socket.socket(socket.AF_UNIX)
    with suppress(OSError):
        line.connect(address)
        if is_ours(line):
            return line
    line.close()
    return None


def is_ours(line: socket.socket) -> bool:
    """Whether the same user is at the other end: abstract addresses are open to everybody."""
    peer = line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size)
    return bool(_PEER.unpack(peer)[1] == os.getuid())


def greet(line: socket.socket, log: int) -> None:
    """Say over a fresh line what the workers asked for by it shall inherit.

    Args:
        line: To a server.
        log: Descriptor of the file that takes what they write outside of runs.
    """
    path = [str(Path(entry).absolute()) for entry in sys.path]
    body = json.dumps([dict(os.environ), str(Path.cwd()), path]).encode()
    socket.send_fds(line, [_LENGTH.pack(len(body))], [log])
    line.sendall(body)


def greeted(line: socket.socket) -> Greeting | None:
    """What the other end of a line has said by ``greet``; None when it hung up instead."""
    line.settimeout(_GREETING_SECONDS)
    with suppress(OSError):
        header, logs, _, _ = socket.recv_fds(line, _LENGTH.size, 1)
        if header:
            body = line.recv(_LENGTH.unpack(header)[0], socket.MSG_WAITALL)
            line.settimeout(None)
            environment, directory, path = json.loads(body)
            return Greeting(environment, directory, path, logs[0])
    return None


@cache
def _written_at() -> float:
    """When hpolab's code was last changed: a server with older code is not met any more."""
    return max(file.stat().st_mtime for file in _CODE.rglob("*.py"))
