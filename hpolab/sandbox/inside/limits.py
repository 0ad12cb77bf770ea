"""The limits of a process that the kernel keeps: processor time, memory, files, processes."""

from __future__ import annotations

import math
import resource
import signal
from collections.abc import Callable
from types import FrameType

__all__ = ["bound"]

_GRACE_SECONDS = 1
"""After which a process that does not end by itself is killed; it may sit in compiled code."""

_READ_ONLY_BYTES = 2**30
"""Address space beyond the memory: libraries, and what is mapped but never written."""


def bound(
    on_time: Callable[[FrameType | None], None], *, cpu_seconds: float, memory_bytes: int
) -> None:
    """Hold this process to its limits from now on.

    Args:
        on_time: Told where the code is when the processor time is over; must end the process.
        cpu_seconds: Of processor time, from now.
        memory_bytes: Of writable memory, with what the process has already.
    """
    signal.signal(signal.SIGPROF, lambda _, frame: on_time(frame))
    signal.setitimer(signal.ITIMER_PROF, cpu_seconds)
    used = resource.getrusage(resource.RUSAGE_SELF)
    last = math.ceil(used.ru_utime + used.ru_stime + cpu_seconds) + _GRACE_SECONDS
    _set("RLIMIT_CPU", last, last + _GRACE_SECONDS)  # the second is for who survives the first
    _set("RLIMIT_DATA", memory_bytes)
    _set("RLIMIT_AS", memory_bytes + _READ_ONLY_BYTES)
    for name in ("CORE", "FSIZE", "NPROC", "MEMLOCK", "MSGQUEUE"):
        _set(f"RLIMIT_{name}", 0)


def _set(name: str, soft: int, hard: int | None = None) -> None:
    kind = getattr(resource, name, None)
    if kind is not None:  # not every system has all of them
        resource.setrlimit(kind, (soft, soft if hard is None else hard))
