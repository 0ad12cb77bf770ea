"""One coordinator per sweep folder.

The operating system holds the lock and drops it when the process dies, however it dies, so a
stale lock cannot exist; the file's content only tells a person who has it.
"""

from __future__ import annotations

import json
import os
import socket
from typing import TYPE_CHECKING, Self

from filelock import FileLock, Timeout

from hpolab.errors import FolderLocked
from hpolab.storage.files import storing

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["CoordinatorLock", "is_held"]

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
                raise FolderLocked(
                    f"{self._path.parent} already has a coordinator{_holder(self._path)}; follow "
                    "it with `hpolab watch`, or stop it with `hpolab stop`."
                ) from error
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
    if not path.exists():
        return False
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    except OSError:
        return False  # a read-only folder: nobody can be writing there
    lock.release()
    return False


def _owner_file(path: Path) -> Path:
    return path.with_suffix(".json")


def _holder(path: Path) -> str:
    """Who has the lock, as far as the file beside it tells."""
    try:
        owner = json.loads(_owner_file(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""
    return f" (process {owner.get('pid')} on {owner.get('host')})"
