"""The folders of a public host's visitors: who has one, what runs there, what is old."""

from __future__ import annotations

import logging
import re
import shutil
import time
from typing import TYPE_CHECKING

from hpolab.race.folder import find_races, races_dir, racing_in
from hpolab.storage.folder import find_sweeps

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "folders",
    "is_visitor",
    "megabytes",
    "remove_old",
    "running",
    "running_in",
    "visitors_dir",
]

log = logging.getLogger(__name__)

_VISITOR = re.compile(r"[0-9a-f]{32}")
_DAY_SECONDS = 86_400.0


def is_visitor(text: object) -> bool:
    """Whether this is a visitor's number: 128 bits in hexadecimal digits, nothing else."""
    return isinstance(text, str) and _VISITOR.fullmatch(text) is not None


def visitors_dir(sweeps_dir: Path) -> Path:
    """Where the visitors' folders are, each called by its visitor's number."""
    return sweeps_dir / "visitors"


def running_in(folder: Path) -> int:
    """How many sweeps directly below a folder have a live coordinator."""
    return sum(sweep.is_running() for sweep in find_sweeps(folder))


def running(sweeps_dir: Path) -> int:
    """How many sweeps of all visitors have a live coordinator."""
    return sum(running_in(folder) for folder in folders(sweeps_dir))


def megabytes(folder: Path) -> float:
    """How much is stored below a folder, in megabytes of a million bytes."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except FileNotFoundError:
            continue  # a running sweep tidies up
    return total / 1e6


def remove_old(sweeps_dir: Path, *, days: float, now: float | None = None) -> int:
    """Remove the folders of visitors who have not run anything for so many days.

    Args:
        sweeps_dir: Of the host.
        days: How long a folder stays after the last change of a sweep in it.
        now: Seconds since the epoch; None for the clock's.

    Returns:
        How many were removed.
    """
    oldest = (time.time() if now is None else now) - days * _DAY_SECONDS
    old = [
        folder
        for folder in folders(sweeps_dir)
        if not running_in(folder)
        and not racing_in(races_dir(folder))
        and _last_change(folder) < oldest
    ]
    for folder in old:
        shutil.rmtree(folder, ignore_errors=True)
        log.info("removed the sweeps of a visitor who was away for %g days", days)
    return len(old)


def _last_change(folder: Path) -> float:
    journals = [sweep.journal for sweep in find_sweeps(folder)]
    journals += [race.journal for race in find_races(races_dir(folder))]
    return max((path.stat().st_mtime for path in [folder, *journals] if path.exists()), default=0)


def folders(sweeps_dir: Path) -> list[Path]:
    """The folder of every visitor who has one."""
    place = visitors_dir(sweeps_dir)
    if not place.is_dir():
        return []
    return [path for path in place.iterdir() if is_visitor(path.name) and path.is_dir()]
