"""Which reader reads what: the one place where the name of a data set meets its files."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from hpolab.data.arrays import kind_of_file, read_arrays
from hpolab.data.download import fetch, warn_if_altered
from hpolab.data.folder import list_images, read_images
from hpolab.data.gtsrb import files_of, read_gtsrb
from hpolab.data.images import read_cifar, read_digits, read_fashion_mnist, read_npz_images
from hpolab.data.known import KNOWN, OWN, check_name
from hpolab.data.locate import directories, find
from hpolab.data.tables import check_table, read_table
from hpolab.data.texts import read_digits_text, read_text_set
from hpolab.errors import ConfigError, DataError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hpolab.data.dataset import Kind, Raw
    from hpolab.data.locate import Found
    from hpolab.trial import DatasetSpec

__all__ = ["Source", "check", "kind_of", "source_of"]


@dataclass(frozen=True, slots=True)
class Source:
    """Found, but not yet read.

    Attributes:
        kind: "image" or "text".
        files: Whose change makes the cached arrays outdated.
        read: Decodes them.
    """

    kind: Kind
    files: tuple[Path, ...]
    read: Callable[[], Raw]


def source_of(spec: DatasetSpec) -> Source:
    """Where the data of a spec come from; a known data set that is on no disk is downloaded.

    Raises:
        DataError: The name is unknown, or the data are missing.
        ConfigError: ``path`` is given for a known data set, or lacks for the user's own.
    """
    if spec.name in OWN:
        return _own(spec)
    check(spec)
    return _known(spec)


def check(spec: DatasetSpec) -> None:
    """Find out what is wrong with a spec without decoding or downloading anything.

    Raises:
        DataError: The name is unknown, or a path is missing or is not what it should be.
        ConfigError: ``path`` is given for a known data set, or lacks for the user's own.
    """
    check_name(spec.name)
    if spec.name in OWN:
        _own(spec)
    elif spec.path is not None:
        raise ConfigError(
            f"{spec.name!r} is a known data set and needs no path; remove it, or choose images, "
            "texts or arrays for your own data. Where known files lie is the `directory`.",
            field="path",
        )
    elif KNOWN[spec.name].remotes:
        directories(spec.directory)


def kind_of(spec: DatasetSpec) -> Kind:
    """Whether the data are images or texts, without loading them.

    Raises:
        DataError: The name is unknown, or the user's file is missing or damaged.
        ConfigError: The user's own data have no path.
    """
    check_name(spec.name)
    return _own(spec).kind if spec.name in OWN else KNOWN[spec.name].kind


def _own(spec: DatasetSpec) -> Source:
    if spec.path is None:
        raise ConfigError(f"{spec.name!r} needs the path of your data.", field="path")
    path = spec.path.expanduser().resolve()
    if spec.name == "images":
        images = list_images(path)
        files = tuple(file for paths in images.values() for file in paths)
        return Source("image", files, partial(read_images, images))
    if spec.name == "texts":
        check_table(path)
        return Source("text", (path,), partial(read_table, path))
    return Source(kind_of_file(path), (path,), partial(read_arrays, path))


def _known(spec: DatasetSpec) -> Source:
    if spec.name == "digits":
        return Source("image", (), read_digits)
    if spec.name == "digits_text":
        return Source("text", (), read_digits_text)
    found = find(spec.name, spec.directory) or _fetched(spec)
    files = files_of(found) if spec.name == "gtsrb" else found.paths
    beside = (found.beside,) if found.beside else ()
    return Source(KNOWN[spec.name].kind, (*files, *beside), partial(_read, spec.name, found))


def _fetched(spec: DatasetSpec) -> Found:
    searched = ", ".join(str(path) for path in directories(spec.directory))
    try:
        folder = fetch(spec.name)
    except DataError as error:
        raise DataError(f"{spec.name} is in none of {searched}, and {error}") from error
    found = find(spec.name, folder)
    assert found is not None, "what is fetched is one of the layouts"
    return found


def _read(name: str, found: Found) -> Raw:
    for path in found.paths:
        if path.is_file():
            warn_if_altered(name, path)
    if KNOWN[name].kind == "text":
        return read_text_set(name, found)
    if name == "gtsrb":
        return read_gtsrb(found)
    if name == "fashion_mnist":
        return read_fashion_mnist(found)
    if name in ("cifar10", "cifar100"):
        return read_cifar(name, found)
    return read_npz_images(name, found.paths[0])
