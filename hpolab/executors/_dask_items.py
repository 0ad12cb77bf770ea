"""What a coordinator hears from a cluster, one thing at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hpolab.executors._dask_wire import Facts, Report

__all__ = [
    "Broken",
    "Counted",
    "Failed",
    "Fetched",
    "Heard",
    "Item",
    "Joined",
    "Left",
    "Unfit",
]


@dataclass(frozen=True)
class Heard:
    """A supervisor has reported."""

    report: Report


@dataclass(frozen=True)
class Joined:
    """A Dask worker is there, and can train."""

    address: str
    facts: Facts


@dataclass(frozen=True)
class Unfit:
    """A Dask worker is there, and cannot even say what it has."""

    address: str
    why: str


@dataclass(frozen=True)
class Left:
    """A Dask worker is gone."""

    address: str


@dataclass(frozen=True)
class Counted:
    """All workers that were there at the beginning have been told of."""


@dataclass(frozen=True)
class Failed:
    """A task came to an end, or could not be spoken to, without a report that says why."""

    key: str
    why: str


@dataclass(frozen=True)
class Fetched:
    """The files of a run are in its folder, or are lost; then it says why."""

    key: str
    why: str


@dataclass(frozen=True)
class Broken:
    """The scheduler cannot be reached any more; the last item of a link."""

    why: str


Item = Heard | Joined | Unfit | Left | Counted | Failed | Fetched | Broken
