"""Holding sweeps of visitors to the limits that they can pass while they run."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from hpolab.commands import Command
from hpolab.errors import StoreError
from hpolab.storage.folder import find_sweeps
from hpolab.storage.lock import held_since
from hpolab_widgets.visitors import folders, megabytes

if TYPE_CHECKING:
    from pathlib import Path

    from hpolab.settings import AppSettings

__all__ = ["stop_beyond"]

log = logging.getLogger(__name__)

_WITH_PAUSES = 2.0
"""Minutes do not pass in a pause; a place is kept for so many times as long, pauses included."""


def stop_beyond(sweeps_dir: Path, allowed: AppSettings, *, now: float | None = None) -> int:
    """Stop what runs although its visitor's disk is full, or far longer than it may with pauses.

    Args:
        sweeps_dir: Of the host.
        allowed: The limits.
        now: Seconds since 1970; None for the clock's.

    Returns:
        How many sweeps were told to stop.
    """
    latest = (time.time() if now is None else now) - _WITH_PAUSES * 60 * allowed.minutes
    stopped = 0
    for folder in folders(sweeps_dir):
        running = [(sweep, held_since(sweep.lock)) for sweep in find_sweeps(folder)]
        begun = [(sweep, since) for sweep, since in running if since is not None]
        is_full = bool(begun) and megabytes(folder) > allowed.disk_mb
        for sweep, since in begun:
            if not is_full and since > latest:
                continue
            log.warning("%s is stopped: %s", sweep.path, "disk full" if is_full else "too long")
            try:
                sweep.send(Command(verb="stop"))
            except StoreError:
                log.exception("cannot stop %s", sweep.path)
            else:
                stopped += 1
    return stopped
