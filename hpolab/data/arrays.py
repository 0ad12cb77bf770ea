"""The user's own arrays: images, or texts that are sequences of word ids already."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hpolab.data.dataset import Raw
from hpolab.data.images import raw_images
from hpolab.data.pickles import npz_headers, read_npz
from hpolab.data.sequences import PAD, Sequences
from hpolab.data.tables import class_names
from hpolab.errors import DataError
from hpolab.settings import settings
from hpolab.trial import DatasetSpec

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import ArrayLike, NDArray

    from hpolab.data.dataset import Kind

__all__ = ["from_arrays", "kind_of_file", "read_arrays"]


def from_arrays(
    x: ArrayLike | Sequence[Iterable[int]],
    y: ArrayLike,
    *,
    classes: Sequence[str] | None = None,
    path: Path | None = None,
) -> DatasetSpec:
    """Make a data set of arrays at hand; they are checked and written to a file.

    Args:
        x: Images (n, height, width) or (n, height, width, channels), as uint8, or as floats in
            0..1 or 0..255; or texts: n sequences of word ids, 0 being padding, 1 the start and 2
            any unknown word, as in ``keras.datasets.imdb``.
        y: n labels, numbers or names.
        classes: Names of the classes; numbers in y are then positions in them. When not given,
            the different labels in order are the classes.
        path: The .npz file to write; one in the cache folder when not given.

    Returns:
        A spec named "arrays"; ``.replace(seed=...)`` and the like set how it is split.

    Raises:
        DataError: x or y is malformed, they are of different lengths, or the file cannot be
            written.
    """
    labels, names = _classes(np.asarray(y), classes, "y")
    arrays: dict[str, NDArray[Any]] = {"y": labels, "classes": np.array(names)}
    pixels = _pixels(x)
    if pixels is not None:
        raw_images((pixels, labels), None, classes=names, named="x")
        arrays["x"] = pixels
    else:
        texts = _texts(x, len(labels), "x")
        arrays |= {"tokens": texts.tokens, "offsets": texts.offsets}
    target = (path or _default_path(arrays)).expanduser().resolve()
    _save(target, arrays)
    return DatasetSpec(name="arrays", path=target)


def kind_of_file(path: Path) -> Kind:
    """Whether a file of arrays holds images or texts, from the arrays' headers alone.

    Raises:
        DataError: The file is missing, is no .npz, or lacks its arrays.
    """
    if not path.is_file():
        raise DataError(f"the file of arrays {path} is not there. Write it with from_arrays().")
    headers = npz_headers(path)
    if {"tokens", "offsets", "y"} <= headers.keys():
        return "text"
    if not {"x", "y"} <= headers.keys():
        raise DataError(
            f"{path} must hold the arrays x and y; it holds {', '.join(headers) or 'none'}. Write "
            "it with from_arrays()."
        )
    return "image" if len(headers["x"].shape) > 2 else "text"


def read_arrays(path: Path) -> Raw:
    """The examples in a file that ``from_arrays`` wrote, or in any .npz with x and y.

    Raises:
        DataError: The arrays are malformed.
    """
    kind_of_file(path)
    arrays = read_npz(path)
    given = arrays.get("classes")
    names = None if given is None else [str(name) for name in given.reshape(-1)]
    labels, classes = _classes(arrays["y"], names, str(path))
    if "tokens" in arrays:
        texts = _flat_texts(arrays, path)
        _aligned(len(texts), len(labels), str(path))
    else:
        pixels = _pixels(arrays["x"])
        if pixels is not None:
            return raw_images((pixels, labels), None, classes=classes, named=str(path))
        texts = _texts(arrays["x"], len(labels), str(path))
    return Raw(x=texts, y=labels, classes=classes)


def _classes(
    y: NDArray[Any], classes: Sequence[str] | None, named: str
) -> tuple[NDArray[np.int32], tuple[str, ...]]:
    """Labels as positions in the classes."""
    if y.ndim == 2 and y.shape[1] == 1:
        y = y[:, 0]
    if y.dtype == object and all(isinstance(label, str) for label in y.flat):
        y = y.astype(str)  # names in a table of pandas
    if y.ndim != 1:
        raise DataError(
            f"{named}: labels must have shape (n,), but they have {y.shape}. One-hot rows become "
            "labels by argmax(axis=1)."
        )
    if y.dtype.kind not in "iubU":
        raise DataError(f"{named}: labels must be whole numbers or names, but they are {y.dtype}.")
    if classes is None or y.dtype.kind == "U":
        texts = [str(label) for label in (y.astype(int) if y.dtype.kind == "b" else y).tolist()]
        names = class_names(texts) if classes is None else _distinct(classes, named)
        if not set(texts) <= set(names):
            odd = sorted(set(texts) - set(names))[0]
            raise DataError(f"{named}: the label {odd!r} is not one of the classes {names}.")
        number_of = {name: i for i, name in enumerate(names)}
        return np.array([number_of[text] for text in texts], np.int32), names
    names = _distinct(classes, named)
    if y.size and not 0 <= y.min() <= y.max() < len(names):
        raise DataError(
            f"{named}: with classes given, labels must be positions 0..{len(names) - 1} in them."
        )
    return y.astype(np.int32), names


def _distinct(classes: Sequence[str], named: str) -> tuple[str, ...]:
    names = tuple(str(name) for name in classes)
    if len(set(names)) < len(names):
        raise DataError(f"{named}: the names of classes must differ, but they are {names}.")
    return names


def _pixels(x: Any) -> NDArray[np.uint8] | None:
    """Images as uint8; None when x is no array of three or four axes.

    Raises:
        DataError: The values are no gray levels.
    """
    try:
        array = np.asarray(x)
    except ValueError:  # rows of different lengths
        return None
    if array.ndim not in (3, 4) or array.dtype == np.uint8:
        return array if array.ndim in (3, 4) else None
    if array.dtype.kind not in "fiub":
        raise DataError(f"x: images must be numbers, but they are {array.dtype}.")
    low, high = (array.min(), array.max()) if array.size else (0, 0)
    if not (low >= 0 and high <= 255):  # also false for NaN
        raise DataError(
            f"x: pixels must lie in 0..255 (or 0..1 as floats), but they reach from {low} to "
            f"{high}. Scale them."
        )
    scale = 255 if array.dtype.kind in "fb" and high <= 1 else 1
    return np.rint(array * np.float32(scale)).astype(np.uint8)


def _texts(x: Any, n_labels: int, named: str) -> Sequences:
    """Sequences of ids without padding."""
    try:
        rows = [np.asarray(row) for row in x]
    except (TypeError, ValueError) as error:
        raise DataError(f"{named}: texts must be sequences of whole numbers ({error}).") from error
    _aligned(len(rows), n_labels, named)
    for i, row in enumerate(rows):
        if row.ndim != 1 or row.dtype.kind not in "iu" or (row < 0).any() or not row.any():
            raise DataError(
                f"{named}[{i}] must be images, or a sequence of word ids of which one at least is "
                f"not padding (0); it is {row.dtype} of shape {row.shape}."
            )
    return Sequences.of([row[row != PAD] for row in rows])


def _flat_texts(arrays: dict[str, NDArray[Any]], path: Path) -> Sequences:
    tokens, offsets = arrays["tokens"], arrays["offsets"]
    whole = all(a.ndim == 1 and a.dtype.kind in "iu" and a.size for a in (tokens, offsets))
    if not whole or (np.diff(offsets.astype(np.int64)) < 1).any() or tokens.min() < 1:
        raise DataError(f"{path}: tokens and offsets do not describe texts. Write it anew.")
    return Sequences(tokens.astype(np.int32), offsets.astype(np.int64), int(tokens.max()) + 1)


def _aligned(n: int, n_labels: int, named: str) -> None:
    if n != n_labels:
        raise DataError(f"{named}: each of the {n} texts needs one label, but y has {n_labels}.")


def _default_path(arrays: dict[str, NDArray[Any]]) -> Path:
    digest = hashlib.sha256()
    for name, array in sorted(arrays.items()):
        digest.update(f"{name} {array.dtype.str} {array.shape}".encode())
        digest.update(np.ascontiguousarray(array).data)
    return settings().cache_dir / "arrays" / f"{digest.hexdigest()[:16]}.npz"


def _save(path: Path, arrays: dict[str, NDArray[Any]]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
        try:
            with os.fdopen(descriptor, "wb") as file:
                np.savez(file, allow_pickle=False, **arrays)
            Path(temporary).replace(path)
        finally:
            Path(temporary).unlink(missing_ok=True)
    except OSError as error:
        raise DataError(f"the arrays cannot be written to {path} ({error}).") from error
