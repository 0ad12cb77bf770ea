"""Many sweeps at a glance: what a list of them says, read cheaply and only when it has changed."""

from __future__ import annotations

import time
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

from hpolab.config import SweepConfig
from hpolab.errors import HpolabError
from hpolab.record import SweepRecord
from hpolab.storage.folder import SweepFolder, find_sweeps
from hpolab.storage.journal import Tail

if TYPE_CHECKING:
    from pathlib import Path

    from hpolab.record import TrialRecord

__all__ = ["Overview", "Overviews"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """One sweep folder at a glance.

    Attributes:
        folder: Where it is.
        made: When it was made, in seconds since 1970.
        state: As ``Sweep.state`` says it; "damaged" when it cannot be read, "unread" before.
        config: What was asked; None while unread, or when damaged.
        settled, limit: Trials with a fate, and the budget's limit of them; None for no limit.
        best: The completed trial with the highest score.
        climb: The best score after each settled trial, in the order of their ends; None before
            the first is completed.
        problem: Why it cannot be read.
    """

    folder: SweepFolder
    made: float
    state: str = "unread"
    config: SweepConfig | None = None
    settled: int = 0
    limit: int | None = None
    best: TrialRecord | None = None
    climb: tuple[float | None, ...] = ()
    problem: str = ""


class Overviews:
    """The sweep folders of a directory; each is read again only when its journal has grown."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._glances: dict[Path, _Glance] = {}

    def look(self, *, patience_seconds: float = inf) -> list[Overview]:
        """All of them as they are now, the newest first.

        Args:
            patience_seconds: Read on for so long; what was not reached is "unread", or as it was
                read last, until the next look. At least one is read.
        """
        end = time.monotonic() + patience_seconds
        there = {folder.path: folder for folder in find_sweeps(self.directory)}
        self._glances = {
            path: self._glances.get(path) or _Glance(folder) for path, folder in there.items()
        }
        newest_first = list(self._glances.values())[::-1]
        for glance in newest_first:
            if glance.take() and time.monotonic() > end:
                break
        return [glance.overview for glance in newest_first]


class _Glance:
    """One folder, and how far its journal has been read."""

    def __init__(self, folder: SweepFolder) -> None:
        self._folder = folder
        self._seen: tuple[object, ...] | None = None
        self._forget()
        self.overview = Overview(folder=folder, made=_modified(folder.config))

    def take(self) -> bool:
        """Look at the folder; whether there was something to read."""
        is_running = self._folder.is_running()  # looked at first: see Sweep.state
        seen = (_signature(self._folder.journal), _signature(self._folder.config), is_running)
        if seen == self._seen:
            return False
        self._seen = seen
        try:
            self._read()
            self.overview = self._overview(is_running=is_running)
        except HpolabError as error:
            self._forget()
            self.overview = Overview(
                folder=self._folder,
                made=_modified(self._folder.config),
                state="damaged",
                problem=str(error),
            )
        return True

    def _forget(self) -> None:
        self._record, self._size = SweepRecord(), 0
        self._tail = Tail(self._folder.journal, skip="epoch_ended")  # most lines; none is needed

    def _read(self) -> None:
        size = (_signature(self._folder.journal) or (0,))[0]
        if size < self._size:
            self._forget()  # it is another journal now
        self._size = size
        for entry in self._tail.new():
            self._record.apply(entry)

    def _overview(self, *, is_running: bool) -> Overview:
        record = self._record
        config = record.config or SweepConfig.stored(
            self._folder.read_config(), place=self._folder.config
        )
        state: str = record.state
        if state in {"running", "paused"} and not is_running:
            state = "interrupted"
        ranked = record.ranked()
        return Overview(
            folder=self._folder,
            made=_modified(self._folder.config),
            state=state,
            config=config,
            settled=len(record.finished()),
            limit=(record.budget if record.config else config.budget).trials,
            best=ranked[0] if ranked else None,
            climb=_climb(record),
        )


def _climb(record: SweepRecord) -> tuple[float | None, ...]:
    best: float | None = None
    climb = []
    ended = [trial for trial in record.finished() if trial.ended_utc is not None]
    for trial in sorted(ended, key=lambda each: (each.ended_utc, each.number)):
        if trial.state == "completed" and trial.score is not None:
            best = trial.score if best is None else max(best, trial.score)
        climb.append(best)
    return tuple(climb)


def _signature(path: Path) -> tuple[int, int] | None:
    """Size in bytes and time of the last change; None when it cannot be reached."""
    try:
        stat = path.stat()
    except OSError:
        return None  # whoever reads it says why
    return stat.st_size, stat.st_mtime_ns


def _modified(path: Path) -> float:
    """In seconds since 1970; 0 when it cannot be reached."""
    signature = _signature(path)
    return signature[1] / 1e9 if signature else 0.0
