"""A trial's folder as one ZIP that travels: packed in order, unpacked whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from hpolab.storage import archive
from hpolab.storage.files import storing

__all__ = ["MAX_BYTES", "pack", "unpack"]

MAX_BYTES = 4 * 2**30
"""What a trial may weigh, unpacked; its ZIP cannot be larger."""

MAX_FILES = 20_000

_TOP = "trial"
"""The folder in the archive that holds everything, and does not outlive it."""


def pack(folder: Path, file: Path) -> None:
    """Write what a trial's folder holds as one ZIP, its entries in the order of their names.

    Links, and what begins with a dot (temporary files), stay behind.

    Args:
        folder: Of the trial; one that was never made gives an empty archive.
        file: The ZIP to write, outside of the folder.

    Raises:
        StoreError: A file cannot be read, or the ZIP cannot be written.
    """
    with storing(file):
        found = sorted(path for path in folder.rglob("*") if path.is_file())
    names = {path: path.relative_to(folder) for path in found if not path.is_symlink()}
    archive.pack(
        file,
        {
            f"{_TOP}/{name.as_posix()}": path
            for path, name in names.items()
            if not any(part.startswith(".") for part in name.parts)
        },
    )


def unpack(
    file: Path, into: Path, *, max_bytes: int = MAX_BYTES, max_files: int = MAX_FILES
) -> None:
    """Put a parcel, which may come from anyone, in the place of a trial's folder.

    It is unpacked under a temporary name beside that place and then renamed, so that no one ever
    sees half a trial; what an earlier attempt has left there goes when the new one is whole. Only
    one process may do so for a trial.

    Args:
        file: A ZIP that ``pack`` has written, or claims to be one.
        into: The trial's folder.
        max_bytes: Of all files together, unpacked.
        max_files: How many entries, folders included.

    Raises:
        StoreError: The file is no ZIP, is damaged, holds what it must not or too much, or the
            folder cannot be written. Then the trial's folder is as it was.
    """
    with storing(into):
        into.parent.mkdir(parents=True, exist_ok=True)
        _remove_leftovers(into)
        beside = Path(tempfile.mkdtemp(dir=into.parent, prefix=_prefix(into)))
    try:
        new = archive.unpack(file, beside / "new", max_bytes=max_bytes, max_files=max_files)
        with storing(into):
            if into.exists():
                into.rename(beside / "old")
            new.rename(into)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _prefix(into: Path) -> str:
    return f".{into.name}.parcel-"


def _remove_leftovers(into: Path) -> None:
    """Remove what a process that was killed in the middle of it has left beside the folder."""
    for leftover in into.parent.iterdir():
        if leftover.name.startswith(_prefix(into)):
            shutil.rmtree(leftover, ignore_errors=True)
