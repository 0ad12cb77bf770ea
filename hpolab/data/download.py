"""Downloads that show progress, give up when they stand still, and leave no half file behind."""

from __future__ import annotations

import hashlib
import http.client
import logging
import os
import tempfile
import urllib.error
import urllib.request
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, TYPE_CHECKING

from hpolab.data.known import KNOWN, OWN, check_name
from hpolab.data.locate import keras_directory
from hpolab.errors import DataError
from hpolab.settings import settings
from hpolab.storage.lock import in_turn

if TYPE_CHECKING:
    from collections.abc import Callable

    from hpolab.data.known import Remote

__all__ = ["Progress", "fetch", "warn_if_altered"]

_log = logging.getLogger(__name__)
_CHUNK = 1 << 18


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a download is.

    Attributes:
        file: Which file of the data set.
        n_bytes: Received so far.
        total_bytes: The file's size.
    """

    file: str
    n_bytes: int
    total_bytes: int


def fetch(
    name: str,
    directory: Path | None = None,
    *,
    on_progress: Callable[[Progress], None] | None = None,
    timeout: float | None = None,
) -> Path:
    """Download a known data set, except the files that are there already.

    Args:
        name: Which.
        directory: Where to, made when absent; Keras' cache when not given.
        on_progress: Called after every chunk.
        timeout: Seconds that the server may stay silent; the machine's setting when not given.

    Returns:
        The directory. It holds each file whole or not at all.

    Raises:
        DataError: The data set needs no download, or the download is impossible; says why.
    """
    remotes = _remotes(name)
    folder = directory.expanduser() if directory else keras_directory()
    seconds = settings().download_timeout_seconds if timeout is None else timeout
    if all((folder / remote.file).exists() for remote in remotes):
        return folder
    lock = settings().cache_dir.expanduser() / "locks" / f"{name}.lock"
    with in_turn(lock):  # one process of many downloads
        _complete(name, folder, on_progress=on_progress or (lambda _: None), seconds=seconds)
    return folder


def _complete(
    name: str, folder: Path, *, on_progress: Callable[[Progress], None], seconds: float
) -> None:
    """Download the files that are missing."""
    for remote in _remotes(name):
        target = folder / remote.file
        if target.exists():
            continue
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            _download(remote, target, on_progress, seconds)
        except (OSError, http.client.HTTPException) as error:
            raise DataError(
                f"{name}: {remote.url} cannot be downloaded to {target} "
                f"({_reason(error, seconds)}). Put that file there by other means, or name the "
                "directory that has it in HPOLAB_DATA_DIR."
            ) from error


def _remotes(name: str) -> tuple[Remote, ...]:
    check_name(name)
    if name in OWN or not KNOWN[name].remotes:
        why = "is the user's own data" if name in OWN else "comes with scikit-learn"
        raise DataError(f"{name!r} {why}; there is nothing to fetch.")
    return KNOWN[name].remotes


def _reason(error: Exception, timeout: float) -> str:
    """Why a download failed, in words."""
    if isinstance(error, urllib.error.HTTPError):
        error.close()  # it holds the connection
        return f"the server answers {error.code} {error.reason}"
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(cause, TimeoutError):
        return f"the server was silent for {timeout:g} seconds"
    return str(cause) or type(cause).__name__


def _download(
    remote: Remote, target: Path, on_progress: Callable[[Progress], None], timeout: float
) -> None:
    """One file, under a temporary name until it is whole and its checksum is right."""
    _log.info("downloading %s (%.1f MB)", remote.url, remote.n_bytes / 1e6)
    descriptor, temporary = tempfile.mkstemp(
        dir=target.parent, prefix=f".{target.name}-", suffix=".part"
    )
    try:
        with os.fdopen(descriptor, "wb") as file:
            _receive(remote, file, on_progress, timeout)
        if not matches(Path(temporary), remote.digest):
            raise OSError("what arrived is not the published file: its checksum differs")
        Path(temporary).chmod(0o644)  # mkstemp makes files that only their owner may read
        Path(temporary).replace(target)
    finally:
        Path(temporary).unlink(missing_ok=True)


def _receive(
    remote: Remote, file: IO[bytes], on_progress: Callable[[Progress], None], timeout: float
) -> None:
    request = urllib.request.Request(remote.url, headers={"User-Agent": "hpolab"})
    with urllib.request.urlopen(request, timeout=timeout) as response:
        total = int(response.headers.get("Content-Length") or remote.n_bytes)
        received = 0
        while chunk := response.read1(_CHUNK):
            file.write(chunk)
            received += len(chunk)
            on_progress(Progress(remote.file, received, total))
    if received != total:
        raise OSError(f"the connection ended after {received} of {total} bytes")


def matches(path: Path, digest: str) -> bool:
    """Whether a file has the checksum "algorithm:hex digits"; any file has the checksum ""."""
    if not digest:
        return True
    algorithm, _, wanted = digest.partition(":")
    with path.open("rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest() == wanted


@cache
def warn_if_altered(name: str, path: Path) -> None:
    """Say once when a file differs from the published one; it is used all the same."""
    for remote in KNOWN[name].remotes:
        if Path(remote.file).name == path.name and not matches(path, remote.digest):
            _log.warning(
                "%s is not the published file of %s (its checksum differs); it is used as it is",
                path,
                name,
            )
