"""The journal: what happened, one JSON object a line, appended by the coordinator alone."""

from __future__ import annotations

import errno
import json
import logging
import os
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Generic, Self, TypeVar, overload

from hpolab.errors import ConfigError, JournalDamaged, StoreError
from hpolab.events import FORMAT, Entry, Line
from hpolab.storage.files import read_whole_lines, storing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from io import FileIO
    from pathlib import Path

    from hpolab.frozen import Frozen

__all__ = ["Journal", "SteadyClock", "Tail", "read_journal"]

_WORTH_A_WORD_SECONDS = 1.0

log = logging.getLogger(__name__)

_Line = TypeVar("_Line", bound=Line)


def _wall() -> datetime:
    return datetime.now(UTC)


class SteadyClock:
    """The system's time, except that it never goes back.

    While the system's clock is behind what was told last, time goes on at its usual pace: limits
    in seconds hold, and entries stay in order.
    """

    def __init__(
        self, *, wall: Callable[[], datetime] = _wall, pace: Callable[[], float] = time.monotonic
    ) -> None:
        """Start.

        Args:
            wall: The system's time.
            pace: Seconds from anywhere, which nobody can set.
        """
        self._wall, self._pace = wall, pace
        self._told, self._at, self._lag = wall(), pace(), 0.0

    def __call__(self) -> datetime:
        """The time now."""
        wall, at = self._wall(), self._pace()
        expected = self._told + timedelta(seconds=at - self._at)
        lag = max(0.0, (expected - wall).total_seconds())
        if lag > self._lag + _WORTH_A_WORD_SECONDS:
            log.warning("the clock was set back by %.0f seconds; time is counted on", lag)
        self._told, self._at, self._lag = max(wall, expected), at, lag
        return self._told


class Journal(Generic[_Line]):
    """The writing end. Opening it repairs a torn last line.

    Attributes:
        entries: What the file held when it was opened.
        clock: Gives the time of an entry.
    """

    @overload
    def __init__(
        self: Journal[Entry], path: Path, *, clock: Callable[[], datetime] | None = None
    ) -> None: ...

    @overload
    def __init__(
        self, path: Path, *, kind: type[_Line], clock: Callable[[], datetime] | None = None
    ) -> None: ...

    def __init__(
        self,
        path: Path,
        *,
        kind: type[Line] = Entry,
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        """Open the journal at ``path``, creating it when missing.

        Args:
            path: The file.
            kind: What its lines are; a sweep's when left out.
            clock: Gives the time of an entry; None for the system's, which is kept from going
                back.

        Raises:
            StoreError: The file cannot be opened for writing.
            JournalDamaged: A line that is not the last is no event.
        """
        with storing(path):
            # unbuffered: what a full disk refused must not be written by a later flush
            self._file: FileIO = path.open("a+b", buffering=0)
        self._path, self._kind = path, kind
        self.clock = clock or SteadyClock()
        try:
            self._repair()
            tail: Tail[_Line] = Tail(path, kind=kind)  # type: ignore[arg-type]
            self.entries = tail.new()
        except BaseException:
            self._file.close()
            raise
        self._next = self.entries[-1].seq + 1 if self.entries else 0

    def append(self, event: Frozen, *, durable: bool = False) -> _Line:
        """Write one event; it has reached the disk on return when ``durable``.

        Raises:
            StoreError: The disk is full, or the file was taken away. Nothing torn is left behind.
        """
        entry: _Line = self._kind(seq=self._next, utc=self.clock(), event=event)  # type: ignore[assignment]
        line = entry.to_json().encode() + b"\n"
        with storing(self._path):
            end = self._file.seek(0, os.SEEK_END)
            try:
                if self._file.write(line) != len(line):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                if durable:
                    os.fsync(self._file.fileno())
            except OSError:
                self._file.truncate(end)
                raise
        self._next += 1
        return entry

    def close(self) -> None:
        """Close the file; what was appended is on disk."""
        with storing(self._path), self._file:
            os.fsync(self._file.fileno())

    def __enter__(self) -> Self:
        """The journal itself."""
        return self

    def __exit__(self, *exc: object) -> None:
        """Close."""
        self.close()

    def _repair(self) -> None:
        """Cut off what follows the last newline: a line that a crash tore."""
        with storing(self._path):
            self._file.seek(0)
            content = self._file.read()
            whole = content.rfind(b"\n") + 1
            if whole != len(content):
                self._file.truncate(whole)


class Tail(Generic[_Line]):
    """The reading end: gives what is new since the last look. Never writes."""

    @overload
    def __init__(self: Tail[Entry], path: Path, *, skip: str = "") -> None: ...

    @overload
    def __init__(self, path: Path, *, kind: type[_Line], skip: str = "") -> None: ...

    def __init__(self, path: Path, *, kind: type[Line] = Entry, skip: str = "") -> None:
        """Start at the beginning.

        Args:
            path: The file; it may not exist yet.
            kind: What its lines are; a sweep's when left out.
            skip: A kind of events that is passed over without parsing, for quick looks.
        """
        self._path, self._kind = path, kind
        self._offset = 0
        self._line = 0
        # a quote within a text is escaped: where these bytes are, they are the line's own kind
        self._skip = f'"kind":"{skip}"'.encode() if skip else b"\n"

    def new(self) -> list[_Line]:
        """Entries appended since the last call; a line still being written waits for the next.

        Raises:
            JournalDamaged: A whole line is no event; the next call will say so again.
            StoreError: The journal cannot be read, or was written by a newer hpolab.
        """
        content = read_whole_lines(self._path, self._offset)
        lines = content.splitlines()
        entries = [
            self._parse(line, self._line + i)
            for i, line in enumerate(lines, start=1)
            if self._skip not in line
        ]
        self._offset += len(content)
        self._line += len(lines)
        return entries

    def _parse(self, line: bytes, number: int) -> _Line:
        if number == 1:
            _refuse_newer(self._path, line)
        try:
            return self._kind.parse(line)  # type: ignore[return-value]
        except ConfigError as error:
            raise JournalDamaged(
                f"{self._path}, line {number}: not an event of format {FORMAT} ({error}). "
                "Restore the file from a copy, or install the newer hpolab if one wrote it."
            ) from error


def read_journal(path: Path) -> Iterator[Entry]:
    """All whole entries of a journal, in order; a torn last line is passed over.

    Raises:
        JournalDamaged: A line that is not the last is no event.
        StoreError: The journal was written by a newer hpolab.
    """
    yield from Tail(path).new()


def _refuse_newer(path: Path, line: bytes) -> None:
    """Tell a newer format from damage: look at the number before the strict parser does."""
    try:
        version = json.loads(line)["event"]["format"]
    except (ValueError, KeyError, TypeError):
        return
    if isinstance(version, int) and version > FORMAT:
        raise StoreError(
            f"{path} was written in format {version}, and this hpolab reads up to {FORMAT}; "
            "install the newer hpolab to open it."
        )
