"""The German Traffic Sign Recognition Benchmark: the official folders or archives, or an .npz.

Stallkamp et al., "Man vs. computer: Benchmarking machine learning algorithms for traffic sign
recognition", Neural Networks 32, 2012. A sign was filmed while driving by: its frames, a *track*,
are near duplicates, so a track must not lie in the training and in the validation part.
"""

from __future__ import annotations

import csv
import io
import logging
import re
import zipfile
import zlib
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from hpolab.data.images import raw_images, train_and_test
from hpolab.data.known import KNOWN
from hpolab.data.pickles import read_npz
from hpolab.data.pictures import decode
from hpolab.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from numpy.typing import NDArray

    from hpolab.data.dataset import Raw
    from hpolab.data.locate import Found

__all__ = ["files_of", "read_gtsrb"]

_log = logging.getLogger(__name__)
_CLASS_TABLE = re.compile(r"Final_Training/Images/\d+/GT-\d+\.csv$")
_TEST_TABLE = re.compile(r"(^|/)GT-final_test\.csv$")
_TEST_IMAGE = re.compile(r"Final_Test/Images/[^/]+\.ppm$")


class _Tree:
    """Files by their path below GTSRB/, in a folder or in one or more zip archives."""

    def __init__(self) -> None:
        self._readers: dict[str, Callable[[], bytes]] = {}

    def add_folder(self, root: Path) -> None:
        for path in root.rglob("*.*"):
            self._readers[path.relative_to(root).as_posix()] = path.read_bytes
        # the labels of the test part come in an archive of their own, without a folder
        for path in root.parent.glob("GT-final_test.csv"):
            self._readers.setdefault(path.name, path.read_bytes)

    def add_zip(self, archive: zipfile.ZipFile) -> None:
        for name in archive.namelist():
            self._readers[name.removeprefix("GTSRB/")] = partial(archive.read, name)

    def matching(self, pattern: re.Pattern[str]) -> list[str]:
        return sorted(name for name in self._readers if pattern.search(name))

    def read(self, name: str) -> bytes:
        if name not in self._readers:
            raise DataError(f"GTSRB lacks {name}, which its table lists. Unpack it again.")
        return self._readers[name]()


def files_of(found: Found) -> tuple[Path, ...]:
    """What changes when the data change; for folders their tables and the folders themselves."""
    path = found.paths[0]
    if not path.is_dir():
        return found.paths
    root = path.parent.parent
    tests = (root / "Final_Test/Images", root / "Final_Test/Images/GT-final_test.csv")
    label_files = (root / "GT-final_test.csv", root.parent / "GT-final_test.csv")
    there = [extra for extra in (*tests, *label_files) if extra.exists()]
    return tuple(sorted([path, *path.glob("*"), *path.glob("*/GT-*.csv"), *there]))


def read_gtsrb(found: Found) -> Raw:
    """The signs at 32 x 32 pixels RGB, the whole picture, tracks as groups.

    Raises:
        DataError: Files are missing or damaged; names them.
    """
    path = found.paths[0]
    if path.suffix == ".npz":
        return _read_npz(path)
    with ExitStack() as stack:
        tree = _Tree()
        try:
            if path.is_dir():
                tree.add_folder(path.parent.parent)
            else:
                for zipped in found.paths:
                    tree.add_zip(stack.enter_context(zipfile.ZipFile(zipped)))
            return _read_tree(tree, path)
        except (OSError, zipfile.BadZipFile, zlib.error, RuntimeError) as error:
            raise DataError(f"{path} cannot be read ({error}). Replace it.") from error


def _read_npz(path: Path) -> Raw:
    arrays = read_npz(path)
    train, test = train_and_test(arrays, path)
    files = arrays.get("train_files")
    if files is None or files.shape != (len(train[0]),):
        _log.warning(
            "%s does not say which images belong to one track (train_files), so near duplicates "
            "may lie in training and validation",
            path,
        )
        groups = None
    else:
        groups = _tracks(str(file) for file in files) + len(test[0])
        groups = np.concatenate([groups, np.arange(len(test[0]))])
    return raw_images(train, test, classes=KNOWN["gtsrb"].classes, named=str(path), groups=groups)


def _tracks(files: Iterable[str]) -> NDArray[np.int64]:
    """A number for each file "<class>/<track>_<frame>.ppm", the same for frames of one track."""
    _, numbers = np.unique([file.rpartition("_")[0] for file in files], return_inverse=True)
    return numbers.astype(np.int64)


def _read_tree(tree: _Tree, path: Path) -> Raw:
    tables = tree.matching(_CLASS_TABLE)
    if not tables:
        raise DataError(
            f"{path} lacks the tables Final_Training/Images/<class>/GT-<class>.csv. Unpack the "
            "official archive again."
        )
    train = [row for table in tables for row in _table(tree, table)]
    test = _test_table(tree)
    groups = _tracks([name for name, _ in train]) + len(test)
    return raw_images(
        _pictures(tree, train),
        _pictures(tree, test) if test else None,
        classes=KNOWN["gtsrb"].classes,
        named=str(path),
        groups=np.concatenate([groups, np.arange(len(test))]),
    )


def _test_table(tree: _Tree) -> list[tuple[str, int]]:
    """The official test images and labels; none where only the training part is there."""
    if not tree.matching(_TEST_IMAGE):
        _log.warning("GTSRB's official test images are not there; a share of the rest is held out")
        return []
    tables = tree.matching(_TEST_TABLE)
    if not tables:
        raise DataError(
            "GTSRB's test images are there but not their labels: put GT-final_test.csv (from "
            "GTSRB_Final_Test_GT.zip) beside them, or remove the test images."
        )
    return _table(tree, tables[0], folder="Final_Test/Images")


def _table(tree: _Tree, table: str, *, folder: str = "") -> list[tuple[str, int]]:
    """Path and class of each image in an official table."""
    folder = folder or table.rpartition("/")[0]
    text = tree.read(table).decode("utf-8-sig", errors="replace")
    try:
        return [
            (f"{folder}/{row['Filename']}", int(row["ClassId"]))
            for row in csv.DictReader(io.StringIO(text), delimiter=";")
        ]
    except (KeyError, TypeError, ValueError, csv.Error) as error:
        raise DataError(
            f"GTSRB's {table} must have the columns Filename and ClassId, separated by "
            f"semicolons ({error})."
        ) from error


def _pictures(tree: _Tree, rows: list[tuple[str, int]]) -> tuple[NDArray[np.uint8], NDArray[Any]]:
    height, width, channels = KNOWN["gtsrb"].shape
    x = np.empty((len(rows), height, width, channels), np.uint8)
    for i, (name, _) in enumerate(rows):
        x[i] = decode(tree.read(name), size=(height, width), channels=channels, named=name)
    return x, np.array([label for _, label in rows], np.int64)
