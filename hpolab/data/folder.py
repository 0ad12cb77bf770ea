"""The user's own images: a folder with one folder of images for each class."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import numpy as np

from hpolab.data.dataset import Raw
from hpolab.data.pictures import decode, size_and_channels
from hpolab.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["LONGEST_SIDE", "list_images", "read_images"]

_log = logging.getLogger(__name__)
_SUFFIXES = (".bmp", ".jpeg", ".jpg", ".pgm", ".png", ".ppm")
LONGEST_SIDE = 64


def list_images(root: Path) -> dict[str, list[Path]]:
    """The image files of each class, classes and files in order of name.

    Raises:
        DataError: There are fewer than two classes, or a class has no image.
    """
    if not root.is_dir():
        raise DataError(
            f"the images folder {root} is not there. It must be a folder that holds one folder of "
            "images for each class."
        )
    folders = sorted(p for p in root.iterdir() if p.is_dir() and not p.name.startswith("."))
    if len(folders) < 2:
        listed = f"only {folders[0].name!r}" if folders else "none"
        raise DataError(
            f"{root} must hold at least two folders, one for each class, but it holds {listed}."
        )
    images = {folder.name: _images_in(folder) for folder in folders}
    empty = [name for name, files in images.items() if not files]
    if empty:
        raise DataError(
            f"the class folder {root / empty[0]} holds no image ({', '.join(_SUFFIXES)}). "
            "Add images, or remove the folder."
        )
    return images


def _images_in(folder: Path) -> list[Path]:
    files = sorted(p for p in folder.iterdir() if p.is_file() and not p.name.startswith("."))
    images = [path for path in files if path.suffix.lower() in _SUFFIXES]
    if len(images) < len(files):
        _log.info("%s: %d files are no images and are left out", folder, len(files) - len(images))
    return images


def read_images(images: dict[str, list[Path]]) -> Raw:
    """All images at one common size, gray if all are gray, RGB otherwise.

    The size is the median height and width, scaled down where the longer is over
    ``LONGEST_SIDE`` pixels, so that a search stays affordable.

    Raises:
        DataError: An image cannot be read; names it.
    """
    files = [path for paths in images.values() for path in paths]
    sizes = np.array([size_and_channels(_bytes(path), named=str(path)) for path in files])
    height, width = np.median(sizes[:, :2], axis=0)
    scale = min(1.0, LONGEST_SIDE / max(height, width))
    size = max(1, round(height * scale)), max(1, round(width * scale))
    channels = int(sizes[:, 2].max())
    x = np.empty((len(files), *size, channels), np.uint8)
    for i, path in enumerate(files):
        x[i] = decode(_bytes(path), size=size, channels=channels, named=str(path))
    if (sizes[:, :2] != size).any():
        _log.info("images of %s are resized to %d x %d pixels", files[0].parent.parent, *size)
    y = np.repeat(
        np.arange(len(images), dtype=np.int32), [len(paths) for paths in images.values()]
    )
    return Raw(x=x, y=y, classes=tuple(images))


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError(f"{path} cannot be read ({error}).") from error
