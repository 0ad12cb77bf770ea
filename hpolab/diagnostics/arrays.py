"""The arrays that a run has left behind, read when they are asked for."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from hpolab.errors import StoreError
from hpolab.training.recording import ARRAYS, FORMAT, INDEX

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["Arrays", "without_cell"]

_SIDE_ARRAYS = ("edges", "range")
"""Last parts of keys that say how to read the array of the same name without them."""


class Arrays:
    """A trial's recording: named arrays, each with what it is.

    A key is ``what`` or ``what/layer``. An array is unpacked when it is first asked for, and
    cannot be written to; reading the same recording again costs nothing. Safe to share between
    threads.
    """

    def __init__(self, folder: Path, index: Mapping[str, Any], archive: bytes):
        """Take the content of both files; ``Arrays.read`` finds them.

        Raises:
            StoreError: The archive is damaged.
        """
        self.folder = folder
        self._index = index
        self._unpacked: dict[str, NDArray[Any]] = {}
        try:
            self._archive = np.load(io.BytesIO(archive), allow_pickle=False)
            if not isinstance(self._archive, np.lib.npyio.NpzFile):
                raise ValueError("not an archive of arrays")
        except (ValueError, OSError, EOFError, zipfile.BadZipFile) as error:
            raise _damaged(folder / ARRAYS, error) from error

    @classmethod
    def find(cls, folder: Path) -> Arrays | None:
        """The recording in a trial's folder; None where there is none.

        Raises:
            StoreError: It is damaged, or a newer hpolab has written it.
        """
        try:
            states = [(folder / name).stat() for name in (INDEX, ARRAYS)]
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreError(f"cannot read {folder}: {error.strerror or error}.") from error
        return _read(folder, tuple((state.st_mtime_ns, state.st_size) for state in states))

    @classmethod
    def read(cls, folder: Path) -> Arrays:
        """The recording in a trial's folder.

        Raises:
            StoreError: There is none, it is damaged, or a newer hpolab has written it.
        """
        arrays = cls.find(folder)
        if arrays is None:
            raise StoreError(
                f"{folder} has no diagnostics; trials have them that were recorded and were "
                "neither cancelled nor failed."
            )
        return arrays

    def __contains__(self, key: str) -> bool:
        return key in self._index

    def __getitem__(self, key: str) -> NDArray[Any]:
        """One array.

        Raises:
            StoreError: The recording has none of that name, or it is damaged.
        """
        if key not in self._unpacked:
            self._unpacked[key] = self._unpack(key)
        return self._unpacked[key]

    def what(self, key: str) -> str:
        """What the numbers of an array are, in words."""
        return str(self._index.get(key, {}).get("what", ""))

    def labels(self, key: str) -> tuple[str, ...]:
        """Names along the last axis of an array; () where its places have none."""
        return tuple(map(str, self._index.get(key, {}).get("labels", ())))

    def weight_names(self, key: str) -> tuple[str, ...]:
        """Labels that are names of weights, without the cell inside a recurrent layer."""
        return tuple(without_cell(label) for label in self.labels(key))

    def shape(self, key: str) -> tuple[int, ...]:
        """The shape of an array that has not been unpacked; () of one that is not there."""
        return tuple(self._index.get(key, {}).get("shape", ()))

    def parts(self, what: str) -> tuple[str, ...]:
        """What follows ``what/`` in the keys that start so, in order: layers, or their weights."""
        parts = [key[len(what) + 1 :] for key in self._index if key.startswith(f"{what}/")]
        return tuple(part for part in parts if part.rpartition("/")[2] not in _SIDE_ARRAYS)

    def _unpack(self, key: str) -> NDArray[Any]:
        path = self.folder / ARRAYS
        if key not in self._index:
            raise StoreError(f"{path} holds no {key!r}: this trial has recorded none.")
        try:
            array: NDArray[Any] = self._archive[key]
            expected = tuple(self._index[key]["shape"])
        except (KeyError, TypeError, ValueError, OSError, EOFError) as error:
            raise _damaged(path, error) from error
        except (zipfile.BadZipFile, zlib.error) as error:
            raise _damaged(path, error) from error
        if array.shape != expected:
            raise _damaged(path, f"{key} has shape {array.shape}, not {expected}")
        array.flags.writeable = False
        return array


def without_cell(weight: str) -> str:
    """A weight's name without the cell that Keras keeps it in: "lstm1/lstm_cell/kernel"."""
    return "/".join(part for part in weight.split("/") if not part.endswith("_cell"))


@lru_cache(maxsize=4)
def _read(folder: Path, stamp: tuple[tuple[int, int], ...]) -> Arrays:  # noqa: ARG001 - a new file is read anew
    path = folder / INDEX
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        archive = (folder / ARRAYS).read_bytes()
    except OSError as error:
        raise StoreError(f"cannot read {path}: {error.strerror or error}.") from error
    except ValueError as error:
        raise _damaged(path, error) from error
    if not isinstance(content, dict) or not isinstance(content.get("format"), int):
        raise _damaged(path, "it names no format")
    if content["format"] > FORMAT:
        raise StoreError(
            f"{path} has format {content['format']}, this hpolab reads up to {FORMAT}; "
            "update hpolab to look at it."
        )
    entries = content.get("arrays")
    if not isinstance(entries, dict) or not all(isinstance(e, dict) for e in entries.values()):
        raise _damaged(path, "it lists no arrays")
    return Arrays(folder, entries, archive)


def _damaged(path: Path, cause: object) -> StoreError:
    return StoreError(
        f"{path} is damaged ({cause}); its trial keeps its scores, but cannot be looked into."
    )
