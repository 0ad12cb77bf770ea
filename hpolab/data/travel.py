"""Data that a worker elsewhere cannot find by name: sent once, as decoded arrays, never pickles.

What travels is the cache entry that training maps, as one ZIP; an entry that has arrived is known
by its fingerprint, computed anew from its arrays.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from hpolab.data.cache import fingerprint_of, move_entry, open_entry
from hpolab.data.known import OWN
from hpolab.data.loading import ENTRY, entry
from hpolab.data.locate import find, keras_directory
from hpolab.errors import DataError
from hpolab.settings import settings
from hpolab.storage import archive
from hpolab.storage.objects import describe

if TYPE_CHECKING:
    from hpolab.storage.objects import ObjectStore, Parcel
    from hpolab.trial import DatasetSpec

__all__ = ["is_found_by_name", "pack", "receive", "send", "unpack"]


def is_found_by_name(spec: DatasetSpec) -> bool:
    """Whether any machine finds the same data by their name alone.

    So it is with a known data set that is bundled, or that was downloaded where Keras keeps it;
    one of a directory of the user's own may be another.
    """
    if spec.name in OWN:
        return False
    found = find(spec.name, spec.directory)
    if found is None:  # bundled, or on no disk yet
        return True
    return all(path.is_relative_to(keras_directory().resolve()) for path in found.paths)


def send(spec: DatasetSpec, store: ObjectStore, prefix: str) -> Parcel:
    """Put a data set into an object store, unless it is there: once for each fingerprint.

    Args:
        spec: Which data, and how they are split.
        store: Where workers fetch them.
        prefix: What its key begins with; the rest is the fingerprint.

    Raises:
        DataError: The data cannot be read.
        ObjectError: The store does not take them.
    """
    with tempfile.TemporaryDirectory(prefix="hpolab-data-") as temporary:
        file = Path(temporary) / "data.zip"
        fingerprint = pack(spec, file)
        parcel = describe(file, f"{prefix}/{fingerprint}.zip")
        return parcel if store.holds(parcel) else store.upload(file, parcel.key)


def receive(parcel: Parcel, fingerprint: str, store: ObjectStore) -> Path:
    """Fetch a data set that was sent, unless this machine has it.

    Returns:
        The ``path`` of a DatasetSpec that loads it.

    Raises:
        DataError: What came is not the data set of that fingerprint.
        ObjectError: The store does not give it.
    """
    folder = _place(fingerprint, parcel.sha256)
    if open_entry(folder) is None:
        with tempfile.TemporaryDirectory(prefix="hpolab-data-") as temporary:
            file = Path(temporary) / "data.zip"
            store.download(parcel, file)
            unpack(file, fingerprint, folder)
    return folder


def pack(spec: DatasetSpec, file: Path) -> str:
    """Write the decoded arrays of a data set as one ZIP; equal data give an equal file.

    Returns:
        The fingerprint of the data.

    Raises:
        DataError: The data cannot be read.
        StoreError: The file cannot be written.
    """
    folder = entry(spec)
    dataset = open_entry(folder)
    if dataset is None:
        raise DataError(f"the cache entry {folder} has gone; try again.")
    archive.pack(file, {f"entry/{path.name}": path for path in folder.iterdir()})
    return dataset.fingerprint


def unpack(file: Path, fingerprint: str, folder: Path) -> None:
    """Make a folder of decoded arrays out of a ZIP, if they have the fingerprint.

    Args:
        file: As ``pack`` wrote it, or claims to be.
        fingerprint: What must come out when it is computed from the arrays.
        folder: Where they go; its name must end with ".entry" to be a ``path`` of a DatasetSpec.

    Raises:
        DataError: It is no such ZIP, has another fingerprint, or the folder cannot be written.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".new-") as temporary:
            new = archive.unpack(file, Path(temporary) / f"data{ENTRY}")
            found = fingerprint_of(new)
            if found == fingerprint:
                move_entry(new, folder)
    except OSError as error:  # a StoreError too
        raise DataError(f"the data that were sent cannot be unpacked: {error}") from error
    if found != fingerprint:
        raise DataError(
            f"the data that came have the fingerprint {found or 'of none'} instead of "
            f"{fingerprint}; they were not used."
        )


def _place(fingerprint: str, sha256: str) -> Path:
    """Class names and words are no part of a fingerprint, but of the checksum."""
    return settings().cache_dir.expanduser() / f"sent-{fingerprint}-{sha256[:8]}{ENTRY}"
