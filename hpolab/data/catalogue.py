"""What data sets there are, and which of them are on this machine."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hpolab.data.known import KNOWN
from hpolab.data.locate import find
from hpolab.data.pickles import npz_headers
from hpolab.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

    from hpolab.data.dataset import Kind

__all__ = ["DatasetInfo", "catalogue"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetInfo:
    """One data set for a list.

    Attributes:
        name, title, kind: What it is.
        n_classes: How many classes.
        shape: Of one image; () for texts.
        n_train, n_test: Examples in the files that are here, or in the full set.
        is_here: Whether it can be loaded without the network.
        where: The first of its files; None when it is bundled or not here.
        n_bytes: Size of its files here; 0 when bundled or not here.
        download_bytes: What a download would fetch; 0 when bundled.
        problem: What is wrong with the files here; "" when nothing was noticed.
    """

    name: str
    title: str
    kind: Kind
    n_classes: int
    shape: tuple[int, ...]
    n_train: int
    n_test: int
    is_here: bool
    where: Path | None
    n_bytes: int
    download_bytes: int
    problem: str = ""


def catalogue(directory: Path | None = None) -> list[DatasetInfo]:
    """All known data sets, and where their files are.

    Args:
        directory: Looked into before the machine's data directory and Keras' cache.

    Raises:
        DataError: The directory is not there.
    """
    return [_info(name, directory) for name in KNOWN]


def _info(name: str, directory: Path | None) -> DatasetInfo:
    known = KNOWN[name]
    info = DatasetInfo(
        name=name,
        title=known.title,
        kind=known.kind,
        n_classes=len(known.classes),
        shape=known.shape,
        n_train=known.n_train,
        n_test=known.n_test,
        is_here=not known.remotes,
        where=None,
        n_bytes=0,
        download_bytes=sum(remote.n_bytes for remote in known.remotes),
    )
    found = find(name, directory) if known.remotes else None
    if found is None:
        return info
    path = found.paths[0]
    n_bytes = sum(_size(path) for path in (*found.paths, found.beside) if path)
    info = replace(info, is_here=True, where=path, n_bytes=n_bytes)
    return _counted(info, path) if path.suffix == ".npz" else info


def _counted(info: DatasetInfo, path: Path) -> DatasetInfo:
    """With the number of examples, which a subset has fewer of, from the arrays' headers."""
    try:
        headers = npz_headers(path)
    except DataError as error:
        return replace(info, is_here=False, problem=str(error))
    train = headers.get("y_train") or headers.get("y")
    test = headers.get("y_test")
    return replace(
        info, n_train=train.shape[0] if train else 0, n_test=test.shape[0] if test else 0
    )


def _size(path: Path) -> int:
    if path.is_dir():
        return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    return path.stat().st_size
