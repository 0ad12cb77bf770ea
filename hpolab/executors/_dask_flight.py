"""What a coordinator knows of a run on a cluster."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from hpolab.executors._dask_roster import Seat
from hpolab.executors._watch import Run

if TYPE_CHECKING:
    from hpolab.events import RunEnded

__all__ = ["Flight", "lay_probe"]


@dataclass
class Flight(Run):
    """A run in flight on a cluster; it has begun when its supervisor has reported.

    Attributes:
        seat: The room that it takes.
        probe: The file that a worker looks for, until it has done so.
        execution: The one of its task that was heard first.
        is_late: Whether it was said that it lies at its worker.
        ended: Its end, while its files are still on their way.
        fate: Why it is lost; empty while it is not.
        is_innocent: Whether it was lost with all others, so that it is not to blame.
    """

    seat: Seat = field(default_factory=lambda: Seat("", ""))
    probe: Path | None = None
    execution: str = ""
    is_late: bool = False
    ended: RunEnded | None = None
    fate: str = ""
    is_innocent: bool = False

    def remove_probe(self) -> None:
        """It has served, or never will."""
        if self.probe is not None:
            with suppress(OSError):
                self.probe.unlink(missing_ok=True)
            self.probe = None


def lay_probe(folder: Path, key: str) -> Path | None:
    """A file that a worker sees if it shares the folder; None where none can be written."""
    probe = folder / f".{key}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.touch()
    except OSError:
        return None  # the worker will find that too, and say so of the trial
    return probe
