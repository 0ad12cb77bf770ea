"""ZIP archives of folders: packed in one step, unpacked without trusting them."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from hpolab.errors import StoreError
from hpolab.storage.files import storing

__all__ = ["pack", "unpack"]

MAX_BYTES = 8 * 2**30
MAX_FILES = 200_000

_CHUNK_BYTES = 2**20
_ENCRYPTED = 0x1
_TIMELESS = (1980, 1, 1, 0, 0, 0)  # the earliest a ZIP can hold


def pack(path: Path, files: Mapping[str, Path | bytes]) -> None:
    """Write a ZIP in one step: whoever looks sees the old file or the whole new one.

    Args:
        path: Of the archive.
        files: What goes into it by its name there, slashes between folders: a file to be read,
            or the content itself. Entries are in the order of their names, without dates, so
            that equal files give equal archives. A file that has vanished meanwhile is left out.

    Raises:
        StoreError: A file cannot be read, or the archive cannot be written.
    """
    with storing(path):
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                with zipfile.ZipFile(file, "w") as archive:
                    for entry in sorted(files):
                        _add(archive, entry, files[entry])
                file.flush()
                os.fsync(file.fileno())
            temporary.chmod(0o644)
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


def unpack(
    path: Path, into: Path, *, max_bytes: int = MAX_BYTES, max_files: int = MAX_FILES
) -> Path:
    """Unpack a ZIP that may come from anyone into a new folder, or leave nothing behind.

    Only plain files with relative names are accepted. When everything in the archive lies in one
    folder, as in those of ``export_zip``, its content goes straight into ``into``.

    Args:
        path: The archive.
        into: The folder to make; it must not exist yet, or be empty.
        max_bytes: Of all files together, unpacked.
        max_files: How many entries, folders included.

    Returns:
        ``into``.

    Raises:
        StoreError: The file is no ZIP, is damaged, holds what it must not or too much, or the
            folder cannot be written.
    """
    if into.exists() and (not into.is_dir() or any(into.iterdir())):
        raise StoreError(f"{into} exists already; choose another folder to unpack into.")
    try:
        with path.open("rb") as file, zipfile.ZipFile(file) as archive:
            entries = _checked(path, archive.infolist(), max_bytes=max_bytes, max_files=max_files)
            _unpack_all(path, archive, entries, into, max_bytes)
    except StoreError:
        raise
    except OSError as error:
        raise StoreError(f"cannot unpack {path}: {error.strerror or error}") from error
    except (
        zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError
    ) as error:  # fmt: skip
        why = str(error) or type(error).__name__
        raise StoreError(f"{path} is not a ZIP, or is damaged ({why}); get it again.") from error
    return into


def _add(archive: zipfile.ZipFile, name: str, content: Path | bytes) -> None:
    info = zipfile.ZipInfo(name, _TIMELESS)
    info.external_attr = (stat.S_IFREG | 0o644) << 16
    info.compress_type = zipfile.ZIP_DEFLATED
    if isinstance(content, bytes):
        archive.writestr(info, content)
        return
    try:
        source = content.open("rb")
    except FileNotFoundError:
        return
    with source:
        info.file_size = os.fstat(source.fileno()).st_size  # beyond 4 GB the form is another
        with archive.open(info, "w") as target:
            shutil.copyfileobj(source, target, _CHUNK_BYTES)


def _checked(
    path: Path, infos: list[zipfile.ZipInfo], *, max_bytes: int, max_files: int
) -> list[tuple[zipfile.ZipInfo, PurePosixPath]]:
    """The files of an archive with their names under the new folder.

    What it says of itself is checked here, before anything is written.
    """
    if len(infos) > max_files:
        raise StoreError(
            f"{path} holds {len(infos):,} entries; at most {max_files:,} are allowed."
        )
    if (total := sum(info.file_size for info in infos)) > max_bytes:
        raise StoreError(f"{path} unpacks to {total:,} bytes; at most {max_bytes:,} are allowed.")
    names = {info: _safe_name(path, info) for info in infos}
    files = [(info, name) for info, name in names.items() if not info.is_dir()]
    if len({_as_compared(name) for _, name in files}) < len(files):
        raise StoreError(f"{path} holds two files of the same name; it is refused.")
    tops = {name.parts[0] for name in names.values()}
    if len(tops) == 1 and all(len(name.parts) > 1 for _, name in files):
        return [(info, PurePosixPath(*name.parts[1:])) for info, name in files]
    return files


def _as_compared(name: PurePosixPath) -> str:
    """One spelling for all that some file system takes for the same name."""
    return unicodedata.normalize("NFC", str(name)).casefold()


def _safe_name(path: Path, info: zipfile.ZipInfo) -> PurePosixPath:
    """Where an entry would go, relative to the new folder.

    Raises:
        StoreError: It would leave the folder, or is a link, a device, or encrypted.
    """
    name = PurePosixPath(info.filename)
    kind = stat.S_IFMT(info.external_attr >> 16)
    is_odd = any(character in info.orig_filename for character in ("\\", ":", "\0"))
    if name.is_absolute() or ".." in name.parts or not name.parts or is_odd:
        raise StoreError(f"{path} holds the unsafe name {info.orig_filename!r}; it is refused.")
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise StoreError(f"{path} holds a link or a device, {info.filename!r}; it is refused.")
    if info.flag_bits & _ENCRYPTED:
        raise StoreError(f"{path} is encrypted ({info.filename!r}); decrypt it first.")
    return name


def _unpack_all(
    path: Path,
    archive: zipfile.ZipFile,
    entries: Iterable[tuple[zipfile.ZipInfo, PurePosixPath]],
    into: Path,
    max_bytes: int,
) -> None:
    """Write every file under a temporary name, then rename the whole folder."""
    into.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(dir=into.parent, prefix=f".{into.name}."))
    try:
        left = max_bytes
        for info, name in entries:
            target = temporary / name
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(info) as source, target.open("xb") as file:
                while chunk := source.read(_CHUNK_BYTES):
                    left -= len(chunk)
                    if left < 0:
                        raise StoreError(f"{path} unpacks to more than {max_bytes:,} bytes.")
                    file.write(chunk)
        temporary.chmod(0o755)
        temporary.replace(into)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
