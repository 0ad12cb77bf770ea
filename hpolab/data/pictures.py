"""One image file -> pixels of a given size: the only module that imports pillow."""

from __future__ import annotations

import io
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

from hpolab.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from PIL.Image import Image

__all__ = ["decode", "fitted", "size_and_channels"]

_GRAY = {"1", "L", "LA", "I", "I;16", "F"}


def size_and_channels(data: bytes, *, named: str) -> tuple[int, int, int]:
    """Height, width, and 1 for gray or 3 for colour, from the file's header.

    Raises:
        DataError: The file is no image that pillow can read; names it.
    """
    with _opened(data, named) as image:
        return image.height, image.width, 1 if image.mode in _GRAY else 3


def decode(data: bytes, *, size: tuple[int, int], channels: int, named: str) -> NDArray[np.uint8]:
    """The pixels, resized bilinearly, shape (*size, channels).

    Args:
        data: The file's content.
        size: Wanted height and width.
        channels: 1 for gray, 3 for RGB.
        named: What to call the file in an error.

    Raises:
        DataError: The file cannot be decoded; names it.
    """
    from PIL import Image, ImageOps

    height, width = size
    with _opened(data, named) as opened:
        image = ImageOps.exif_transpose(opened)  # cameras store a turned picture and a note
        if image.mode.startswith("I"):  # 16 bits, which pillow would clip at 255
            image = Image.fromarray((np.asarray(image).clip(0, 65535) // 256).astype(np.uint8))
        image = image.convert("L" if channels == 1 else "RGB")
        if image.size != (width, height):
            image = image.resize((width, height), Image.Resampling.BILINEAR)
        return np.asarray(image, np.uint8).reshape(height, width, channels)


def fitted(pixels: NDArray[np.uint8], *, shape: tuple[int, int, int]) -> NDArray[np.uint8]:
    """A picture in another size and number of channels, resized bilinearly.

    Args:
        pixels: Shape (height, width, channels), with 1 or 3 channels.
        shape: The wanted (height, width, channels).

    Raises:
        DataError: So many channels are neither gray nor colour.
    """
    from PIL import Image

    height, width, channels = shape
    if channels not in (1, 3):
        raise DataError(
            f"this network reads pictures of {channels} channels, which can only be taken from "
            "its own data."
        )
    if pixels.shape == shape:
        return pixels
    image = Image.fromarray(pixels[:, :, 0] if pixels.shape[2] == 1 else pixels)
    image = image.convert("L" if channels == 1 else "RGB")
    if image.size != (width, height):
        image = image.resize((width, height), Image.Resampling.BILINEAR)
    return np.asarray(image, np.uint8).reshape(shape)


@contextmanager
def _opened(data: bytes, named: str) -> Iterator[Image]:
    """An open image; whatever pillow says against a file becomes a DataError."""
    from PIL import Image

    refusals: tuple[type[Exception], ...] = (
        OSError,
        ValueError,
        SyntaxError,  # of PNG chunks
        Image.DecompressionBombError,
    )
    try:
        with Image.open(io.BytesIO(data)) as image:
            yield image
    except refusals as error:
        raise DataError(
            f"{named} cannot be read as an image ({error}). Replace it or remove it."
        ) from error
