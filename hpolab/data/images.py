"""Readers of the known image sets that come as arrays: digits, MNIST, Fashion-MNIST, CIFAR."""

from __future__ import annotations

import gzip
import io
import tarfile
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np

from hpolab.data.dataset import Raw
from hpolab.data.known import KNOWN
from hpolab.data.pickles import read_npz, unpickle
from hpolab.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from hpolab.data.locate import Found

    Pair = tuple[NDArray[Any], NDArray[Any]]

__all__ = [
    "raw_images",
    "read_cifar",
    "read_digits",
    "read_fashion_mnist",
    "read_npz_images",
    "train_and_test",
]


def raw_images(
    train: Pair, test: Pair | None, *, classes: Sequence[str], named: str, **more: Any
) -> Raw:
    """Check decoded images and labels and put both parts into one Raw.

    Args:
        train, test: Images (n, h, w) or (n, h, w, c), uint8, and labels (n,) or (n, 1).
        classes: Their names.
        named: What to call the file in an error.
        more: Further fields of Raw.

    Raises:
        DataError: The shapes do not fit, or a label has no class.
    """
    parts = [train] if test is None else [train, test]
    x = np.concatenate([_pictures(x, named) for x, _ in parts])
    y = np.concatenate([_labels(y, len(x), classes, named) for x, y in parts])
    return Raw(
        x=x, y=y, classes=tuple(classes), n_test=0 if test is None else len(test[0]), **more
    )


def _pictures(x: NDArray[Any], named: str) -> NDArray[np.uint8]:
    if x.ndim == 3:
        x = x[..., None]
    if x.dtype != np.uint8 or x.ndim != 4 or 0 in x.shape:
        raise DataError(
            f"{named}: images must be uint8 of shape (n, height, width) or (n, height, width, "
            f"channels), but these are {x.dtype} of shape {x.shape}."
        )
    return x


def _labels(y: NDArray[Any], n: int, classes: Sequence[str], named: str) -> NDArray[np.int32]:
    if y.shape not in ((n,), (n, 1)):
        raise DataError(
            f"{named}: each of the {n} examples needs one label, but the labels have shape "
            f"{y.shape}."
        )
    if not np.issubdtype(y.dtype, np.integer):
        raise DataError(f"{named}: labels must be integers, but these are {y.dtype}.")
    if n and not (y.min() >= 0 and y.max() < len(classes)):
        raise DataError(
            f"{named}: labels must lie in 0..{len(classes) - 1}, but they reach from {y.min()} "
            f"to {y.max()}."
        )
    return y.reshape(n).astype(np.int32)


def read_digits() -> Raw:
    """scikit-learn's 1797 digits of 8 x 8 pixels; its 17 gray levels are spread over 0..255."""
    from sklearn.datasets import load_digits

    bunch = load_digits()
    x = np.rint(bunch.images * (255 / 16)).astype(np.uint8)
    return raw_images((x, bunch.target), None, classes=KNOWN["digits"].classes, named="digits")


def read_npz_images(name: str, path: Path) -> Raw:
    """A known image set from an .npz with x_train, y_train, x_test, y_test."""
    train, test = train_and_test(read_npz(path), path)
    return raw_images(train, test, classes=KNOWN[name].classes, named=str(path))


def train_and_test(arrays: Mapping[str, NDArray[Any]], path: Path) -> tuple[Pair, Pair]:
    """The arrays x_train, y_train and x_test, y_test.

    Raises:
        DataError: One is missing.
    """
    return _pair(arrays, "train", path), _pair(arrays, "test", path)


def _pair(arrays: Mapping[str, NDArray[Any]], part: str, path: Path) -> Pair:
    missing = {f"x_{part}", f"y_{part}"} - set(arrays)
    if missing:
        raise DataError(
            f"{path} lacks {', '.join(sorted(missing))}; it holds "
            f"{', '.join(sorted(arrays)) or 'no arrays'}. Is it the right file?"
        )
    return arrays[f"x_{part}"], arrays[f"y_{part}"]


def read_fashion_mnist(found: Found) -> Raw:
    """Fashion-MNIST from its four .gz files, or from an .npz like MNIST's."""
    if len(found.paths) == 1:
        return read_npz_images("fashion_mnist", found.paths[0])
    x_train, y_train, x_test, y_test = (_read_idx(path) for path in found.paths)
    return raw_images(
        (x_train, y_train),
        (x_test, y_test),
        classes=KNOWN["fashion_mnist"].classes,
        named=str(found.paths[0].parent),
    )


def _read_idx(path: Path) -> NDArray[np.uint8]:
    """Bytes in the idx format of MNIST (yann.lecun.com/exdb/mnist): magic, sizes, data."""
    try:
        with gzip.open(path) as stream:
            data = stream.read()
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path} cannot be unpacked ({error}). Replace it.") from error
    n_axes = data[3] if data[:3] == b"\0\0\x08" else 0
    shape = tuple(np.frombuffer(data[4 : 4 + 4 * n_axes], ">i4").tolist())
    body = data[4 + 4 * n_axes :]
    if not shape or int(np.prod(shape)) != len(body):
        raise DataError(f"{path} is not an idx file of bytes, or is cut off. Replace it.")
    return np.frombuffer(body, np.uint8).reshape(shape)


def read_cifar(name: str, found: Found) -> Raw:
    """CIFAR-10 or CIFAR-100 (fine labels) from batches, from the archive, or from an .npz."""
    path = found.paths[0]
    if path.suffix == ".npz":
        return read_npz_images(name, path)
    members = _members(found)
    test = [member for member in members if member.startswith("test")]
    train = sorted(set(members) - set(test))
    label = "labels" if name == "cifar10" else "fine_labels"
    return raw_images(
        _batches([members[member] for member in train], label, path),
        _batches([members[member] for member in test], label, path),
        classes=KNOWN[name].classes,
        named=str(path),
    )


def _members(found: Found) -> dict[str, bytes]:
    """The pickled batches by name."""
    path = found.paths[0]
    try:
        if len(found.paths) > 1:
            return {path.name: path.read_bytes() for path in found.paths}
        with tarfile.open(path) as archive:
            return {
                base: stream.read()
                for member in archive
                if (base := member.name.rsplit("/", 1)[-1]).startswith(("data_", "test", "train"))
                and (stream := archive.extractfile(member))
            }
    except (OSError, EOFError, tarfile.TarError, zlib.error) as error:
        raise DataError(f"{path} cannot be unpacked ({error}). Replace it.") from error


def _batches(pickles: Sequence[bytes], label: str, path: Path) -> Pair:
    batches = [unpickle(io.BytesIO(data), named=str(path)) for data in pickles]
    try:
        x = np.concatenate([np.asarray(batch[b"data"], np.uint8) for batch in batches])
        y = np.concatenate([np.asarray(batch[label.encode()], np.int64) for batch in batches])
        # each row holds 1024 red, then green, then blue values
        return x.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1), y
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(f"{path} does not hold CIFAR batches ({error}). Replace it.") from error
