"""Noticing workers that live but do nothing: what can be known of one from outside.

A thread in each worker sends a heartbeat. It comes as long as the process is scheduled and lets
Python run, however long an epoch takes: TensorFlow computes without the interpreter's lock. It
stays away when the process is stopped, or stuck in compiled code that never lets go of the lock.
A loop without an end in Python code keeps the heart beating; only a limit for an epoch, which is
the user's to set, ends that.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hpolab.executors._launch import WorkerProcess
    from hpolab.trial import EpochRecord, RunSpec, Stop

__all__ = ["Run", "Watch", "Worker"]

_GLANCE_SECONDS = 1.0
_HEARTBEATS_A_LIMIT = 4


@dataclass
class Run:
    """A run in flight; it is waiting from the end of an epoch to its verdict."""

    spec: RunSpec
    history: list[EpochRecord] = field(default_factory=list)
    has_begun: bool = False
    is_waiting: bool = False
    stop: Stop | None = None
    deadline: float = float("inf")
    started: float = field(default_factory=time.monotonic)
    progressed: float = 0.0


@dataclass
class Worker:
    """A slot, and the process that fills it now."""

    number: int
    process: WorkerProcess
    is_ready: bool = False
    runs: int = 0
    run: Run | None = None
    heard: float | None = None

    @property
    def name(self) -> str:
        """What people call it."""
        return f"w{self.number}"


class Watch:
    """Counts how long workers have been silent, and their runs without progress.

    Its clock counts the time in which somebody listened: a coordinator that was stopped, or a
    laptop that slept, finds all its workers as it left them.

    Args:
        silence_limit: Seconds without a sign of life after which a worker is lost; None for ever.
        epoch_limit: Seconds that a run may take to its next epoch or its end; None for ever.
    """

    def __init__(self, *, silence_limit: float | None, epoch_limit: float | None) -> None:
        self._silence_limit = silence_limit
        self._epoch_limit = epoch_limit
        self._clock = 0.0

    @property
    def heartbeat_seconds(self) -> float | None:
        """How often a worker must tell that it lives; None when nobody wants to know."""
        return self._silence_limit and self._silence_limit / _HEARTBEATS_A_LIMIT

    def listen(self, channels: Sequence[Connection], timeout: float) -> list[Connection]:
        """Those channels that have something to tell, after so many seconds at most."""
        limits = [limit / _HEARTBEATS_A_LIMIT for limit in self._limits()]
        timeout = max(0.0, min([timeout, _GLANCE_SECONDS, *limits]))
        began = time.monotonic()
        ready = wait(channels, timeout)
        self._clock += min(timeout, time.monotonic() - began)
        return [channel for channel in channels if channel in ready]

    def hear(self, worker: Worker) -> None:
        """A worker has said something."""
        worker.heard = self._clock

    def progress(self, run: Run) -> None:
        """A run has begun, ended an epoch, or was told to go on."""
        run.progressed = self._clock

    def why_lost(self, worker: Worker) -> str:
        """In words what is wrong with a worker that must be given up; empty when nothing is."""
        limit, run = self._silence_limit, worker.run
        if limit and worker.heard is not None and self._clock - worker.heard > limit:
            return (
                f"gave no sign of life for {limit:g} seconds ({_condition(worker.process.pid)}) "
                "and was ended"
            )
        limit = self._epoch_limit
        if not limit or run is None or not run.has_begun or run.is_waiting:
            return ""
        if self._clock - run.progressed > limit:
            return f"was ended, for its run made no progress for {limit:g} seconds, the limit set"
        return ""

    def _limits(self) -> list[float]:
        return [limit for limit in (self._silence_limit, self._epoch_limit) if limit]


def _condition(pid: int | None) -> str:
    """Why a process may be silent, as far as Linux tells."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return "its process is stopped or stuck"
    words = {"T": "its process is stopped", "t": "a debugger holds it", "D": "it waits for a disk"}
    return words.get(state, "it is stuck in compiled code")
