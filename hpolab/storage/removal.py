"""Deleting a sweep folder: what is meant, nothing else, and never half of it in plain sight."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from hpolab.errors import FolderLocked, StoreError
from hpolab.storage.files import storing
from hpolab.storage.folder import SweepFolder
from hpolab.storage.lock import is_held

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["delete_sweep"]

_PREFIX = ".deleted-"


def delete_sweep(path: Path, *, within: Path) -> None:
    """Delete a sweep folder with everything in it, for good.

    The folder is renamed first, so that from one moment to the next it is no sweep any more; what
    a crash leaves of it is removed by the next deletion in the same directory.

    Args:
        path: The folder.
        within: The directory that it must lie in, directly; links are not followed.

    Raises:
        StoreError: It is no sweep folder, a link, or not in that directory; or the operating
            system does not allow it.
        FolderLocked: Someone works in it.
    """
    folder = SweepFolder.open(path)
    if path.is_symlink():
        raise StoreError(f"{path} is a link to a sweep elsewhere; remove the link by hand.")
    if path.resolve().parent != within.resolve():
        raise StoreError(f"{path} is not in {within}; only sweeps in there are deleted.")
    _refuse_if_used(folder)
    with storing(path):
        away = Path(tempfile.mkdtemp(dir=within, prefix=_PREFIX))
        moved = path.rename(away / path.name)
        try:
            _refuse_if_used(SweepFolder(moved))  # someone may have begun between look and rename
        except FolderLocked:
            moved.rename(path)
            away.rmdir()
            raise
        shutil.rmtree(away)
    for leftover in _leftovers(within):
        shutil.rmtree(leftover, ignore_errors=True)  # not what was asked for; the next one tries


def _refuse_if_used(folder: SweepFolder) -> None:
    if folder.is_running():
        raise FolderLocked(f"{folder.name} is running; stop it first, then delete it.")
    if is_held(folder.path / "confirm" / ".lock"):
        raise FolderLocked(f"{folder.name} is being confirmed; wait for that to end.")


def _leftovers(directory: Path) -> Iterator[Path]:
    for path in directory.glob(f"{_PREFIX}*"):
        if path.is_dir() and not path.is_symlink():
            yield path
