"""A few real examples of a data set, as a browser shows them: small pictures, or texts."""

from __future__ import annotations

import base64
import struct
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np

from hpolab.data.sequences import OOV, PAD, START, Sequences

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from hpolab.data.dataset import Raw

__all__ = ["data_url", "png", "samples_of"]

_IMAGES, _TEXTS = 12, 4
_WORDS = 32


def samples_of(raw: Raw) -> list[dict[str, Any]]:
    """Examples with their labels, as many classes as there is room for.

    Returns:
        ``{"label", "image"}`` with a PNG as data URL, or ``{"label", "text"}``.
    """
    own = raw.y[: len(raw.y) - raw.n_test]
    if isinstance(raw.x, Sequences):
        texts = raw.x
        return [
            {"label": raw.classes[raw.y[i]], "text": _text(texts[i], raw.words)}
            for i in _spread(own, _TEXTS)
        ]
    images = raw.x
    return [
        {"label": raw.classes[raw.y[i]], "image": data_url(images[i])}
        for i in _spread(own, _IMAGES)
    ]


def data_url(pixels: NDArray[np.uint8]) -> str:
    """An image, shape (height, width, 1 or 3), as what an ``img`` takes as its source."""
    return "data:image/png;base64," + base64.b64encode(png(pixels)).decode()


def png(pixels: NDArray[np.uint8]) -> bytes:
    """An image as a PNG file (PNG specification, third edition, sections 5 and 11).

    Args:
        pixels: Shape (height, width, 1) for gray or (height, width, 3) for colour.
    """
    height, width, channels = pixels.shape
    rows = np.zeros((height, 1 + width * channels), np.uint8)  # a filter type, none, before each
    rows[:, 1:] = pixels.reshape(height, -1)
    header = struct.pack(">IIBBBBB", width, height, 8, 0 if channels == 1 else 2, 0, 0, 0)
    body = zlib.compress(rows.tobytes(), 9)
    chunks = ((b"IHDR", header), (b"IDAT", body), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _spread(y: NDArray[np.int32], n: int) -> list[int]:
    """Which examples to show: the first of evenly chosen classes, then the second, and so on."""
    labels = np.unique(y)
    if len(labels) > n:
        labels = labels[np.linspace(0, len(labels) - 1, n).astype(int)]
    each = -(-n // len(labels))
    by_class = [np.flatnonzero(y == label)[:each].tolist() for label in labels]
    turns = [row[turn] for turn in range(each) for row in by_class if turn < len(row)]
    return turns[:n]


def _text(ids: Iterable[int], words: tuple[str, ...]) -> str:
    """The first words of a text; an ellipsis for those that are not known, and at its end."""
    shown = [int(i) for i in ids if i not in (PAD, START)]
    known = [words[i] if i != OOV and i < len(words) and words[i] else "…" for i in shown[:_WORDS]]
    return " ".join(known) + (" …" if len(shown) > _WORDS else "")
