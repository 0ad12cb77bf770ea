"""Where a known data set's files lie on this machine."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from hpolab.data.known import KNOWN
from hpolab.errors import DataError
from hpolab.settings import settings

__all__ = ["Found", "directories", "find", "keras_directory"]


@dataclass(frozen=True, slots=True)
class Found:
    """Files that hold a data set.

    Attributes:
        paths: In the order of the layout they were found under.
        beside: The file with its words, where there is one.
    """

    paths: tuple[Path, ...]
    beside: Path | None = None


def keras_directory() -> Path:
    """Where Keras keeps downloaded data: under ``KERAS_HOME``, else ``~/.keras``."""
    home = os.environ.get("KERAS_HOME")
    return (Path(home) if home else Path.home() / ".keras") / "datasets"


def directories(directory: Path | None = None) -> tuple[Path, ...]:
    """Where to look, in order: the directory asked for, the machine's setting, Keras' cache.

    Raises:
        DataError: A directory that was named is not there.
    """
    named = [path.expanduser() for path in (directory, settings().data_dir) if path is not None]
    for path in named:
        if not path.is_dir():
            raise DataError(
                f"the data directory {path} is not there. Create it, or name another one (the "
                "dataset's `directory`, or HPOLAB_DATA_DIR)."
            )
    return tuple(dict.fromkeys(path.resolve() for path in (*named, keras_directory())))


def find(name: str, directory: Path | None = None) -> Found | None:
    """The files of a known data set in the first directory that has them; None if none has."""
    known = KNOWN[name]
    for folder in directories(directory):
        for layout in known.layouts:
            paths = [_first(folder, pattern) for pattern in layout]
            if all(paths):
                beside = folder / known.beside if known.beside else None
                return Found(
                    tuple(path for path in paths if path),
                    beside if beside and beside.is_file() else None,
                )
    return None


def _first(folder: Path, pattern: str) -> Path | None:
    """The path a pattern stands for; of several the first by name."""
    if "*" in pattern:
        return min(folder.glob(pattern), default=None)
    path = folder / pattern
    return path if path.exists() else None
