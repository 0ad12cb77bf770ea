"""Decoded, split arrays on disk: written once, then memory-mapped by every worker.

An entry is a folder of .npy files and ``meta.json``. It is filled under a temporary name and then
renamed, so that it is complete or absent, whoever else writes the same one at the same moment.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import shutil
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hpolab.data.dataset import Dataset, Part
from hpolab.data.sequences import Sequences
from hpolab.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from hpolab.data.dataset import Kind

__all__ = ["fingerprint", "fingerprint_of", "move_entry", "open_entry", "write_entry"]

_log = logging.getLogger(__name__)
_PARTS = ("train", "validation", "test")
_TRIES = 20
_NEW = ".new-"
_DAY_SECONDS = 86_400
_META, _VOCABULARY = "meta.json", "vocabulary.json"


def fingerprint(parts: Mapping[str, Part]) -> str:
    """16 hexadecimal digits of SHA-256 over every array, in the machine-independent byte order."""
    digest = hashlib.sha256()
    for file, array in _arrays(parts).items():
        little = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
        digest.update(f"{file} {little.dtype.str} {little.shape}\n".encode())
        digest.update(little.data)
    return digest.hexdigest()[:16]


def fingerprint_of(folder: Path) -> str:
    """Of the arrays that an entry holds, whatever it says of itself; "" when it is none."""
    dataset = open_entry(folder)
    if dataset is None:
        return ""
    return fingerprint({name: getattr(dataset, name) for name in _PARTS})


def _arrays(parts: Mapping[str, Part]) -> dict[str, NDArray[Any]]:
    """The arrays of all parts by file name."""
    arrays: dict[str, NDArray[Any]] = {}
    for name in _PARTS:
        x = parts[name].x
        if isinstance(x, Sequences):
            arrays |= {f"{name}-tokens.npy": x.tokens, f"{name}-offsets.npy": x.offsets}
        else:
            arrays[f"{name}-x.npy"] = x
        arrays[f"{name}-y.npy"] = parts[name].y
    return arrays


def open_entry(folder: Path) -> Dataset | None:
    """The data set of a cache entry, memory-mapped; None when it is absent or damaged."""
    try:
        return _open(folder)
    except FileNotFoundError:
        if folder.exists():
            _log.warning("cache entry %s lacks a file; it is built again", folder)
    except (OSError, ValueError, KeyError, TypeError) as error:
        _log.warning("cache entry %s is damaged (%s); it is built again", folder, error)
    return None


def _open(folder: Path) -> Dataset:
    meta = json.loads((folder / _META).read_text(encoding="utf-8"))
    for file, size in meta["files"].items():
        found = (folder / file).stat().st_size
        if found != size:
            raise DataError(f"{file} has {found} bytes instead of {size}")
    parts = {name: _open_part(folder, name, meta) for name in _PARTS}
    return Dataset(
        name=meta["name"],
        kind=meta["kind"],
        classes=tuple(meta["classes"]),
        fingerprint=meta["fingerprint"],
        vocabulary=folder / _VOCABULARY if _VOCABULARY in meta["files"] else None,
        **parts,
    )


def _open_part(folder: Path, name: str, meta: Mapping[str, Any]) -> Part:
    def mapped(what: str) -> NDArray[Any]:
        array: NDArray[Any] = np.load(folder / f"{name}-{what}.npy", mmap_mode="r")
        return array

    if meta["kind"] == "image":
        return Part(mapped("x"), mapped("y"))
    return Part(Sequences(mapped("tokens"), mapped("offsets"), meta["known"]), mapped("y"))


def write_entry(
    folder: Path,
    *,
    name: str,
    kind: Kind,
    classes: tuple[str, ...],
    parts: Mapping[str, Part],
    words: tuple[str, ...] = (),
) -> Dataset:
    """Write an entry, unless another process was faster, and open it.

    Raises:
        DataError: The cache folder cannot be written.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _sweep(folder.parent)
        with tempfile.TemporaryDirectory(
            dir=folder.parent, prefix=_NEW, ignore_cleanup_errors=True
        ) as temporary:
            new = Path(temporary) / "entry"
            new.mkdir()
            _fill(new, name=name, kind=kind, classes=classes, parts=parts, words=words)
            move_entry(new, folder)
    except OSError as error:
        raise DataError(
            f"the cache of decoded data cannot be written to {folder.parent}: {error}. "
            "Make room there, or name another folder in HPOLAB_CACHE_DIR."
        ) from error
    for _ in range(_TRIES):
        dataset = open_entry(folder)
        if dataset is not None:
            return dataset
        time.sleep(0.05)  # another process that found the damaged entry may be swapping it too
    raise DataError(f"the cache entry {folder} is damaged right after writing; is the disk full?")


def _sweep(cache: Path) -> None:
    """Remove what a process that was killed while writing left behind."""
    for left in cache.glob(f"{_NEW}*"):
        with contextlib.suppress(FileNotFoundError):
            if time.time() - left.stat().st_mtime > _DAY_SECONDS:
                shutil.rmtree(left, ignore_errors=True)


def _fill(
    folder: Path,
    *,
    name: str,
    kind: Kind,
    classes: tuple[str, ...],
    parts: Mapping[str, Part],
    words: tuple[str, ...],
) -> None:
    for file, array in _arrays(parts).items():
        np.save(folder / file, array)
    if words:
        (folder / _VOCABULARY).write_text(json.dumps(words), encoding="utf-8")
    x = parts["train"].x
    meta = {
        "name": name,
        "kind": kind,
        "classes": classes,
        "fingerprint": fingerprint(parts),
        "known": x.known if isinstance(x, Sequences) else None,
        "files": {path.name: path.stat().st_size for path in sorted(folder.iterdir())},
    }
    (folder / _META).write_text(json.dumps(meta), encoding="utf-8")


def move_entry(new: Path, folder: Path) -> None:
    """Give the new entry its name; a damaged one there moves aside, a good one stays."""
    if folder.exists() and open_entry(folder) is None:
        # renamed before it is removed: other processes may have its files mapped
        aside = new.parent / "damaged"
        with contextlib.suppress(FileNotFoundError):  # another process did the same
            folder.rename(aside)
            shutil.rmtree(aside, ignore_errors=True)
    try:
        new.rename(folder)
    except OSError:
        if open_entry(folder) is None:
            raise
