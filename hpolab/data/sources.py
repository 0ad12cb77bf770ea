"""Which reader reads what: the one place where the name of a data set meets its files."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from hpolab.data.download import fetch, warn_if_altered
from hpolab.data.images import read_cifar, read_digits, read_fashion_mnist, read_npz_images
from hpolab.data.known import KNOWN, check_name
from hpolab.data.locate import directories, find
from hpolab.data.texts import read_text_set
from hpolab.errors import ConfigError, DataError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hpolab.data.dataset import Kind, Raw
    from hpolab.data.locate import Found
    from hpolab.trial import DatasetSpec

__all__ = ["Source", "source_of"]


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


def source_of(spec: DatasetSpec, *, download: bool = True) -> Source:
    """Where the data of a spec come from.

    Args:
        spec: Which data.
        download: Whether to download a known data set that is on no disk.

    Raises:
        DataError: The name is unknown, or the data are missing.
        ConfigError: ``path`` is given for a known data set, or lacks for the user's own.
    """
    check_name(spec.name)
    known = KNOWN[spec.name]
    if spec.path is not None:
        raise ConfigError(
            f"{spec.name!r} is a known data set and needs no path; remove it, or choose images, "
            "texts or arrays for your own data. Where known files lie is the `directory`.",
            field="path",
        )
    if spec.name == "digits":
        return Source("image", (), read_digits)
    found = find(spec.name, spec.directory)
    if found is None and download:
        fetch(spec.name)
        found = find(spec.name, spec.directory)
    if found is None:
        return Source(known.kind, (), lambda: _nothing(spec))
    files = found.paths if found.beside is None else (*found.paths, found.beside)
    return Source(known.kind, files, partial(_read_known, spec.name, found))


def _nothing(spec: DatasetSpec) -> Raw:
    searched = ", ".join(str(path) for path in directories(spec.directory))
    raise DataError(
        f"{spec.name}: its files are in none of {searched}. Put them there, name their directory "
        f"in HPOLAB_DATA_DIR, or run `hpolab datasets fetch {spec.name}`."
    )


def _read_known(name: str, found: Found) -> Raw:
    for path in found.paths:
        if path.is_file():
            warn_if_altered(name, path)
    if KNOWN[name].kind == "text":
        return read_text_set(name, found)
    if name == "fashion_mnist":
        return read_fashion_mnist(found)
    if name in ("cifar10", "cifar100"):
        return read_cifar(name, found)
    return read_npz_images(name, found.paths[0])
