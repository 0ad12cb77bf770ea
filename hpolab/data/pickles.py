"""Arrays out of .npz files and pickles from elsewhere, without running what is in them.

A pickle is a program. The Keras text sets and the CIFAR archives are pickles, so they are read by
an unpickler that knows only the names needed to build an array; any other name is an error.
"""

from __future__ import annotations

import io
import pickle
import zipfile
import zlib
from typing import IO, TYPE_CHECKING, Any, NamedTuple

import numpy as np

from hpolab.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["Header", "npz_headers", "read_npz", "unpickle"]

_ALLOWED = {
    ("numpy", "ndarray"),
    ("numpy", "dtype"),
    ("numpy.core.multiarray", "_reconstruct"),
    ("numpy._core.multiarray", "_reconstruct"),
    ("_codecs", "encode"),  # how Python 3 writes bytes in old protocols
}
_DAMAGED = (
    OSError,
    EOFError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    ImportError,
    MemoryError,
    OverflowError,
    NotImplementedError,  # a zip compression that Python does not know
    RuntimeError,  # an encrypted zip
    pickle.UnpicklingError,
    zipfile.BadZipFile,
    zlib.error,
)


class _ArraysOnly(pickle.Unpickler):
    """Builds lists, numbers, texts and NumPy arrays, nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in _ALLOWED:
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"it wants to use {module}.{name}, which no array needs")


def unpickle(stream: IO[bytes], *, named: str) -> Any:
    """The object of a pickle of arrays; texts of Python 2 come as bytes.

    Args:
        stream: At the start of the pickle.
        named: What to call the file in an error.

    Raises:
        DataError: The pickle is damaged, or asks for anything but an array.
    """
    try:
        return _ArraysOnly(stream, encoding="bytes").load()
    except _DAMAGED as error:
        raise DataError(f"{named} is refused: {error}. Replace the file.") from error


class Header(NamedTuple):
    """Shape and type of an array in a file."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]


def npz_headers(path: Path) -> dict[str, Header]:
    """Shape and type of each array in an .npz file, without reading the arrays.

    Raises:
        DataError: The file is no .npz or is damaged.
    """
    headers = {}
    try:
        with zipfile.ZipFile(path) as archive:
            for member in archive.namelist():
                if member.endswith(".npy"):
                    with archive.open(member) as stream:
                        headers[member.removesuffix(".npy")] = _read_header(stream)
    except _DAMAGED as error:
        raise _unreadable(path, error) from error
    return headers


def read_npz(path: Path) -> dict[str, NDArray[Any]]:
    """All arrays of an .npz file, object arrays among them, by name.

    Raises:
        DataError: The file is no .npz, is damaged, or holds more than arrays.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return {
                member.removesuffix(".npy"): _read_npy(archive.read(member), f"{path}:{member}")
                for member in archive.namelist()
                if member.endswith(".npy")
            }
    except DataError:
        raise
    except _DAMAGED as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: Exception) -> DataError:
    return DataError(
        f"{path} is not a readable .npz file ({error}). Replace it, or delete it and fetch it "
        "again."
    )


def _read_header(stream: IO[bytes]) -> Header:
    version = np.lib.format.read_magic(stream)
    read = (
        np.lib.format.read_array_header_1_0
        if version == (1, 0)
        else np.lib.format.read_array_header_2_0  # 3.0 differs only in the header's encoding
    )
    shape, _, dtype = read(stream)
    return Header(shape, dtype)


def _read_npy(data: bytes, named: str) -> NDArray[Any]:
    stream = io.BytesIO(data)
    header = _read_header(stream)
    if not header.dtype.hasobject:
        stream.seek(0)
        return np.lib.format.read_array(stream, allow_pickle=False)
    array = unpickle(stream, named=named)
    if not isinstance(array, np.ndarray) or array.shape != header.shape:
        raise DataError(f"{named} does not hold the array that its header promises.")
    return array
