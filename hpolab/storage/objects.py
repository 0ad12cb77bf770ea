"""Where remote workers leave files: an object store, be it S3 or a folder that all can see."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Protocol

from pydantic import Field, field_validator

from hpolab.errors import ConfigError, ObjectError
from hpolab.frozen import Frozen

__all__ = [
    "FolderStore",
    "ObjectStore",
    "Parcel",
    "arriving",
    "check_key",
    "describe",
]

_KEY_BYTES = 1000


class Parcel(Frozen):
    """What an object is called, and what it must be when it comes back.

    Attributes:
        key: Its name in the store, with slashes, as in "hpolab/fashion/0007-1-5f0c.zip".
        sha256: Of its content, 64 hexadecimal digits.
        size: Of its content, in bytes.
    """

    key: str
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    size: int = Field(ge=0)

    @field_validator("key")
    @classmethod
    def _stays_inside(cls, key: str) -> str:
        check_key(key)
        return key


class ObjectStore(Protocol):
    """Keeps files under keys. What it does not give back as it was, it does not give back."""

    def upload(self, file: Path, key: str) -> Parcel:
        """Store a file; an object of that key is replaced, in one step.

        Raises:
            ObjectError: The store does not take it; says why and what to do.
            ConfigError: The key cannot be one.
        """
        ...

    def download(self, parcel: Parcel, file: Path) -> None:
        """Fetch an object; the file appears when it is whole and its checksum is right.

        Raises:
            ObjectError: It is missing, altered, or the store does not give it; says which.
        """
        ...

    def holds(self, parcel: Parcel) -> bool:
        """Whether this very object is there already.

        Raises:
            ObjectError: The store does not say.
        """
        ...

    def delete(self, key: str) -> None:
        """Remove an object, if it is there.

        Raises:
            ObjectError: The store does not do it.
        """
        ...


class FolderStore:
    """Objects as files under a folder: a network volume, which S3 clients see as a bucket."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def upload(self, file: Path, key: str) -> Parcel:
        """Copy a file to where its key says."""
        parcel = describe(file, key)
        self._copy(file, self._path(key), parcel)
        return parcel

    def download(self, parcel: Parcel, file: Path) -> None:
        """Copy an object from where its key says."""
        source = self._path(parcel.key)
        if not source.is_file():
            raise ObjectError(f"{parcel.key} is not on the volume {self._folder}.")
        self._copy(source, file, parcel)

    def holds(self, parcel: Parcel) -> bool:
        """Whether the file is there and is the same."""
        path = self._path(parcel.key)
        return path.is_file() and describe(path, parcel.key) == parcel

    def delete(self, key: str) -> None:
        """Remove the file."""
        try:
            self._path(key).unlink(missing_ok=True)
        except OSError as error:
            raise ObjectError(
                f"{key} cannot be removed from {self._folder}: {error.strerror or error}."
            ) from error

    def _path(self, key: str) -> Path:
        check_key(key)
        return self._folder / key

    def _copy(self, source: Path, target: Path, parcel: Parcel) -> None:
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with arriving(target) as temporary:
                shutil.copyfile(source, temporary)
                if describe(temporary, parcel.key) != parcel:
                    raise ObjectError(
                        f"{parcel.key} is not what was stored: its size or checksum differs."
                    )
        except ObjectError:
            raise
        except OSError as error:
            raise ObjectError(
                f"{parcel.key} cannot be copied to {target.parent}: {error.strerror or error}. "
                "Is the volume full?"
            ) from error


def describe(file: Path, key: str) -> Parcel:
    """What a file is when it is stored under a key."""
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        return Parcel(key=key, sha256=digest, size=stream.tell())


@contextmanager
def arriving(file: Path) -> Iterator[Path]:
    """A path to write to meanwhile; what is there at the end of the block becomes the file."""
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name[:100]}.")
    temporary = Path(name)
    try:
        os.close(handle)
        yield temporary
        temporary.chmod(0o644)
        temporary.replace(file)
    finally:
        temporary.unlink(missing_ok=True)


def check_key(key: str) -> None:
    """Refuse a key that is no relative path downwards: on a volume keys are paths.

    Raises:
        ConfigError: It is none.
    """
    path = PurePosixPath(key)
    is_plain = str(path) == key and not path.is_absolute() and ".." not in path.parts
    is_plain = is_plain and key != "." and key.isprintable() and "\\" not in key
    if not is_plain or len(key.encode(errors="replace")) > _KEY_BYTES:
        shown = repr(key if len(key) <= 80 else key[:77] + "...")
        raise ConfigError(f"{shown} cannot be the key of an object; use a path like a/b.zip.")


if TYPE_CHECKING:
    _: ObjectStore = FolderStore(Path())
