"""The files of a run on their way from a Dask worker that does not share the sweep's folder.

They are packed there, and come through the scheduler in pieces that its memory does not notice.
"""

from __future__ import annotations

import asyncio
import hashlib
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from hpolab.errors import StoreError
from hpolab.executors._dask_wire import Parcel
from hpolab.storage.parcel import pack, unpack

__all__ = ["CHUNK_BYTES", "Away", "fetch"]

CHUNK_BYTES = 4 * 2**20


class Away:
    """A folder on a worker's own disk that stands in for that of a run; gone when closed."""

    def __init__(self) -> None:
        self._place = tempfile.TemporaryDirectory(prefix="hpolab-", ignore_cleanup_errors=True)
        self.folder = Path(self._place.name) / "trial"
        self._file = Path(self._place.name) / "trial.zip"

    def pack(self) -> Parcel:
        """Make the parcel.

        Raises:
            StoreError: The disk is full, or the run left what cannot be read.
        """
        pack(self.folder, self._file)
        with self._file.open("rb") as file:
            checksum = hashlib.file_digest(file, "sha256").hexdigest()
        return Parcel(n_bytes=self._file.stat().st_size, sha256=checksum)

    def read(self, offset: int) -> bytes:
        """The piece of the parcel that begins there."""
        with self._file.open("rb") as file:
            file.seek(offset)
            return file.read(CHUNK_BYTES)

    def close(self) -> None:
        """Remove all of it."""
        self._place.cleanup()


async def fetch(parcel: Parcel, ask: Callable[[int], Awaitable[bytes]], into: Path) -> None:
    """Get a parcel piece by piece, and put what is in it in the place of a trial's folder.

    Args:
        parcel: What was announced.
        ask: Gives the piece that begins at an offset.
        into: The trial's folder.

    Raises:
        StoreError: What came is not what was announced, holds what it must not, or cannot be
            written here; the trial's folder is as it was.
    """
    with tempfile.TemporaryDirectory(prefix="hpolab-", ignore_cleanup_errors=True) as place:
        path, digest, size = Path(place) / "trial.zip", hashlib.sha256(), 0
        with path.open("wb") as file:
            while size < parcel.n_bytes and (piece := await ask(size)):
                digest.update(piece)
                size += file.write(piece)
        if size != parcel.n_bytes or digest.hexdigest() != parcel.sha256:
            raise StoreError(f"{size} of {parcel.n_bytes} bytes came, or they were altered.")
        await asyncio.to_thread(unpack, path, into)
