"""What a batch leaves in its directory, and where the notebooks are that it executes."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from hpolab.errors import FolderLocked
from hpolab.storage.files import storing

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Place", "alone", "template"]

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Place:
    """The directory of a batch.

    Attributes:
        path: Holds ``summary.ipynb``, ``summary.json``, ``summary.csv``, and ``cells/`` with the
            executed notebook, the report, the log and the parameters of each.
    """

    path: Path

    @property
    def cells(self) -> Path:
        """Where the files of the cells are."""
        return self.path / "cells"

    @property
    def lock(self) -> Path:
        """Held by the one batch that runs here."""
        return self.path / ".lock"

    def notebook(self, cell: str) -> Path:
        """As papermill executed it."""
        return self.cells / f"{cell}.ipynb"

    def report(self, cell: str) -> Path:
        """The same report as a page of its own."""
        return self.cells / f"{cell}.html"

    def log(self, cell: str) -> Path:
        """All that it said, of every try."""
        return self.cells / f"{cell}.log"

    def parameters(self, cell: str) -> Path:
        """What papermill's ``-f`` takes."""
        return self.cells / f"{cell}.yaml"


@contextmanager
def alone(place: Place) -> Iterator[None]:
    """While no other batch runs in this directory, which is made when missing.

    Raises:
        FolderLocked: One does.
        StoreError: The directory cannot be made.
    """
    lock = FileLock(place.lock)
    with storing(place.path):
        place.cells.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            raise FolderLocked(
                f"another batch runs in {place.path}; wait for it, or give this one another "
                "directory with -o."
            ) from error
    try:
        yield
    finally:
        lock.release()


def template(name: str) -> Path:
    """A notebook of ours by its file's name: shipped with the package, else in the sources."""
    shipped = _HERE / "notebooks" / name
    return shipped if shipped.is_file() else _HERE.parents[1] / "notebooks" / name
