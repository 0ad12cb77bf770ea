"""One coordinator per sweep folder.

The operating system holds the lock and drops it when the process dies, however it dies, so a
stale lock cannot exist; the file's content only tells a person who has it.
"""

from __future__ import annotations

import json
import logging
import os
import socket
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self

from filelock import FileLock, Timeout

from hpolab.errors import FolderLocked
from hpolab.storage.files import storing

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = [
    "CoordinatorLock",
    "held_since",
    "holder",
    "in_turn",
    "is_held",
    "lock_now",
    "refuse_if_held",
]

_log = logging.getLogger(__name__)

_PATIENCE_SECONDS = 1.0
"""Longer than a reader's glance at the lock (``is_held``), which takes it for a moment."""


class CoordinatorLock:
    """Held while a coordinator works in a sweep folder; a context manager."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = FileLock(path)

    def __enter__(self) -> Self:
        """Take the lock.

        Raises:
            FolderLocked: Another live process has it; says which.
        """
        with storing(self._path):
            try:
                self._lock.acquire(timeout=_PATIENCE_SECONDS)
            except Timeout as error:
                raise _locked(self._path) from error
            try:
                owner = {"pid": os.getpid(), "host": socket.gethostname()}
                _owner_file(self._path).write_text(json.dumps(owner), encoding="utf-8")
            except BaseException:
                self._lock.release()
                raise
        return self

    def __exit__(self, *exc: object) -> None:
        """Give the lock back."""
        try:
            with storing(self._path):
                _owner_file(self._path).unlink(missing_ok=True)
        finally:
            self._lock.release()


def is_held(path: Path) -> bool:
    """Whether a live coordinator has the lock."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError:
        return False  # nobody has ever worked there, or the folder is gone
    try:
        return _is_locked(handle)
    finally:
        os.close(handle)


def held_since(path: Path) -> float | None:
    """When the live coordinator took the lock, in seconds since 1970; None when nobody has it."""
    if not is_held(path):
        return None
    try:
        return _owner_file(path).stat().st_mtime
    except OSError:
        return None  # it has just been taken, or given back


def holder(path: Path) -> int | None:
    """The number of the live process on this machine that has the lock; None without one."""
    owner = _owner(path) if is_held(path) else {}
    process = owner.get("pid")
    is_here = owner.get("host") == socket.gethostname()
    return process if is_here and isinstance(process, int) else None


def refuse_if_held(path: Path) -> None:
    """Raise FolderLocked if a live coordinator has the lock; says which."""
    if is_held(path):
        raise _locked(path)


if sys.platform == "win32":

    def _is_locked(handle: int) -> bool:
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return True
        msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)
        return False

else:

    def _is_locked(handle: int) -> bool:
        # shared, so that two who look at once do not take each other for a coordinator
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        fcntl.flock(handle, fcntl.LOCK_UN)
        return False


def _owner_file(path: Path) -> Path:
    return path.with_suffix(".json")


def _locked(path: Path) -> FolderLocked:
    return FolderLocked(
        f"{path.parent} already has a coordinator{_holder(path)}; follow it with `hpolab watch`, "
        "or stop it with `hpolab stop`."
    )


def _holder(path: Path) -> str:
    """Who has the lock, as far as the file beside it tells."""
    owner = _owner(path)
    return f" (process {owner.get('pid')} on {owner.get('host')})" if owner else ""


def _owner(path: Path) -> dict[str, Any]:
    """The content of the file beside the lock; empty where it cannot be read."""
    try:
        owner = json.loads(_owner_file(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return owner if isinstance(owner, dict) else {}


def lock_now(path: Path) -> FileLock | None:
    """A lock on a file, held; None when someone else has it."""
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return None
    return lock


@contextmanager
def in_turn(path: Path) -> Iterator[None]:
    """Wait for whoever does the same work, and keep others waiting meanwhile.

    Where no lock can be had, such as on a file system without them, the work is done all the
    same: the lock saves work, and nothing may rest on it.

    Args:
        path: The file of the lock; made when it is absent.
    """
    lock = FileLock(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            _log.info("another process is at it; waiting for %s", path)
            lock.acquire()
    except (OSError, NotImplementedError) as error:
        _log.warning("%s cannot be locked (%s); going on without", path, error)
    try:
        yield
    finally:
        lock.release()
