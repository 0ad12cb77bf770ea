"""Warm processes on a Dask worker: what one task has trained with, the next one takes over."""

from __future__ import annotations

import atexit
import threading
from typing import TYPE_CHECKING

from hpolab.executors import make

if TYPE_CHECKING:
    from hpolab.executors import Executor, ExecutorSpec

__all__ = ["borrow", "close_idle", "give_back"]

_IDLE_SECONDS = 60.0
"""A coordinator that still has work gives the next run within seconds."""

_lock = threading.Lock()
_idle: list[tuple[str, ExecutorSpec, Executor, threading.Timer]] = []


def borrow(owner: str, spec: ExecutorSpec) -> Executor:
    """An idle pool of this owner, or a new one; the caller's alone until it is given back.

    Raises:
        ExecutorError: No process can be started.
    """
    with _lock:
        for entry in _idle:
            if entry[:2] == (owner, spec):
                _idle.remove(entry)
                entry[3].cancel()
                return entry[2]
    return make(spec)


def give_back(owner: str, spec: ExecutorSpec, pool: Executor) -> None:
    """Keep a pool without a run for the next task, but not for ever."""
    timer = threading.Timer(_IDLE_SECONDS, _close_one, [pool])
    timer.daemon = True
    with _lock:
        _idle.append((owner, spec, pool, timer))
    timer.start()


def close_idle(owner: str | None = None) -> None:
    """End the idle pools of one owner, or of all."""
    with _lock:
        theirs = [entry for entry in _idle if owner in (None, entry[0])]
        for entry in theirs:
            _idle.remove(entry)
    for _, _, pool, timer in theirs:
        timer.cancel()
        pool.close()


def _close_one(pool: Executor) -> None:
    with _lock:
        found = [entry for entry in _idle if entry[2] is pool]
        for entry in found:
            _idle.remove(entry)
    if found:  # else it was borrowed at the last moment
        pool.close()


atexit.register(close_idle)
